"""Numbers as the window's language writes them: the one place where they become text for people.

Files, code and the command line write numbers the English way in every language.
"""

from functools import cache

from PySide6.QtCore import QLocale

from gradlab.language import current, tr, trc


def number(value: float, form: str = ",") -> str:
    """Return a number as the language writes it.

    Args:
        value: any number.
        form: as for :func:`format`; thousands are grouped only if it has a comma.
    """
    return written(format(value, form))


def percent(share: float, decimals: int = 1) -> str:
    """Return a share of 1 as a percentage."""
    return trc("percentage", "{number}%").format(number=number(100 * share, f".{decimals}f"))


def written(text: str) -> str:
    """Return a number written the English way, such as ``-1,234.5``, in the way of the current language."""
    locale = locale_of(current())
    whole, point, rest = text.partition(".")
    if "," in whole:
        # Not every language groups by three: 12,34,567 in Hindi.
        sign = whole[: len(whole) - len(whole.lstrip("-−+"))]
        whole = sign + locale.toString(int(whole[len(sign) :].replace(",", "")))
    return whole + (locale.decimalPoint() if point else "") + rest


def duration(seconds: float) -> str:
    """Return a time span rounded to what people can use: ``< 1 s``, ``48 s``, ``3 min``, ``2 h 5 min``."""
    if seconds < 1:
        return tr("< 1 s")
    if seconds < 100:
        return tr("{seconds} s").format(seconds=round(seconds))
    minutes = round(seconds / 60)
    if minutes < 100:
        return tr("{minutes} min").format(minutes=minutes)
    return tr("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)


@cache
def locale_of(language: str) -> QLocale:
    """Return Qt's locale for a language."""
    return QLocale(language)
