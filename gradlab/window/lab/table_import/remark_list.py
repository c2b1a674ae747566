"""What is wrong with a table and what was guessed, each with what can be done about it."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.language import tr
from gradlab.tables.remarks import Level, Remark
from gradlab.window.lab.refusals import as_sentence, notice_in_words, told_alone
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.flow_layout import FlowLayout
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.widgets import WordsButton, label, push_button

LOOKS = {
    Level.ERROR: ("ph.warning-circle", "status.error"),
    Level.NOTICE: ("ph.info", "status.info"),
}
LOWEST, HIGHEST = 72, 232  # pixels


class RemarkList(QScrollArea):
    """The remarks, errors first, with their remedies as buttons.

    Attributes:
        chosen: emitted with the Changes of a remedy.
        pointed: emitted with a Remark, to show where it is.
        rows: the remarks as widgets.
    """

    chosen = Signal(object)
    pointed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows: list[RemarkRow] = []
        self._shown: tuple[Remark, ...] | None = None
        self._body = QWidget()
        self._column = fill(QVBoxLayout(self._body), spacing=4, margins=(0, 0, 8, 0))
        self.setWidget(self._body)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        """Return the height that all remarks need, within bounds: the table needs room, too."""
        height = self._body.layout().totalHeightForWidth(max(self.viewport().width(), 200))  # type: ignore[union-attr]
        return QSize(super().sizeHint().width(), min(max(height, LOWEST), HIGHEST))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        """Show these remarks in place of those before."""
        if tuple(remarks) == self._shown:
            return
        self._shown = tuple(remarks)
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = [self._row(remark) for remark in remarks]
        nothing = label(tr("Nothing is wrong, and nothing had to be guessed."), "muted", wrap=True)
        parts: Sequence[QWidget] = self.rows or [nothing]
        fill(self._column, *parts, None, spacing=4, margins=(0, 0, 8, 0))
        self.verticalScrollBar().setValue(0)
        self.updateGeometry()

    def _row(self, remark: Remark) -> "RemarkRow":
        row = RemarkRow(remark)
        for button, remedy in zip(row.buttons, remark.remedies, strict=True):
            button.clicked.connect(lambda _=False, changes=remedy.changes: self.chosen.emit(changes))
        row.words.clicked.connect(lambda: self.pointed.emit(remark))
        return row


class RemarkRow(QFrame):
    """A remark: a sign, its words, and a button for each remedy.

    Attributes:
        words: the text; pressed, it shows the place.
        buttons: one per remedy.
    """

    def __init__(self, remark: Remark) -> None:
        super().__init__()
        self.setObjectName("remark")
        self.setProperty("level", "error" if remark.level is Level.ERROR else "info")
        sign = IconLabel(size=18)
        sign.show_icon(icons.icon(*LOOKS[remark.level]))
        sign.setAccessibleName(tr("Error") if remark.level is Level.ERROR else tr("Note"))
        self.words = RemarkWords(remark)
        self.buttons = [push_button(remedy.label) for remedy in remark.remedies]
        beside = fill(QVBoxLayout(), self.words, spacing=4)
        if self.buttons:
            flow = FlowLayout(spacing=6)
            for button in self.buttons:
                button.setProperty("small", "true")
                button.setToolTip(tr("Does it, and looks at the table again. Cancel takes everything back."))
                flow.addWidget(button)
            beside.addLayout(flow)
        top = sign, 0, Qt.AlignmentFlag.AlignTop
        fill(QHBoxLayout(self), top, (beside, 1), spacing=8, margins=(8, 5, 8, 6))


class RemarkWords(WordsButton):
    """The words of a remark; a press shows where in the table it is."""

    def __init__(self, remark: Remark) -> None:
        super().__init__("remarkWords")
        line = told_alone(remark.text) if remark.remedies else remark.text
        words = as_sentence(notice_in_words(line, remark.key))
        self.setAccessibleName(words)
        self.setToolTip(tr("Press it to see the place in the table, if it is among the first rows."))
        fill(QVBoxLayout(self), label(words, "remarkText", wrap=True))
        self.let_clicks_through()
