"""The rows of the gradient buffer: one for each layer, and one for its weights and updates where wanted."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradlab.window.charts.layer_names import LayerMarks
from gradlab.window.panels.gradients.layer_pictures import LayerPictures
from gradlab.window.panels.gradients.pair_pictures import Cell
from gradlab.window.panels.gradients.reading import BUFFER, Reading
from gradlab.window.panels.gradients.row_columns import Kept
from gradlab.window.panels.gradients.weight_and_bias import Pair


class BufferRows(QWidget):
    """All rows, one below the other.

    Attributes:
        pointed: emitted with the title of a layer, and the Cell that is pointed at in it or None.
        picked: emitted with the title of a layer.
        all: the rows.
    """

    pointed = Signal(str, object)
    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.all: list[LayerPictures] = []
        self._made_for: object = None
        self._marks: LayerMarks = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)

    def __iter__(self) -> Iterator[LayerPictures]:
        """Yield the rows."""
        return iter(self.all)

    def make(self, pairs: Sequence[Pair], extras: tuple[str, ...], *, large: bool, pictures: bool) -> bool:
        """Make the rows of layers, unless the present ones will do; return True if they are new."""
        wanted = (large, extras, pictures, [pair.signature for pair in pairs])
        if wanted == self._made_for:
            return False
        self._made_for = wanted
        for row in self.all:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        kinds = [(BUFFER,), *([tuple((part,) for part in extras)] if extras else [])]
        self.all = [
            LayerPictures(pair, groups, large=large, pictures=pictures) for pair in pairs for groups in kinds
        ]
        for row in self.all:
            self._add(row, row.pair.title)
        return True

    def _add(self, row: LayerPictures, title: str) -> None:
        row.show_mark(self._marks.get(row.pair.layer))
        row.pointed.connect(lambda cell: self.pointed.emit(title, cell))
        row.picked.connect(lambda: self.picked.emit(title))
        self._column.addWidget(row, row.weight_of_height())

    def take(self, pairs: Sequence[Pair], reading: Reading) -> None:
        """Take new values; ``draw`` then makes them visible."""
        by_title = {pair.title: pair for pair in pairs}
        for row in self.all:
            row.take(by_title[row.pair.title], reading)

    def draw(self, *, common_scale: bool) -> None:
        """Draw each row on its own colour scale, or all rows of a kind on one."""
        for kind in {row.tiles.groups for row in self.all}:
            rows = [row for row in self.all if row.tiles.groups == kind]
            largest = [row.tiles.largest() for row in rows]
            common = [max(values) for values in zip(*largest, strict=True)]
            for row, own in zip(rows, largest, strict=True):
                row.draw(common if common_scale else own)

    def keep_before(self, coming: Reading) -> None:
        """Remember the pictures that the coming phase changes."""
        for row in self.all:
            row.keep_before(coming)

    def show_change(self, progress: float) -> None:
        """Animate what the latest phase did; ``progress`` goes from 0 to 1."""
        for row in self.all:
            row.show_change(progress)

    def describe(self) -> None:
        """Describe every picture in words, for screen readers."""
        for row in self.all:
            row.describe()

    def pair(self, title: str) -> Pair:
        """Return the weights of the layer with this title."""
        return next(row.pair for row in self.all if row.pair.title == title)

    def mark(self, title: str, cell: Cell | None) -> None:
        """Frame a value of one layer, and none in the others."""
        for row in self.all:
            row.tiles.mark(cell if row.pair.title == title else None)

    def show_marks(self, marks: LayerMarks) -> None:
        """Show marks of instruments beside the names of layers."""
        self._marks = marks
        for row in self.all:
            row.show_mark(marks.get(row.pair.layer))

    def fit(self, height: int) -> None:
        """Keep all rows in sight where their usual height would leave some of them out of it."""
        gaps = self._column.spacing() * (len(self.all) - 1)
        is_tight = sum(row.least_height(is_tight=False) for row in self.all) + gaps > height
        for row in self.all:
            row.be_tight(is_tight)

    def align(self, *, is_first_narrow: bool) -> Kept:
        """Give the names in all rows the width of the widest, and what is left over what it needs; return both.

        Args:
            is_first_narrow: whether nothing is left over, so that others can have the room.
        """
        name = max((row.wanted_name_width() for row in self.all), default=0)
        first = max((row.least_first for row in self.all), default=0) if is_first_narrow else 0
        for row in self.all:
            row.keep(Kept(name, first))
        return Kept(name, first)
