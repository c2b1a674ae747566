"""A network as columns of units, with the signal that goes forward and the gradient that comes back."""

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy
from typing_extensions import override

from gradlab.instruments.records import SignalFlow
from gradlab.language import tr
from gradlab.window.charts.layer_names import LayerMarks
from gradlab.window.panels.network.moment import Moment, Rows
from gradlab.window.panels.network.painter import NetworkPainter, make_shades
from gradlab.window.panels.network.unit_grid import PITCH, Spot, UnitGrid
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.animation import Animation, is_wanted
from gradlab.window.widgets.pointable_view import PointableView


class NetworkView(Themed, PointableView[Spot]):
    """Draws each unit as two halves: its activation on the left, on the right how the loss depends on it.

    If asked, it animates a phase as a wave through the network. While a unit is pointed at, only its own links are
    drawn.
    """

    def __init__(self) -> None:
        super().__init__()
        self._signal: SignalFlow | None = None
        self._before: SignalFlow | None = None
        self._rows: Rows = "batch"
        self._progress = 1.0
        self._marks: LayerMarks = {}
        self.player = Animation(self.move_on, self)
        self.setAccessibleName(tr("Network"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.wear()

    @property
    def moment(self) -> Moment | None:
        """What is drawn; None while there is nothing."""
        if self._signal is None:
            return None
        return Moment(self._signal, self._before, self._rows, self._progress, self.marked)

    @property
    def grid(self) -> UnitGrid:
        """Where the units are drawn."""
        layers = () if self._signal is None else self._signal.layers
        return UnitGrid(layers, self.width(), self.height(), self.fontMetrics().height())

    def show_signal(self, signal: SignalFlow, *, animated: bool) -> None:
        """Draw what a phase did, ``animated`` if the system allows animations."""
        self._before, self._signal = self._signal, signal
        if self.marked is not None and not _holds(signal, self.marked):
            self.point(None)
        self.player.stop()
        self.move_on(1.0)
        if animated and self.isVisible() and is_wanted(self):
            self.player.start()

    def show_marks(self, marks: LayerMarks) -> None:
        """Show marks of instruments beside the names of layers."""
        self._marks = marks
        self.update()

    def show_rows(self, rows: Rows) -> None:
        """Show the values of the whole batch, or of its first row."""
        self._rows = rows
        self.update()

    def forget(self) -> None:
        """Clear the picture."""
        self.player.stop()
        self._signal = self._before = None
        self.point(None)
        self.update()

    def move_on(self, progress: float) -> None:
        """Show the wave of the phase at ``progress`` of its way through the network, from 0 to 1."""
        self._progress = progress
        self.update()

    @override
    def dress(self) -> None:
        self._shades = make_shades()
        self.update()

    @override
    def spot_at(self, place: QPointF) -> Spot | None:
        return self.grid.spot_at(place)

    @override
    def beside_marked(self, across: int, down: int) -> Spot | None:
        if self._signal is None:
            return None
        return Spot(0, 0) if self.marked is None else self.grid.beside(self.marked, across, down)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, 3 * self.fontMetrics().height() + int(3 * PITCH))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        moment = self.moment
        if moment is not None:
            NetworkPainter(QPainter(self), self.grid, moment, self._shades).paint(self._marks)


def _holds(signal: SignalFlow, spot: Spot) -> bool:
    return spot.column < len(signal.layers) and spot.index < len(signal.layers[spot.column].shown)
