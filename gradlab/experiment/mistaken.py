"""What may be wrong with an experiment file before a single key of it is looked at, and what to do about it."""

import re
from pathlib import Path

from gradlab.content import ENDINGS_OF_TABLES
from gradlab.content.file_kinds import EXPERIMENT, kind_of, what_kind
from gradlab.content.opening import read_file
from gradlab.errors import InputError
from gradlab.language import listed, mark, tr

MOST_MEGABYTES = 10
# What became of an escape: how it was written, and what it is.
CONTROL = {
    "\n": (r"\n", mark("a line end")),
    "\t": (r"\t", mark("a tab")),
    "\r": (r"\r", mark("a line end")),
    "\b": (r"\b", mark("a backspace")),
    "\f": (r"\f", mark("a page end")),
}
SHOWN = 40
TYPOGRAPHIC = "“”„‟‘’‚«»"


def text_of(path: Path) -> str:
    """Return the text of an experiment file.

    Raises:
        InputError: if it is no text in UTF-8; one line without the file's name.
    """
    if path.suffix.lower() in ENDINGS_OF_TABLES and path.is_file():
        raise InputError(_table(path.name))
    try:
        content = read_file(str(path))
    except InputError as error:
        raise InputError(str(error)) from None  # the key is about data
    if len(content) > MOST_MEGABYTES * 1_000_000:
        raise InputError(
            tr("is larger than {most} MB, and so no experiment file").format(most=MOST_MEGABYTES)
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(_no_utf8(content, error.start)) from None
    if "\0" in text:
        raise InputError(_no_utf8(content, content.index(b"\0")))
    return text


def _no_utf8(content: bytes, place: int) -> str:
    if _is_utf16(content):
        return tr("is text in UTF-16; allowed: TOML in UTF-8 (save it again with the encoding UTF-8)")
    if kind := what_kind(content):
        return _other_kind(kind)
    if b"\0" in content:
        return tr("is not a text file; allowed: TOML in UTF-8")
    number = content.count(b"\n", 0, place)
    line, before = content.split(b"\n")[number], place - content.rfind(b"\n", 0, place) - 1
    return tr(
        "is not UTF-8 text (line {line}: {text}); allowed: TOML in UTF-8 (save it again with the encoding UTF-8)"
    ).format(line=number + 1, text=_around(line.decode("cp1252", "replace").rstrip(), before))


def _other_kind(kind: str) -> str:
    return tr("is {kind}, not an experiment file; allowed: TOML in UTF-8").format(kind=kind)


def _is_utf16(content: bytes) -> bool:
    """Return whether a text is UTF-16: by the mark at its beginning, or every other byte of it is 0."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    start = content[:200]
    return len(start) > 2 and (not any(start[1::2]) or not any(start[::2]))


def _around(text: str, place: int) -> str:
    """Return what stands around a place in a long text."""
    start = max(0, min(place - SHOWN // 2, len(text) - SHOWN))
    return f"{'…' if start else ''}{text[start : start + SHOWN]}{'…' if len(text) > start + SHOWN else ''}"


def what_is_wrong(text: str, reason: str, name: str) -> str:
    """Return what is wrong with a text that is no TOML for this ``reason``, and what to do about it.

    ``name``: of the file.
    """
    kind = kind_of(text.encode("utf-8", "replace"))
    if kind and kind != EXPERIMENT:
        return _other_kind(tr(kind.english))
    if _looks_like_a_table(text):
        return _table(name)
    wrong = tr("is not valid TOML: {reason}").format(reason=reason)
    hint = _hint(_line_of(text, reason))
    return f"{wrong}; {hint}" if hint else wrong


def _looks_like_a_table(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()][:5]
    separators = [{sign for sign in ",;\t|" if sign in line} for line in lines]
    return bool(lines) and bool(set.intersection(*separators)) and not any(map(_may_be_toml, lines))


def _may_be_toml(line: str) -> bool:
    return "=" in line or line.lstrip().startswith(("#", "["))


def _table(name: str) -> str:
    return tr(
        "is a table, not an experiment file; allowed: an experiment file that says in its section [data] "
        "source = \"csv\" and path = '{name}'"
    ).format(name=name)


def _line_of(text: str, reason: str) -> str:
    """Return the line that the reason names; empty where it names none."""
    found = re.search(r"line (\d+)", reason)
    lines = text.splitlines()
    return lines[min(int(found[1]), len(lines)) - 1] if found and lines else ""


def _hint(line: str) -> str:
    r"""Return what to do about a usual mistake in a line, such as ``"C:\data"``; empty where there is none."""
    if path := re.search(r'"([^"]*\\[^"]*)', line):
        return tr(
            "in double quotes \\ has a meaning of its own: write / in a path, or put it into single quotes: "
            "'{path}'"
        ).format(path=path[1].strip())
    if path := re.search(r"=\s*((?:[A-Za-z]:)?[\w.~-]*[/\\][^\"'#=]*)$", line):
        return tr("a text stands in quotes: '{text}'").format(text=path[1].strip())
    if re.search(f"[{TYPOGRAPHIC}]", line):
        return tr("quotation marks are \" or ' here, and none of {signs}").format(signs=" ".join(TYPOGRAPHIC))
    if number := re.search(r"=\s*([+-]?\d+),(\d+)\s*(?:#.*)?$", line):
        return tr("decimals follow a point: {number}").format(number=f"{number[1]}.{number[2]}")
    if switch := re.search(r"=\s*(True|False|TRUE|FALSE|yes|no|on|off)\s*(?:#.*)?$", line):
        is_on = switch[1].lower() in ("true", "yes", "on")
        return tr("a switch is true or false: {switch}").format(switch=str(is_on).lower())
    return ""


def refuse_escapes(path: str) -> None:
    r"""Refuse a path with line ends or tabs in it, which came from ``"data\new\table.csv"`` in double quotes.

    Raises:
        InputError: one line without the file's name; nothing is raised for a path without such signs.
    """
    found = [sign for sign in CONTROL if sign in path]
    if not found:
        return
    meant = path
    for sign, (written, _) in CONTROL.items():
        meant = meant.replace(sign, written)
    signs = listed(
        tr("{sign} is {meaning}").format(sign=CONTROL[sign][0], meaning=tr(CONTROL[sign][1]))
        for sign in found
    )
    raise InputError(
        tr(
            'data.path = "{path}": in double quotes {signs}; write / in a path, or put it into single quotes: '
            "'{path}'"
        ).format(path=meant, signs=signs),
        "data.path",
    )
