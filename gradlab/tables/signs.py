"""Which sign of a table stands before the decimals, and which between thousands: what its numbers show.

A single sign with three digits behind it, 4,026, can be either. Everything else gives itself away, and one number is
enough for the whole file.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gradlab.experiment.sections.data import Data
from gradlab.language import tr
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.wording import quoted

Use = Literal["decimal", "thousands", "open"]
OTHER = {",": ".", ".": ","}


@dataclass(frozen=True)
class Sighting:
    """A number of the table that shows how a sign is used."""

    text: str
    column: str
    line: int


Evidence = Mapping[tuple[Use, str], Sighting]


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
    before = rf"^[+-]?(?!{_open(sign)}$)[^\n{sign}]*"
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


def places_of_evidence(cores: str) -> dict[tuple[Use, str], int]:
    """Return where each use of each sign is first seen in cores of numbers, one per line."""
    found = {}
    for (use, sign), pattern in PATTERNS.items():
        if sign in cores and (match := pattern.search(cores)):
            found[use, sign] = cores.count("\n", 0, match.start())
    return found


@dataclass
class Reading:
    """The signs of a table, and what there is to say of them."""

    signs: Signs
    remarks: list[Remark] = field(default_factory=list)


def signs_of(evidence: Iterable[Evidence], data: Data, separator: str) -> Reading:
    """Return the signs that the numbers of a table show, or that the experiment names.

    Args:
        evidence: what each column of numbers shows.
        data: may say the signs.
        separator: the sign between columns; empty for a workbook, whose own numbers have points.
    """
    seen: dict[tuple[Use, str], Sighting] = {}
    for column in evidence:
        for place, sighting in column.items():
            seen.setdefault(place, sighting)
    clash = _contradictory_choice(data, workbook=not separator)
    if clash:
        return Reading(Signs("." if data.decimal == "auto" else data.decimal), [clash])
    if data.decimal != "auto" or data.thousands not in ("auto", "none"):
        return Reading(_chosen(seen, data))
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
        return Remark(
            text.format(key=key, given=given, allowed='"auto"'), key=key, remedies=(remedy,)
        )
    return None


def _chosen(seen: Evidence, data: Data) -> Signs:
    decimal: str = data.decimal
    if decimal == "auto":
        decimal = OTHER.get(data.thousands) or ("," if ("decimal", ",") in seen else ".")
    if data.thousands == "none":
        return Signs(decimal)
    if data.thousands != "auto":
        return Signs(decimal, data.thousands)
    return Signs(decimal, OTHER[decimal] + _between(seen))


def _between(seen: Evidence) -> str:
    """Return the thousands signs that can be nothing else."""
    return "".join(sign for sign in " '" if ("thousands", sign) in seen)


def _guessed(seen: Evidence, data: Data, separator: str) -> Reading:
    decimals = {sign for sign in ",." if ("decimal", sign) in seen}
    if not separator:
        decimals.add(".")
    thousands = {sign for sign in ",." if ("thousands", sign) in seen}
    if data.thousands == "none":
        thousands.clear()
    if len(decimals | {OTHER[sign] for sign in thousands}) > 1:
        return _contradiction(seen, decimals, thousands)
    decided = decimals | {OTHER[sign] for sign in thousands}
    if decided:
        return Reading(_with_thousands(decided.pop(), seen, data))
    return _undecided(seen, data, separator)


def _with_thousands(decimal: str, seen: Evidence, data: Data) -> Signs:
    other = OTHER[decimal]
    used = ("thousands", other) in seen or ("open", other) in seen
    if data.thousands == "none":
        return Signs(decimal)
    return Signs(decimal, (other if used else "") + _between(seen))


def _undecided(seen: Evidence, data: Data, separator: str) -> Reading:
    """Decide where every number with a sign can be read in two ways, or there is no sign."""
    comma, point = seen.get(("open", ",")), seen.get(("open", "."))
    if data.thousands == "none" or _between(seen):
        if comma and point:
            return Reading(Signs(".", _between(seen)), [_ambiguous(comma)])
        return Reading(Signs("," if comma else ".", _between(seen)))
    if not comma:
        return Reading(Signs())
    if point:
        return Reading(Signs(".", ","), [_ambiguous(comma)])
    if separator == ",":
        return Reading(Signs(".", ","), [_taken_as_thousands(comma)])
    return Reading(Signs(".", ","), [_ambiguous(comma)])


def _two_ways(sighting: Sighting) -> dict[str, str]:
    return {
        "text": quoted(sighting.text),
        "line": str(sighting.line),
        "column": quoted(sighting.column),
        "whole": sighting.text.replace(",", ""),
        "decimal": sighting.text.replace(",", "."),
    }


def _remedies() -> tuple[Remedy, Remedy]:
    return (
        Remedy(tr("The comma separates thousands"), {"data.decimal": ".", "data.thousands": ","}),
        Remedy(tr("The comma is a decimal sign"), {"data.decimal": ","}),
    )


def _ambiguous(comma: Sighting) -> Remark:
    text = tr(
        '{text} in line {line} of column {column} can be {whole} or {decimal}; allowed: data.thousands = "," '
        'or data.decimal = ","'
    )
    return Remark(
        text.format(**_two_ways(comma)),
        key="data.decimal",
        column=comma.column,
        lines=(comma.line,),
        remedies=_remedies(),
    )


def _taken_as_thousands(comma: Sighting) -> Remark:
    text = tr(
        'the comma is read as a thousands sign: {text} in column {column} is {whole}; data.decimal = "," '
        "makes it {decimal}"
    )
    return Remark(
        text.format(**_two_ways(comma)),
        Level.NOTICE,
        "data.decimal",
        comma.column,
        remedies=_remedies()[1:],
    )


def _contradiction(seen: Evidence, decimals: set[str], thousands: set[str]) -> Reading:
    """Name one number for each of two readings that exclude each other."""
    by_decimal: dict[str, Sighting | None] = {}
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
    return Reading(signs, [Remark(told, key="data.decimal", column=comma.column, lines=tuple(lines))])
