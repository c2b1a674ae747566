"""Where the columns of the buffer's rows stand."""

from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtGui import QFontMetrics


class Kept(NamedTuple):
    """What all rows keep for the same things, in pixels.

    Attributes:
        name: the width of the names.
        first: the width of what is left over, while nothing is; 0: it is as wide as the others.
    """

    name: int = 0
    first: int = 0


@dataclass(frozen=True)
class RowColumns:
    """Left edges and widths of a row's pictures, signs and colour bars (one per group), in pixels."""

    tiles: tuple[tuple[int, int], ...]
    signs: tuple[tuple[int, int], ...]
    bars: tuple[tuple[int, int], ...]

    @classmethod
    def within(
        cls, width: int, metrics: QFontMetrics, kept: Kept, groups: tuple[int, ...] = (3,)
    ) -> "RowColumns":
        """Share a width out: names, signs and colour bars take what they need, the pictures the rest.

        Args:
            width: of the whole row.
            metrics: of the font of signs and colour bars.
            kept: what all rows keep for the same things.
            groups: how many pictures each group has.
        """
        sign = metrics.horizontalAdvance("+") + 14
        bar = metrics.horizontalAdvance("−0.0007") + 22
        count = sum(groups)
        rest = width - kept.name - len(groups) * (bar + 10) - (count - len(groups)) * sign
        wide = count - (kept.first > 0)
        tile = max(60, (rest - kept.first) // wide)
        tiles: list[tuple[int, int]] = []
        signs, bars = [], []
        left = kept.name
        for size in groups:
            for number in range(size):
                tiles.append((left, tile if tiles or not kept.first else kept.first))
                left += tiles[-1][1]
                if number < size - 1:
                    signs.append((left, sign))
                    left += sign
            bars.append((left + 8, bar))
            left += bar + 10
        return cls(tuple(tiles), tuple(signs), tuple(bars))
