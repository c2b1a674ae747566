"""Colours of plots, from the theme's tokens alone."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from gradlab.window import theme

Bytes = NDArray[np.uint8]
_SIGNED_POWER = 0.6
SIGNS = ("negative", "zero", "positive")
BAR_STOPS = 21


def blend(front: QColor, back: QColor, share: float) -> QColor:
    """Return ``share`` of ``front`` on ``back``: opaque, because see-through lines are slow to draw."""
    mixed = [
        round(share * ours + (1 - share) * theirs)
        for ours, theirs in zip(front.getRgb()[:3], back.getRgb()[:3], strict=True)  # type: ignore[index]
    ]
    return QColor(*mixed)


def pen(color: QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen whose width is in pixels whatever the zoom."""
    made = QPen(color, width, style)
    made.setCosmetic(True)
    return made


def ramp(stops: list[QColor], count: int) -> Bytes:
    """Return ``count`` colours evenly along ``stops``, as ``(count, 4)`` RGBA."""
    return _along(stops, np.linspace(0, len(stops) - 1, count))


def _along(stops: list[QColor], place: NDArray[np.float64]) -> Bytes:
    channels = np.array([stop.getRgb() for stop in stops], dtype=np.float64)
    corners = np.arange(len(stops))
    columns = [np.interp(place, corners, channels[:, channel]) for channel in range(4)]
    return np.round(np.column_stack(columns)).astype(np.uint8)


def signed_ramp(count: int) -> Bytes:
    """Return ``count`` colours from the most negative over zero to the most positive; ``count`` is odd.

    They leave zero quickly: a few large gradients beside many small ones are the rule, and the small
    ones must not vanish. The colour bars are drawn with the same colours.
    """
    stops = (theme.color(f"signed.{name}").rgba() for name in SIGNS)
    return _signed_ramp(tuple(stops), count)


def signed_stops() -> tuple[int, ...]:
    """Return the packed colours of a bar that means what ``signed_ramp`` does, from its bottom to its top."""
    return _signed_stops(tuple(theme.color(f"signed.{name}").rgba() for name in SIGNS))


@lru_cache(maxsize=4)
def _signed_stops(signs: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(QColor(*rgba).rgba() for rgba in _signed_ramp(signs, BAR_STOPS).tolist())


@lru_cache(maxsize=16)
def _signed_ramp(stops: tuple[int, ...], count: int) -> Bytes:
    """Return the ramp between packed colours; it is asked for with each colour bar."""
    value = np.linspace(-1, 1, count)
    place = 1 + np.sign(value) * np.abs(value) ** _SIGNED_POWER
    made = _along([QColor.fromRgba(stop) for stop in stops], place)
    made.flags.writeable = False
    return made
