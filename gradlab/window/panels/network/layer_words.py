"""The words under a network: how many units are not drawn, the layers' names, what the buffer holds for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, log10

from PySide6.QtGui import QFont, QFontMetrics

from gradlab.instruments.records import SignalLayer
from gradlab.language import shown_name, tr
from gradlab.window.charts.formatting import power_of_ten, short, whole
from gradlab.window.panels.network.unit_grid import UnitGrid


@dataclass(frozen=True)
class LayerWords:
    """Words in the same detail for all layers, short enough to fit into every column."""

    grid: UnitGrid
    font: QFont

    @property
    def bold(self) -> QFont:
        """The font of the names."""
        font = QFont(self.font)
        font.setBold(True)
        return font

    def more(self) -> list[str]:
        """Say how many units of each layer are not drawn."""
        return self._alike([self._more(layer) for layer in self.grid.layers], self.font)

    def names(self) -> list[str]:
        """Return the layers' names; in a low picture, with the number of units that are not drawn."""
        return self._alike([self._names(layer) for layer in self.grid.layers], self.bold)

    def buffers(self) -> list[str]:
        """Say what the buffer holds for each layer; a word under the inputs explains numbers that stand alone."""
        _, *layers = self.grid.layers
        return self._alike([("", *3 * (tr("buffer"),)), *map(_buffer, layers)], self.font)

    def _more(self, layer: SignalLayer) -> tuple[str, str]:
        hidden = layer.units - len(self.grid.drawn(layer))
        return (tr("… {count} more").format(count=whole(hidden)), f"+{whole(hidden)}") if hidden else ("", "")

    def _names(self, layer: SignalLayer) -> tuple[str, str]:
        _, more = self._more(layer)
        name = shown_name(layer.name)
        return f"{name} {more}".strip() if self.grid.is_low else name, name

    def _alike(self, texts: Sequence[tuple[str, ...]], font: QFont) -> list[str]:
        """Return one text per layer, the longest version that has room in every column; else the shortest."""
        lengths = [list(row) for row in zip(*texts, strict=True)]
        room, metrics = self.grid.caption_column(0).width(), QFontMetrics(font)
        fitting = (row for row in lengths if max(map(metrics.horizontalAdvance, row)) <= room)
        return next(fitting, lengths[-1])


def _buffer(layer: SignalLayer) -> tuple[str, str, str, str]:
    """Say what the buffer holds for a layer, first at length, then ever shorter."""
    norm = layer.norm
    if norm is None:
        return tr("buffer empty"), *3 * (tr("empty"),)
    rough = f"~{power_of_ten(round(log10(norm)))}" if norm and isfinite(norm) else short(norm)
    return tr("buffer {norm}").format(norm=short(norm)), short(norm), short(norm, 2), rough
