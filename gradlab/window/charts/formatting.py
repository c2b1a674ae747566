"""Numbers as people read them: three digits, a real minus sign, powers of ten."""

import math

import numpy as np

from gradlab.language import tr
from gradlab.window.language.numbers import number

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_STEPS = np.array([1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0])


def short(value: float, digits: int = 3) -> str:
    """Return ``value`` with ``digits`` significant digits: ``0.530``, ``−12.3``, ``1.20×10⁻⁵``, ``NaN``, ``∞``."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    if -4 <= int(exponent) < 5:
        decimals = max(0, digits - 1 - int(exponent))
        return f"{value:.{decimals}f}".replace("-", "−")
    return f"{mantissa}×10{superscript(int(exponent))}".replace("-", "−")


def exact(value: np.float32) -> str:
    """Return all digits that a value has in single precision: ``0.53012``, ``−1.2×10⁻⁹``, ``NaN``, ``∞``."""
    if value == 0 or not np.isfinite(value):
        return short(float(value))
    if 1e-4 <= abs(value) < 1e7:
        return np.format_float_positional(value, trim="-").replace("-", "−")
    mantissa, _, exponent = np.format_float_scientific(value, trim="-").partition("e")
    return f"{mantissa}×10{superscript(int(exponent))}".replace("-", "−")


def tidy(value: float, digits: int = 2) -> str:
    """Return a round number without superfluous zeros: ``0.07``, ``1.5``, ``2×10⁸``."""
    mantissa, times, rest = short(value, digits).partition("×")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + times + rest


def plain(value: float, spacing: float) -> str:
    """Return a tick's label with just the decimals that ticks ``spacing`` apart need."""
    if value == 0 and spacing < 1e-3:
        return "0"
    if value != 0 and not 1e-4 <= abs(value) < 1e6:
        mantissa, _, exponent = f"{value:.4g}".partition("e")
        return (f"{mantissa}×10{superscript(int(exponent))}" if exponent else mantissa).replace("-", "−")
    decimals = max(0, -math.floor(math.log10(spacing) + 1e-9))
    return f"{value + 0.0:.{decimals}f}".replace("-", "−")


def power_of_ten(exponent: int) -> str:
    """Return ``0.01`` … ``1000`` in full, and ``10⁻⁵`` beyond."""
    if -3 <= exponent <= 4:
        return f"{10.0**exponent:.{max(0, -exponent)}f}"
    return f"10{superscript(exponent)}"


def whole(value: float) -> str:
    """Return a number without decimals, its digits in groups: ``12,345``."""
    return number(value, ",.0f")


def superscript(number: int) -> str:
    """Return a whole number in raised digits."""
    return str(number).translate(_SUPERSCRIPTS)


def round_up(value: float) -> float:
    """Return the next of 1, 1.5, 2, 3, 5, 7, 10 × 10ⁿ: a scale's end that stays still while values wobble."""
    if not (math.isfinite(value) and value > 0):
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    if unit == 0:  # below the smallest power of ten that a float holds
        return value
    steps = _STEPS * unit
    position = int(np.searchsorted(steps, value * (1 - 1e-9)))
    return float(steps[min(position, len(steps) - 1)])


def no_size(measured: float) -> str:
    """Return words for a layer's gradient without a size above 0 (None, zero, NaN); empty if it has one."""
    if math.isnan(measured):
        return tr("not a number")
    if measured < 0:
        return tr("None, no gradient")
    return tr("exactly zero") if measured == 0 else ""
