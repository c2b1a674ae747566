"""The confusion matrix: which classes are taken for which, and how good each one is."""

from html import escape

import numpy as np
from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from gradlab.export.tables import Table, confusion_table
from gradlab.instruments.metrics import shares, summary
from gradlab.instruments.records import Answers, Confusion, Counts, Frame
from gradlab.language import mark, shown_name, tr, trn
from gradlab.window.charts.formatting import whole
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import PanelBus, RowSelection, SettingChange
from gradlab.window.panels.confusion import ABOUT
from gradlab.window.panels.confusion.confusion_model import Show, rows_in_words
from gradlab.window.panels.confusion.confusion_table import ConfusionTable
from gradlab.window.panels.confusion.epoch_slider import EpochSlider
from gradlab.window.panels.confusion.tradeoff_view import TradeoffView
from gradlab.window.widgets.hint import Hint
from gradlab.window.widgets.threshold_slider import FollowedThreshold, ThresholdSlider, in_figures
from gradlab.window.widgets.widgets import on_key, push_button

BEFORE = mark("Press Run or Step epoch: after each epoch you see here which classes are taken for which.")
NO_ROWS = mark("No validation rows: set Validation share above 0.")
TOTALS_HELP = mark(
    "Accuracy: the share of all validation rows that is right. Compare it with always guessing the class that "
    "has the most rows: a model has to beat that. Average: each class counts the same, however rare it is."
)
LOW_LINES = 15  # a panel of fewer lines of text has room for one line of totals
LOWEST_LINES = 10  # with one line of totals
SIDE_BY_SIDE = 560  # pixels: from this width on the curves stand beside the matrix
REGRESSION = mark(
    "A confusion matrix needs classes; this data set predicts a number. "
    "See “Data and predictions”: it is in the View menu."
)


class ConfusionPanel(Panel):
    """Counts on the validation rows, true against predicted, with the measures of each class."""

    about = ABOUT

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: int | None = None
        self._confusion: Confusion | None = None
        self._drawn: tuple[Answers, float] | None = None
        self._counts: Counts = np.zeros((0, 0), np.int64)
        self._threshold = FollowedThreshold()
        self.when = QLabel()
        self.show_box = self._make_show_box()
        self.curves_button = push_button(tr("Curves"))
        self.curves_button.setObjectName("curves")
        self.curves_button.setCheckable(True)
        self.curves_button.setToolTip(
            tr("Show what every threshold would bring: precision, recall, false alarms.")
        )
        self.curves_button.toggled.connect(self._arrange)
        self.table = ConfusionTable()
        self.table.cell_picked.connect(self._pick)
        self.curves = TradeoffView()
        self.curves.tried.connect(self._try)
        self.curves.released.connect(self._settle)
        self.totals = QLabel(wordWrap=True)
        self.slider = ThresholdSlider()
        self.slider.tried.connect(self._try)
        self.slider.chosen.connect(self._settle)
        self.epochs = EpochSlider()
        self.epochs.moved.connect(self._redraw)
        self.hint = Hint(tr(BEFORE))
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.hint)
        self._pages.addWidget(self._make_content())
        on_key(self, "Esc", self._show_all)
        self.join(PanelBus(self))

    def join(self, bus: PanelBus) -> None:
        """Tell other panels which rows are in a cell, and which threshold is tried."""
        self._bus = bus
        bus.rows_selected.connect(self._note_selection)

    def _make_show_box(self) -> QComboBox:
        box = QComboBox()
        box.setObjectName("show")
        box.setAccessibleName(tr("Show"))
        words = box.fontMetrics().horizontalAdvance(tr(Show.COUNTS.value))  # of what is chosen mostly
        box.setMinimumWidth(max(110, words + 66))
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(len(tr(Show.ROW.value)) - 2)
        box.setToolTip(tr("What the cells show: how many rows, or which share of the row or of the column."))
        for show in Show:
            box.addItem(tr(show.value), show)
        box.currentIndexChanged.connect(self._show_changed)
        return box

    def _make_content(self) -> QWidget:
        content = QWidget()
        label = QLabel(tr("&Show"))
        label.setBuddy(self.show_box)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.when, 1)
        top.addWidget(self.curves_button)
        top.addWidget(label)
        top.addWidget(self.show_box)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.addWidget(self.table, 1)
        self._middle.addWidget(self.curves, 1)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addLayout(self._middle, 1)
        layout.addWidget(self.totals)
        layout.addWidget(self.slider)
        layout.addWidget(self.epochs)
        return content

    # --- drawing -----------------------------------------------------------------------------------------

    def show_frame(self, frame: Frame) -> None:
        """Draw new answers; without any, say why."""
        if frame.run != self._run:
            self._forget(frame.run)
        if not self.slider.is_busy:
            self._threshold.follow(frame)
        confusion = frame.get(Confusion)
        if confusion is not None and confusion is not self._confusion:
            self._take(confusion)
        hint = _missing(frame, self._confusion)
        self._pages.setCurrentIndex(0 if hint else 1)
        if hint:
            self.hint.setText(hint)
        else:
            self._redraw()

    def _forget(self, run: int) -> None:
        self._run = run
        self._confusion = self._drawn = None
        self.table.matrix.clear()
        self.table.choose(None)
        self.epochs.forget()

    def _take(self, confusion: Confusion) -> None:
        is_first = self._confusion is None
        self._confusion = confusion
        epochs = [answers.epoch for answers in confusion.answers]
        self.epochs.set_epochs(epochs, confusion.epoch, confusion.every)
        if is_first:
            self._arrange()

    @Slot()
    def _redraw(self) -> None:
        """Draw the epoch and the threshold that are shown, if they are not drawn yet."""
        if self._confusion is None:
            return
        now = self._confusion.at(self.epochs.epoch), self._threshold.value
        if self._drawn is not None and self._drawn[0] is now[0] and self._drawn[1] == now[1]:
            return
        self._drawn = now
        self._counts = self._confusion.counts(*now)
        self.table.choose(None)  # its rows are others now
        self.table.matrix.set_counts(self._confusion.class_names, self._counts)
        self.slider.show_value(self._threshold.value)
        self._draw_curves()
        self._say()

    def _draw_curves(self) -> None:
        if self._confusion is not None and self._drawn is not None and not self.curves.isHidden():
            answers, threshold = self._drawn
            self.curves.show_rows(self._confusion.true, answers.scores, threshold)

    @Slot()
    def _arrange(self) -> None:
        """Give the curves the place that there is: beside the matrix, below it, or in its stead."""
        is_binary = self._confusion is not None and len(self._confusion.class_names) == 2
        has_curves = is_binary and self.curves_button.isChecked()
        is_wide = self.width() >= SIDE_BY_SIDE
        is_tall = self.height() >= 2 * LOW_LINES * self.fontMetrics().height()
        self.slider.setVisible(is_binary)
        self.curves_button.setVisible(is_binary)
        self.curves.setVisible(has_curves)
        self.table.setVisible(not has_curves or is_wide or is_tall)
        ways = QBoxLayout.Direction
        self._middle.setDirection(ways.LeftToRight if is_wide or not is_tall else ways.TopToBottom)
        self._draw_curves()

    def minimumSizeHint(self) -> QSize:
        """Ask for the room of few words: many would else keep the panel too high to use fewer."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), min(hint.height(), LOWEST_LINES * self.fontMetrics().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use fewer words where there is little room."""
        super().resizeEvent(event)
        self._arrange()
        self._say()

    def _say(self) -> None:
        if self._confusion is None or self._drawn is None:
            return
        metrics = self.fontMetrics()
        words = _moments(self.epochs.epoch, self._counts)
        beside = metrics.horizontalAdvance(tr("&Show")) + self.show_box.minimumWidth() + 40
        if not self.curves_button.isHidden():
            beside += self.curves_button.sizeHint().width() + 8
        room = self.width() - beside
        self.when.setText(
            next((text for text in words if metrics.horizontalAdvance(text) <= room), words[-1])
        )
        self.when.setToolTip(words[0])
        names = self._confusion.class_names
        full = _totals(names, self._counts)
        is_low = self.height() < LOW_LINES * metrics.height()
        self.totals.setText(_total(names, self._counts) if is_low else full)
        self.totals.setToolTip(f"<p>{full}</p><p>{tr(TOTALS_HELP)}</p>")

    @Slot(int)
    def _show_changed(self, number: int) -> None:
        self.table.matrix.set_show(self.show_box.itemData(number))

    def as_table(self) -> Table | None:
        """Return the matrix that is shown."""
        return confusion_table(self._confusion.class_names, self._counts) if self._confusion else None

    # --- choosing ----------------------------------------------------------------------------------------

    @Slot(float)
    def _try(self, threshold: float) -> None:
        """Show at once what a threshold would bring, here and in other panels."""
        self._threshold.value = threshold
        self._redraw()
        self._bus.threshold_tried.emit(threshold)

    @Slot()
    def _settle(self) -> None:
        """Make the threshold that was tried the experiment's."""
        self._bus.setting_wanted.emit(SettingChange("training.threshold", self._threshold.value))

    @Slot(int, int)
    def _pick(self, true: int, predicted: int) -> None:
        """Show a cell's rows in other panels; picked again, all rows."""
        if self._confusion is None or self._drawn is None:
            return
        rows = self._confusion.rows_of(*self._drawn, true, predicted)
        if self.table.chosen == (true, predicted) or not len(rows):
            self._show_all()
            return
        names, (answers, threshold) = self._confusion.class_names, self._drawn
        words = (
            tr("true {true}, predicted {predicted}, after epoch {epoch}, threshold {threshold}")
            if len(names) == 2
            else tr("true {true}, predicted {predicted}, after epoch {epoch}")
        ).format(
            true=shown_name(names[true]),
            predicted=shown_name(names[predicted]),
            epoch=answers.epoch,
            threshold=in_figures(threshold),
        )
        self._bus.rows_selected.emit(RowSelection(rows, words))
        self.table.choose((true, predicted))

    @Slot()
    def _show_all(self) -> None:
        self._bus.rows_selected.emit(RowSelection(np.empty(0, np.int64)))

    @Slot(object)
    def _note_selection(self, selection: RowSelection) -> None:
        self.table.choose(None)


def _missing(frame: Frame, shown: Confusion | None) -> str:
    """Say why there is no matrix; empty where there is one."""
    if frame.task == "regression":
        return tr(REGRESSION)
    if shown is not None:
        return ""
    measured = frame.train_loss is not None
    return tr(NO_ROWS if measured and frame.val_loss is None else BEFORE)


def _moments(epoch: int, counts: Counts) -> tuple[str, str, str]:
    """Return what the matrix counts, in ever fewer words."""
    total = int(counts.sum())
    rows = trn("{count} validation row", "{count} validation rows", total).format(count=whole(total))
    moment = tr("After epoch {epoch}").format(epoch=epoch) if epoch else tr("Before training")
    at, few = tr("Epoch {epoch}").format(epoch=epoch), rows_in_words(total)
    return f"{moment} · {rows}", f"{at} · {few}", few


def _totals(names: tuple[str, ...], counts: Counts) -> str:
    if len(names) == 2:
        return f"{_accuracy(names, counts)}<br>{_precision_and_recall(names, counts)}"
    _, precision, recall, f1 = summary(counts)
    measures = tr("Average: precision {precision} · recall {recall} · F1 {f1}").format(
        precision=f"{precision:.2f}", recall=f"{recall:.2f}", f1=f"{f1:.2f}"
    )
    return f"{_accuracy(names, counts)}<br>{measures}"


def _precision_and_recall(names: tuple[str, ...], counts: Counts) -> str:
    """Say what both mean, with the numbers of this matrix."""
    _, precision, recall, _ = summary(counts)
    hits, said, real = (int(count) for count in (counts[1, 1], counts[:, 1].sum(), counts[1].sum()))
    name = escape(shown_name(names[1]))
    named = (
        trn(
            "Of {rows} said to be “{name}”, {count} is (precision {precision}).",
            "Of {rows} said to be “{name}”, {count} are (precision {precision}).",
            hits,
        )
        if said
        else tr("No row is said to be “{name}”: no share of them is right.")
    ).format(rows=rows_in_words(said), name=name, count=whole(hits), precision=f"{precision:.2f}")
    # Two numbers decide about the words, and a catalog's plural knows one.
    recalled = (
        trn(
            "Of {rows} that is “{name}”, {count} was found (recall {recall}).",
            "Of {rows} that is “{name}”, {count} were found (recall {recall}).",
            hits,
        )
        if real == 1
        else trn(
            "Of {rows} that are “{name}”, {count} was found (recall {recall}).",
            "Of {rows} that are “{name}”, {count} were found (recall {recall}).",
            hits,
        )
    ).format(rows=rows_in_words(real), name=name, count=whole(hits), recall=f"{recall:.2f}")
    return f"{named}<br>{recalled}"


def _total(names: tuple[str, ...], counts: Counts) -> str:
    """Say the most important in one line."""
    f1 = summary(counts).f1
    said = tr("F1 of “{name}” {f1}") if len(names) == 2 else tr("average F1 {f1}")
    f1_in_words = said.format(name=escape(shown_name(names[1])), f1=f"{f1:.2f}")
    return f"{_accuracy(names, counts)} · {f1_in_words}"


def _accuracy(names: tuple[str, ...], counts: Counts) -> str:
    accuracy = summary(counts).accuracy
    support = counts.sum(axis=1)
    largest = escape(shown_name(names[support.argmax()]))
    guess = float(shares(support.max(), support.sum()))
    right = tr("Accuracy {percent} %").format(percent=f"{100 * accuracy:.1f}")
    guessed = tr("always guessing “{name}”: {percent} %").format(name=largest, percent=f"{100 * guess:.1f}")
    return f"<b>{right}</b> · {guessed}"
