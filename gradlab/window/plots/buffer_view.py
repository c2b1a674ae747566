"""The gradient buffer, layer by layer: *left over* + *this batch* = *used*, on one colour scale."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gradlab.instruments.records import Floats, ParameterGradient
from gradlab.window.plots.colorbar import paint_bar
from gradlab.window.plots.colors import signed_ramp
from gradlab.window.plots.formatting import round_up, short, tidy
from gradlab.window.plots.tile import Cell, Tile, caption_height
from gradlab.window.theme.tokens import Theme

HEADINGS = ("Left over from before", "This batch adds", "The optimizer uses")
_PARTS = ("left_over", "batch", "used")
_OVERHANG = 8  # pixels by which a heading may be wider than its column, on each side


@dataclass(frozen=True)
class Reading:
    """How the three pictures of every layer are to be read.

    Attributes:
        headings: what they are; ``sign`` stands before the third: ``=`` where it is the sum of the others.
        awaited: whether the batch has added nothing yet.
        warned: whether what is left over should not be there.
        lit: the numbers of the pictures that the latest phase changed.
    """

    headings: tuple[str, str, str] = HEADINGS
    sign: str = "="
    awaited: bool = False
    warned: bool = False
    lit: frozenset[int] = frozenset()

    @property
    def signs(self) -> tuple[str, str]:
        """What stands between the pictures."""
        return "+", self.sign


@dataclass(frozen=True)
class Pair:
    """A weight with its bias; what has no partner stands alone."""

    weight: ParameterGradient
    bias: ParameterGradient | None

    @property
    def shape(self) -> tuple[object, ...]:
        """What must stay the same for a row of pictures to be used again."""
        return tuple(
            (part.name, part.shape, _picture_shape(part)) for part in (self.weight, self.bias) if part
        )


def pairs(parameters: tuple[ParameterGradient, ...]) -> list[Pair]:
    """Put each bias beside the weight of the same layer, in the order of the weights."""
    by_name = {parameter.name: parameter for parameter in parameters}
    partners = {name: by_name.get(name.replace("weight", "bias")) for name in by_name if "weight" in name}
    taken = {partner.name for partner in partners.values() if partner}
    return [
        Pair(parameter, partners.get(parameter.name))
        for parameter in parameters
        if parameter.name not in taken
    ]


@dataclass(frozen=True)
class Places:
    """Where the columns of all rows and of the headings stand, in pixels."""

    name: tuple[int, int]
    tiles: tuple[tuple[int, int], ...]
    signs: tuple[tuple[int, int], ...]
    bar: tuple[int, int]

    @classmethod
    def within(cls, width: int, metrics: QFontMetrics) -> "Places":
        """Share out a width: names and colour bars take what they need, the three pictures the rest."""
        name = metrics.horizontalAdvance("output.wei")
        sign = metrics.horizontalAdvance("+") + 14
        bar = metrics.horizontalAdvance("−0.0007") + 22
        tile = max(60, (width - name - bar - 2 * sign - 14) // 3)
        lefts = [name + 4 + number * (tile + sign) for number in range(3)]
        signs = tuple((left + tile, sign) for left in lefts[:2])
        return cls((0, name), tuple((left, tile) for left in lefts), signs, (lefts[2] + tile + 8, bar))


class BufferView(QScrollArea):
    """All layers, with the headings above them that do not scroll.

    Signals:
        read: one line about the value that is pointed at; empty where there is none.
    """

    read = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.rows: list[LayerRow] = []
        self.common_scale = False
        self._reading = Reading()
        self._signature: list[object] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.setWidget(self._inside)
        self._headings = _Headings(theme, self)
        self._place_headings()

    def show_parameters(self, parameters: tuple[ParameterGradient, ...], reading: Reading) -> None:
        """Draw the buffer."""
        found = pairs(parameters)
        signature: list[object] = [pair.shape for pair in found]
        if signature != self._signature:
            self._signature = signature
            self._make_rows(found)
        for row, pair in zip(self.rows, found, strict=True):
            row.take(pair, reading)
        self._read_as(reading)
        self.rescale()
        for row in self.rows:
            row.read_again()

    def _read_as(self, reading: Reading) -> None:
        if reading != self._reading:
            self._reading = reading
            self._headings.read_as(reading)
            self._place_headings()

    def rescale(self) -> None:
        """Draw on each layer's own scale, or all on one."""
        limits = [row.largest for row in self.rows]
        common = max(limits, default=0.0)
        for row, limit in zip(self.rows, limits, strict=True):
            row.paint_with(round_up(common if self.common_scale else limit))

    def _make_rows(self, found: list[Pair]) -> None:
        self.read.emit("")
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self.rows = [LayerRow(self.theme, pair) for pair in found]
        for row in self.rows:
            row.read.connect(self.read)
            self._column.addWidget(row, row.weight_of_height())

    def describe(self) -> None:
        """Say in words what every picture shows, for those who do not see it."""
        for row in self.rows:
            row.describe()

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew."""
        self.theme = theme
        self._headings.theme = theme
        self._headings.update()
        for row in self.rows:
            row.apply_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the headings above the columns."""
        super().resizeEvent(event)
        self._place_headings()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font of the theme, e.g. in large text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_headings"):
            self._place_headings()

    def _place_headings(self) -> None:
        height = self._headings.height_for(self.viewport().width())
        self.setViewportMargins(0, height, 0, 0)
        self._headings.setGeometry(QRect(0, 0, self.viewport().width(), height))


class _Headings(QWidget):
    """What the three columns are, in plain words, and the sum that they are."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.read_as(Reading())

    def read_as(self, reading: Reading) -> None:
        self._reading = reading
        first, second, third = reading.headings
        self.setAccessibleName(f"{first} + {second} {reading.sign} {third}")
        self.update()

    def height_for(self, width: int) -> int:
        """Return the height of one line, or of two where the columns are narrow."""
        metrics = self.fontMetrics()
        _, tile = Places.within(width, metrics).tiles[0]
        font = self.font()
        font.setBold(True)
        widest = max(map(QFontMetrics(font).horizontalAdvance, self._reading.headings))
        return metrics.height() * (1 if widest <= tile + 2 * _OVERHANG else 2) + 6

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        places = Places.within(self.width(), self.fontMetrics())
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        reading = self._reading
        for number, ((left, width), heading) in enumerate(zip(places.tiles, reading.headings, strict=True)):
            warned = reading.warned and number == 0
            painter.setPen(self.theme.color("status.warning" if warned else "text.normal"))
            painter.drawText(
                QRect(left - _OVERHANG, 0, width + 2 * _OVERHANG, self.height() - 2), flags, heading
            )
            if number in reading.lit:
                line = QRect(left, self.height() - 4, width, 3)
                painter.fillRect(line, self.theme.color("accent.normal"))
        painter.setPen(self.theme.color("text.muted"))
        for (left, width), sign in zip(places.signs, reading.signs, strict=True):
            painter.drawText(QRect(left, 0, width, self.height() - 2), flags, sign)


class LayerRow(QWidget):
    """One weight with its bias: three pictures that add up, and what their colours mean in numbers.

    Signals:
        read: one line about the value that is pointed at; empty where there is none.
    """

    read = Signal(str)

    def __init__(self, theme: Theme, pair: Pair, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.pair = pair
        self.limit = 1.0
        self.reading = Reading()
        self._cell: Cell | None = None
        shape = _picture_shape(pair.weight)
        bias = _picture_shape(pair.bias) if pair.bias else None
        whole = all(_is_whole(part) for part in (pair.weight, pair.bias) if part)
        self.tiles = [Tile(theme, shape, bias, whole, self) for _ in _PARTS]
        for tile in self.tiles:
            tile.pointed.connect(self._point)
            tile.setToolTip(self._axes_in_words(tile.turned))
        self._name_tiles()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(self.tiles[0].most_height())

    def _name_tiles(self) -> None:
        for tile, heading in zip(self.tiles, self.reading.headings, strict=True):
            tile.setAccessibleName(f"{self.pair.weight.name}: {heading}")

    def weight_of_height(self) -> int:
        """Return how much of the panel's height it asks for, compared to the other rows."""
        rows = self.tiles[0].weight_shape[self.tiles[0].turned]
        return int(10 * min(rows, 256) ** 0.4)

    def sizeHint(self) -> QSize:
        """Ask for room; take what there is."""
        return QSize(400, 90)

    def minimumSizeHint(self) -> QSize:
        """Stay readable: then the view scrolls."""
        return QSize(0, 2 * self.fontMetrics().height() + caption_height(self))

    def _axes_in_words(self, turned: bool) -> str:
        if len(self.pair.weight.shape) != 2:
            return "Each value is one weight of the layer."
        down, across = ("inputs", "units") if turned else ("units", "inputs")
        strip = " The strip beside it is the bias of each unit." if self.pair.bias else ""
        return f"Rows are {down}, columns are {across} of this layer, counted from 1.{strip}"

    # ------------------------------------------------------------------- values

    def take(self, pair: Pair, reading: Reading) -> None:
        """Take new values; ``paint_with`` then makes them visible."""
        self.pair = pair
        self.tiles[1].awaited = reading.awaited
        if reading != self.reading:
            self.reading = reading
            self._name_tiles()
            self.update()
        for tile, part in zip(self.tiles, _PARTS, strict=True):
            weight: Floats | None = getattr(pair.weight, part)
            tile.take(weight, getattr(pair.bias, part) if pair.bias else None)

    @property
    def largest(self) -> float:
        """The largest finite value of all three pictures."""
        return max(tile.largest for tile in self.tiles)

    def paint_with(self, limit: float) -> None:
        """Draw all three on a scale from −limit to limit."""
        if limit != self.limit:
            self.limit = limit
            self.update()
        for tile in self.tiles:
            tile.paint_with(limit)

    def describe(self) -> None:
        """Say in words what the pictures show."""
        for tile, part in zip(self.tiles, _PARTS, strict=True):
            words = tile.in_words(f"{self.pair.weight.name} {part.replace('_', ' ')}")
            if words != tile.accessibleDescription():
                tile.setAccessibleDescription(words)

    # ------------------------------------------------------------------ reading

    def _point(self, cell: Cell | None) -> None:
        self._cell = cell
        for tile in self.tiles:
            tile.mark(cell)
        self.read.emit(self.cell_in_words(cell) if cell else "")

    def read_again(self) -> None:
        """Say the value that is pointed at once more: it may be another one by now."""
        if self._cell:
            self.read.emit(self.cell_in_words(self._cell))

    def cell_in_words(self, cell: Cell) -> str:
        """Return the sum of one value in words and numbers."""
        parameter = self.pair.bias if cell.bias and self.pair.bias else self.pair.weight
        left_over, batch, used = (_shown(tile.value(cell)) for tile in self.tiles)
        name = f"{parameter.name} [{_place_in_words(parameter, cell)}]"
        if self.reading.awaited:
            return f"{name}: {used} in the buffer; this batch has added nothing yet"
        return f"{name}: left over {left_over} + batch {batch} {self.reading.sign} used {used}"

    # ----------------------------------------------------------------- painting

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew."""
        self.theme = theme
        for tile in self.tiles:
            tile.apply_theme(theme)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the pictures into their columns."""
        places = Places.within(self.width(), self.fontMetrics())
        for tile, (left, width) in zip(self.tiles, places.tiles, strict=True):
            tile.setGeometry(left, 0, width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the name, the signs and the colour bar."""
        painter = QPainter(self)
        places = Places.within(self.width(), self.fontMetrics())
        height = self.height() - caption_height(self)
        self._paint_name(painter, QRect(*places.name[:1], 0, places.name[1], height))
        self._paint_signs(painter, places, height)
        stops = [QColor(*rgba) for rgba in signed_ramp(self.theme, 21).tolist()]
        limit = tidy(self.limit)
        bar = QRectF(places.bar[0], 2, places.bar[1], height - 4)
        paint_bar(painter, bar, stops, [f"−{limit}", "0", limit], self.theme)

    def _paint_name(self, painter: QPainter, room: QRect) -> None:
        layer, _, part = self.pair.weight.name.rpartition(".")
        metrics = self.fontMetrics()
        lines = [layer or part]
        if part != "weight" and layer:
            lines.append(part)
        elif len(self.pair.weight.shape) >= 2:
            lines.append(f"{self.pair.weight.shape[1]} → {self.pair.weight.shape[0]}")
        top = (room.height() - len(lines) * metrics.height()) // 2
        font = self.font()
        for number, line in enumerate(lines):
            font.setBold(number == 0)
            painter.setFont(font)
            painter.setPen(self.theme.color("text.muted" if number else "text.normal"))
            text = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room.left(), top + number * metrics.height() + metrics.ascent(), text)
        font.setBold(False)
        painter.setFont(font)

    def _paint_signs(self, painter: QPainter, places: Places, height: int) -> None:
        font = self.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.4 if font.pointSizeF() > 0 else 14)
        painter.setFont(font)
        painter.setPen(self.theme.color("text.normal"))
        for (left, width), sign in zip(places.signs, self.reading.signs, strict=True):
            painter.drawText(QRect(left, 0, width, height), Qt.AlignmentFlag.AlignCenter, sign)
        painter.setFont(self.font())


def _picture_shape(parameter: ParameterGradient) -> tuple[int, int]:
    """Return the shape of the pictures; where all are None, that of the parameter itself."""
    for picture in (parameter.used, parameter.batch, parameter.left_over):
        if picture is not None:
            return picture.shape[0], picture.shape[1]
    shape = parameter.shape
    if len(shape) < 2:
        return 1, shape[0] if shape else 1
    return shape[0], math.prod(shape[1:])


def _is_whole(parameter: ParameterGradient) -> bool:
    """Whether the pictures show every value; those of large layers show the largest of each block."""
    return math.prod(_picture_shape(parameter)) == math.prod(parameter.shape)


def _place_in_words(parameter: ParameterGradient, cell: Cell) -> str:
    if not _is_whole(parameter):
        return f"largest in block {cell.row + 1}, {cell.column + 1}"
    if len(parameter.shape) == 2:
        return f"unit {cell.row + 1}, input {cell.column + 1}"
    if len(parameter.shape) == 1:
        return f"unit {cell.column + 1}"
    return f"row {cell.row + 1}, column {cell.column + 1}"


def _shown(value: float | None) -> str:
    return "None" if value is None else short(value)
