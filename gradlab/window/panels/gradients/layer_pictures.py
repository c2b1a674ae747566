"""A layer in the gradients panel: pictures side by side, and what their colours mean in numbers."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from gradlab.instruments.records import Mark
from gradlab.language import tr
from gradlab.window.panels.gradients.layer_row_painter import LayerRowPainter
from gradlab.window.panels.gradients.layer_tiles import Groups, LayerTiles
from gradlab.window.panels.gradients.reading import BUFFER, Reading
from gradlab.window.panels.gradients.row_columns import Kept, RowColumns
from gradlab.window.panels.gradients.tile_painter import caption_font, caption_height
from gradlab.window.panels.gradients.weight_and_bias import Pair


class LayerPictures(QWidget):
    """One weight with its bias in several pictures, in groups that share a colour scale each.

    Attributes:
        pointed: emitted with the Cell that is pointed at, None where there is none.
        picked: emitted when the layer is to be seen large.
        pair: what is shown.
        tiles: the pictures.
    """

    pointed = Signal(object)
    picked = Signal()

    def __init__(
        self, pair: Pair, groups: Groups = (BUFFER,), *, large: bool = False, pictures: bool = False
    ) -> None:
        super().__init__()
        self.pair = pair
        self.tiles = LayerTiles(pair, groups, self, large=large, pictures=pictures)
        self.tiles.pointed.connect(self.pointed)
        self.tiles.picked.connect(self.picked)
        self._reading = Reading()
        self._large = large
        self._has_headings = groups != (BUFFER,)
        self._kept = Kept()
        self._is_tight = False
        self._mark: Mark | None = None
        self.tiles.name(pair.weight.name, self._reading)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if not large:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setMaximumHeight(self.tiles.all[0].most_height() + self._top)

    # ------------------------------------------------------------------- values

    def take(self, pair: Pair, reading: Reading) -> None:
        """Take new values; ``draw`` then makes them visible."""
        self.pair = pair
        if reading != self._reading:
            self._reading = reading
            self.tiles.name(pair.weight.name, reading)
            self.update()
        self.tiles.take(pair, reading)

    def draw(self, largest: list[float]) -> None:
        """Draw each group on a scale that reaches to its value, or a bit further."""
        if self.tiles.draw(largest):
            self.update()

    def describe(self) -> None:
        """Describe the pictures in words, for screen readers."""
        self.tiles.describe(self.pair.weight.name, self._reading)

    def keep_before(self, coming: Reading) -> None:
        """Remember the pictures that the coming phase changes."""
        for part, tile in self.tiles:
            if part in coming.motions:
                tile.keep_before()

    def show_change(self, progress: float) -> None:
        """Animate what the latest phase did to the pictures; ``progress`` goes from 0 to 1."""
        for part, tile in self.tiles:
            if part in self._reading.motions:
                tile.show_change(self._reading.motions[part], progress)

    def show_mark(self, mark: Mark | None) -> None:
        """Show a mark of an instrument beside the layer's name."""
        self._mark = mark
        self.setToolTip(tr(mark.text) if mark else "")
        self.setAccessibleDescription(self.toolTip())
        self.update()

    # ----------------------------------------------------------------- geometry

    def weight_of_height(self) -> int:
        """Return how much of the panel's height it asks for, compared to the other rows."""
        rows = len(self.tiles.grid.order)
        return int(10 * min(rows, 256) ** 0.25)

    def wanted_name_width(self) -> int:
        """Return how wide the name is; 0 for a picked layer, whose name stands above."""
        if self._large:
            return 0
        font = self.font()
        font.setBold(True)
        metrics = QFontMetrics(font)
        widest = max(metrics.horizontalAdvance(line) for line in self.pair.name_lines)
        return int(min(widest, metrics.horizontalAdvance("recurrent10"))) + 6

    def keep(self, kept: Kept) -> None:
        """Keep this much room for the name and for what is left over, as all rows do."""
        if kept != self._kept:
            self._kept = kept
            self._place_tiles()
            self.update()

    @property
    def least_first(self) -> int:
        """How wide a picture of nothing must be, for the words on it and below it."""
        words, caption = self.fontMetrics(), QFontMetrics(caption_font(self))
        chips = [words.horizontalAdvance(text) + 14 for text in (tr("None"), tr("all zero"))]
        return max(60, *chips, caption.horizontalAdvance(tr("no gradient")) + 4)

    @property
    def _top(self) -> int:
        """The height of the headings inside the row."""
        return self.fontMetrics().height() + 2 if self._has_headings else 0

    @property
    def _columns(self) -> RowColumns:
        sizes = tuple(len(group) for group in self.tiles.groups)
        kept = self._kept._replace(first=0) if self._has_headings else self._kept
        return RowColumns.within(self.width(), self.fontMetrics(), kept, sizes)

    def _place_tiles(self) -> None:
        for tile, (left, width) in zip(self.tiles.all, self._columns.tiles, strict=True):
            tile.setGeometry(left, self._top, width, self.height() - self._top)

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, 90)

    @override
    def minimumSizeHint(self) -> QSize:
        # Below that the view scrolls.
        if self._large:
            return QSize(0, self._top + 3 * self.fontMetrics().height() + 2 * caption_height(self))
        return QSize(0, self.least_height(is_tight=self._is_tight))

    def least_height(self, *, is_tight: bool) -> int:
        """Return how low a row of all layers can be."""
        return self._top + self.tiles.all[0].least_height(is_tight=is_tight)

    def be_tight(self, on: bool) -> None:
        """Take less room than usual, so that other layers are seen as well."""
        if on != self._is_tight:
            self._is_tight = on
            self.updateGeometry()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_tiles()

    # ------------------------------------------------------- painting and input

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        row = LayerRowPainter(
            QPainter(self), self._columns, self._top, self.height() - self._top, caption_height(self)
        )
        if self._has_headings:
            row.paint_headings([self._reading.heading_of(part) for part in self.tiles.parts])
        elif not self._large:
            row.paint_name(self.pair.name_lines, self._kept.name - 4, self._mark)
        row.paint_signs(self._reading.signs)
        limits = zip(self.tiles.groups, self.tiles.limits, strict=True)
        row.paint_bars([None if self.tiles.is_awaited(group) else limit for group, limit in limits])

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and event.position().x() < self._kept.name:
            self.picked.emit()
