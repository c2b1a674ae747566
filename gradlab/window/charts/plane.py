"""Data with two inputs: the points, and behind them what the model says everywhere."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QPainter

from gradlab.instruments.records import Doubles, PlaneView
from gradlab.language import mark, shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.colors import pen
from gradlab.window.charts.scatter import HOLLOW, SYMBOLS, Points, ScatterPlot, legend

# How strong a region's colour is where the model is unsure, and where it is certain.
FAINT, STRONG = 0.08, 0.5
MANY = 60  # chosen points, which get smaller rings: they would hide each other
FADED = 0.25  # how much is left of the other points where some are chosen
WHOLE = mark("Paler: less sure.")
SLICE = mark("Background: a slice through the mean. Points off it may lie on the other side.")
COMPONENTS_HELP = mark(
    "There are more inputs than two: this is the plane along which they differ most. PC 1 and PC 2 are the first "
    "two principal components of the training inputs, with their shares of the variance. The background shows "
    "what the model says on this plane, which goes through the mean; the points are projected onto it."
)


class SmoothImage(pg.ImageItem):  # type: ignore[misc]
    """An image whose few pixels melt into each other."""

    def paint(self, p: QPainter, *args: object) -> None:
        """Draw smoothly."""
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        super().paint(p, *args)


class PlanePlot(ScatterPlot):
    """Decision regions in the colours of the classes, the stronger the surer; points on top.

    Attributes:
        points: for each class those of training, and those of validation; ``chosen`` are the rings around some.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Decision regions"))
        self._view: PlaneView | None = None
        self._classes: tuple[str, ...] = ()
        self.points: list[tuple[Points, Points]] = []
        self.chosen = pg.ScatterPlotItem(symbol="o", size=10, pxMode=True, brush=None)
        self.chosen.setZValue(10)
        self.addItem(self.chosen)
        self.regions = SmoothImage(axisOrder="row-major")
        self.regions.setZValue(-10)
        self.addItem(self.regions)
        self.wear()

    def dress(self) -> None:
        """Take the colours."""
        super().dress()
        self.chosen.setPen(pen(theme.color("text.normal"), 1.5))
        self._color_points()
        if self._view is not None:
            self._paint_regions(self._view)

    def show_view(self, view: PlaneView) -> str:
        """Draw it; return the caption."""
        self._view = view
        self.name_axes(*map(shown_name, view.axis_names))
        self.setToolTip(f"<p>{tr(COMPONENTS_HELP)}</p>" if view.is_slice else "")
        if view.class_names != self._classes:
            self._make_points(view.class_names)
        self._paint_regions(view)
        self.set_range((view.x[0], view.x[-1]), (view.y[0], view.y[-1]))
        for number, (train, validation) in enumerate(self.points):
            train.show_points(view.train_points[view.train_classes == number])
            validation.show_points(view.validation_points[view.validation_classes == number])
        self._mark(view.chosen_points)
        return self._caption(view)

    def _mark(self, chosen: Doubles | None) -> None:
        """Ring the chosen points, and let the others step back."""
        shown = np.empty((0, 2)) if chosen is None else chosen
        self.chosen.setData(x=shown[:, 0], y=shown[:, 1])
        self.chosen.setSize(10 if len(shown) <= MANY else 5)
        for pair in self.points:
            for item in pair:
                item.setOpacity(1 if chosen is None else FADED)

    def _make_points(self, names: tuple[str, ...]) -> None:
        for pair in self.points:
            for item in pair:
                self.removeItem(item)
        self._classes = names
        symbols = [SYMBOLS[number % len(SYMBOLS)][0] for number in range(len(names))]
        self.points = [
            (Points(symbol, hollow=False), Points(symbol, hollow=True, size=7)) for symbol in symbols
        ]
        for train, validation in self.points:
            self.addItem(train)
            self.addItem(validation)
        self._color_points()

    def _color_points(self) -> None:
        background = theme.color("plot.background")
        for number, pair in enumerate(self.points):
            for item in pair:
                item.take_colors(theme.class_color(number), background)
            _, validation = pair
            validation.setBrush(None)  # often there are many: the border behind them must be seen

    def _paint_regions(self, view: PlaneView) -> None:
        self.regions.setImage(regions(view), autoLevels=False)
        # Each value stands at the middle of its pixel.
        step_x, step_y = (axis[1] - axis[0] for axis in (view.x, view.y))
        left, bottom = view.x[0] - step_x / 2, view.y[0] - step_y / 2
        self.regions.setRect(left, bottom, step_x * len(view.x), step_y * len(view.y))

    def _caption(self, view: PlaneView) -> str:
        symbols = [SYMBOLS[number % len(SYMBOLS)][1] for number in range(len(view.class_names))]
        entries = [
            (theme.class_color(number), symbol, shown_name(name))
            for number, (symbol, name) in enumerate(zip(symbols, view.class_names, strict=True))
        ]
        text = theme.color("text.muted")
        kinds = [(text, symbols[0], tr("training"))]
        if len(view.validation_points):
            kinds.append((text, HOLLOW[symbols[0]], tr("validation")))
        return f"{legend(entries)} &nbsp;|&nbsp; {legend(kinds)}<br>{tr(SLICE if view.is_slice else WHOLE)}"


def regions(view: PlaneView) -> NDArray[np.uint8]:
    """Return the picture of the regions, ``(len(y), len(x), 4)``: colours that fade where confidence does."""
    classes = len(view.class_names)
    colors = np.array([theme.class_color(number).getRgb()[:3] for number in range(classes)], np.float32)  # type: ignore[index]
    background = np.array(theme.color("plot.background").getRgb()[:3], np.float32)  # type: ignore[index]
    chance = 1 / max(classes, 2)
    sureness = np.clip((np.nan_to_num(view.confidence) - chance) / (1 - chance), 0, 1)
    share = (FAINT + (STRONG - FAINT) * sureness)[..., None]
    picture = np.full((*view.predicted.shape, 4), 255, np.uint8)
    picture[..., :3] = background + share * (colors[view.predicted] - background)
    return picture
