"""A layer in the gradients panel: pictures side by side, and what their colours mean in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradlab.instruments.records import Floats
from gradlab.language import mark, sentences, tr
from gradlab.window import theme
from gradlab.window.charts.colorbar import paint_bar
from gradlab.window.charts.colors import signed_ramp
from gradlab.window.charts.formatting import round_up, tidy
from gradlab.window.panels.gradients.tile import Cell, Tile, caption_height
from gradlab.window.panels.gradients.value_grid import arrange, strip
from gradlab.window.panels.gradients.weight_and_bias import Pair, array_shape
from gradlab.window.widgets.animation import Motion

HEADINGS = (mark("Left over"), mark("This batch adds"), mark("The optimizer uses"))
BUFFER = ("left_over", "batch", "used")
EXTRAS = {"weights": mark("Weights now"), "update": mark("The update added")}


def _headings() -> tuple[str, str, str]:
    left_over, batch, used = HEADINGS
    return tr(left_over), tr(batch), tr(used)


@dataclass(frozen=True)
class Reading:
    """How the pictures of every layer are to be read.

    Attributes:
        headings: what the three of the buffer are; ``sign`` stands before the third: ``=`` where it is the sum.
        awaited: whether the batch has added nothing yet.
        warned: whether what is left over should not be there.
        lit: the numbers of the pictures that the latest phase changed.
        motions: how to show that, by part.
        moment: which phase of which batch it is; None where nobody goes phase by phase.
    """

    headings: tuple[str, str, str] = field(default_factory=_headings)
    sign: str = "="
    awaited: bool = False
    warned: bool = False
    lit: frozenset[int] = frozenset()
    motions: Mapping[str, Motion] = field(default_factory=dict)
    moment: tuple[object, ...] | None = None

    @property
    def signs(self) -> tuple[str, str]:
        """What stands between the pictures."""
        return "+", self.sign

    def heading_of(self, part: str) -> str:
        """Return what one picture is."""
        return tr(EXTRAS[part]) if part in EXTRAS else self.headings[BUFFER.index(part)]


@dataclass(frozen=True)
class Places:
    """Where a row's columns stand, in pixels: per group its pictures, signs and colour bar."""

    tiles: tuple[tuple[int, int], ...]
    signs: tuple[tuple[int, int], ...]
    bars: tuple[tuple[int, int], ...]

    @classmethod
    def within(cls, width: int, metrics: QFontMetrics, name: int, groups: tuple[int, ...] = (3,)) -> "Places":
        """Share out a width: names, signs and colour bars take what they need, the pictures the rest.

        ``name``: how wide the names are; ``groups``: how many pictures each group has.
        """
        sign = metrics.horizontalAdvance("+") + 14
        bar = metrics.horizontalAdvance("−0.0007") + 22
        count = sum(groups)
        rest = width - name - len(groups) * (bar + 10) - (count - len(groups)) * sign
        tile = max(60, rest // count)
        tiles, signs, bars = [], [], []
        left = name
        for size in groups:
            for number in range(size):
                tiles.append((left, tile))
                left += tile
                if number < size - 1:
                    signs.append((left, sign))
                    left += sign
            bars.append((left + 8, bar))
            left += bar + 10
        return cls(tuple(tiles), tuple(signs), tuple(bars))


class LayerRow(QWidget):
    """One weight with its bias in several pictures, in groups that share a colour scale each.

    Attributes:
        pair: what is shown; ``tiles`` the pictures; ``limits`` the ends of the scales.

    Signals:
        pointed: the Cell that is pointed at, None where there is none.
        picked: somebody wants to see the layer large.
    """

    pointed = Signal(object)
    picked = Signal()

    def __init__(
        self,
        pair: Pair,
        groups: tuple[tuple[str, ...], ...] = (BUFFER,),
        *,
        large: bool = False,
        pictures: bool = False,
    ) -> None:
        super().__init__()
        self.pair = pair
        self.groups = groups
        self.limits = [1.0] * len(groups)
        self.reading = Reading()
        self._large = large
        self._has_headings = groups != (BUFFER,)
        self._name_width = 0
        self.tiles = self._make_tiles(pictures)
        self._name_tiles()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if not large:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setMaximumHeight(self.tiles[0].most_height() + self._top)

    def _make_tiles(self, pictures: bool) -> list[Tile]:
        weight, bias = self.pair.weight, self.pair.bias
        place = arrange(weight, array_shape(weight), pictures)
        along = strip(bias, array_shape(bias), down=place.units_down) if bias else None
        tiles = []
        for _ in self.parts:
            tile = Tile(place, along, whole=self.pair.is_whole, large=self._large)
            tile.setParent(self)
            tile.pointed.connect(self.pointed)
            tile.picked.connect(self.picked)
            tile.setToolTip(self._tip(place.in_words))
            tiles.append(tile)
        return tiles

    def _tip(self, axes: str) -> str:
        said = [f"{self.pair.weight.name}.", axes]
        if self.pair.bias:
            said.append(tr("The strip beside it is the bias of each unit."))
        said.append(tr("Counted from 0, as in PyTorch."))
        if not self._large:
            said.append(tr("Click, or press Enter, to see the layer large."))
        return sentences(said)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of what the pictures show."""
        return tuple(part for group in self.groups for part in group)

    @property
    def in_words(self) -> str:
        """What the rows and columns of the pictures are."""
        return self.tiles[0].weight.arrangement.in_words

    def _name_tiles(self) -> None:
        for tile, part in zip(self.tiles, self.parts, strict=True):
            tile.setAccessibleName(
                tr("{name}: {text}").format(name=self.pair.weight.name, text=self.reading.heading_of(part))
            )

    def weight_of_height(self) -> int:
        """Return how much of the panel's height it asks for, compared to the other rows."""
        rows = len(self.tiles[0].weight.arrangement.order)
        return int(10 * min(rows, 256) ** 0.4)

    @property
    def _top(self) -> int:
        """The height of the headings inside the row."""
        return self.fontMetrics().height() + 2 if self._has_headings else 0

    def sizeHint(self) -> QSize:
        """Ask for room; take what there is."""
        return QSize(400, 90)

    def minimumSizeHint(self) -> QSize:
        """Stay readable: then the view scrolls."""
        line, caption = self.fontMetrics().height(), caption_height(self)
        return QSize(0, self._top + (3 * line + 2 * caption if self._large else 2 * line + caption))

    # ------------------------------------------------------------------- values

    def take(self, pair: Pair, reading: Reading) -> None:
        """Take new values; ``paint_with`` then makes them visible."""
        self.pair = pair
        if reading != self.reading:
            self.reading = reading
            self._name_tiles()
            self.update()
        for tile, part in zip(self.tiles, self.parts, strict=True):
            weight: Floats | None = getattr(pair.weight, part)
            tile.awaited = self._awaited(part, weight)
            tile.take(weight, getattr(pair.bias, part) if pair.bias else None)

    def _awaited(self, part: str, values: Floats | None) -> str:
        if part == "batch" and self.reading.awaited:
            return tr("not yet")
        return tr("after the next update") if part == "update" and values is None else ""

    def largest(self) -> list[float]:
        """Return the largest finite value of each group."""
        tiles = iter(self.tiles)
        return [max(next(tiles).largest for _ in group) for group in self.groups]

    def paint_with(self, largest: list[float]) -> None:
        """Draw each group on a scale that reaches to its value, or a bit further."""
        limits = [round_up(value) for value in largest]
        if limits != self.limits:
            self.limits = limits
            self.update()
        tiles = iter(self.tiles)
        for group, limit in zip(self.groups, limits, strict=True):
            for _ in group:
                next(tiles).paint_with(limit)

    def describe(self) -> None:
        """Say in words what the pictures show."""
        for tile, part in zip(self.tiles, self.parts, strict=True):
            words = tile.in_words(f"{self.pair.weight.name}, {self.reading.heading_of(part)}")
            if words != tile.accessibleDescription():
                tile.setAccessibleDescription(words)

    def mark(self, cell: Cell | None) -> None:
        """Put a frame around a value in every picture."""
        for tile in self.tiles:
            tile.mark(cell)

    # ------------------------------------------------------------------- motion

    def keep_before(self, coming: Reading) -> None:
        """Remember the pictures that the coming phase changes."""
        for tile, part in zip(self.tiles, self.parts, strict=True):
            if part in coming.motions:
                tile.keep_before()

    def show_change(self, progress: float) -> None:
        """Show what the latest phase did to the pictures, ``progress`` of its way from 0 to 1."""
        for tile, part in zip(self.tiles, self.parts, strict=True):
            if part in self.reading.motions:
                tile.show_change(self.reading.motions[part], progress)

    # ----------------------------------------------------------------- painting

    def _places(self) -> Places:
        sizes = tuple(len(group) for group in self.groups)
        return Places.within(self.width(), self.fontMetrics(), self._name_width, sizes)

    def wanted_name_width(self) -> int:
        """Return how wide the name is; 0 for a picked layer, whose name stands above."""
        if self._large:
            return 0
        font = self.font()
        font.setBold(True)
        widths = [QFontMetrics(font).horizontalAdvance(line) for line in self._name_lines()]
        return int(min(max(widths), QFontMetrics(font).horizontalAdvance("recurrent10"))) + 6

    def set_name_width(self, width: int) -> None:
        """Keep this much room for the name, as all rows do."""
        if width != self._name_width:
            self._name_width = width
            self._place_tiles()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the pictures into their columns."""
        self._place_tiles()

    def _place_tiles(self) -> None:
        for tile, (left, width) in zip(self.tiles, self._places().tiles, strict=True):
            tile.setGeometry(left, self._top, width, self.height() - self._top)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pick the layer by its name."""
        if event.button() == Qt.MouseButton.LeftButton and event.position().x() < self._name_width:
            self.picked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the name, the headings or signs, and the colour bars."""
        painter = QPainter(self)
        places = self._places()
        height = self.height() - self._top - caption_height(self)
        if not self._large and not self._has_headings:
            self._paint_name(painter, QRect(0, 0, self._name_width - 4, height))
        if self._has_headings:
            self._paint_headings(painter, places)
        self._paint_signs(painter, places, height)
        stops = [QColor(*rgba) for rgba in signed_ramp(21).tolist()]
        for (left, width), limit, group in zip(places.bars, map(tidy, self.limits), self.groups, strict=True):
            if all(self.tiles[self.parts.index(part)].awaited for part in group):
                continue
            bar = QRectF(left, self._top + 2, width, height - 4)
            paint_bar(painter, bar, stops, [f"−{limit}", "0", limit])

    def _paint_headings(self, painter: QPainter, places: Places) -> None:
        painter.setPen(theme.color("text.normal"))
        metrics = painter.fontMetrics()
        for (left, width), part in zip(places.tiles, self.parts, strict=True):
            room = QRect(left, 0, width, metrics.height())
            text = metrics.elidedText(self.reading.heading_of(part), Qt.TextElideMode.ElideRight, width)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_name(self, painter: QPainter, room: QRect) -> None:
        metrics = self.fontMetrics()
        font = self.font()
        lines = self._name_lines()
        top = (room.height() - len(lines) * metrics.height()) // 2
        for number, line in enumerate(lines):
            font.setBold(number == 0)
            painter.setFont(font)
            painter.setPen(theme.color("text.muted" if number else "text.normal"))
            text = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room.left(), top + number * metrics.height() + metrics.ascent(), text)
        font.setBold(False)
        painter.setFont(font)

    def _name_lines(self) -> list[str]:
        shape = self.pair.weight.shape
        size = f"{shape[1]} → {shape[0]}" if len(shape) >= 2 else ""
        return [line for line in (self.pair.layer, self.pair.part or size) if line]

    def _paint_signs(self, painter: QPainter, places: Places, height: int) -> None:
        font = self.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.4 if font.pointSizeF() > 0 else 14)
        painter.setFont(font)
        painter.setPen(theme.color("text.normal"))
        for (left, width), sign in zip(places.signs, self.reading.signs, strict=False):
            painter.drawText(QRect(left, 0, width, height), Qt.AlignmentFlag.AlignCenter, sign)
        painter.setFont(self.font())
