"""The confusion matrix: which classes are taken for which, and how good each one is."""

import numpy as np
from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from gradlab.instruments.records import Answers, Confusion, Counts, Frame, Table, counts_table
from gradlab.language import mark, shown_name, tr
from gradlab.window.panels.base import RunPanel
from gradlab.window.panels.bus import PanelBus, RowSelection, SettingChange
from gradlab.window.panels.confusion import ABOUT
from gradlab.window.panels.confusion.matrix_page import MatrixPage
from gradlab.window.panels.confusion.words import moments
from gradlab.window.widgets.threshold_slider import FollowedThreshold, in_figures
from gradlab.window.widgets.widgets import on_key

NO_ROWS = mark("No validation rows: set Validation share above 0.")
REGRESSION = mark(
    "A confusion matrix needs classes; this data set predicts a number. "
    "See “Data and predictions”: it is in the View menu."
)
LOWEST_LINES = 10  # with one line of totals


class ConfusionPanel(RunPanel):
    """Counts on the validation rows, true against predicted, with the measures of each class."""

    about = ABOUT
    nothing_yet = mark("Press Run or Epoch: after each epoch you see here which classes are taken for which.")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn: tuple[Answers, float] | None = None
        self._counts: Counts = np.zeros((0, 0), np.int64)
        self._threshold = FollowedThreshold()
        self.page = MatrixPage()
        self.set_content(self.page)
        self.page.curves_wanted.connect(self._arrange)
        self.page.table.cell_picked.connect(self._pick)
        self.page.epochs.moved.connect(self._redraw)
        for chooser in (self.page.curves, self.page.slider):
            chooser.tried.connect(self._try)
        self.page.curves.released.connect(self._settle)
        self.page.slider.chosen.connect(self._settle)
        on_key(self, "Esc", self._show_all)
        self.join(PanelBus(self))

    @override
    def join(self, bus: PanelBus) -> None:
        self._bus = bus
        bus.rows_selected.connect(self._note_selection)

    @override
    def as_table(self) -> Table | None:
        confusion = self.newest(Confusion)
        return counts_table(confusion.class_names, self._counts) if confusion is not None else None

    # --- drawing -----------------------------------------------------------------------------------------

    @override
    def forget(self) -> None:
        self._drawn = None
        self.page.table.matrix.clear()
        self.page.table.choose(None)
        self.page.epochs.forget()

    @override
    def follow(self, frame: Frame) -> None:
        if not self.page.slider.is_busy:
            self._threshold.follow(frame)
        is_first = self.newest(Confusion) is None
        confusion = self.take_new(frame.get(Confusion))
        if confusion is not None:
            epochs = [answers.epoch for answers in confusion.answers]
            self.page.epochs.set_epochs(epochs, confusion.epoch, confusion.every)
            if is_first:
                self._arrange()
        if not self.hint_for(frame):
            self._redraw()

    @override
    def hint_for(self, frame: Frame) -> str:
        if frame.task == "regression":
            return tr(REGRESSION)
        if self.newest(Confusion) is not None:
            return ""
        is_measured = frame.train_loss is not None
        return tr(NO_ROWS if is_measured and frame.val_loss is None else self.nothing_yet)

    @Slot()
    def _redraw(self) -> None:
        """Draw the chosen epoch and threshold, unless they are drawn already."""
        confusion = self.newest(Confusion)
        if confusion is None:
            return
        answers, threshold = confusion.at(self.page.epochs.epoch), self._threshold.value
        if self._drawn is not None and self._drawn[0] is answers and self._drawn[1] == threshold:
            return
        self._drawn = answers, threshold
        self._counts = confusion.counts(answers, threshold)
        self.page.table.choose(None)  # the rows in its cells have changed
        self.page.table.matrix.set_counts(confusion.class_names, self._counts)
        self.page.slider.show_value(threshold)
        self._draw_curves()
        self._show_words()

    def _draw_curves(self) -> None:
        confusion = self.newest(Confusion)
        if confusion is not None and self._drawn is not None and not self.page.curves.isHidden():
            answers, threshold = self._drawn
            self.page.curves.name_class(shown_name(confusion.class_names[1]))
            self.page.curves.show_rows(confusion.true, answers.scores, threshold)

    @Slot()
    def _arrange(self) -> None:
        confusion = self.newest(Confusion)
        is_binary = confusion is not None and len(confusion.class_names) == 2
        self.page.arrange(self.size(), is_binary=is_binary)
        self._draw_curves()

    def _show_words(self) -> None:
        confusion = self.newest(Confusion)
        if confusion is not None and self._drawn is not None:
            epoch = self.page.epochs.epoch
            words = moments(
                epoch, self._counts, is_best_back=confusion.is_best_back and epoch == confusion.epoch
            )
            self.page.show_words(confusion.class_names, self._counts, words, self.size())

    @override
    def minimumSizeHint(self) -> QSize:
        # The size with few words: many words would keep the panel too large to use fewer.
        hint = super().minimumSizeHint()
        height = LOWEST_LINES * self.fontMetrics().height()
        return QSize(min(hint.width(), self.page.least_width()), min(hint.height(), height))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._show_words()
        self.page.when.forget()
        self.page.totals.forget()

    # --- choosing ----------------------------------------------------------------------------------------

    @Slot(float)
    def _try(self, threshold: float) -> None:
        """Show at once what a threshold would bring, here and in other panels."""
        self._threshold.value = threshold
        self._redraw()
        self._bus.threshold_tried.emit(threshold)

    @Slot()
    def _settle(self) -> None:
        """Make the tried threshold the experiment's setting."""
        self._bus.setting_wanted.emit(SettingChange("training.threshold", self._threshold.value))

    @Slot(int, int)
    def _pick(self, true: int, predicted: int) -> None:
        """Show a cell's rows in other panels; if it is picked again, all rows."""
        confusion = self.newest(Confusion)
        if confusion is None or self._drawn is None:
            return
        rows = confusion.rows_of(*self._drawn, true, predicted)
        if self.page.table.look.chosen == (true, predicted) or not len(rows):
            self._show_all()
            return
        names, (answers, threshold) = confusion.class_names, self._drawn
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
        self.page.table.choose((true, predicted))

    @Slot()
    def _show_all(self) -> None:
        self._bus.rows_selected.emit(RowSelection(np.empty(0, np.int64)))

    @Slot(object)
    def _note_selection(self, selection: RowSelection) -> None:
        self.page.table.choose(None)
