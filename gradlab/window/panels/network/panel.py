"""The network itself: the signal that goes forward and the gradient that comes back."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from gradlab.export.tables import Table, table_of
from gradlab.instruments.records import Frame, Signal, State
from gradlab.language import mark, sentences, tr
from gradlab.window.charts.formatting import short, whole
from gradlab.window.panels.base import Panel
from gradlab.window.panels.network.network_view import NetworkView, Spot
from gradlab.window.panels.phase_words import NAMES
from gradlab.window.widgets.caption import Story
from gradlab.window.widgets.hint import Hint

_NARROW = 52  # characters
BEFORE = mark("As soon as the model is loaded, you see its layers here.")


class NetworkPanel(Panel):
    """The layers as columns of units; while an update is stepped through, what each phase does to them."""

    name = "network"
    title = mark("Network")
    help = mark(
        "The network from the inputs on the left to the outputs on the right. The left half of a unit is its "
        "signal, the right half its gradient: how the loss would change with this signal. Blue is negative, red "
        "positive, pale yellow exactly 0. The lines are the strongest weights. Under each layer stands how much "
        "gradient the buffer holds for it. Step phase shows the signal go forward and the gradient come back."
    )
    watches = frozenset({"signal"})
    rest = 0.25

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: int | None = None
        self._shown: Signal | None = None
        self._by_phase = self._is_over = False
        self.view = NetworkView()
        self.view.setToolTip(
            tr("Left half of a unit: its signal. Right half: its gradient. Blue is negative, red positive.")
        )
        self.view.pointed.connect(self._point)
        self.story = Story(tr("What this phase did"))
        self.rows = QComboBox()
        self.rows.setAccessibleName(tr("Rows"))
        self.rows.setToolTip(
            tr(
                "Whole batch: the mean signal and the summed gradient of its rows. "
                "First row: that of a single row."
            )
        )
        self.rows.addItem(tr("Whole batch"), "batch")
        self.rows.addItem(tr("First row"), "row")
        self.rows.currentIndexChanged.connect(self._choose_rows)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow panel leave the words their room."""
        super().resizeEvent(event)
        self.rows.setVisible(self.width() >= _NARROW * self.fontMetrics().averageCharWidth())

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.story, 1)
        top.addWidget(self.rows)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 0, 8, 2)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(Hint(tr(BEFORE)))
        self._pages.addWidget(page)

    def as_table(self) -> Table | None:
        """Return what the units hold."""
        return table_of(self._shown) if self._shown is not None else None

    # ------------------------------------------------------------------- frames

    def show_frame(self, frame: Frame) -> None:
        """Draw the newest signal; phase by phase, let it move through the network."""
        if frame.run != self._run:
            self._run = frame.run
            self._shown = None
            self.view.forget()
        by_phase, is_over = frame.progress.by_phase, frame.state is State.FINISHED
        is_told_so = (by_phase, is_over) == (self._by_phase, self._is_over)
        if frame.signal is not None and (frame.signal is not self._shown or not is_told_so):
            moves = by_phase and frame.signal is not self._shown
            self._shown, self._by_phase, self._is_over = frame.signal, by_phase, is_over
            self.view.show_signal(frame.signal, animated=moves)
            self._tell(frame.signal)
        self._pages.setCurrentIndex(0 if self._shown is None else 1)

    def _choose_rows(self) -> None:
        self.view.show_rows(self.rows.currentData())
        self._point(self.view.marked)

    # -------------------------------------------------------------------- words

    def _point(self, spot: Spot | None) -> None:
        self.story.read("" if spot is None else self.view.in_words(spot))

    def _tell(self, signal: Signal) -> None:
        self.story.tell(story(signal, self._by_phase, is_over=self._is_over))
        self.view.setAccessibleDescription(self.story.text())
        self._point(self.view.marked)


def story(signal: Signal, by_phase: bool, *, is_over: bool = False) -> str:
    """Say in plain words what the latest phase did, and what to press; a run that is over has no next phase."""
    if not signal.phase:
        if is_over:
            return tr(
                "Press Reset, then Step phase: the signal goes forward through the layers, "
                "then the gradient comes back."
            )
        return tr(
            "Press Step phase: the signal goes forward through the layers, then the gradient comes back."
        )
    if not by_phase:
        update = whole(signal.update)
        said = [
            tr("Update {update}.").format(update=update)
            if signal.loss is None
            else tr("Update {update}; loss {loss}.").format(update=update, loss=short(signal.loss))
        ]
        if signal.phase == "updated":
            said.append(tr("Lines: how it moved the weights."))
        if not is_over:
            said.append(tr("Step phase shows an update slowly."))
        return sentences(said)
    return tr("{name}: {text}").format(name=tr(NAMES[signal.phase]), text=_did(signal))


def _did(signal: Signal) -> str:
    if signal.phase == "updated":
        moved = any(layer.change is not None and layer.change.any() for layer in signal.layers)
        return (
            tr("the optimizer used the buffer. The lines show how it moved the weights.")
            if moved
            else tr("no weight that is drawn here moved.")
        )
    if signal.emptied:
        return tr("the buffer was emptied before the optimizer could use it. This gradient is lost.")
    first, last = signal.layers[1].name, signal.layers[-1].name
    if signal.phase == "forward":
        said = (
            tr("the signal of this batch went from the inputs to {layer}.")
            if signal.loss is None
            else tr("the signal of this batch went from the inputs to {layer}; loss {loss}.")
        )
        return said.format(layer=last, loss="" if signal.loss is None else short(signal.loss))
    return {
        "zeroed": tr("the gradient buffer was emptied, ready for the next batch."),
        "backward": tr("the gradient went from the loss back to {layer}; it was added to the buffer.").format(
            layer=first
        ),
        "clipped": tr("a gradient longer than the limit is shortened, in all layers alike."),
    }[signal.phase]
