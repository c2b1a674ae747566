"""Your own tables, from CSV files and workbooks."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gradlab.datasets.base import Dataset, Doubles, source
from gradlab.datasets.positive_class import with_positive_class
from gradlab.errors import InputError
from gradlab.experiment.sections.data import Data
from gradlab.language import mark, tr
from gradlab.tables.remarks import Level

if TYPE_CHECKING:
    from gradlab.tables.columns import Column
    from gradlab.tables.table import OwnTable


@source(
    "csv",
    label=mark("Own table"),
    help=mark(
        "A table of your own, as text (CSV) or as a workbook: names in the first line, then one example per line, "
        "numbers or words."
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
        InputError: with the key of the setting concerned; names the file, and lines if possible.
    """
    from gradlab.tables.reading import read_grid
    from gradlab.tables.table import understand

    if not data.path:
        raise InputError(
            tr("data.path is empty; allowed: the path of a table, as CSV or as a workbook"), "data.path"
        )
    try:
        table = understand(read_grid(data), data)
        _raise_the_first_error(table)
        return with_positive_class(dataset_of(table), data)
    except InputError as error:
        line = " ".join(str(error).splitlines())  # a quoted name may hold line ends
        raise InputError(f"{data.path}: {line}", error.key or "data.path") from None


def _raise_the_first_error(table: "OwnTable") -> None:
    for remark in table.remarks:
        if remark.level is Level.ERROR:
            raise InputError(remark.text, remark.key)


def dataset_of(table: "OwnTable") -> Dataset:
    """Return the rows of a table without errors, classes as sorted."""
    assert table.target is not None
    words, places = _places(table)
    names, inputs = [], np.empty((int(table.kept.sum()), places[-1]))
    for column, first, end in zip(table.inputs, places, places[1:], strict=False):
        inputs[:, first:end] = _input(column, words[column.name], table.kept)
        names += [f"{column.name}={word}" for word in words[column.name]] or [column.name]
    return Dataset(
        inputs=inputs,
        targets=_targets(table),
        target_name=table.target.name,
        input_names=tuple(names),
        class_names=table.targets.class_names,
        notices=table.remarks,
        left_out=int((~table.kept).sum()),
        words=tuple(
            (first, end)
            for column, first, end in zip(table.inputs, places, places[1:], strict=False)
            if column.places is not None
        ),
    )


def _places(table: "OwnTable") -> tuple[dict[str, list[str]], list[int]]:
    """Return the words of each column that are in a row that is used, and where its inputs begin."""
    words: dict[str, list[str]] = {}
    places = [0]
    for column in table.inputs:
        words[column.name] = _words(column, table.kept)
        places.append(places[-1] + (len(words[column.name]) if column.places is not None else 1))
    return words, places


def _words(column: "Column", kept: NDArray[np.bool_]) -> list[str]:
    if column.places is None:
        return []
    present = np.unique(column.places[kept])
    return [column.words[place] for place in present if place >= 0]


def _input(column: "Column", words: list[str], kept: NDArray[np.bool_]) -> Doubles:
    """Return ``(rows, 1)`` numbers, or ``(rows, words)`` zeros with a single 1 per row; NaN for a gap."""
    if column.places is None:
        assert column.numbers is not None
        return column.numbers[kept, np.newaxis]
    place = {word: place for place, word in enumerate(words)}
    renumbered = np.array([place.get(word, -1) for word in column.words], dtype=np.int64)
    rows = column.places[kept]
    coded = np.eye(len(words))[renumbered[rows]]
    coded[rows < 0] = np.nan
    return coded


def _targets(table: "OwnTable") -> NDArray[np.int64] | Doubles:
    if table.targets.classes is not None:
        return table.targets.classes
    assert table.target is not None
    assert table.target.numbers is not None
    return table.target.numbers[table.kept]
