"""The range of values that a chart shows, on a linear or a logarithmic axis."""

from collections.abc import Iterable

import numpy as np

from gradlab.instruments.records import Doubles
from gradlab.window.charts.series import Envelope

# A curve that has blown up this many times beyond where the curves begin would flatten all others to a line.
_BLOWN_UP = 1e3
_ROOM = 3.0  # how many times the highest beginning is shown then: the curve leaves through the top
# A few values this many times above all others, and above where the curves begin, are a spike: it is cut off.
_SPIKE = 3.0
_FEW = 0.05  # the share of a curve that they may be
_FEWEST = 10  # values of a curve, below which none is unusual


def scaled(y: Doubles, log: bool) -> Doubles:
    """Return decadic logarithms for a logarithmic axis; values that have none become gaps."""
    if not log:
        return y
    return np.log10(np.where(y > 0, y, np.nan))


def height_of(
    shapes: Iterable[Envelope | None], log: bool, *, cuts_spikes: bool = False
) -> tuple[float, float]:
    """Return the lowest and the highest number of an axis that shows all these curves.

    A linear axis leaves out where a curve blew up, and if asked single spikes: the others would be a flat line at
    its bottom.
    """
    shown = [shape for shape in shapes if shape is not None]
    low, high = _extremes(shown, log)
    if not log:
        begin = max([1.0, *map(_beginning, shown)])
        usual = max([0.0, *map(_beginning, shown), *map(_usual_top, shown)])
        if cuts_spikes and usual > 0 and high > _SPIKE * usual:
            return _linear(low, max(_highest_below(_SPIKE * usual, shape) for shape in shown))
        return _linear(low, _ROOM * begin if high > _BLOWN_UP * begin else high)
    margin = 0.04 * max(high - low, 0.1)
    return float(np.floor((low - margin) * 10) / 10), high + margin


def spikes_above(
    shapes: Iterable[Envelope | None], top: float, width: float, most: int | None = None
) -> list[tuple[float, float]]:
    """Return place and value of what is higher than the top of a linear axis, the highest within a ``width``.

    No more than ``most`` are looked for: a run that blew up is above nearly everywhere.
    """
    found: list[tuple[float, float]] = []
    for shape in shapes:
        if shape is not None:
            above = np.flatnonzero(shape.high > top)
            found += zip(shape.x[above].tolist(), shape.high[above].tolist(), strict=True)
    kept: list[tuple[float, float]] = []
    for x, value in sorted(found, key=lambda point: -point[1]):
        if len(kept) == most:
            break
        if all(abs(x - other) > width for other, _ in kept):
            kept.append((x, value))
    return kept


def nearest(x: Doubles, wanted: float | None) -> int | None:
    """Return the index of the value nearest to ``wanted``, the last without one, None without values."""
    if not len(x):
        return None
    if wanted is None:
        return len(x) - 1
    right = min(int(np.searchsorted(x, wanted)), len(x) - 1)
    left = max(0, right - 1)
    return left if abs(x[left] - wanted) <= abs(x[right] - wanted) else right


def _beginning(shape: Envelope) -> float:
    """Return the first finite value of a curve; 0 where there is none."""
    finite = shape.low[np.isfinite(shape.low)]
    return float(finite[0]) if len(finite) else 0.0


def _usual_top(shape: Envelope) -> float:
    """Return the highest value of a curve but for the few that may be a spike."""
    finite = shape.high[np.isfinite(shape.high)]
    if not len(finite):
        return 0.0
    few = max(1, int(_FEW * len(finite))) if len(finite) >= _FEWEST else 0
    place = len(finite) - 1 - few
    return float(np.partition(finite, place)[place])


def _highest_below(limit: float, shape: Envelope) -> float:
    """Return the highest value of a curve that is not above a limit; 0 where there is none."""
    return float(shape.high[shape.high <= limit].max(initial=0))


def _extremes(shapes: Iterable[Envelope], log: bool) -> tuple[float, float]:
    """Return the lowest and highest finite value of all curves, in the axis' numbers."""
    parts = [scaled(part, log) for shape in shapes for part in (shape.low, shape.high)]
    values = np.concatenate(parts) if parts else np.empty(0)
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    return float(values.min()), float(values.max())


def _linear(low: float, high: float) -> tuple[float, float]:
    """Start at zero unless the values are far above it."""
    if low == high == 0:
        high = 1.0
    if low >= 0 and low < 0.4 * high:
        return -0.02 * high, max(high * 1.04, 1e-12)
    margin = 0.06 * (high - low) or abs(high) * 0.1
    return low - margin, high + margin
