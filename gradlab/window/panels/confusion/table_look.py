"""What the table, its headers and its cells have in common: fonts, shades, and what is pointed at."""

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QColor, QFont

from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.charts.colors import blend
from gradlab.window.language.numbers import number as decimals
from gradlab.window.panels.confusion.cell_words import measure_in_words
from gradlab.window.panels.confusion.class_counts import MEASURES
from gradlab.window.panels.confusion.confusion_model import ConfusionModel
from gradlab.window.panels.confusion.contrast import readable_on

LEVELS = 64  # steps of heat: finer ones cannot be told apart
_GAP = 8  # between the matrix and the measures
Shades = list[tuple[QColor, QColor]]


class TableLook:
    """The looks of a confusion table.

    Attributes:
        model: what it shows.
        cell, note, header, measure: the fonts in use; their sizes follow the cells.
        right, wrong: fills on the diagonal and beside it, each with the colour of its text.
        pointed: the cell that the mouse or the keyboard is at; ``chosen`` the one that is marked, if any.
        is_narrow: whether the table is so narrow that names are shortened, and one % stands above all shares.
    """

    def __init__(self, model: ConfusionModel, font: QFont) -> None:
        self.model = model
        self.cell = self.note = self.header = self.measure = font
        self.right: Shades = []
        self.wrong: Shades = []
        self.pointed = QModelIndex()
        self.chosen: tuple[int, int] | None = None
        self.is_narrow = False

    def dress(self) -> None:
        """Apply the theme's colours."""
        self.right, self.wrong = shades("heat.right"), shades("heat.wrong")

    @property
    def padding(self) -> int:
        """How much wider a cell is than its text, at least."""
        return 1 if self.is_narrow else 2

    def gap(self, column: int) -> int:
        """Return the room left of a column: the first measure stands apart from the matrix."""
        return _GAP if column == self.model.classes else 3

    def measure_label(self, number: int) -> str:
        """Return what the header calls a measure."""
        return tr(MEASURES[number].short if self.is_narrow else MEASURES[number].label)

    def measure_value(self, number: int, value: float) -> str:
        """Return what a cell of a measure says."""
        if MEASURES[number].token and self.is_narrow:
            return decimals(100 * value, ".1f")
        return measure_in_words(number, value)


def shades(full: str) -> Shades:
    """Return ``LEVELS + 1`` fills, from an empty cell's to the colour ``full``, each with its text's colour."""
    empty = theme.color("surface.raised")
    fills = [blend(theme.color(full), empty, level / LEVELS) for level in range(LEVELS + 1)]
    inks = theme.colors("heat.inks")
    return [(fill, readable_on(fill, *inks)) for fill in fills]
