"""Turns the bytes of a text file into UTF-8, whatever its letters were stored as, and says what was guessed."""

import codecs
import re
from dataclasses import dataclass
from itertools import islice, takewhile

from gradlab.errors import InputError
from gradlab.language import listed, tr
from gradlab.tables.legacy import ENCODINGS, ranked
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.wording import first_few, in_lines, quoted

KEY = "data.encoding"
UTF_8 = "utf-8"
_MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SAMPLE = 30_000  # bytes of lines with other than plain letters; more do not help to tell encodings apart
ALTERNATIVES = 3
NAMED_PLACES = 1000
_CLOSE = 0.03  # of the share of odd letters: two encodings that differ by less both fit
_STRANGE = re.compile(
    rb'[\x80-\xff][^\r\n,;\t"]*'
)  # up to the end of its cell, which no encoding has inside a letter
_BETWEEN = re.compile(rb'[\r\n,;\t"]')
_BEFORE = 40  # plain letters before the first strange one that belong to its cell


@dataclass(frozen=True)
class Decoded:
    """A text file, whatever it was stored as.

    Attributes:
        utf_8: the text in UTF-8, without a mark.
        encoding: what it was stored as, by Python's name.
        remarks: what was guessed or repaired.
    """

    utf_8: bytes
    encoding: str
    remarks: tuple[Remark, ...] = ()


def decode(content: bytes, encoding: str) -> Decoded:
    """Decode a file in the encoding that was chosen, or guess it where that is ``auto``.

    Raises:
        InputError: if there is no such encoding, if the file is not in it, or if it is not a text at all.
    """
    decoded = _guessed(content) if encoding.strip().lower() == "auto" else _chosen(content, encoding.strip())
    return _without_zeros(decoded)


def _chosen(content: bytes, encoding: str) -> Decoded:
    name = _codec(encoding)
    try:
        return _as_utf_8(_unmarked(content, name), name)
    except UnicodeDecodeError as error:
        raise InputError(
            tr(
                'is not {encoding} text (line {line}); allowed: data.encoding = "auto", or the right one'
            ).format(encoding=encoding, line=_line(content, error.start)),
            KEY,
        ) from None
    except UnicodeError as error:  # as of UTF-16 that asks for a mark
        raise InputError(
            tr("is not {encoding} text ({reason})").format(encoding=encoding, reason=error), KEY
        ) from None


def _codec(encoding: str) -> str:
    """Return Python's name of an encoding of texts."""
    try:
        name = codecs.lookup(encoding).name
        b"a".decode(name, "replace")  # some turn bytes into bytes
    except UnicodeError:
        return name
    except (LookupError, ValueError, ImportError):  # an installed program comes without some of Python's own
        raise InputError(
            tr("there is no encoding {encoding}; allowed: auto, utf-8, utf-16, {others}").format(
                encoding=quoted(encoding), others=first_few(list(ENCODINGS), 8)
            ),
            KEY,
        ) from None
    return name


def _unmarked(content: bytes, encoding: str) -> bytes:
    signs = [sign for sign, marked in _MARKS if marked == encoding and content.startswith(sign)]
    return content[len(signs[0]) :] if signs else content


def _as_utf_8(content: bytes, encoding: str, *remarks: Remark) -> Decoded:
    text = content.decode(encoding)
    return Decoded(content if encoding == UTF_8 else text.encode(), encoding, remarks)


def _guessed(content: bytes) -> Decoded:
    marked = next((name for sign, name in _MARKS if content.startswith(sign)), UTF_8)
    if marked != UTF_8:
        return _of_wide_letters(content, marked)
    if wide := _wide(content):
        return _of_wide_letters(
            content, wide, _notice(tr("it was read as {encoding}").format(encoding=wide.upper()))
        )
    plain = _unmarked(content, UTF_8)
    try:
        return _as_utf_8(plain, UTF_8)
    except UnicodeDecodeError:
        _check_text(plain)
        strange = _strange_cells(plain)
        return _repaired(plain, strange) or _legacy(plain, strange)


def _of_wide_letters(content: bytes, encoding: str, *remarks: Remark) -> Decoded:
    try:
        return _as_utf_8(_unmarked(content, encoding), encoding, *remarks)
    except UnicodeDecodeError as error:
        raise InputError(
            tr(
                "is {encoding} text, but damaged or cut off after {count} letters; save it again as CSV UTF-8"
            ).format(encoding=encoding[:6].upper(), count=error.start // (int(encoding[4:6]) // 8)),
            "data.path",
        ) from None


def _wide(content: bytes) -> str:
    """Return the encoding of a text without a mark where zeros stand at every second place, or three of four."""
    start = content[:4096]
    if len(start) < 4:
        return ""
    zeros = [start[place::4].count(0) * 4 / max(len(start), 1) for place in range(4)]
    patterns = {
        "utf-32-le": (0, 1, 1, 1), "utf-32-be": (1, 1, 1, 0),
        "utf-16-le": (0, 1, 0, 1), "utf-16-be": (1, 0, 1, 0),
    }  # fmt: skip
    fits = (name for name, pattern in patterns.items() if _fits(zeros, pattern))
    return next(fits, "")


def _fits(zeros: list[float], pattern: tuple[int, ...]) -> bool:
    return all(share > 0.3 if zero else share < 0.02 for share, zero in zip(zeros, pattern, strict=True))


def _check_text(content: bytes) -> None:
    """Refuse what holds control signs throughout: no text does, in any encoding."""
    start = content[:65_536]
    controls = sum(start.count(bytes([code])) for code in (*range(9), *range(14, 27), *range(28, 32)))
    if controls > len(start) * 0.01:
        raise InputError(
            tr("is not a text file; allowed: a table, as text such as CSV or as a workbook"), "data.path"
        )


def _repaired(content: bytes, strange: list[bytes]) -> Decoded | None:
    """Return a text that is UTF-8 but for some places, such as where two files were put together."""
    if 2 * sum(_decodes(cell, UTF_8) for cell in strange) < len(strange):
        return None
    wrong: list[int] = []

    def as_windows(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeDecodeError)
        wrong.append(error.start)
        return error.object[error.start : error.end].decode("cp1252", "replace"), error.end

    codecs.register_error("gradlab.windows", as_windows)
    text = content.decode(UTF_8, "gradlab.windows")
    lines = tuple(dict.fromkeys(_line(content, place) for place in wrong[:NAMED_PLACES]))
    said = tr("not UTF-8 in {lines}, as the rest is: read as Windows text there").format(
        lines=in_lines(lines)
    )
    return Decoded(text.encode(), UTF_8, (_notice(said, lines),))


def _legacy(content: bytes, strange: list[bytes]) -> Decoded:
    """Return a text of one byte per letter, or of East Asia: what it is can only be told by its words."""
    fitting = ((odd, name) for odd, name in ranked(b"\n".join(strange)) if _decodes(content, name))
    least, chosen = next(fitting, (0.0, ""))
    if not chosen:
        raise InputError(
            tr(
                "has letters in an unknown encoding (line {line}); allowed: UTF-8, or data.encoding says which"
            ).format(line=_first_strange(content)),
            KEY,
        )
    as_likely = takewhile(lambda found: found[0] <= least + _CLOSE, fitting)
    others = [name for _, name in islice(as_likely, ALTERNATIVES)]
    return _as_utf_8(content, chosen, _said_of(chosen, others, strange[0], _first_strange(content)))


def _strange_cells(content: bytes) -> list[bytes]:
    """Return the first cells that have other than plain letters."""
    cells, size, end = [], 0, 0
    for found in _STRANGE.finditer(content):
        before = content[max(end, found.start() - _BEFORE) : found.start()]
        cells.append(_BETWEEN.split(before)[-1] + found[0])
        size, end = size + len(cells[-1]), found.end()
        if size > SAMPLE:
            break
    return cells


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except (UnicodeError, LookupError):
        return False
    return True


def _said_of(chosen: str, others: list[str], cell: bytes, line: int) -> Remark:
    said = tr("it was read as {encoding} ({where})").format(encoding=chosen, where=tr(ENCODINGS[chosen]))
    if not others:
        return _notice(said)
    readings = [
        tr("{text} as {encoding}").format(text=quoted(cell.decode(name, "replace").strip()), encoding=name)
        for name in (chosen, *others)
    ]
    text = tr("{said}, but may be in another encoding; in line {line}: {readings}").format(
        said=said, line=line, readings=listed(readings)
    )
    return _notice(text, (line,), tuple(_remedy(name) for name in others))


def _remedy(encoding: str) -> Remedy:
    return Remedy(
        tr("Read as {encoding} ({where})").format(encoding=encoding, where=tr(ENCODINGS[encoding])),
        {KEY: encoding},
    )


def _notice(text: str, lines: tuple[int, ...] = (), remedies: tuple[Remedy, ...] = ()) -> Remark:
    return Remark(text, Level.NOTICE, KEY, lines=lines, remedies=remedies)


def _first_strange(content: bytes) -> int:
    found = re.search(rb"[\x80-\xff]", content)
    return _line(content, found.start() if found else 0)


def _line(content: bytes, place: int) -> int:
    """Return the line, from 1, that a place of a text of bytes is in."""
    before = content[:place]
    return 1 + (before.count(b"\n") or before.count(b"\r"))


def _without_zeros(decoded: Decoded) -> Decoded:
    """Leave out characters of the code 0, which no text has on purpose: machines that lose power write them."""
    if 0 not in decoded.utf_8:
        return decoded
    plain = decoded.utf_8.replace(b"\0", b"")
    _check_text(plain)
    line = _line(decoded.utf_8, decoded.utf_8.index(0))
    said = tr("zero characters were left out (first in line {line})").format(line=line)
    notice = Remark(said, Level.NOTICE, lines=(line,))
    return Decoded(plain, decoded.encoding, (*decoded.remarks, notice))
