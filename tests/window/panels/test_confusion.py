import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFontMetrics
from PySide6.QtTest import QSignalSpy

from gradlab.instruments.records import Answers, Confusion, Frame
from gradlab.window.panels.confusion import BEFORE, NO_ROWS, REGRESSION, ConfusionPanel
from gradlab.window.plots.confusion_model import ConfusionModel, Show, short_percent
from gradlab.window.plots.contrast import contrast
from gradlab.window.theme.tokens import Theme

DIGITS = tuple("0123456789")


def answers(counts, epoch):
    """What a model said that brings these counts."""
    _, predicted = cells(counts)
    if len(counts) == 2:
        return Answers(epoch, np.where(predicted, 0.9, 0.1).astype(np.float32))
    return Answers(epoch, np.full(len(predicted), 0.5, np.float32), predicted.astype(np.uint16))


def cells(counts):
    """The true and the predicted class of each row that is counted."""
    counts = np.array(counts, np.int64)
    return tuple(np.repeat(axis, counts.ravel()) for axis in np.divmod(np.arange(counts.size), len(counts)))


def confusion(counts, names=None, epoch=7, earlier=()):
    """A record of epoch 7 and the epochs before it; each list of counts has the same rows of each class."""
    true, _ = cells(counts)
    first = epoch - len(earlier)
    kept = tuple(answers(each, first + number) for number, each in enumerate((*earlier, counts)))
    rows = 1000 + np.arange(len(true))
    return Confusion(epoch, names or DIGITS[: len(counts)], rows, true, kept)


def frame(shown, serial=1, run=0):
    return Frame(serial=serial, run=run, confusion=shown, train_loss=1.0, val_loss=1.0)


def digit_counts():
    counts = np.full((10, 10), 1, np.int64)
    np.fill_diagonal(counts, 38)
    counts[3] = [0, 0, 0, 33, 0, 0, 0, 0, 4, 0]
    return counts


def digits():
    return confusion(digit_counts())


@pytest.fixture
def panel(qtbot):
    made = ConfusionPanel(Theme.load("light"))
    qtbot.addWidget(made)
    made.resize(420, 330)
    made.show()
    return made


def spoken(view):
    """All that a screen reader finds in a table: the names of its header cells and cells."""
    interface = QAccessible.queryAccessibleInterface(view)
    return [interface.child(number).text(QAccessible.Text.Name) for number in range(interface.childCount())]


def cell_texts(table):
    model = table.matrix
    return [[model.cell_text(row, column) for column in range(model.classes)] for row in range(model.classes)]


def test_the_table_can_be_read_cell_by_cell_with_a_screen_reader(panel):
    panel.show_frame(frame(digits()))
    interface = QAccessible.queryAccessibleInterface(panel.table)
    assert interface.role() == QAccessible.Role.Table
    columns, rows, corner = 10 + 4, 10, 1
    assert interface.childCount() == rows * columns + rows + columns + corner
    texts = spoken(panel.table)
    assert "true 3, predicted 8: 4 of 37 rows (11 %)" in texts
    assert "true 3" in texts
    assert "predicted 8" in texts
    assert "3: Recall 0.89" in texts


def test_the_header_line_says_when_and_on_how_many_rows(panel):
    panel.resize(560, 330)
    panel.show_frame(frame(confusion([[3, 1], [0, 5]])))
    assert panel.when.text() == "After epoch 7 · 9 validation rows"
    panel.show_frame(frame(confusion([[1, 0], [0, 0]], epoch=0), serial=2))
    assert panel.when.text() == "Before training · 1 validation row"


def test_a_small_panel_uses_fewer_words_and_keeps_the_rest_in_tooltips(panel):
    panel.resize(300, 250)
    panel.show_frame(frame(confusion([[90, 0, 0], [5, 5, 0], [0, 0, 0]], names=("ham", "spam", "eggs"))))
    assert panel.when.text() == "Epoch 7 · 100 rows"
    assert panel.when.toolTip() == "After epoch 7 · 100 validation rows"
    assert "<br>" not in panel.totals.text()
    assert "Accuracy 95.0 %" in panel.totals.text()
    assert "Average: precision 0.65 · recall 0.50 · F1 0.55" in panel.totals.toolTip()
    panel.resize(500, 400)
    assert panel.when.text() == "After epoch 7 · 100 validation rows"
    assert "Average: precision 0.65 · recall 0.50 · F1 0.55" in panel.totals.text()


def test_where_the_cells_need_the_room_the_number_of_rows_gives_way(panel):
    counts = np.diag(np.full(12, 800))
    panel.resize(330, 330)
    panel.show_frame(frame(confusion(counts, names=tuple("abcdefghijkl"))))
    assert panel.table.isColumnHidden(12 + 3)
    assert not panel.table.isColumnHidden(12 + 2)
    panel.resize(900, 330)
    assert not panel.table.isColumnHidden(12 + 3)


def test_totals_compare_with_always_guessing_the_largest_class(panel):
    panel.resize(420, 420)
    panel.show_frame(frame(confusion([[89, 1], [5, 5]], names=("ham", "<b>spam"))))
    text = panel.totals.text()
    assert "Accuracy 94.0 %" in text
    assert "always guessing “ham”: 90.0 %" in text
    assert "Of 6 rows said to be “&lt;b&gt;spam”, 5 are (precision 0.83)." in text
    assert "Of 10 rows that are “&lt;b&gt;spam”, 5 were found (recall 0.50)." in text


def test_two_classes_are_explained_as_hits_misses_and_false_alarms(panel):
    panel.show_frame(frame(confusion([[90, 3], [5, 5]], names=("ham", "spam"))))
    model = panel.table.matrix
    tips = [
        model.data(model.index(row, column), Qt.ItemDataRole.ToolTipRole)
        for row in (0, 1)
        for column in (0, 1)
    ]
    names = ["True negative (TN)", "False positive (FP)", "False negative (FN)", "True positive (TP)"]
    assert all(name in tip for name, tip in zip(names, tips, strict=True))
    assert "a false alarm, taken for “spam” but is not." in tips[1]


def test_a_class_that_is_never_predicted_says_why_its_precision_is_0(panel):
    panel.show_frame(frame(confusion([[3, 0, 0], [2, 0, 0], [0, 0, 4]])))
    model = panel.table.matrix
    precision = model.index(1, 3)
    assert model.data(precision) == "0.00"
    assert "No row was predicted as this class" in model.data(precision, Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (Show.COUNTS, [["6", "2"], ["1", "1"]]),
        (Show.ROW, [["75", "25"], ["50", "50"]]),
        (Show.COLUMN, [["86", "33"], ["14", "67"]]),
    ],
)
def test_the_cells_show_what_is_chosen(panel, show, expected):
    panel.show_frame(frame(confusion([[6, 2], [1, 1] if show is not Show.COLUMN else [1, 4]])))
    panel.show_box.setCurrentIndex(panel.show_box.findData(show))
    assert cell_texts(panel.table) == expected


@given(
    st.integers(2, 6).flatmap(
        lambda n: st.lists(st.lists(st.integers(0, 99), min_size=n, max_size=n), min_size=n, max_size=n)
    )
)
def test_shares_sum_to_everything_or_to_nothing(rows):
    counts = np.array(rows)
    model = ConfusionModel()
    model.set_counts(tuple("abcdef"[: len(counts)]), counts)
    np.testing.assert_allclose(model.shares.sum(axis=1), counts.any(axis=1))
    model.set_show(Show.COLUMN)
    np.testing.assert_allclose(model.shares.sum(axis=0), counts.any(axis=0))


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_some_never_reads_as_none_nor_nearly_all_as_all(part, whole):
    text = short_percent(min(part, whole) / whole)
    assert (text == "0") == (part == 0)
    assert (text == "100") == (part >= whole)


def test_equal_counts_draw_nothing_and_new_ones_rebuild_nothing(panel):
    panel.show_frame(frame(digits()))
    changed, reset = QSignalSpy(panel.table.matrix.dataChanged), QSignalSpy(panel.table.matrix.modelReset)
    panel.show_frame(frame(digits(), serial=2))
    assert (changed.count(), reset.count()) == (0, 0)
    other = digit_counts()
    other[0, 1] += 1
    panel.show_frame(frame(confusion(other), serial=3))
    assert (changed.count(), reset.count()) == (1, 0)


@pytest.mark.parametrize(
    ("size", "shows"), [((450, 258), (0, 1, 2)), ((420, 340), (0, 1, 2)), ((320, 340), (0,))]
)
def test_ten_classes_fit_into_a_small_panel_without_scrolling(panel, qtbot, size, shows):
    panel.resize(*size)
    panel.show_frame(frame(digits()))
    qtbot.waitUntil(lambda: panel.table.columnWidth(0) > 0)
    for show in shows:
        panel.show_box.setCurrentIndex(show)
        assert panel.table.horizontalScrollBar().maximum() == 0
        assert panel.table.verticalScrollBar().maximum() == 0
        assert panel.table.fonts.cell.pointSizeF() >= 8


def test_long_class_names_are_cut_off_but_told_in_full(panel):
    long = "a very long name of a class, longer than any table is wide"
    panel.show_frame(frame(confusion([[1, 0], [0, 1]], names=("short", long))))
    table = panel.table
    full = QFontMetrics(table.fonts.header).horizontalAdvance(long)
    assert table.verticalHeader().width() < min(full, panel.width() / 2)
    for side in Qt.Orientation.Horizontal, Qt.Orientation.Vertical:
        assert long in table.matrix.headerData(1, side, Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize(
    ("empty", "expected"),
    [
        (Frame(), BEFORE),
        (Frame(task="regression", train_loss=1.0), REGRESSION),
        (Frame(train_loss=1.0), NO_ROWS),
    ],
)
def test_without_a_matrix_the_panel_says_why(panel, empty, expected):
    panel.show_frame(empty)
    assert panel.hint.isVisible()
    assert panel.hint.text() == expected


def test_a_new_run_forgets_the_old_one_and_a_frame_without_counts_does_not(panel):
    panel.show_frame(frame(digits()))
    panel.show_frame(Frame(serial=2, train_loss=1.0, val_loss=1.0))
    assert panel.table.isVisible()
    panel.show_frame(Frame(serial=3, run=1))
    assert panel.hint.isVisible()
    assert panel.table.matrix.classes == 0
    panel.show_frame(frame(digits(), serial=4, run=1))
    assert panel.table.isVisible()


def test_every_cell_takes_its_colour_from_the_theme_and_stays_readable(panel):
    panel.show_frame(frame(confusion([[1, 0], [0, 1]])))
    for name in ("dark", "light"):
        theme = Theme.load(name)
        panel.apply_theme(theme)
        picture = panel.table.viewport().grab().toImage()
        inside = panel.table.visualRect(panel.table.matrix.index(0, 0)).topLeft()
        assert picture.pixelColor(inside.x() + 3, inside.y() + 3) == theme.color("heat.right")
        shades = panel.table.right + panel.table.wrong
        assert min(contrast(fill, ink) for fill, ink in shades) >= 4.5


def test_the_names_of_the_pointed_row_and_column_follow_the_keyboard(panel, qtbot):
    panel.show_frame(frame(digits()))
    panel.table.setCurrentIndex(panel.table.matrix.index(0, 0))
    qtbot.keyClick(panel.table, Qt.Key.Key_Right)
    assert (panel.table.pointed.row(), panel.table.pointed.column()) == (0, 1)
