"""Numbers as people write them: signs, units, brackets and the digits of other scripts."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from gradlab.tables.known import known

_SIGNS = {
    **dict.fromkeys("−﹣－‐‑", "-"),
    **dict.fromkeys("＋﹢", "+"),
    **dict.fromkeys("\u00a0\u202f\u2007\u2009\u2002\u2003\u3000", " "),
    **dict.fromkeys("’‘ʼ´`＇", "'"),
    "．": ".",
    "，": ",",
    "％": "%",
    "（": "(",
    "）": ")",
    "＄": "$",
    "￥": "¥",
    "μ": "µ",
}


class _Plain(dict[int, str]):
    """Finds a plain letter for another one when it is first met."""

    def __missing__(self, code: int) -> str:
        digit = unicodedata.decimal(chr(code), None)
        self[code] = chr(code) if digit is None else str(digit)
        return self[code]


_PLAIN = _Plain({ord(sign): plain for sign, plain in _SIGNS.items()})
_DASH = re.compile(r"^([(]?)[–—](?= ?[\d.,$€£¥])")

CURRENCY_SIGNS = "$€£¥₹₽₩₺₫฿₴₪₦₱₡₲₵₸₼₾¢"
_CURRENCY = "|".join([rf"[A-Z]{{0,3}}[{CURRENCY_SIGNS}]", *map(re.escape, known("currencies"))])
_UNIT = rf"{_CURRENCY}|[%‰°]|[°º]?[^\W\d_][^\s\d_()\[\],;:!?\"'|+=]{{0,11}}[²³\d]?"
_CORE = r"[.,]?\d(?:[\d.,' ]*\d)?[.,]?(?:[eE][+-]?\d+)?|(?i:inf(?:inity)?)|∞"
_CELL = re.compile(
    rf"(\()?([+-])? ?(?:({_CURRENCY}) ?)?([+-])?({_CORE}) ?({_UNIT})?(\))?",
)

_UNITS = frozenset(known("units"))


@dataclass(frozen=True)
class Numeral:
    """A number taken apart.

    Attributes:
        core: its digits with all signs between them.
        unit: what stands before or behind it; empty if nothing does.
        negative: whether it has a minus, or stands in brackets.
        bracketed: whether it stands in brackets, as bookkeepers write what they owe.
    """

    core: str
    unit: str
    negative: bool
    bracketed: bool

    @property
    def is_money(self) -> bool:
        """Whether the unit is a currency's."""
        return re.fullmatch(_CURRENCY, self.unit) is not None


def plain(text: str) -> str:
    """Return a text with the signs and digits of ASCII where others mean the same."""
    if text.isascii():
        return text
    return _DASH.sub(r"\1-", text.translate(_PLAIN))


def numeral(text: str) -> Numeral | None:
    """Take a plain text apart; None if it is no number in any way of writing."""
    found = _CELL.fullmatch(text)
    if not found:
        return None
    opened, sign, before, inner, core, behind, closed = found.groups()
    if (opened is None) != (closed is None) or (sign and inner) or (opened and (sign or inner)):
        return None
    if (before and behind) or not (_ENGLISH.fullmatch(core) or _GERMAN.fullmatch(core) or is_infinite(core)):
        return None
    return Numeral(core, before or behind or "", "-" in (sign, inner) or bool(opened), bool(opened))


def is_known_unit(unit: str) -> bool:
    """Whether a unit is so common that a number without it, or with another, is a mistake."""
    return unit.casefold() in _UNITS or re.fullmatch(_CURRENCY, unit) is not None


def is_ordinal(unit: str) -> bool:
    """Whether it makes a number the first, the second and so on: no amount."""
    return unit.casefold() in known("ordinals")


def is_infinite(core: str) -> bool:
    """Whether it is a word or sign for infinity."""
    return core == "∞" or core.casefold().startswith("inf")


@cache
def grammar(decimal: str, thousands: str) -> re.Pattern[str]:
    """Return what a number's core looks like with these signs; ``thousands`` holds any of them, or none."""
    signs = re.escape(thousands)
    groups = rf"[1-9]\d{{0,2}}([{signs}])\d{{3}}(?:\1\d{{3}})*|" if thousands else ""
    lakhs = r"[1-9]\d?(?:,\d{2})+,\d{3}|" if "," in thousands else ""
    point = re.escape(decimal)
    return re.compile(rf"(?:(?:{groups}{lakhs}\d+)(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?")


_ENGLISH = grammar(".", ",' ")
_GERMAN = grammar(",", ".' ")


def as_number(text: str) -> float | None:
    """Return the number that a text without thousands signs and unit is, with a point or a comma; else None."""
    found = numeral(plain(text.strip()))
    if found is None or found.unit or is_infinite(found.core):
        return None
    core = found.core.replace(",", ".")
    if not grammar(".", "").fullmatch(core):
        return None
    return -float(core) if found.negative else float(core)
