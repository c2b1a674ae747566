"""A slider through the epochs: back in time, and forth again."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from gradlab.language import mark, tr
from gradlab.window.language.numbers import number
from gradlab.window.theme import icons
from gradlab.window.widgets.still_label import StillLabel
from gradlab.window.widgets.widgets import icon_button, push_button

PLAY_MS = 120
PLAY_STEPS = 80  # however long the run was, playing it takes about ten seconds
PLAY, HOLD = (mark("Play the epochs"), "ph.play"), (mark("Hold"), "ph.pause")


class EpochSlider(QWidget):
    """Shows the present epoch, until somebody goes back to an earlier one.

    Attributes:
        moved: emitted when somebody, or the play button, went to another epoch.
        epoch: the one that is shown.
        is_back: whether it is not the present one.
    """

    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._epochs: Sequence[int] = (0,)
        self._present = 0
        self._back: int | None = None
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("epoch")
        self.slider.setMinimumHeight(22)  # else the handle is cut off
        self.slider.setAccessibleName(tr("Epoch"))
        self.slider.setToolTip(
            tr(
                "Go back to what it was like after an earlier epoch. Of very long runs only some epochs are kept: "
                "the first, the best, the newest, and one in so many between."
            )
        )
        self.slider.setMinimumWidth(50)
        self.slider.valueChanged.connect(self._go)
        self.play = icon_button(tr(PLAY[0]), PLAY[1])
        self.play.setWhatsThis(tr("Goes through the epochs that were kept, one after the other."))
        self.play.clicked.connect(self._play_or_hold)
        self.text = StillLabel()
        self.newest = push_button(tr("Back to the newest"))
        self.newest.setToolTip(tr("Show the newest epoch again, and follow the training."))
        self.newest.clicked.connect(self.follow)
        self._timer = QTimer(self, interval=PLAY_MS)
        self._timer.timeout.connect(self._play_on)
        name = QLabel(tr("Epoch"))
        name.setBuddy(self.slider)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(name)
        row.addWidget(self.play)
        row.addWidget(self.slider, 1)
        row.addWidget(self.text)
        row.addWidget(self.newest)
        self.set_epochs((0,), 0)

    @property
    def epoch(self) -> int:
        """The epoch that is shown."""
        return self._present if self._back is None else self._back

    @property
    def is_back(self) -> bool:
        """Whether an earlier epoch than the present one is shown."""
        return self._back is not None

    def set_epochs(self, epochs: Sequence[int], present: int, every: int = 1) -> None:
        """Take the epochs that one can go to, oldest first, of which only every ``every``-th may be there."""
        self._epochs, self._present = epochs, present
        if self._back is not None:  # it may have been dropped meanwhile: its neighbour is then shown
            self._back = min(epochs, key=lambda epoch: abs(epoch - self.epoch))
        self._every = every
        self.slider.setEnabled(len(epochs) > 1)
        self.play.setEnabled(len(epochs) > 1)
        self.slider.setPageStep(max(len(epochs) // 10, 1))
        self._show()

    def forget(self) -> None:
        """Start anew, with a new run."""
        self._hold()
        self._back = None
        self.set_epochs((0,), 0)

    @Slot()
    def follow(self) -> None:
        """Show the present epoch, and stay with it."""
        self._hold()
        self._back = None
        self._show()
        self.moved.emit()

    def _show(self) -> None:
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(self._epochs) - 1)
        self.slider.setValue(self._epochs.index(self.epoch))
        self.slider.blockSignals(False)
        epoch = number(self.epoch)
        kept = tr("{epoch} · one in {every} kept").format(epoch=epoch, every=number(self._every))
        self.text.setText(kept if self._every > 1 else epoch)
        self.slider.setAccessibleDescription(tr("After epoch {epoch}").format(epoch=epoch))
        self.newest.setVisible(self.is_back and not self._timer.isActive())

    @Slot(int)
    def _go(self, place: int) -> None:
        self._hold()
        self._go_to(place)

    def _go_to(self, place: int) -> None:
        epoch = self._epochs[place]
        self._back = None if epoch == self._present else epoch
        self._show()
        self.moved.emit()

    @Slot()
    def _play_or_hold(self) -> None:
        if self._timer.isActive():
            self._hold()
            self._show()
            return
        self._timer.start()
        self._face(*HOLD)
        if self.slider.value() == self.slider.maximum() or not self.is_back:
            self._go_to(0)

    @Slot()
    def _play_on(self) -> None:
        last = len(self._epochs) - 1
        place = min(self.slider.value() + -(-len(self._epochs) // PLAY_STEPS), last)
        if place == last:
            self._hold()
        self._go_to(place)

    def _hold(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self._face(*PLAY)

    def _face(self, name: str, glyph: str) -> None:
        self.play.setAccessibleName(tr(name))
        self.play.setToolTip(tr(name))
        self.play.setIcon(icons.icon(glyph, "text.muted"))
