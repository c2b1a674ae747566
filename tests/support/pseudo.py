"""A language that nobody speaks: every text of the catalogs in brackets, and longer, as other languages are.

What stands without brackets is not translated; what does not fit would not fit in some real language either.
"""

import gettext
import math
from functools import cache

from gradlab import language

PSEUDO = "xx"
LONGER = 0.4


class PseudoCatalog(gettext.NullTranslations):
    """Makes up a translation of everything."""

    def gettext(self, message):
        return lengthened(message)

    def ngettext(self, one, many, count):
        return lengthened(one if count == 1 else many)

    def pgettext(self, context, message):
        return lengthened(message)


def lengthened(text):
    """Return a text that is 40 % longer, in brackets; parts between ``;;`` are names of filters."""
    if ";;" in text:
        return ";;".join(map(lengthened, text.split(";;")))
    missing = max(1, math.ceil(LONGER * len(text)) - 2)
    word = "~" * min(missing, 6)
    words = " ".join([word] * (missing // 7)) if missing > 7 else ""
    filling = f" {words}" if words else word
    return f"[{text}{filling}]"


def install(monkeypatch):
    """Let ``xx`` be one of the languages until the end of a test."""
    catalog = language.catalog
    monkeypatch.setitem(language.LANGUAGES, PSEUDO, "[Pseudo]")
    monkeypatch.setattr(
        language, "catalog", cache(lambda name: PseudoCatalog() if name == PSEUDO else catalog(name))
    )
