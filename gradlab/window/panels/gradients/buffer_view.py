"""The gradient buffer: *left over* + *this batch* = *used*, of all layers or of one that is seen large."""

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from gradlab.instruments.records import ParameterGradient
from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.panels.gradients.layer_row import BUFFER, LayerRow, Places, Reading
from gradlab.window.panels.gradients.tile import Cell
from gradlab.window.panels.gradients.weight_and_bias import Pair, exact_line, pairs, sum_line
from gradlab.window.widgets.animation import Player, is_wanted

_FLAGS = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_OVERHANG = 3  # pixels by which a heading may be wider than its column, on each side


class BufferView(QScrollArea):
    """All layers, or the one that was picked, with the headings above them that do not scroll.

    Attributes:
        rows: a row of each layer's buffer, and one of its weights and updates where they are wanted.
        picked: the title of the layer that is seen large; empty for all.
        extras: what further rows show, of ``weights`` and ``update``.
        as_pictures: whether a picked layer that takes pictures shows each unit's weights as one.
        animated: whether to show by a motion what a phase did.

    Signals:
        read: one line about the value that is pointed at; empty where there is none.
        wants_layer: the title of the layer that was clicked, or empty: back to all.
    """

    read = Signal(str)
    wants_layer = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[LayerRow] = []
        self.common_scale = False
        self.picked = ""
        self.extras: tuple[str, ...] = ()
        self.as_pictures = False
        self.animated = True
        self._parameters: tuple[ParameterGradient, ...] = ()
        self._reading = Reading()
        self._signature: list[object] = []
        self._pointed: tuple[str, Cell] | None = None
        self._player = Player(self._show_change, self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.setWidget(self._inside)
        self.setWhatsThis(
            tr(
                "A row for each layer: what was left over in the gradient buffer, what this batch adds, "
                "and what the optimizer uses. Blue is negative, red positive. Point at a value, or go "
                "there with the arrow keys, to read it. Click a row, or press Enter, to see its layer "
                "large."
            )
        )
        self._headings = _Headings(self)
        self._place_headings()

    # ------------------------------------------------------------------- values

    def show_parameters(self, parameters: tuple[ParameterGradient, ...], reading: Reading) -> None:
        """Draw the buffer; where a phase was stepped, show for a moment how it changed."""
        before, after = self._reading.moment, reading.moment
        steps = before is not None and after is not None and before != after
        moves = steps and self._may_move()
        self._player.skip()
        if moves:
            for row in self.rows:
                row.keep_before(reading)
        self._parameters = parameters
        self._read_as(reading)
        self.refresh()
        if moves:
            self._show_change(0)
            self._player.start()

    def refresh(self) -> None:
        """Draw what is known once more, as the choices now want it."""
        found = [pair for pair in pairs(self._parameters) if self.picked in ("", pair.title)]
        signature = [
            self.picked,
            self.extras,
            self.as_pictures,
            [pair.signature for pair in found],
        ]
        if signature != self._signature:
            self._signature = signature
            self._make_rows(found)
        by_title = {pair.title: pair for pair in found}
        for row in self.rows:
            row.take(by_title[row.pair.title], self._reading)
        self.rescale()
        self._say()

    def pick(self, title: str) -> None:
        """Show the layer with this title large, or all if it is empty; the keyboard stays with the layer."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        layer = title or self.picked
        self.picked = title
        self.refresh()
        kept = [row for row in self.rows if row.pair.title == layer]
        if had_focus and kept:
            kept[0].tiles[0].setFocus()

    def _make_rows(self, found: list[Pair]) -> None:
        self._point("", None)
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        kinds = [(BUFFER,), *([tuple((part,) for part in self.extras)] if self.extras else [])]
        self.rows = [
            LayerRow(pair, groups, large=bool(self.picked), pictures=self._shows_pictures)
            for pair in found
            for groups in kinds
        ]
        for row in self.rows:
            title = row.pair.title
            row.pointed.connect(lambda cell, title=title: self._point(title, cell))
            row.picked.connect(lambda title=title: self.wants_layer.emit(title))
            self._column.addWidget(row, row.weight_of_height())
        self._place_headings()

    @property
    def _shows_pictures(self) -> bool:
        return bool(self.picked) and self.as_pictures

    def rescale(self) -> None:
        """Draw on each layer's own scale, or all on one."""
        for kind in {row.groups for row in self.rows}:
            rows = [row for row in self.rows if row.groups == kind]
            largest = [row.largest() for row in rows]
            common = [max(values) for values in zip(*largest, strict=True)]
            for row, own in zip(rows, largest, strict=True):
                row.paint_with(common if self.common_scale else own)

    def describe(self) -> None:
        """Say in words what every picture shows, for those who do not see it."""
        for row in self.rows:
            row.describe()

    @property
    def titles(self) -> list[str]:
        """The names of all layers."""
        return [pair.title for pair in pairs(self._parameters)]

    @property
    def picked_layer(self) -> str:
        """The name of the layer that is seen large, without that of the weight; empty for all."""
        return self.rows[0].pair.layer if self.picked and self.rows else ""

    @property
    def takes_pictures(self) -> bool:
        """Whether the picked layer looks at pictures, so that its weights can be seen as some."""
        return bool(self.picked and self.rows and self.rows[0].pair.weight.pixels)

    @property
    def in_words(self) -> str:
        """What the rows and columns of the picked layer are; empty for all."""
        return self.rows[0].in_words if self.picked and self.rows else ""

    # ------------------------------------------------------------------- motion

    def _may_move(self) -> bool:
        """Whether a motion would be seen, and is wanted; one that the next phase overtakes is not."""
        return self.animated and self.isVisible() and not self._player.is_playing and is_wanted(self)

    def _show_change(self, progress: float) -> None:
        for row in self.rows:
            row.show_change(progress)

    # ------------------------------------------------------------------ reading

    def _point(self, title: str, cell: Cell | None) -> None:
        self._pointed = None if cell is None else (title, cell)
        for row in self.rows:
            row.mark(cell if row.pair.title == title else None)
        self._say()

    def _say(self) -> None:
        """Say the value that is pointed at, again where it may be another one by now."""
        if self._pointed is None:
            self.read.emit("")
            return
        title, cell = self._pointed
        pair = next(row.pair for row in self.rows if row.pair.title == title)
        line = exact_line if self.picked else sum_line
        self.read.emit(line(pair, cell, self._reading.sign, self._reading.awaited))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back to all layers with Escape."""
        if self.picked and event.key() == Qt.Key.Key_Escape:
            self.wants_layer.emit("")
        else:
            super().keyPressEvent(event)

    # ----------------------------------------------------------------- painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the headings above the columns."""
        super().resizeEvent(event)
        self._place_headings()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font of the theme, e.g. in large text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_headings"):
            self._place_headings()

    def _read_as(self, reading: Reading) -> None:
        if reading != self._reading:
            self._reading = reading
            self._headings.read_as(reading)
            self._place_headings()

    def _place_headings(self) -> None:
        name = max((row.wanted_name_width() for row in self.rows), default=0)
        for row in self.rows:
            row.set_name_width(name)
        self._headings.name_width = name
        height = self._headings.height_for(self.viewport().width())
        self.setViewportMargins(0, height, 0, 0)
        self._headings.setGeometry(QRect(0, 0, self.viewport().width(), height))


class _Headings(QWidget):
    """What the three columns are, in plain words, and the sum that they are.

    Attributes:
        name_width: how much room the rows below keep for their names.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.name_width = 0
        self.read_as(Reading())

    def read_as(self, reading: Reading) -> None:
        self._reading = reading
        first, second, third = reading.headings
        self.setAccessibleName(f"{first} + {second} {reading.sign} {third}")
        self.update()

    def height_for(self, width: int) -> int:
        """Return the height of one line, or of more where the columns are narrow."""
        font = self.font()
        font.setBold(True)
        metrics = QFontMetrics(font)
        _, tile = Places.within(width, self.fontMetrics(), self.name_width).tiles[0]
        room = QRect(0, 0, tile + 2 * _OVERHANG, 10_000)
        heights = (metrics.boundingRect(room, _FLAGS, text).height() for text in self._reading.headings)
        return max(heights) + 6

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        places = Places.within(self.width(), self.fontMetrics(), self.name_width)
        reading = self._reading
        for number, ((left, width), heading) in enumerate(zip(places.tiles, reading.headings, strict=True)):
            warned = reading.warned and number == 0
            painter.setPen(theme.color("status.warning" if warned else "text.normal"))
            painter.drawText(
                QRect(left - _OVERHANG, 0, width + 2 * _OVERHANG, self.height() - 2), _FLAGS, heading
            )
            if number in reading.lit:
                line = QRect(left, self.height() - 4, width, 3)
                painter.fillRect(line, theme.color("accent.normal"))
        painter.setPen(theme.color("text.muted"))
        for (left, width), sign in zip(places.signs, reading.signs, strict=True):
            painter.drawText(QRect(left, 0, width, self.height() - 2), _FLAGS, sign)
