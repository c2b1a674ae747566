"""Reads a file into a grid of texts."""

from collections.abc import Sequence
from itertools import chain
from pathlib import PurePath

from gradlab.content.file_kinds import WORKBOOK, kind_of, refuse_other_kinds
from gradlab.content.opening import read_file
from gradlab.errors import InputError
from gradlab.experiment.sections.data import Data
from gradlab.language import mark, tr
from gradlab.tables.body import Body, Progress, emptied, uneven
from gradlab.tables.decoding import decode
from gradlab.tables.delimited import (
    NAMES,
    SEPARATORS,
    Chunk,
    Delimited,
    QuotesError,
    delimited,
    splits_evenly,
)
from gradlab.tables.grid import FileLayout, Grid
from gradlab.tables.header import Heading, find_heading, named
from gradlab.tables.remarks import Remark, Remedy
from gradlab.tables.wording import quoted
from gradlab.tables.workbook import read_workbook

SEPARATOR = "data.separator"
_LABELS = {
    "\t": mark("Separated by tabs"),
    ";": mark("Separated by semicolons"),
    "|": mark("Separated by vertical bars"),
    ",": mark("Separated by commas"),
    " ": mark("Separated by blanks"),
}


def read_grid(data: Data, progress: Progress = lambda done: None) -> Grid:
    """Read the file ``data.path`` as its other settings say, and guess what they leave open.

    Args:
        data: which file, and how to read it.
        progress: called now and then with the share that is read.

    Raises:
        InputError: where no table can be made of the file at all; one line without the file's name.
    """
    if not data.path:
        raise InputError(
            tr("data.path is empty; allowed: the path of a table, as CSV or as a workbook"), "data.path"
        )
    content = read_file(data.path)
    name = PurePath(data.path).name
    kind = kind_of(content, name)
    refuse_other_kinds(kind)
    return _from_workbook(content, data, name) if kind is WORKBOOK else _from_text(content, data, progress)


def _from_workbook(content: bytes, data: Data, name: str) -> Grid:
    sheet = read_workbook(content, data.sheet, name)
    heading = find_heading(_beginning(sheet.rows), data.header, data.gaps)
    body = Body(heading)
    body.add(sheet.rows)
    layout = FileLayout(has_header=heading.has_names, sheet=sheet.name, sheets=sheet.others)
    return _grid(body, layout, sheet.remarks)


def _beginning(rows: Chunk, count: int = 500) -> Chunk:
    return Chunk(rows.cells[:count], rows.lines[:count])


def _from_text(content: bytes, data: Data, progress: Progress) -> Grid:
    decoded = decode(content, data.encoding)
    _check_filled(decoded.utf_8)
    text = delimited(decoded.utf_8, data.separator)
    heading = find_heading(text.head(), data.header, data.gaps)
    body = _body(text, heading, progress)
    layout = FileLayout(decoded.encoding, text.separator, heading.has_names)
    return _grid(body, layout, decoded.remarks, _other_separators(text) if len(body.columns) < 2 else ())


def _check_filled(utf_8: bytes) -> None:
    if not utf_8.strip():
        raise InputError(
            tr("is empty; allowed: a table with the names of the columns in the first line"), "data.path"
        )


def _body(text: Delimited, heading: Heading, progress: Progress) -> Body:
    try:
        return Body(heading).add_all(text.rows(), progress)
    except QuotesError:
        tolerant = text.tolerant()
        if tolerant.utf_8 == text.utf_8:
            raise
        return Body(heading).add_all(tolerant.rows(), progress)


def _grid(
    body: Body, layout: FileLayout, remarks: Sequence[Remark], other_separators: Sequence[Remedy] = ()
) -> Grid:
    heading = body.heading
    wrong = uneven(body)
    if not body.lines:
        text = wrong[0].text if wrong else tr("there is no row below the names of the columns")
        raise InputError(text, "data.path")
    cells = heading.cells if heading.has_names else ()
    columns = body.columns
    kept = [place for place in range(heading.width) if any(cells[place : place + 1]) or any(columns[place])]
    names, made, said = named(heading, kept)
    lines = body.all_lines()
    every = chain(
        heading.remarks,
        said,
        _one_column(names, layout, other_separators) if len(kept) < 2 else (),
        wrong,
        remarks,
        emptied(body, lines),
    )
    return Grid(names, tuple(columns[place] for place in kept), lines, layout, made, tuple(every))


def _one_column(
    names: Sequence[str], layout: FileLayout, other_separators: Sequence[Remedy]
) -> tuple[Remark, ...]:
    if other_separators:
        text = tr(
            'there is only one column, {name}; allowed: two or more, as with data.separator = "{value}"'
        )
    elif layout.sheets:
        text = tr("there is only one column, {name}; allowed: two or more")
    else:
        text = tr(
            "there is only one column, {name}; allowed: two or more, separated by commas, semicolons, tabs or |"
        )
    value = next((remedy.changes[SEPARATOR] for remedy in other_separators), "")
    said = text.format(name=quoted(names[0] if names else ""), value=value)
    return (Remark(said, key=SEPARATOR if value else "data.path", remedies=tuple(other_separators)),)


def _other_separators(text: Delimited) -> list[Remedy]:
    """Return the signs that would split all of the first rows into as many columns."""
    signs = [sign for sign in (*SEPARATORS, " ") if sign != text.sign and splits_evenly(text, sign)]
    return [Remedy(tr(_LABELS[sign]), {SEPARATOR: NAMES.get(sign, sign)}) for sign in signs]
