"""Small tables for tests: as files, and as grids of texts."""

import csv
import io

import numpy as np

from gradlab.datasets.base import SOURCES
from gradlab.experiment.sections.data import Data
from gradlab.tables.grid import FileLayout, Grid
from gradlab.tables.table import understand


def grid(columns, separator=",", unnamed=()):
    """Return the grid of a dictionary of names and texts; the first row is line 2."""
    texts = tuple(list(map(str, column)) for column in columns.values())
    lines = np.arange(len(texts[0]), dtype=np.int64) + 2
    layout = FileLayout("utf-8", separator)
    return Grid(tuple(columns), texts, lines, layout, frozenset(unnamed))


def table(columns, separator=",", unnamed=(), **settings):
    """Return what is understood of a dictionary of names and texts."""
    return understand(grid(columns, separator, unnamed), Data(source="csv", path="t.csv", **settings))


def written(columns, separator=","):
    """Return a dictionary of names and texts as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()


def read(path, **settings):
    """Return the data set of a table's file."""
    data = Data(source="csv", path=str(path), **settings)
    return SOURCES["csv"].build(data, np.random.default_rng(0))


def errors(table):
    """Return the texts of what is wrong with a table."""
    return [remark.text for remark in table.remarks if remark.level.name == "ERROR"]


def notices(table):
    """Return the texts of what was read into a table."""
    return [remark.text for remark in table.remarks if remark.level.name == "NOTICE"]
