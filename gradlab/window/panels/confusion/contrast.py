"""Text that stays readable on any fill."""

from typing import cast

from PySide6.QtGui import QColor


def readable_on(fill: QColor, *candidates: QColor) -> QColor:
    """Return the candidate with the highest contrast to ``fill``."""
    return max(candidates, key=lambda color: contrast(color, fill))


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio, 1 … 21, as WCAG 2.2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: QColor) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = cast("tuple[float, ...]", color.getRgbF())[:3]
    red, green, blue = (_linear(part) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
