"""A slider through the epochs: back in time, and forth again."""

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gradlab.language import mark, tr
from gradlab.window.language.numbers import number
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.still_label import StillLabel
from gradlab.window.widgets.widgets import icon_button, push_button, slider

PLAY_MS = 120
PLAY_STEPS = 80  # however long the run was, playing it takes about ten seconds
PLAY, HOLD = (mark("Play the epochs"), "ph.play"), (mark("Hold"), "ph.pause")


class EpochSlider(QWidget):
    """Shows the newest epoch, until an earlier one is chosen.

    Attributes:
        moved: emitted when another epoch is shown, chosen by hand or by playing.
        epoch: the one that is shown.
        is_back: whether it is an earlier one than the newest.
    """

    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._epochs: Sequence[int] = (0,)
        self._present = 0
        self._back: int | None = None
        help = tr(
            "Go back to what it was like after an earlier epoch. Of very long runs only some epochs are kept: "
            "the first, the best, the newest, and every n-th one between."
        )
        self.slider = slider("epoch", tr("Epoch"), help)
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
        fill(QHBoxLayout(self), name, self.play, (self.slider, 1), self.text, self.newest, spacing=6)
        self.set_epochs((0,), 0)

    @property
    def epoch(self) -> int:
        """The epoch that is shown."""
        return self._present if self._back is None else self._back

    @property
    def is_back(self) -> bool:
        """Whether an earlier epoch than the newest is shown."""
        return self._back is not None

    def set_epochs(self, epochs: Sequence[int], present: int, every: int = 1) -> None:
        """Offer these epochs, oldest first; above 1, ``every`` says that only one in so many was kept."""
        self._epochs, self._present = epochs, present
        if self._back is not None:  # it may have been dropped meanwhile: its neighbour is then shown
            self._back = min(epochs, key=lambda epoch: abs(epoch - self.epoch))
        self._every = every
        self.slider.setEnabled(len(epochs) > 1)
        self.play.setEnabled(len(epochs) > 1)
        self.slider.setPageStep(max(len(epochs) // 10, 1))
        self._show()

    def forget(self) -> None:
        """Reset for a new run."""
        self._hold()
        self._back = None
        self.set_epochs((0,), 0)

    @Slot()
    def follow(self) -> None:
        """Go back to the newest epoch, and follow the training."""
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
