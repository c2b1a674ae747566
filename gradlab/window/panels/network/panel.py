"""The network itself: the signal that goes forward and the gradient that comes back."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.instruments.records import Frame, SignalFlow, State
from gradlab.language import mark, tr
from gradlab.window.charts.layer_names import LayerMarks, with_mark
from gradlab.window.panels.base import RunPanel
from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.network import ABOUT
from gradlab.window.panels.network.network_view import NetworkView
from gradlab.window.panels.network.unit_grid import Spot
from gradlab.window.panels.network.words import caption, unit_in_words
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.caption import Caption
from gradlab.window.widgets.widgets import named

_NARROW = 52  # characters


class NetworkPanel(RunPanel):
    """The layers as columns of units; while an update is stepped through, what each phase does to them.

    Attributes:
        layer_pointed: emitted with the name of the layer that is pointed at, or empty.
    """

    layer_pointed = Signal(str)
    about = ABOUT
    saves = SignalFlow
    nothing_yet = mark("As soon as the model is loaded, you see its layers here.")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: LayerMarks = {}
        self._progress = (False, False)  # whether by phase, and whether over
        self.view = NetworkView()
        self.view.setToolTip(
            tr("Left half of a unit: its signal. Right half: its gradient. Blue is negative, red positive.")
        )
        self.view.pointed.connect(self._point)
        self.caption = Caption(tr("What this phase did"))
        help = tr(
            "Whole batch: the mean signal and the summed gradient of its rows. "
            "First row: that of a single row."
        )
        self.rows = named(QComboBox(), "rows", tr("Rows"), help)
        self.rows.addItem(tr("Whole batch"), "batch")
        self.rows.addItem(tr("First row"), "row")
        self.rows.currentIndexChanged.connect(self._choose_rows)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the choice of rows in a narrow panel, where the words need the room."""
        super().resizeEvent(event)
        self.rows.setVisible(self.width() >= _NARROW * self.fontMetrics().averageCharWidth())

    def _arrange(self) -> None:
        top = fill(QHBoxLayout(), (self.caption, 1), self.rows)
        page = QWidget()
        fill(QVBoxLayout(page), top, (self.view, 1), spacing=4, margins=(8, 0, 8, 2))
        self.set_content(page)

    @override
    def forget(self) -> None:
        self.view.forget()

    @override
    def join(self, bus: PanelBus) -> None:
        self.layer_pointed.connect(bus.layer_pointed)

    @override
    def show_marks(self, marks: LayerMarks) -> None:
        self._found = marks
        self.view.show_marks(marks)

    @override
    def follow(self, frame: Frame) -> None:
        by_phase = frame.progress.by_phase
        progress = by_phase, frame.state is State.FINISHED
        if (signal := self.take_new(frame.get(SignalFlow))) is not None:
            self.view.show_signal(signal, animated=by_phase)
        elif progress == self._progress:
            return
        self._progress = progress
        if (newest := self.newest(SignalFlow)) is not None:
            self._show_words(newest)

    def _choose_rows(self) -> None:
        self.view.show_rows(self.rows.currentData())
        self._point(self.view.marked)

    def _show_words(self, signal: SignalFlow) -> None:
        by_phase, is_over = self._progress
        self.caption.show_sentence(caption(signal, by_phase, is_over=is_over))
        self.view.setAccessibleDescription(self.caption.text())
        self._point(self.view.marked)

    def _point(self, spot: Spot | None) -> None:
        moment = self.view.moment
        if spot is None or moment is None:
            self.caption.show_reading("")
            self.layer_pointed.emit("")
            return
        layer = moment.signal.layers[spot.column].name
        self.caption.show_reading(with_mark(unit_in_words(moment, spot), self._found.get(layer)))
        self.layer_pointed.emit(layer)
