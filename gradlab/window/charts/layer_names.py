"""Names of layers beside plots, and the marks that stand beside them."""

import math
from collections.abc import Iterable, Mapping

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontMetricsF, QPainter
from typing_extensions import override

from gradlab.instruments.records import Mark
from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.colors import pen

LayerMarks = Mapping[str, Mark]  # one for a layer, by its name
WIDEST_NAME = 150  # pixels
MARK_SIZE = 8
_BADNESS = ("info", "warning", "error")


def worst_marks(marks: Iterable[Mark]) -> LayerMarks:
    """Return the worst mark of each layer that has any; of equally bad ones, the latest."""
    return {mark.layer: mark for mark in sorted(marks, key=lambda mark: _BADNESS.index(mark.level))}


def with_mark(words: str, mark: Mark | None) -> str:
    """Return words about a layer, followed by those of its mark."""
    return words if mark is None else f"{words} · {tr(mark.text)}"


def paint_mark(painter: QPainter, middle: QPointF, mark: Mark) -> None:
    """Draw a mark: a dot in the colour of how bad it is."""
    painter.setPen(pen(theme.color("surface.panel")))
    painter.setBrush(theme.color(f"status.{mark.level}"))
    painter.drawEllipse(middle, MARK_SIZE / 2, MARK_SIZE / 2)


class LayerNames(pg.AxisItem):  # type: ignore[misc]
    """Names of layers, one row each from the top down; as many as there is room for.

    Attributes:
        layers: their names.
        marks: what stands beside them.
    """

    def __init__(self) -> None:
        super().__init__("left")
        self.layers: tuple[str, ...] = ()
        self.marks: LayerMarks = {}
        self.setStyle(tickLength=0, hideOverlappingLabels=False)

    def show_layers(self, layers: tuple[str, ...]) -> bool:
        """Name these layers; return True if they differ from those before."""
        if layers == self.layers:
            return False
        self.layers = layers
        self._draw_again()
        return True

    def show_marks(self, marks: LayerMarks) -> None:
        """Show these marks beside the names."""
        self.marks = marks
        self._draw_again()

    def width_of_names(self, metrics: QFontMetricsF) -> int:
        """Return the room that the names need, in pixels; long ones are cut off."""
        return min(WIDEST_NAME, int(max(map(metrics.horizontalAdvance, self.layers), default=40)))

    @override
    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        # A tick in the middle of each row that is named.
        line = QFontMetricsF(self.scene().font()).height()
        step = max(1, math.ceil(len(self.layers) * line / max(1.0, size)))
        return [(step, [row + 0.5 for row in range(0, len(self.layers), step)])]

    @override
    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [self.layers[int(value)] for value in values]

    @override
    def drawPicture(self, painter: QPainter, *specs: object) -> None:
        super().drawPicture(painter, *specs)
        height = self.boundingRect().height() / max(1, len(self.layers))
        for row, layer in enumerate(self.layers):
            if layer in self.marks:
                paint_mark(painter, QPointF(MARK_SIZE / 2, (row + 0.5) * height), self.marks[layer])

    def _draw_again(self) -> None:
        self.picture = None
        self.update()
