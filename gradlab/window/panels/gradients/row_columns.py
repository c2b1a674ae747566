"""Where the columns of the buffer's rows stand."""

from dataclasses import dataclass

from PySide6.QtGui import QFontMetrics


@dataclass(frozen=True)
class RowColumns:
    """Left edges and widths of a row's pictures, signs and colour bars (one per group), in pixels."""

    tiles: tuple[tuple[int, int], ...]
    signs: tuple[tuple[int, int], ...]
    bars: tuple[tuple[int, int], ...]

    @classmethod
    def within(
        cls, width: int, metrics: QFontMetrics, name: int, groups: tuple[int, ...] = (3,)
    ) -> "RowColumns":
        """Share a width out: names, signs and colour bars take what they need, the pictures the rest.

        Args:
            width: of the whole row.
            metrics: of the font of signs and colour bars.
            name: the width of the names.
            groups: how many pictures each group has.
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
