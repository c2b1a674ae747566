"""Words that several remarks on tables share."""

import difflib
import json
from collections.abc import Sequence

from gradlab.language import listed, tr, trn

NAMED = 5
LONGEST = 40


def in_lines(lines: Sequence[int]) -> str:
    """Return ``line 3`` or ``lines 3, 4, 7, 8, 9 and 12 more``."""
    return trn("line {lines}", "lines {lines}", len(lines)).format(lines=first_few(lines))


def first_few(things: Sequence[object], named: int = NAMED) -> str:
    """Return the first few things in words, and how many more there are."""
    first = listed(str(thing) for thing in things[:named])
    if len(things) <= named:
        return first
    return tr("{first} and {count} more").format(first=first, count=len(things) - named)


def quoted(text: str) -> str:
    """Return a text of a table in quotation marks, on one line and shortened if long."""
    shown = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}…"
    return json.dumps(shown, ensure_ascii=False)


def folded(text: str) -> str:
    """Return a text without what people overlook: capitals, and how many blanks there are."""
    return " ".join(text.casefold().split())


def nearest(wanted: str, names: Sequence[str]) -> str:
    """Return the name that is probably meant, or an empty text."""
    alike = {folded(name): name for name in reversed(names)}
    near = difflib.get_close_matches(folded(wanted), list(alike), n=1, cutoff=0.75)
    return alike[near[0]] if near else ""


def meant(wanted: str, names: Sequence[str]) -> str:
    """Return ``(did you mean "size"?)`` after a blank, or nothing if no name is like ``wanted``."""
    near = nearest(wanted, names)
    return " " + tr("(did you mean {name}?)").format(name=quoted(near)) if near else ""
