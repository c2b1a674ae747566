"""The gradient buffer: *left over* + *this batch* = *used*, of all layers or of one that is seen large."""

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget
from typing_extensions import override

from gradlab.instruments.records import ParameterGradient
from gradlab.language import tr
from gradlab.window.panels.gradients.buffer_rows import BufferRows
from gradlab.window.panels.gradients.column_headings import ColumnHeadings
from gradlab.window.panels.gradients.pair_pictures import Cell
from gradlab.window.panels.gradients.reading import Reading, Wanted
from gradlab.window.panels.gradients.weight_and_bias import Pair, exact_line, pairs, sum_line
from gradlab.window.widgets.animation import Animation, is_wanted


class BufferView(QScrollArea):
    """All layers, or the one that was picked, with the headings above them that do not scroll.

    Attributes:
        read: emitted with a line about the value that is pointed at; empty where there is none.
        wants_layer: emitted with the title of the layer that was clicked, or empty: back to all.
        pointed: emitted with the name of the layer that is pointed at, or empty.
        rows: a row of each layer's buffer, and one of its weights and updates where they are wanted.
        headings: what is above them.
        picked: the title of the layer that is seen large; empty for all.
        motion: animates what a phase did.
        is_first_open: whether what is left over has room; while nothing is, others have it.
    """

    read = Signal(str)
    wants_layer = Signal(str)
    pointed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = BufferRows()
        self.picked = ""
        self._wanted = Wanted()
        self._parameters: tuple[ParameterGradient, ...] = ()
        self._reading = Reading()
        self._pointed: tuple[str, Cell] | None = None
        self.is_first_open = False
        self.motion = Animation(self.rows.show_change, self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self.rows)
        self.setWhatsThis(
            tr(
                "A row for each layer: what was left over in the gradient buffer, what this batch adds, "
                "and what the optimizer uses. Blue is negative, red positive. Point at a value, or go "
                "there with the arrow keys, to read it. Click a row, or press Enter, to see its layer "
                "large."
            )
        )
        self.headings = ColumnHeadings(self)
        self.rows.pointed.connect(self._point)
        self.rows.picked.connect(self.wants_layer)
        self._place_headings()

    # ------------------------------------------------------------------- values

    def open_first(self, on: bool) -> None:
        """Give what is left over as much room as the others have, or only a little."""
        if on != self.is_first_open:
            self.is_first_open = on
            self._place_headings()

    def show_parameters(self, parameters: tuple[ParameterGradient, ...], reading: Reading) -> None:
        """Draw the buffer; after a stepped phase, animate how it changed."""
        before, after = self._reading.moment, reading.moment
        steps = before is not None and after is not None and before != after
        # What the next phase overtakes is not seen.
        can_move = self.isVisible() and not self.motion.is_playing and is_wanted(self)
        moves = steps and self._wanted.animated and can_move
        self.motion.skip()
        if moves:
            self.rows.keep_before(reading)
        self._parameters = parameters
        if reading != self._reading:
            self._reading = reading
            self.headings.read_as(reading)
            self._place_headings()
        self.refresh()
        if moves:
            self.rows.show_change(0)
            self.motion.start()

    def refresh(self) -> None:
        """Draw the same values again, with the present choices."""
        found = [pair for pair in self._pairs if self.picked in ("", pair.title)]
        pictures = bool(self.picked) and self._wanted.as_pictures
        if self.rows.make(found, self._wanted.extras, large=bool(self.picked), pictures=pictures):
            self._pointed = None
            self._place_headings()
        self.rows.take(found, self._reading)
        self.rows.draw(common_scale=self._wanted.common_scale)
        self._read_off()

    def show_wanted(self, wanted: Wanted) -> None:
        """Draw with these choices."""
        self._wanted = wanted
        self.refresh()

    def pick(self, title: str) -> None:
        """Show the layer with this title large, or all if it is empty; the focus stays in the layer."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        layer = title or self.picked
        self.picked = title
        self.refresh()
        kept = [row for row in self.rows if row.pair.title == layer]
        if had_focus and kept:
            kept[0].tiles.all[0].setFocus()

    @property
    def _pairs(self) -> list[Pair]:
        return pairs(self._parameters)

    @property
    def titles(self) -> list[str]:
        """The names of all layers."""
        return [pair.title for pair in self._pairs]

    @property
    def large(self) -> Pair | None:
        """The weights that are seen large; None for all layers."""
        return self.rows.all[0].pair if self.picked and self.rows.all else None

    @property
    def in_words(self) -> str:
        """What the rows and columns of the picked layer are; empty for all."""
        return self.rows.all[0].tiles.grid.in_words if self.large else ""

    # ------------------------------------------------------------------ reading

    def _point(self, title: str, cell: Cell | None) -> None:
        self._pointed = None if cell is None else (title, cell)
        self.pointed.emit("" if cell is None else self.rows.pair(title).layer)
        self.rows.mark(title, cell)
        self._read_off()

    def _read_off(self) -> None:
        """Emit a line about the value that is pointed at, which may have changed."""
        if self._pointed is None:
            self.read.emit("")
            return
        title, cell = self._pointed
        pair = self.rows.pair(title)
        line = exact_line if self.picked else sum_line
        self.read.emit(line(pair, cell, self._reading.sign, self._reading.awaited))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.picked and event.key() == Qt.Key.Key_Escape:
            self.wants_layer.emit("")
        else:
            super().keyPressEvent(event)

    # ----------------------------------------------------------------- headings

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_headings()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "headings"):
            self._place_headings()

    def _place_headings(self) -> None:
        self.headings.keep(self.rows.align(is_first_narrow=not (self.is_first_open or self.picked)))
        height = self.headings.height_for(self.viewport().width())
        self.setViewportMargins(0, height, 0, 0)
        self.headings.setGeometry(QRect(0, 0, self.viewport().width(), height))
        self.rows.fit(self.viewport().height())
