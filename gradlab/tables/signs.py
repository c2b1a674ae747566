"""Which sign of a table stands before the decimals, and which between thousands: what its numbers show.

A single sign with three digits behind it, 4,026, can be either. Everything else gives itself away, and one number
is enough for the whole file.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gradlab.experiment.sections.data import Data
from gradlab.language import tr
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.remedies import leave_out
from gradlab.tables.wording import quoted

Use = Literal["decimal", "thousands", "open", "mixed"]
OTHER = {",": ".", ".": ","}


@dataclass(frozen=True)
class SignSighting:
    """A number of the table that shows how a sign is used."""

    text: str
    column: str
    line: int


Evidence = Mapping[tuple[Use, str], SignSighting]


@dataclass(frozen=True)
class Signs:
    """How the numbers of a table are read.

    Attributes:
        decimal: the sign before the decimals.
        thousands: all signs that stand between groups of digits; empty if none does.
    """

    decimal: str = "."
    thousands: str = ""


def _open(sign: str) -> str:
    return rf"[1-9]\d{{0,2}}\{sign}\d{{3}}"


def _decimal(sign: str) -> re.Pattern[str]:
    before = rf"^(?![+-]?{_open(sign)}$)[^\n{sign}]*"
    return re.compile(rf"{before}\{sign}\d*(?:[eE][+-]?\d+)?$", re.MULTILINE)


def _thousands(sign: str) -> re.Pattern[str]:
    lakhs = r"|\d{1,2}(?:,\d{2})+,\d{3}" if sign == "," else ""
    several = rf"\d{{1,3}}(?:\{sign}\d{{3}}){{2,}}|\d{{1,3}}\{sign}\d{{3}}(?=\{OTHER[sign]}){lakhs}"
    return re.compile(rf"^(?:{several})(?![\d{sign}])", re.MULTILINE)


PATTERNS: Mapping[tuple[Use, str], re.Pattern[str]] = {
    ("decimal", "."): _decimal("."),
    ("decimal", ","): _decimal(","),
    ("thousands", "."): _thousands("."),
    ("thousands", ","): _thousands(","),
    ("thousands", " "): re.compile(r"^\d{1,3} \d{3}", re.MULTILINE),
    ("thousands", "'"): re.compile(r"^\d{1,3}'\d{3}", re.MULTILINE),
    ("open", "."): re.compile(rf"^[+-]?{_open('.')}$", re.MULTILINE),
    ("open", ","): re.compile(rf"^{_open(',')}$", re.MULTILINE),
}


_BELOW_A_THOUSAND = re.compile(r"^[+-]?\d{1,3}$", re.MULTILINE)
_LONG = re.compile(r"^[+-]?\d{4}", re.MULTILINE)


def places_of_evidence(cores: str) -> dict[tuple[Use, str], int]:
    """Return where each use of each sign is first seen in cores of numbers, one per line."""
    found: dict[tuple[Use, str], int] = {}
    for (use, sign), pattern in PATTERNS.items():
        settled = use == "open" and ("decimal", sign) in found
        if sign in cores and not settled and (match := pattern.search(cores)):
            found[use, sign] = cores.count("\n", 0, match.start())
    if ("open", ".") in found and _ends_at_a_thousand(cores, found):
        found["mixed", "."] = found["open", "."]
    return found


def _ends_at_a_thousand(cores: str, found: Mapping[tuple[Use, str], int]) -> bool:
    """Whether points are in numbers as if from a thousand on: 521 has none and 4.026 has one."""
    return ("decimal", ".") not in found and bool(_BELOW_A_THOUSAND.search(cores)) and not _LONG.search(cores)


@dataclass
class FoundSigns:
    """The signs of a table, and what there is to say of them."""

    signs: Signs
    remarks: list[Remark] = field(default_factory=list)


def signs_of(evidence: Iterable[Evidence], data: Data, separator: str) -> FoundSigns:
    """Return the signs that the numbers of a table show, or that the experiment names.

    Args:
        evidence: what each column of numbers shows.
        data: may say the signs.
        separator: the sign between columns; empty for a workbook, whose own numbers have points.
    """
    seen: dict[tuple[Use, str], SignSighting] = {}
    for column in evidence:
        for place, sighting in column.items():
            seen.setdefault(place, sighting)
    clash = _contradictory_choice(data, workbook=not separator)
    if clash:
        return FoundSigns(Signs("." if data.decimal == "auto" else data.decimal), [clash])
    if data.decimal != "auto" or data.thousands not in ("auto", "none"):
        return FoundSigns(_chosen(seen, data))
    return _guessed(seen, data, separator)


def _contradictory_choice(data: Data, *, workbook: bool) -> Remark | None:
    if data.decimal == data.thousands != "auto":
        text = tr("data.thousands = {sign} is the decimal sign, too; allowed: another one, or none")
        remedy = Remedy(tr("No thousands sign"), {"data.thousands": "none"})
        return Remark(text.format(sign=quoted(data.thousands)), key="data.thousands", remedies=(remedy,))
    if workbook and (data.decimal == "," or data.thousands == "."):
        key = "data.decimal" if data.decimal == "," else "data.thousands"
        given = quoted(data.decimal if data.decimal == "," else data.thousands)
        text = tr("{key} = {given}: the numbers of a workbook have decimal points; allowed here: {allowed}")
        remedy = Remedy(tr("As the numbers look"), {key: "auto"})
        return Remark(text.format(key=key, given=given, allowed='"auto"'), key=key, remedies=(remedy,))
    return None


def _chosen(seen: Evidence, data: Data) -> Signs:
    decimal: str = data.decimal
    if decimal == "auto":
        decimal = OTHER.get(data.thousands) or ("," if _shows_a_comma(seen) else ".")
    if data.thousands == "none":
        return Signs(decimal)
    if data.thousands != "auto":
        return Signs(decimal, data.thousands)
    return Signs(decimal, OTHER[decimal] + _between(seen))


def _shows_a_comma(seen: Evidence) -> bool:
    """Whether the comma must be the decimal sign, where the thousands sign is neither comma nor point."""
    only_commas = ("open", ",") in seen and not {("decimal", "."), ("open", ".")} & set(seen)
    return ("decimal", ",") in seen or only_commas


def _between(seen: Evidence) -> str:
    """Return the thousands signs that can be nothing else."""
    return "".join(sign for sign in " '" if ("thousands", sign) in seen)


def _guessed(seen: Evidence, data: Data, separator: str) -> FoundSigns:
    decimals = {sign for sign in ",." if ("decimal", sign) in seen}
    if not separator:
        decimals.add(".")
    thousands = {sign for sign in ",." if ("thousands", sign) in seen}
    if data.thousands == "none":
        thousands.clear()
    if len(decimals | {OTHER[sign] for sign in thousands}) > 1:
        return _contradiction(seen, thousands, data)
    decided = decimals | {OTHER[sign] for sign in thousands}
    if decided:
        return _with_thousands(decided.pop(), seen, data)
    return _undecided(seen, data, separator)


def _with_thousands(decimal: str, seen: Evidence, data: Data) -> FoundSigns:
    """Return the signs where the decimal sign is known; the other one separates thousands wherever it is seen."""
    other = OTHER[decimal]
    if data.thousands == "none":
        return FoundSigns(Signs(decimal))
    if ("thousands", other) in seen:
        return FoundSigns(Signs(decimal, other + _between(seen)))
    if ("open", other) in seen:
        return FoundSigns(
            Signs(decimal, other + _between(seen)), [_read_as_thousands(seen["open", other], other)]
        )
    return FoundSigns(Signs(decimal, _between(seen)))


def _undecided(seen: Evidence, data: Data, separator: str) -> FoundSigns:
    """Decide where every number with a sign can be read in two ways, or there is no sign."""
    comma, point = seen.get(("open", ",")), seen.get(("open", "."))
    if data.thousands == "none" or _between(seen):
        if comma and point:
            return FoundSigns(Signs(".", _between(seen)), [_ambiguous(comma, ",")])
        return FoundSigns(Signs("," if comma else ".", _between(seen)))
    if comma and separator != ",":
        return FoundSigns(Signs(".", ","), [_ambiguous(comma, ",")])
    if comma:
        return FoundSigns(Signs(".", ","), [_read_as_thousands(comma, ",", undecided=True)])
    return FoundSigns(Signs(), _about_points(point, seen.get(("mixed", ".")), separator))


def _about_points(point: SignSighting | None, mixed: SignSighting | None, separator: str) -> list[Remark]:
    """Say of points before three digits that they are decimal signs, or refuse them where that is doubtful.

    In a workbook they are; where commas separate the columns, points hardly ever separate thousands.
    """
    if not point or not separator or (separator == "," and not mixed):
        return []
    if mixed and separator != ",":
        return [_ambiguous(mixed, ".")]
    return [_read_as_decimal(mixed or point)]


def _ambiguous(seen: SignSighting, sign: str) -> Remark:
    text = tr(
        "{text} in line {line} of column {column} can be {whole} or {decimal}; allowed: data.thousands = {sign} "
        "or data.decimal = {sign}"
    ).format(
        text=quoted(seen.text),
        line=seen.line,
        column=quoted(seen.column),
        whole=seen.text.replace(sign, ""),
        decimal=seen.text.replace(sign, "."),
        sign=quoted(sign),
    )
    remedies = (_separates_thousands(sign), _is_decimal(sign))
    return Remark(text, key="data.decimal", column=seen.column, lines=(seen.line,), remedies=remedies)


def _separates_thousands(sign: str) -> Remedy:
    label = tr("The comma separates thousands") if sign == "," else tr("The point separates thousands")
    return Remedy(label, {"data.decimal": OTHER[sign], "data.thousands": sign})


def _is_decimal(sign: str) -> Remedy:
    label = tr("The comma is a decimal sign") if sign == "," else tr("The point is a decimal sign")
    return Remedy(label, {"data.decimal": sign})


def _read_as_decimal(seen: SignSighting) -> Remark:
    text = tr(
        "the point is read as a decimal sign: {text} in line {line} of column {column}; data.thousands = {sign} "
        "makes it {whole}"
    ).format(
        text=quoted(seen.text),
        line=seen.line,
        column=quoted(seen.column),
        sign=quoted("."),
        whole=seen.text.replace(".", ""),
    )
    return Remark(text, Level.NOTICE, "data.decimal", seen.column, (seen.line,), (_separates_thousands("."),))


def _read_as_thousands(seen: SignSighting, sign: str, *, undecided: bool = False) -> Remark:
    text = tr(
        "{sign} is read as a thousands sign: {text} in line {line} of column {column} is {whole}"
    ).format(
        sign=quoted(sign),
        text=quoted(seen.text),
        line=seen.line,
        column=quoted(seen.column),
        whole=seen.text.replace(sign, ""),
    )
    remedies = (_is_decimal(sign),) if undecided else ()
    return Remark(text, Level.NOTICE, "data.thousands", seen.column, (seen.line,), remedies)


def _contradiction(seen: Evidence, thousands: set[str], data: Data) -> FoundSigns:
    """Name one number for each of two readings that exclude each other."""
    by_decimal: dict[str, SignSighting | None] = {}
    for sign in ".,":
        by_decimal[sign] = seen.get(("decimal", sign)) or seen.get(("thousands", OTHER[sign]))
    point, comma = by_decimal["."], by_decimal[","]
    assert comma is not None
    if point is None:  # in a workbook
        text = tr(
            "{comma} in line {comma_line} of column {column} has a decimal comma, as a text; in a workbook, "
            "numbers have to be numbers"
        )
        told = text.format(comma=quoted(comma.text), comma_line=comma.line, column=quoted(comma.column))
    else:
        text = tr(
            "the numbers are written in two ways: {comma} in line {comma_line} of column {column}, {point} in "
            "line {point_line} of column {other}; allowed: one decimal sign and one thousands sign in a table"
        )
        told = text.format(
            comma=quoted(comma.text),
            comma_line=comma.line,
            column=quoted(comma.column),
            point=quoted(point.text),
            point_line=point.line,
            other=quoted(point.column),
        )
    decimal = "." if point else ","
    lines = sorted({comma.line, *([point.line] if point else [])})
    signs = Signs(decimal, OTHER[decimal] if OTHER[decimal] in thousands else "")
    columns = dict.fromkeys([comma.column, *([point.column] if point else [])])
    remedies = tuple(leave_out(column, data) for column in columns)
    remark = Remark(told, key="data.decimal", column=comma.column, lines=tuple(lines), remedies=remedies)
    return FoundSigns(signs, [remark])
