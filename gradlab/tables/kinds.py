"""What a column of a table can be."""

import re
from enum import Enum, auto

from gradlab.tables.numerals import plain


class Kind(Enum):
    """What a column holds."""

    NUMBER = auto()
    CATEGORY = auto()
    DATE = auto()
    TEXT = auto()
    EMPTY = auto()


class Role(Enum):
    """What a column is for."""

    INPUT = auto()
    TARGET = auto()
    LEFT_OUT = auto()


_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
_MONTH = r"[^\W\d_]{3,10}\.?"
_DAY = "|".join(
    [
        r"\d{4}([-/.])\d{1,2}\1\d{1,2}",
        r"\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})",
        r"\d{4}-\d{2}",
        rf"\d{{1,2}}(?:st|nd|rd|th|\.)?[ -]{_MONTH}[ -]\d{{2,4}}",
        rf"(?:{_MONTH},? )?{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}",
        r"\d{4}年\d{1,2}月(?:\d{1,2}日)?",
    ]
)
_DATE = re.compile(rf"(?:{_MONTH},? )?(?:{_DAY})(?:(?:T|,? +|-){_TIME})?|{_TIME}")


def is_date(text: str) -> bool:
    """Whether a text is a date, a time or both, as many countries write them."""
    return _DATE.fullmatch(plain(text)) is not None
