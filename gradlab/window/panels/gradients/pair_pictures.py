"""The pictures of a weight and of its bias, one beside the other."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gradlab.instruments.records import Floats
from gradlab.language import grouped, tr
from gradlab.window.charts.heat_colors import Packed, ValueSummary
from gradlab.window.panels.gradients.value_grid import ValueGrid
from gradlab.window.panels.gradients.value_picture import ValuePicture

_GAP = 2
_STRETCH = 2.0  # of filters, while all layers have to share the room
_LOW = 40  # pixels: pictures of filters that are lower are stretched more, or they would be specks


@dataclass(frozen=True)
class Cell:
    """A value: of the weight (or of the bias, if ``bias``), at ``index`` of the flattened array."""

    bias: bool
    index: int


class PairPictures:
    """A weight, and its bias as a strip along the same units.

    Attributes:
        weight, bias: the two pictures; a weight may have no bias.
        is_whole: whether they hold every value, or else the largest one of each block.
    """

    def __init__(self, weight: ValueGrid, bias: ValueGrid | None, *, is_whole: bool) -> None:
        self.weight = ValuePicture(weight)
        self.bias = ValuePicture(bias) if bias else None
        self.is_whole = is_whole

    def __iter__(self) -> Iterator[ValuePicture]:
        """Yield the pictures that there are."""
        yield self.weight
        if self.bias is not None:
            yield self.bias

    def take(self, weight: Floats | None, bias: Floats | None, twin: "PairPictures | None" = None) -> None:
        """Take new values and measure them, unless a ``twin`` has; ``draw`` then makes them visible."""
        summaries = [picture.summary for picture in twin] if twin else [None, None]
        for picture, values, summary in zip(self, (weight, bias), summaries, strict=False):
            picture.take(values, summary)

    def holds(self, weight: Floats | None, bias: Floats | None) -> bool:
        """Whether these are the very arrays that it shows."""
        return self.weight.source is weight and (self.bias is None or self.bias.source is bias)

    def draw(self, limit: float, table: Packed, ratio: float, twin: "PairPictures | None" = None) -> None:
        """Make both pictures; see ``ValuePicture.draw``."""
        twins = list(twin) if twin else [None, None]
        for picture, its_twin in zip(self, twins, strict=False):
            picture.draw(limit, table, ratio, its_twin)

    @property
    def summaries(self) -> list[ValueSummary]:
        """The summaries of those pictures that have values."""
        return [picture.summary for picture in self if picture.summary]

    @property
    def largest(self) -> float:
        """The largest finite value, whatever its sign."""
        return max((summary.largest for summary in self.summaries), default=0.0)

    @property
    def norm(self) -> float | None:
        """The norm of weight and bias together; None if there are no values at all."""
        if not self.summaries:
            return None
        if any(summary.bad for summary in self.summaries):
            return float("nan")
        return float(np.sqrt(sum(summary.squares for summary in self.summaries)))

    def value(self, cell: Cell) -> np.float32 | None:
        """Return one value; None where the buffer holds None."""
        picture = self._picture_of(cell)
        return picture.value(cell.index) if picture else None

    def in_words(self, name: str) -> str:
        """Describe the pictures in words, for screen readers."""
        said = [
            picture.summary.in_words(self.is_whole) if picture.summary else tr("None, no gradient")
            for picture in self
        ]
        named = zip((name, tr("bias")), said, strict=False)
        return grouped(tr("{name}: {text}").format(name=what, text=words) for what, words in named)

    def place_in(self, room: QRectF, *, large: bool) -> None:
        """Share a rectangle out between weight and bias."""
        stretch = 1.0 if large else _STRETCH * max(1.0, _LOW / max(1.0, room.height()))
        weight = self.weight.cells
        if self.bias is None:
            weight.place_in(room, stretch)
        elif weight.grid.units_down:
            width = self._thickness(room.width(), 0.05, large)
            weight.place_in(room.adjusted(0, 0, -width - _GAP, 0), stretch)
            rect = weight.rect
            self.bias.cells.place_in(QRectF(rect.right() + _GAP, rect.top(), width, rect.height()))
        else:
            height = self._thickness(room.height(), 0.14, large)
            weight.place_in(room.adjusted(0, 0, 0, -height - _GAP), stretch)
            rect = weight.rect
            self.bias.cells.place_in(QRectF(rect.left(), rect.bottom() + _GAP, rect.width(), height))

    def _thickness(self, room: float, share: float, large: bool) -> int:
        """Return how much of a room the bias takes: half beside a mere vector, else a narrow strip."""
        if len(self.weight.cells.grid.order) == 1:
            return int(room / 2)
        return max(5, min(24 if large else 13, round(room * share)))

    @property
    def rect(self) -> QRectF:
        """The rectangle around both."""
        rect = self.weight.cells.rect
        return rect if self.bias is None else rect.united(self.bias.cells.rect)

    def cell_at(self, place: QPointF) -> Cell | None:
        """Return the value drawn at a place, or None."""
        for number, picture in enumerate(self):
            index = picture.cells.index_at(place)
            if index is not None:
                return Cell(bool(number), index)
        return None

    def cell_rect(self, cell: Cell) -> QRectF:
        """Return the rectangle of a value."""
        picture = self._picture_of(cell)
        return picture.cells.cell_rect(cell.index) if picture else QRectF()

    def beside(self, cell: Cell | None, across: int, down: int) -> Cell:
        """Return the value beside another: beyond an edge, the bias or the far side; beside None, the first."""
        if cell is None:
            return Cell(False, int(self.weight.cells.grid.order[0, 0]))
        cells = (self._picture_of(cell) or self.weight).cells
        index = cells.step(cell.index, down, across)
        if index is not None:
            return Cell(cell.bias, index)
        towards_bias = bool(across) == self.weight.cells.grid.units_down
        enters_bias = not cell.bias if self.bias is not None and towards_bias else cell.bias
        entered = self.bias if enters_bias and self.bias else self.weight
        return Cell(enters_bias, entered.cells.enter(cells.share_of(cell.index, across), down, across))

    def _picture_of(self, cell: Cell) -> ValuePicture | None:
        return self.bias if cell.bias else self.weight
