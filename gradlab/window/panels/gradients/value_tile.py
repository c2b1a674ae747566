"""One picture of a layer: a weight and its bias, as gradients, as weights or as what an update added."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.heat_colors import color_table, hatch
from gradlab.window.panels.gradients.pair_pictures import Cell, PairPictures
from gradlab.window.panels.gradients.shown_change import ShownChange
from gradlab.window.panels.gradients.tile_painter import TilePainter, caption_font, caption_height
from gradlab.window.panels.gradients.value_grid import ValueGrid
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.animation import Motion
from gradlab.window.widgets.pointable_view import PointableView

_CELL_MOST = 26  # pixels: tiny matrices need no huge squares
_LOWEST_MOST = 80  # pixels that a picture of few rows may be high: the panel may hold nothing else
_LEAST = 14  # pixels: less is hard to tell from a line …
_LEAST_WHERE_TIGHT = 6  # … but better than a layer that is out of sight
_STRIP_LEAST = 7  # a bias below the weight, with the gap between


class ValueTile(Themed, PointableView[Cell]):
    """Shows a weight, and its bias as a strip along the same units; below them the norm of both.

    Where a picture does not hold the ``whole`` parameter its norm is unknown: then the largest value stands there.
    A ``large`` tile has numbers along its sides.

    Attributes:
        picked: emitted by a click, or Enter.
        pictures: the two pictures, with their values.
        awaited: in words, when the values will come; then there is nothing yet, not even None. Else empty.
        change: animates the latest change.
    """

    picked = Signal()

    def __init__(
        self,
        weight: ValueGrid,
        bias: ValueGrid | None,
        *,
        whole: bool = True,
        large: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.pictures = PairPictures(weight, bias, is_whole=whole)
        self.awaited = ""
        self.change = ShownChange()
        self._large = large
        self._limit = 1.0
        self._empty: str | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing below it is painted again with it
        self.wear()

    def draw(self, limit: float, twin: PairPictures | None = None) -> None:
        """Draw the values on a scale from −limit to limit; a ``twin`` shows the same ones on the same scale."""
        self._limit = limit
        self.pictures.draw(limit, self._table, self.devicePixelRatioF(), twin)
        # Most often nothing is left over: then there is nothing new to paint.
        empty = None if self.pictures.summaries else self.awaited
        if empty is None or empty != self._empty:
            self.update()
        self._empty = empty

    def in_words(self, name: str) -> str:
        """Describe the picture in words, for screen readers."""
        if self.awaited:
            return tr("{name}: {text}").format(name=name, text=self.awaited)
        return self.pictures.in_words(name)

    def keep_before(self) -> None:
        """Remember what is seen now, to show how it changes."""
        self.change.keep_before(self)

    def show_change(self, motion: Motion, progress: float) -> None:
        """Show the change at ``progress`` of its way, from 0 to 1."""
        self.change.move_on(motion, progress)
        self.update()

    def most_height(self) -> int:
        """Return the height beyond which it would only look coarse."""
        rows: int = self.pictures.weight.cells.grid.order.shape[0]
        return (
            max(_LOWEST_MOST, rows * _CELL_MOST) + (16 if self._has_strip_below else 0) + caption_height(self)
        )

    def least_height(self, *, is_tight: bool = False) -> int:
        """Return the height below which it can no longer be read, or hardly where the room ``is_tight``."""
        least = _LEAST_WHERE_TIGHT if is_tight else _LEAST
        return least + (_STRIP_LEAST if self._has_strip_below else 0) + caption_height(self)

    @property
    def _has_strip_below(self) -> bool:
        return self.pictures.bias is not None and not self.pictures.weight.cells.grid.units_down

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.least_height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        room = QRectF(0, 0, self.width(), self.height() - caption_height(self))
        if self._large:
            room.adjust(self._side_width(), 0, 0, -caption_height(self))
        self.pictures.place_in(room, large=self._large)
        self.draw(self._limit)

    def _side_width(self) -> int:
        """Return the width of the labels beside the rows."""
        metrics = QFontMetrics(caption_font(self))
        labels = self.pictures.weight.cells.grid.down.labels
        widest: int = max([metrics.horizontalAdvance(text) for _, text in labels], default=0)
        return widest + 4

    @override
    def dress(self) -> None:
        self._table = color_table()
        self._hatch = hatch()
        self.draw(self._limit)
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter, height = QPainter(self), caption_height(self)
        painter.fillRect(event.rect(), theme.color("surface.panel"))
        caption = QRectF(0, self.height() - height, self.width(), height)
        tile = TilePainter(painter, self.pictures, self.awaited, caption, caption_font(self))
        tile.paint_pictures(self._hatch)
        if self._large:
            tile.paint_labels()
        tile.paint_caption()
        self.change.paint(painter, QRectF(self.rect()), self.pictures.rect)
        tile.paint_frames(self.marked, has_focus=self.hasFocus())

    @override
    def spot_at(self, place: QPointF) -> Cell | None:
        return self.pictures.cell_at(place)

    @override
    def beside_marked(self, across: int, down: int) -> Cell | None:
        return self.pictures.beside(self.marked, across, down)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.picked.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit()
        else:
            super().keyPressEvent(event)
