"""A themed chart over the course of a run: its height follows what is in view."""

from gradlab.window.charts.axes import RoundAxis
from gradlab.window.charts.overlay import Overlay
from gradlab.window.charts.time_plot import TimePlot
from gradlab.window.charts.x_axis import XAxis


class Chart(TimePlot):
    """Curves over the shared x-axis, with marks and a cursor on top."""

    def __init__(self, axis: XAxis) -> None:
        super().__init__(axis, RoundAxis("left"))
        self.overlay = Overlay(self.view)

    def show_height(self, y: tuple[float, float]) -> None:
        """Show exactly this range of y; in powers of ten on a logarithmic axis."""
        if tuple(self.view.viewRange()[1]) != y:
            self.view.setRange(yRange=y, padding=0, disableAutoRange=True)
