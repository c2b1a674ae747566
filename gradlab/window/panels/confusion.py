"""The confusion matrix: which classes are taken for which, and how good each one is."""

from collections.abc import Iterator
from html import escape

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from gradlab.instruments.metrics import shares, summary
from gradlab.instruments.records import Confusion, Frame
from gradlab.window.panels.base import Panel
from gradlab.window.plots.confusion_model import Show, rows_in_words
from gradlab.window.plots.confusion_table import ConfusionTable
from gradlab.window.plots.hint import Hint
from gradlab.window.theme.tokens import Theme

BEFORE = "Press Run or Step epoch: after each epoch you see here which classes are taken for which."
NO_ROWS = "No validation rows: set Validation share above 0."
TOTALS_HELP = (
    "Accuracy: the share of all validation rows that is right. Compare it with always guessing the class that "
    "has the most rows: a model has to beat that. Average: each class counts the same, however rare it is."
)
LOW_LINES = 18  # a panel of fewer lines of text has room for one line of totals
REGRESSION = "A confusion matrix needs classes; this data set predicts a number. See the Data panel."


class ConfusionPanel(Panel):
    """Counts on the validation rows, true against predicted, with the measures of each class."""

    name = "confusion"
    title = "Confusion matrix"
    help = (
        "Each row is a true class, each column what the model said. The diagonal is right; everything else "
        "is a mistake, and the stronger its colour, the more of that class went there."
    )
    watches = frozenset({"confusion"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._run: int | None = None
        self._confusion: Confusion | None = None
        self.when = QLabel()
        self.show_box = self._make_show_box()
        self.table = ConfusionTable(theme)
        self.totals = QLabel(wordWrap=True)
        self.hint = Hint(BEFORE)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.hint)
        self._pages.addWidget(self._make_content())

    def _make_show_box(self) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName("Show")
        box.setMinimumWidth(90)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(len(Show.ROW.value) - 2)
        box.setToolTip("What the cells show: how many rows, or which share of the row or of the column.")
        for show in Show:
            box.addItem(show.value, show)
        box.currentIndexChanged.connect(self._show_changed)
        return box

    def _make_content(self) -> QWidget:
        content = QWidget()
        label = QLabel("&Show")
        label.setBuddy(self.show_box)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.when, 1)
        top.addWidget(label)
        top.addWidget(self.show_box)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.totals)
        return content

    def show_frame(self, frame: Frame) -> None:
        """Draw new counts; without any, say why."""
        if frame.run != self._run:
            self._run = frame.run
            self._confusion = None
            self.table.matrix.clear()
        hint = _missing(frame, self._confusion)
        self._pages.setCurrentIndex(0 if hint else 1)
        if hint:
            self.hint.setText(hint)
        elif frame.confusion is not None and frame.confusion is not self._confusion:
            self._draw(frame.confusion)

    def _draw(self, confusion: Confusion) -> None:
        self._confusion = confusion
        self.table.matrix.set_confusion(confusion)
        self._say(confusion)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use fewer words where there is little room."""
        super().resizeEvent(event)
        if self._confusion is not None:
            self._say(self._confusion)

    def _say(self, confusion: Confusion) -> None:
        metrics = self.fontMetrics()
        words = _moment(confusion)
        beside = metrics.horizontalAdvance("Show") + self.show_box.minimumWidth() + 40
        is_narrow = metrics.horizontalAdvance(words) + beside > self.width()
        self.when.setText(_moment(confusion, brief=True) if is_narrow else words)
        self.when.setToolTip(words)
        full = _totals(confusion)
        is_low = self.height() < LOW_LINES * metrics.height()
        self.totals.setText(_total(confusion) if is_low else full)
        self.totals.setToolTip(f"<p>{full}</p><p>{TOTALS_HELP}</p>")

    @Slot(int)
    def _show_changed(self, number: int) -> None:
        self.table.matrix.set_show(self.show_box.itemData(number))

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew."""
        super().apply_theme(theme)
        self.table.apply_theme(theme)


def _missing(frame: Frame, shown: Confusion | None) -> str:
    """Say why there is no matrix; empty where there is one."""
    if frame.task == "regression":
        return REGRESSION
    confusion = frame.confusion or shown
    if confusion is not None:
        return "" if confusion.counts.any() else NO_ROWS
    measured = frame.train_loss is not None
    return NO_ROWS if measured and frame.val_loss is None else BEFORE


def _moment(confusion: Confusion, *, brief: bool = False) -> str:
    rows = rows_in_words(int(confusion.counts.sum()))
    if brief:
        return f"Epoch {confusion.epoch} · {rows}"
    moment = f"After epoch {confusion.epoch}" if confusion.epoch else "Before training"
    return f"{moment} · {rows.replace(' ', ' validation ')}"


def _totals(confusion: Confusion) -> str:
    _, precision, recall, f1 = summary(confusion.counts)
    whose = f"For {_positive(confusion)}" if len(confusion.class_names) == 2 else "Average"
    measures = f"{whose}: precision {precision:.2f} · recall {recall:.2f} · F1 {f1:.2f}"
    return f"{_accuracy(confusion)}<br>{measures}"


def _total(confusion: Confusion) -> str:
    """Say the same in one line."""
    f1 = summary(confusion.counts).f1
    whose = f"F1 of {_positive(confusion)}" if len(confusion.class_names) == 2 else "average F1"
    return f"{_accuracy(confusion)} · {whose} {f1:.2f}"


def _accuracy(confusion: Confusion) -> str:
    accuracy = summary(confusion.counts).accuracy
    support = confusion.counts.sum(axis=1)
    largest = escape(confusion.class_names[support.argmax()])
    guess = float(shares(support.max(), support.sum()))
    return f"<b>Accuracy {accuracy:.1%}</b> · always guessing “{largest}”: {guess:.1%}".replace("%", " %")


def _positive(confusion: Confusion) -> str:
    return f"“{escape(confusion.class_names[1])}”"


def _made_up() -> Iterator[Frame]:
    """Ten classes that are told apart better with every epoch."""
    chance = np.random.default_rng(0)
    true = np.repeat(np.arange(10), 45)
    for epoch in range(20):
        guess = np.where(
            chance.random(len(true)) < 1 - 0.9 ** (epoch + 1), true, chance.integers(0, 10, len(true))
        )
        counts = np.zeros((10, 10), np.int64)
        np.add.at(counts, (true, guess), 1)
        yield Frame(serial=epoch, confusion=Confusion(epoch, tuple("0123456789"), counts))


if __name__ == "__main__":
    from gradlab.window.panels.preview import preview

    preview(ConfusionPanel, _made_up(), milliseconds=400)
