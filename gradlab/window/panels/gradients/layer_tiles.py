"""The pictures of a layer side by side, in groups that share a colour scale each."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gradlab.instruments.records import Floats
from gradlab.language import sentences, tr
from gradlab.window.charts.formatting import round_up
from gradlab.window.panels.gradients.pair_pictures import Cell
from gradlab.window.panels.gradients.reading import Reading
from gradlab.window.panels.gradients.value_grid import arrange, strip
from gradlab.window.panels.gradients.value_tile import ValueTile
from gradlab.window.panels.gradients.weight_and_bias import Pair, array_shape

Groups = tuple[tuple[str, ...], ...]


class LayerTiles(QObject):
    """One weight with its bias in several pictures.

    Attributes:
        pointed: emitted with the Cell that is pointed at, None where there is none.
        picked: emitted when a picture is clicked.
        groups: the names of what the pictures show.
        limits: the end of each group's colour scale.
        grid: how the weights are arranged.
    """

    pointed = Signal(object)
    picked = Signal()

    def __init__(self, pair: Pair, groups: Groups, row: QWidget, *, large: bool, pictures: bool) -> None:
        """Put the pictures into a row."""
        super().__init__(row)
        self.groups = groups
        self.limits = [1.0] * len(groups)
        self.grid = arrange(pair.weight, array_shape(pair.weight), pictures)
        bias = pair.bias
        along = strip(bias, array_shape(bias), down=self.grid.units_down) if bias else None
        self.all: list[ValueTile] = []
        self._twins: dict[ValueTile, ValueTile | None] = {}
        for _ in self.parts:
            tile = ValueTile(self.grid, along, whole=pair.is_whole, large=large, parent=row)
            tile.pointed.connect(self.pointed)
            tile.picked.connect(self.picked)
            tile.setToolTip(_tip(pair, self.grid.in_words, large))
            self.all.append(tile)

    def __iter__(self) -> Iterator[tuple[str, ValueTile]]:
        """Yield what each picture shows, and the picture."""
        return zip(self.parts, self.all, strict=True)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of what the pictures show."""
        return tuple(part for group in self.groups for part in group)

    def take(self, pair: Pair, reading: Reading) -> None:
        """Take new values; ``draw`` then makes them visible."""
        for part, tile in self:
            weight: Floats | None = getattr(pair.weight, part)
            bias: Floats | None = getattr(pair.bias, part) if pair.bias else None
            tile.awaited = _awaited(part, weight, reading)
            twin = self._twin_of(tile, weight, bias)
            self._twins[tile] = twin
            tile.pictures.take(weight, bias, None if twin is None else twin.pictures)

    def largest(self) -> list[float]:
        """Return the largest finite value of each group."""
        return [max(tile.pictures.largest for tile in tiles) for tiles in self._by_group()]

    def draw(self, largest: list[float]) -> bool:
        """Draw each group on a scale that ends at its value or a bit beyond; return True if a scale changed."""
        before, self.limits = self.limits, [round_up(value) for value in largest]
        for tiles, limit in zip(self._by_group(), self.limits, strict=True):
            for tile in tiles:
                twin = self._twins.get(tile)
                # On another scale it is another picture.
                tile.draw(limit, twin.pictures if twin is not None and twin in tiles else None)
        return self.limits != before

    def _twin_of(self, tile: ValueTile, weight: Floats | None, bias: Floats | None) -> ValueTile | None:
        """Return an earlier tile that shows the very same arrays; there often is one."""
        earlier = self.all[: self.all.index(tile)]
        return next((other for other in earlier if other.pictures.holds(weight, bias)), None)

    def is_awaited(self, group: tuple[str, ...]) -> bool:
        """Whether there are no values yet in all pictures of a group."""
        return all(tile.awaited for part, tile in self if part in group)

    def name(self, layer: str, reading: Reading) -> None:
        """Give every picture its accessible name."""
        for part, tile in self:
            tile.setAccessibleName(tr("{name}: {text}").format(name=layer, text=reading.heading_of(part)))

    def describe(self, layer: str, reading: Reading) -> None:
        """Describe the pictures in words, for screen readers."""
        for part, tile in self:
            words = tile.in_words(f"{layer}, {reading.heading_of(part)}")
            if words != tile.accessibleDescription():
                tile.setAccessibleDescription(words)

    def mark(self, cell: Cell | None) -> None:
        """Frame a value in every picture."""
        for tile in self.all:
            tile.mark(cell)

    def _by_group(self) -> Iterator[list[ValueTile]]:
        tiles = iter(self.all)
        for group in self.groups:
            yield [next(tiles) for _ in group]


def _awaited(part: str, values: Floats | None, reading: Reading) -> str:
    if part == "batch" and reading.awaited:
        return tr("not yet")
    return tr("after the next update") if part == "update" and values is None else ""


def _tip(pair: Pair, axes: str, large: bool) -> str:
    said = [f"{pair.weight.name}.", axes]
    if pair.bias:
        said.append(tr("The strip beside it is the bias of each unit."))
    said.append(tr("Counted from 0, as in PyTorch."))
    if not large:
        said.append(tr("Click, or press Enter, to see the layer large."))
    return sentences(said)
