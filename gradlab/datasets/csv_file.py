"""Your own tables, from CSV files."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gradlab.datasets.base import Dataset, Floats, source
from gradlab.datasets.table import Column, CsvTable, first_few, parse_table
from gradlab.errors import InputError
from gradlab.experiment.sections.data import Data
from gradlab.language import mark, tr, trn

MOST_WORDS = 50
MOST_AUTOMATIC_CLASSES = 20
NAMED_COLUMNS = 20


@source(
    "csv",
    label=mark("Own table (CSV)"),
    help=mark(
        "A table of your own: names in the first line, then one example per line, numbers or words. "
        "Commas, semicolons or tabs separate the columns."
    ),
    uses=(
        "path",
        "sheet",
        "target",
        "task",
        "positive_class",
        "ignore",
        "categories",
        "missing",
        "gaps",
        "header",
        "separator",
        "decimal",
        "thousands",
        "encoding",
    ),
    rank=90,
)
def csv_file(data: Data, random: np.random.Generator) -> Dataset:
    """Return the table in ``data.path``; a column of words becomes one input of 0 or 1 per word.

    Raises:
        InputError: with the key ``data.path`` or ``data.target``; names the file, and lines if possible.
    """
    if not data.path:
        raise InputError(
            tr("data.path is empty; allowed: the path of a CSV file with a header line"), "data.path"
        )
    try:
        return _dataset(parse_table(_text(Path(data.path))), data)
    except InputError as error:
        line = " ".join(str(error).splitlines())  # a quoted name may hold line ends
        raise InputError(f"{data.path}: {line}", error.key or "data.path") from None


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise IsADirectoryError(0, tr("it is a folder, not a file"))
        content = path.read_bytes()
    except OSError as error:
        raise InputError(tr("cannot be read: {reason}").format(reason=error.strerror)) from None
    except ValueError as error:  # a path that no system allows, as with a zero character
        raise InputError(tr("cannot be read: {reason}").format(reason=error)) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            tr("is not UTF-8 text (byte {place}); allowed: a table saved as CSV in UTF-8").format(
                place=error.start
            )
        ) from None
    if "\0" in text:
        raise InputError(tr("is not a text file; allowed: a table saved as CSV in UTF-8"))
    return text


def _dataset(table: CsvTable, data: Data) -> Dataset:
    target = _target_column(table, data.target)
    inputs = [_input(column, table.lines) for column in table.columns if column is not target]
    targets, class_names = _targets(target, data, table.lines)
    return Dataset(
        inputs=np.concatenate([values for values, _ in inputs], axis=1),
        targets=targets,
        target_name=target.name,
        input_names=tuple(name for _, names in inputs for name in names),
        class_names=class_names,
    )


def _target_column(table: CsvTable, wanted: str) -> Column:
    if not wanted:
        return table.columns[-1]
    names = [column.name for column in table.columns]
    if wanted.strip() not in names:
        raise InputError(
            tr('there is no column "{wanted}" to predict; allowed: {allowed}').format(
                wanted=wanted, allowed=first_few(names, NAMED_COLUMNS)
            ),
            "data.target",
        )
    return table.columns[names.index(wanted.strip())]


def _input(column: Column, lines: tuple[int, ...]) -> tuple[Floats, list[str]]:
    """Return ``(rows, 1)`` numbers, or ``(rows, words)`` zeros with a single 1 per row; and their names."""
    if column.numbers is not None:
        return column.numbers[:, np.newaxis].astype(np.float32), [column.name]
    words, places = _distinct(column)
    if len(words) > MOST_WORDS:
        raise InputError(
            tr(
                'column "{column}" is not numbers only ({where}) and has {count} different values; '
                "allowed: numbers, or at most {most} different words"
            ).format(column=column.name, where=_first_word(column, lines), count=len(words), most=MOST_WORDS)
        )
    return np.eye(len(words), dtype=np.float32)[places], [f"{column.name}={word}" for word in words]


def _targets(
    column: Column, data: Data, lines: tuple[int, ...]
) -> tuple[NDArray[np.int64] | Floats, tuple[str, ...]]:
    """Return the targets and the names of their classes, none for a regression."""
    if _predicts_class(column, data.task):
        names, places = _distinct(column)
        _check_classes(column, names, places, lines, splits=data.validation > 0)
        return places, names
    if column.numbers is None:
        raise InputError(
            tr(
                'column "{column}" is not numbers only ({where}), so no number can be predicted; '
                'allowed: data.task = "classification", or another column'
            ).format(column=column.name, where=_first_word(column, lines)),
            "data.target",
        )
    return column.numbers.astype(np.float32), ()


def _predicts_class(column: Column, task: str) -> bool:
    if task != "auto":
        return task == "classification"
    if column.numbers is None:
        return True
    distinct = np.unique(column.numbers)
    return len(distinct) <= MOST_AUTOMATIC_CLASSES and bool(np.all(distinct == np.rint(distinct)))


def _check_classes(
    column: Column, names: tuple[str, ...], places: NDArray[np.int64], lines: tuple[int, ...], *, splits: bool
) -> None:
    if len(names) == 1:
        raise InputError(
            tr(
                'column "{column}" has only one class, "{name}", so there is nothing to tell apart; '
                "allowed: two classes or more"
            ).format(column=column.name, name=names[0]),
            "data.target",
        )
    alone = np.flatnonzero(np.bincount(places) == 1)
    if splits and len(alone):
        line = lines[int(np.flatnonzero(places == alone[0])[0])]
        where = str(line)
        if len(alone) > 1:
            more = trn("{line} (and {count} more class)", "{line} (and {count} more classes)", len(alone) - 1)
            where = more.format(line=line, count=len(alone) - 1)
        raise InputError(
            tr(
                'class "{name}" has a single row, in line {line}, which cannot be both trained on and held out; '
                'allowed: two rows or more of each class in column "{column}", or data.validation = 0'
            ).format(name=names[alone[0]], line=where, column=column.name),
            "data.target",
        )


def _distinct(column: Column) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the distinct values, sorted and as text, and the place of each row's value among them."""
    if column.numbers is None:
        words = sorted(set(column.texts))
        place = {word: place for place, word in enumerate(words)}
        return tuple(words), np.array([place[text] for text in column.texts], dtype=np.int64)
    numbers, places = np.unique(column.numbers + 0.0, return_inverse=True)  # + 0.0: no "-0"
    return tuple(np.format_float_positional(number, trim="-") for number in numbers), places.astype(np.int64)


def _first_word(column: Column, lines: tuple[int, ...]) -> str:
    assert column.first_word is not None
    word = column.texts[column.first_word]
    shown = word if len(word) <= 40 else f"{word[:37]}…"
    return tr("{word} in line {line}").format(
        word=json.dumps(shown, ensure_ascii=False), line=lines[column.first_word]
    )
