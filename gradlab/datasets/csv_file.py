"""People's own tables."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gradlab.datasets.base import Dataset, Floats, sources
from gradlab.datasets.table import Column, Table, first_few, parse_table
from gradlab.errors import InputError
from gradlab.experiment.schema import Data
from gradlab.language import mark

MOST_WORDS = 50
MOST_AUTOMATIC_CLASSES = 20
NAMED_COLUMNS = 20


@sources.register(
    "csv",
    label=mark("Own table (CSV)"),
    help=mark(
        "A table of your own: names in the first line, then one example per line, numbers or words. "
        "Commas, semicolons or tabs separate the columns."
    ),
    uses=("path", "target", "task"),
    rank=90,
)
def csv_file(data: Data, random: np.random.Generator) -> Dataset:
    """Return the table in ``data.path``; a column of words becomes one input of 0 or 1 per word.

    Raises:
        InputError: with the key ``data.path`` or ``data.target``; names the file, and lines where it can.

    """
    if not data.path:
        raise InputError(
            "data.path is empty; allowed: the path of a CSV file with a header line", "data.path"
        )
    try:
        return _dataset(parse_table(_text(Path(data.path))), data)
    except InputError as error:
        line = " ".join(str(error).splitlines())  # a quoted name may hold line ends
        raise InputError(f"{data.path}: {line}", error.key or "data.path") from None


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise IsADirectoryError(0, "it is a folder, not a file")
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}") from None
    except ValueError as error:  # a path that no system allows, as with a zero character
        raise InputError(f"cannot be read: {error}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"is not UTF-8 text (byte {error.start}); allowed: a table saved as CSV in UTF-8"
        ) from None
    if "\0" in text:
        raise InputError("is not a text file; allowed: a table saved as CSV in UTF-8")
    return text


def _dataset(table: Table, data: Data) -> Dataset:
    target = _target_column(table, data.target)
    inputs = [_input(column, table.lines) for column in table.columns if column is not target]
    targets, class_names = _targets(target, data, table.lines)
    return Dataset(
        inputs=np.concatenate([values for values, _ in inputs], axis=1),
        targets=targets,
        task="classification" if class_names else "regression",
        input_names=tuple(name for _, names in inputs for name in names),
        class_names=class_names,
        target_name=target.name,
    )


def _target_column(table: Table, wanted: str) -> Column:
    if not wanted:
        return table.columns[-1]
    names = [column.name for column in table.columns]
    if wanted.strip() not in names:
        raise InputError(
            f'there is no column "{wanted}" to predict; allowed: {first_few(names, NAMED_COLUMNS)}',
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
            f'column "{column.name}" is not numbers only{_first_word(column, lines)} '
            f"and has {len(words)} different values; "
            f"allowed: numbers, or at most {MOST_WORDS} different words"
        )
    return np.eye(len(words), dtype=np.float32)[places], [f"{column.name}={word}" for word in words]


def _targets(
    column: Column, data: Data, lines: tuple[int, ...]
) -> tuple[NDArray[np.int64] | Floats, tuple[str, ...]]:
    """Return the targets, and the names of their classes: none for a regression."""
    if _predicts_class(column, data.task):
        names, places = _distinct(column)
        _check_classes(column, names, places, lines, splits=data.validation > 0)
        return places, names
    if column.numbers is None:
        raise InputError(
            f'column "{column.name}" is not numbers only{_first_word(column, lines)}, '
            'so no number can be predicted; allowed: data.task = "classification", or another column',
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
            f'column "{column.name}" has only one class, "{names[0]}", so there is nothing to tell apart; '
            "allowed: two classes or more",
            "data.target",
        )
    alone = np.flatnonzero(np.bincount(places) == 1)
    if splits and len(alone):
        line = lines[int(np.flatnonzero(places == alone[0])[0])]
        more = f" (and {len(alone) - 1} more classes)" if len(alone) > 1 else ""
        raise InputError(
            f'class "{names[alone[0]]}" has a single row, in line {line}{more}, which cannot be both '
            f'trained on and held out; allowed: two rows or more of each class in column "{column.name}", '
            "or data.validation = 0",
            "data.target",
        )


def _distinct(column: Column) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the distinct values, sorted and as text, and for each row the place of its value among them."""
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
    return f" ({json.dumps(shown, ensure_ascii=False)} in line {lines[column.first_word]})"
