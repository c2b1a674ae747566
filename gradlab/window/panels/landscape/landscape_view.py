"""A map of the loss with its colour bar."""

import numpy as np
from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from gradlab.instruments.records import Doubles, Landscape, LossSurface
from gradlab.window.charts.colorbar import MagnitudeBar
from gradlab.window.panels.landscape.heights import Heights
from gradlab.window.panels.landscape.surface_plot import SurfacePlot
from gradlab.window.panels.landscape.words import in_words, read_off
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.boxes import fill


class LandscapeView(Themed, QWidget):
    """The picture and its colour bar.

    Attributes:
        read: emitted with a line about the place under the mouse; empty where there is none.
        plot, bar: the picture and the colour bar.
        heights: how losses are drawn.
    """

    read = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.plot = SurfacePlot()
        self.bar = MagnitudeBar()
        self.logarithmic = True
        self.heights = Heights(0.0, 1.0, logarithmic=True)
        self._landscape: Landscape | None = None
        fill(QHBoxLayout(self), (self.plot, 1), self.bar)
        self.plot.pointed.connect(self._point)
        self.wear()

    def show_landscape(self, landscape: Landscape) -> None:
        """Draw what changed."""
        before, self._landscape = self._landscape, landscape
        if before is None or landscape.surface is not before.surface:
            self._draw_surface(landscape.surface)
        self.plot.draw_path(landscape)

    def set_logarithmic(self, on: bool) -> None:
        """Choose whether colours and lines follow the loss or its logarithm."""
        self.logarithmic = on
        if self._landscape is not None:
            self._draw_surface(self._landscape.surface)

    def show_x_label(self, on: bool) -> None:
        """Show the names of the axes, or leave their room to the picture."""
        self.plot.show_x_label(on)

    def forget(self) -> None:
        """Forget the landscape, so that the next one is drawn from scratch."""
        self._landscape = None

    @override
    def dress(self) -> None:
        self.plot.wear()
        if self._landscape is not None:
            self._draw_surface(self._landscape.surface)
            self.plot.draw_path(self._landscape)

    def legend(self) -> str:
        """Return what the marks mean, as rich text."""
        return "" if self._landscape is None else self.plot.legend(self._landscape)

    def _point(self, place: QPointF | None) -> None:
        """Read off the loss at the computed point that is nearest to a place."""
        if self._landscape is None or place is None:
            self.read.emit("")
            return
        surface = self._landscape.surface
        loss = float(surface.losses[_nearest(surface.y, place.y()), _nearest(surface.x, place.x())])
        self.read.emit(read_off(loss, surface))

    def _draw_surface(self, surface: LossSurface) -> None:
        self.heights = Heights.of(surface.losses, self.logarithmic)
        self.bar.show_labels(self.heights.labels())
        self.plot.draw_surface(surface, self.heights(surface.losses))
        self.plot.setAccessibleDescription(in_words(surface))


def _nearest(axis: Doubles, value: float) -> int:
    return int(np.abs(axis - value).argmin())
