"""Data with two inputs: the points, and behind them what the model says everywhere."""

from math import sqrt

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QPainter, QResizeEvent

from gradlab.instruments.records import Doubles, PlaneView
from gradlab.language import mark, shown_name, tr
from gradlab.window import theme
from gradlab.window.charts.colors import pen
from gradlab.window.charts.scatter import HOLLOW, SYMBOLS, Points, ScatterPlot, legend

# How strong a region's colour is where the model is unsure, and where it is certain.
FAINT, STRONG = 0.08, 0.5
MANY = 60  # more chosen points than this get smaller rings: large ones would hide each other
FADED = 0.25  # opacity of the other points while some are chosen
ROOM = 18  # pixels, squared for each point: with less room points are smaller, and the border is seen through them
SMALLEST, FAINTEST = 0.5, 0.6  # shares of the usual size and opacity
WHOLE = mark("Paler: less sure.")
SLICE = mark("Background: a slice through the mean. Points off it may lie on the other side.")
COMPONENTS_HELP = mark(
    "There are more inputs than two: this is the plane along which they differ most. PC 1 and PC 2 are the first "
    "two principal components of the training inputs, with their shares of the variance. The background shows "
    "what the model says on this plane, which goes through the mean; the points are projected onto it."
)


class SmoothImage(pg.ImageItem):  # type: ignore[misc]
    """An image that is smoothed when it is enlarged."""

    def paint(self, p: QPainter, *args: object) -> None:
        """Draw the image smoothed."""
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        super().paint(p, *args)

    def stretch_over(self, x: Doubles, y: Doubles) -> None:
        """Place the image in the data's coordinates: each value stands at the middle of its pixel."""
        step_x, step_y = (axis[1] - axis[0] for axis in (x, y))
        self.setRect(x[0] - step_x / 2, y[0] - step_y / 2, step_x * len(x), step_y * len(y))


class PlanePlot(ScatterPlot):
    """Decision regions in the colours of the classes, the stronger the surer; points on top.

    Attributes:
        points: for each class those of training, and those of validation; ``chosen`` are the rings around some.
        opacity: of points, unless others are chosen.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Decision regions"))
        self._view: PlaneView | None = None
        self._classes: tuple[str, ...] = ()
        self.opacity = 1.0
        self.points: list[tuple[Points, Points]] = []
        self.chosen = pg.ScatterPlotItem(symbol="o", size=10, pxMode=True, brush=None)
        self.chosen.setZValue(10)
        self.addItem(self.chosen)
        self.regions = SmoothImage(axisOrder="row-major")
        self.regions.setZValue(-10)
        self.addItem(self.regions)
        self.wear()

    def dress(self) -> None:
        """Apply the theme's colours."""
        super().dress()
        self.chosen.setPen(pen(theme.color("text.normal"), 1.5))
        self._color_points()
        if self._view is not None:
            self._paint_regions(self._view)

    def show_view(self, view: PlaneView) -> str:
        """Draw the view and return its caption."""
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
        self._scale_points()
        self._mark(view.chosen_points)
        return self._caption(view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the points to the room as well."""
        super().resizeEvent(event)
        if hasattr(self, "_view"):  # pyqtgraph resizes already while it is built
            self._scale_points()

    def _scale_points(self) -> None:
        """Draw points smaller, and so that the border is seen through them, where many share little room."""
        view = self._view
        if view is None:
            return
        count = max(1, len(view.train_points) + len(view.validation_points))
        scale = min(1.0, max(SMALLEST, sqrt(self.width() * self.height() / count) / ROOM))
        self.opacity = 1.0 if scale == 1.0 else max(FAINTEST, scale)
        for pair in self.points:
            for item in pair:
                item.take_scale(scale)
                item.setOpacity(self.opacity if view.chosen_points is None else FADED)

    def _mark(self, chosen: Doubles | None) -> None:
        """Draw rings around the chosen points."""
        shown = np.empty((0, 2)) if chosen is None else chosen
        self.chosen.setData(x=shown[:, 0], y=shown[:, 1])
        self.chosen.setSize(10 if len(shown) <= MANY else 5)

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
        self.regions.stretch_over(view.x, view.y)

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
