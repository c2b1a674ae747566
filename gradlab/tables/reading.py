"""Reads a file into a grid of texts."""

from gradlab.experiment.sections.data import Data
from gradlab.tables.grid import Grid


def read_grid(data: Data) -> Grid:
    """Read the file ``data.path`` as its other settings say, and guess what they leave open.

    Raises:
        InputError: where no table can be made of the file at all; one line without the file's name.
    """
    raise NotImplementedError
