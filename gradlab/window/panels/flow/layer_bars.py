"""A bar per layer: how large the values in the gradient buffer are, in powers of ten."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter

from gradlab.instruments.records import LayerSizes
from gradlab.language import grouped, mark, tr
from gradlab.window import theme
from gradlab.window.charts.axes import RoundAxis
from gradlab.window.charts.colors import blend, pen
from gradlab.window.charts.formatting import no_size, short
from gradlab.window.charts.heat_colors import hatch
from gradlab.window.charts.layer_names import LayerNames, with_mark
from gradlab.window.charts.themed_plot import ThemedPlot

X_LABEL = mark("Size of the values in the gradient")
_LEAST_DECADES = 2
_MOST_DECADES = 12


class LayerBars(ThemedPlot):
    """A solid bar for each layer's mean size, a pale one for its largest; None, zeros and NaN stand as words.

    With the keyboard: up and down walk over the layers, Escape lets go.

    Attributes:
        read: emitted with a line about the layer that is pointed at with mouse or keys; empty where there is none.
        pointed: emitted with the name of that layer, or empty.
        layers: the names beside the bars.
        sizes: what is drawn.
        marked: the number of the layer that is pointed at.
    """

    read = Signal(str)
    pointed = Signal(str)

    def __init__(self) -> None:
        self.layers = LayerNames()
        self.sizes: LayerSizes | None = None
        self.marked: int | None = None
        x_axis = RoundAxis("bottom")
        x_axis.set_logarithmic(True)
        super().__init__(x_axis, self.layers, tr(X_LABEL))
        self.view.setMouseEnabled(x=False, y=False)
        self.view.invertY(True)
        self.setAccessibleName(tr("Size of each layer's gradient"))
        self.setWhatsThis(
            tr(
                "How large the values in each layer's gradient are, the first layer above. The scale "
                "counts in powers of ten: one step to the right is ten times as much. Point at a layer to "
                "read its numbers."
            )
        )
        self._bars = _Bars(self)
        self.wear()

    def show_sizes(self, names: tuple[str, ...], sizes: LayerSizes) -> None:
        """Draw a bar for each of these layers."""
        self.sizes = sizes
        if self.layers.show_layers(names):
            self.marked = None
            self.take_font()
        low, high = decades(sizes)
        self.view.setRange(xRange=(low, high), yRange=(0, len(names)), padding=0)
        self._bars.update()
        if self.marked is not None:
            self.read.emit(self.in_words(self.marked))

    def show_x_label(self, on: bool) -> None:
        """Show the name of the x-axis, or save its line."""
        label = tr(X_LABEL) if on else ""
        if label != self.x_label:
            self.x_label = label
            self.take_font()

    def dress(self) -> None:
        """Apply the theme's colours."""
        super().dress()
        self._bars.dress()

    def label_width(self) -> int:
        """Return the width of the names, in pixels."""
        return self.layers.width_of_names(QFontMetricsF(self.font()))

    def in_words(self, layer: int) -> str:
        """Say how large a layer's values are."""
        assert self.sizes is not None
        mean, largest = float(self.sizes.mean[layer]), float(self.sizes.largest[layer])
        special = no_size(mean)
        words = special or tr("mean size {mean}, largest {largest}").format(
            mean=short(mean), largest=short(largest)
        )
        name = self.layers.layers[layer]
        return with_mark(tr("{name}: {text}").format(name=name, text=words), self.layers.marks.get(name))

    def describe(self) -> None:
        """Describe all layers in words, for screen readers."""
        if self.sizes is not None:
            words = grouped(self.in_words(layer) for layer in range(len(self.sizes.mean)))
            self.setAccessibleDescription(words)

    def mark(self, layer: int | None) -> None:
        """Point at a layer, or at none."""
        if self.sizes is None or (layer is not None and not 0 <= layer < len(self.sizes.mean)):
            return
        if layer != self.marked:
            self.marked = layer
            self.pointed.emit("" if layer is None else self.layers.layers[layer])
        self._bars.update()
        self.read.emit("" if layer is None else self.in_words(layer))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read off the layer under the mouse."""
        super().mouseMoveEvent(event)
        place = self.under_mouse(event)
        self.mark(None if place is None else int(place.y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at no layer."""
        super().leaveEvent(event)
        self.mark(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the layers."""
        match event.key():
            case Qt.Key.Key_Down:
                self.mark(0 if self.marked is None else self.marked + 1)
            case Qt.Key.Key_Up:
                self.mark(0 if self.marked is None else self.marked - 1)
            case Qt.Key.Key_Escape:
                self.mark(None)
            case _:
                super().keyPressEvent(event)


class _Bars(pg.GraphicsObject):  # type: ignore[misc]
    """Draws in pixels, so that patterns and words keep their size."""

    def __init__(self, plot: LayerBars) -> None:
        super().__init__(plot.view)
        self._plot = plot
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        plot.view.sigResized.connect(self._moved)

    def _moved(self, *_: object) -> None:
        self.prepareGeometryChange()
        self.update()

    def dress(self) -> None:
        self._solid = solid()
        self._pale = pale()
        self._none = hatch()
        self._zero, self._nan = (QBrush(theme.color(f"signed.{name}")) for name in ("exact_zero", "nan"))
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._plot.view.rect())

    def paint(self, painter: QPainter, *_: object) -> None:
        sizes = self._plot.sizes
        if sizes is None or not len(sizes.mean):
            return
        painter.setFont(self.scene().font())
        box = self.boundingRect()
        painter.setClipRect(box)
        height = box.height() / len(sizes.mean)
        for row, (mean, largest) in enumerate(zip(sizes.mean, sizes.largest, strict=True)):
            area = QRectF(0, row * height, box.width(), height)
            if row == self._plot.marked:
                painter.fillRect(area, theme.color("surface.hover"))
            self._paint_row(painter, area.adjusted(0, 0.15 * height, 0, -0.15 * height), mean, largest)

    def _paint_row(self, painter: QPainter, area: QRectF, mean: float, largest: float) -> None:
        word = no_size(mean)
        if word:
            self._paint_word(painter, area, word, self._brush_of(mean))
            return
        for size, brush in ((largest, self._pale), (mean, self._solid)):
            painter.fillRect(QRectF(area.left(), area.top(), self._length(size), area.height()), brush)

    def _brush_of(self, mean: float) -> QBrush:
        if math.isnan(mean):
            return self._nan
        return self._none if mean < 0 else self._zero

    def _paint_word(self, painter: QPainter, area: QRectF, word: str, brush: QBrush) -> None:
        """Paint a short bar in the pattern of a special value, and the word for it beside it."""
        stub = QRectF(area.left(), area.top(), 28, area.height())
        painter.fillRect(stub, brush)
        painter.setPen(pen(theme.color("surface.border")))
        painter.drawRect(stub)
        painter.setPen(theme.color("text.normal"))
        line = QFontMetricsF(painter.font()).height()
        words = QRectF(QPointF(36, area.center().y() - line / 2), area.bottomRight())
        words.setHeight(line)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, word)

    def _length(self, size: float) -> float:
        low, high = self._plot.view.viewRange()[0]
        place = (math.log10(size) - low) / (high - low)
        return float(max(1.0, place * self.boundingRect().width()))


def solid() -> QBrush:
    """Return the brush for mean sizes."""
    return QBrush(theme.color("series.train"))


def pale() -> QBrush:
    """Return the brush for largest sizes."""
    return QBrush(blend(theme.color("series.train"), theme.color("plot.background"), 0.35))


def decades(sizes: LayerSizes) -> tuple[int, int]:
    """Return the exponents of the powers of ten around all sizes."""
    known = sizes.mean > 0  # None, zero and NaN are not
    if not known.any():
        return -6, 0
    high = math.ceil(np.log10(sizes.largest[known].max()))
    low = math.floor(np.log10(sizes.mean[known].min()) - 0.3)  # the shortest bar can be seen
    return max(min(low, high - _LEAST_DECADES), high - _MOST_DECADES), high
