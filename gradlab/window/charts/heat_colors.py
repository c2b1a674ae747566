"""From arrays of gradients to pictures: signed colours, and values that must never look like small ones."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPixmap, qRgb, qRgba

from gradlab.instruments.records import Floats
from gradlab.language import listed, tr
from gradlab.window import theme
from gradlab.window.charts.colors import Bytes, signed_ramp
from gradlab.window.charts.formatting import short, whole

Packed = NDArray[np.uint32]  # colours in one number each: alpha, red, green, blue

LEVELS = 253  # odd: the middle one is zero
MIDDLE = LEVELS // 2
EXACT_ZERO = 253
NOT_A_NUMBER = 254
GAP = 255  # nothing is drawn there


@dataclass(frozen=True)
class ValueSummary:
    """An array in a few numbers; ``largest`` and ``squares`` count its finite values only."""

    size: int
    largest: float
    squares: float
    zeros: int
    nans: int
    infinities: int

    @classmethod
    def of(cls, values: Floats) -> "ValueSummary":
        """Measure an array of any shape."""
        flat = values.ravel()
        finite = np.isfinite(flat)
        good = int(np.count_nonzero(finite))
        nans = 0
        if good < flat.size:
            nans = int(np.count_nonzero(np.isnan(flat)))
            flat = np.where(finite, flat, 1)  # 1: counted neither as largest (below) nor as zero
        exact = flat.astype(np.float64)  # and no dot product: BLAS would take the trainer's core for it
        if good < flat.size:
            exact *= finite
        largest = float(np.abs(exact).max()) if good else 0.0
        zeros = flat.size - int(np.count_nonzero(flat))
        return cls(flat.size, largest, float(np.square(exact).sum()), zeros, nans, flat.size - good - nans)

    @property
    def norm(self) -> float:
        """The root of the sum of squares; NaN if any value is not a number."""
        return float("nan") if self.bad else float(np.sqrt(self.squares))

    @property
    def bad(self) -> int:
        """How many values are NaN or infinite."""
        return self.nans + self.infinities

    def bad_in_words(self) -> str:
        """Return e.g. ``12 NaN`` or ``12 NaN, 3 ∞``."""
        parts = ((self.nans, "NaN"), (self.infinities, "∞"))
        return listed(f"{whole(count)} {what}" for count, what in parts if count)

    def in_words(self, whole: bool = True) -> str:
        """Return one line for screen readers, without the norm if the array is not ``whole``."""
        if self.zeros == self.size:
            return tr("all zero")
        words = [tr("largest {largest}").format(largest=short(self.largest))]
        if whole:
            words.append(tr("norm {norm}").format(norm=short(self.norm)))
        if self.zeros:
            words.append(tr("{percent}% exact zeros").format(percent=f"{100 * self.zeros / self.size:.2g}"))
        if self.bad:
            words.append(self.bad_in_words())
        return listed(words)


def pooled(values: Floats, rows: int, columns: int) -> Floats:
    """Shrink an array to at most ``rows`` × ``columns``: each patch becomes its value furthest from zero, or NaN.

    Pictures that are larger than their place on the screen would otherwise lose single loud values.
    """
    for axis, most in ((0, rows), (1, columns)):
        length = values.shape[axis]
        if length > most > 0:
            edges = _edges(length, most)
            high = np.maximum.reduceat(values, edges, axis=axis)
            low = np.minimum.reduceat(values, edges, axis=axis)
            values = np.where(-low > high, low, high)
    return values


@lru_cache(maxsize=64)
def _edges(length: int, most: int) -> NDArray[np.int64]:
    """Return where each of ``most`` patches begins."""
    return np.linspace(0, length, most, endpoint=False).astype(np.int64)


def encode(values: Floats, limit: float) -> Bytes:
    """Return colour numbers: −limit … limit to 0 … 252, exact zeros 253, NaN and infinity 254."""
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = values * np.float64(MIDDLE / limit)
        np.rint(scaled, out=scaled)
        np.clip(scaled, -MIDDLE, MIDDLE, out=scaled)
        codes: Bytes = (scaled + MIDDLE).astype(np.uint8)
    codes[values == 0] = EXACT_ZERO
    finite = np.isfinite(values)
    if not finite.all():
        codes[~finite] = NOT_A_NUMBER
    return codes


def color_table() -> Packed:
    """Return the colours of all codes, packed as Qt has them."""
    shades = [qRgb(int(r), int(g), int(b)) for r, g, b, _ in signed_ramp(LEVELS)]
    special = [theme.color("signed.exact_zero"), theme.color("signed.nan")]
    nothing = qRgba(0, 0, 0, 0)
    packed = [*shades, *(qRgb(color.red(), color.green(), color.blue()) for color in special), nothing]
    return np.array(packed, dtype=np.uint32)


def to_image(codes: Bytes, table: Packed, *, has_gaps: bool = True) -> QImage:
    """Return a picture that owns its pixels; without gaps it is opaque, and drawn faster."""
    height, width = codes.shape
    pixels = np.ascontiguousarray(table[codes])
    form = QImage.Format.Format_ARGB32_Premultiplied if has_gaps else QImage.Format.Format_RGB32
    return QImage(pixels.data, width, height, 4 * width, form).copy()


def hatch() -> QBrush:
    """Return the pattern that stands for None: no gradient at all."""
    return QBrush(_hatch_tile(theme.color("signed.none"), theme.color("signed.none_hatch")))


def _hatch_tile(back: QColor, line: QColor) -> QPixmap:
    # A drawn tile looks the same everywhere; Qt's own diagonal pattern does not scale with the display.
    side = 8
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(back)
    for step in range(side):
        for thick in range(2):
            image.setPixelColor((step + thick) % side, side - 1 - step, line)
    return QPixmap.fromImage(image, Qt.ImageConversionFlag.AutoColor)
