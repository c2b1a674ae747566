from dataclasses import replace

import numpy as np
import pytest
import sklearn.metrics
from eyes import heard
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible, QFontMetrics
from PySide6.QtTest import QSignalSpy

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Answers, Confusion, Frame
from gradlab.window.panels.bus import RowSelection, SettingChange
from gradlab.window.panels.confusion.cell_words import rows_in_words, short_percent
from gradlab.window.panels.confusion.confusion_model import ConfusionModel, Show
from gradlab.window.panels.confusion.contrast import contrast
from gradlab.window.panels.confusion.panel import NO_ROWS, REGRESSION, ConfusionPanel

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
    return Frame(run=run, train_loss=1.0, val_loss=1.0).holding(shown)


def digit_counts():
    counts = np.full((10, 10), 1, np.int64)
    np.fill_diagonal(counts, 38)
    counts[3] = [0, 0, 0, 33, 0, 0, 0, 0, 4, 0]
    return counts


def digits():
    return confusion(digit_counts())


@pytest.fixture
def panel(show_widget, bus):
    made = ConfusionPanel()
    made.join(bus)
    return show_widget(made, 420, 330)


def spoken(view):
    """All that a screen reader finds in a table: the names of its header cells and cells."""
    interface = QAccessible.queryAccessibleInterface(view)
    return [interface.child(number).text(QAccessible.Text.Name) for number in range(interface.childCount())]


def cell_texts(table):
    model = table.matrix
    return [[model.cell_text(row, column) for column in range(model.classes)] for row in range(model.classes)]


def test_the_table_can_be_read_cell_by_cell_with_a_screen_reader(panel):
    panel.show_frame(frame(digits()))
    interface = QAccessible.queryAccessibleInterface(panel.page.table)
    assert interface.role() == QAccessible.Role.Table
    columns, rows, corner = 10 + 4, 10, 1
    assert interface.childCount() == rows * columns + rows + columns + corner
    texts = spoken(panel.page.table)
    assert "true 3, predicted 8: 4 of 37 rows (11%)" in texts
    assert "true 3" in texts
    assert "predicted 8" in texts
    assert "3: Recall 89.2%" in texts


def test_the_header_line_says_when_and_on_how_many_rows(panel):
    panel.resize(560, 330)
    panel.show_frame(frame(confusion([[3, 1], [0, 5]])))
    assert panel.page.when.text() == "After epoch 7 · 9 validation rows"
    panel.show_frame(frame(confusion([[1, 0], [0, 0]], epoch=0), serial=2))
    assert panel.page.when.text() == "Before training · 1 validation row"


def test_a_small_panel_uses_fewer_words_and_keeps_the_rest_in_tooltips(panel):
    average = "Average: precision 64.9% · recall 50.0% · F1 54.7%"
    panel.resize(300, 200)
    panel.show_frame(frame(confusion([[90, 0, 0], [5, 5, 0], [0, 0, 0]], names=("ham", "spam", "eggs"))))
    assert panel.page.when.text() == "Epoch 7 · 100 rows"
    assert panel.page.when.toolTip() == "After epoch 7 · 100 validation rows"
    assert "<br>" not in panel.page.totals.text()
    assert "Accuracy 95.0%" in panel.page.totals.text()
    assert average in panel.page.totals.toolTip()
    panel.resize(500, 400)
    assert panel.page.when.text() == "After epoch 7 · 100 validation rows"
    assert average in panel.page.totals.text()


def test_the_best_epoch_is_named_where_its_weights_are_back(panel):
    seen = confusion([[9, 1], [5, 5]], names=("ham", "spam"))
    panel.resize(900, 400)
    panel.show_frame(frame(replace(seen, is_best_back=True)))
    assert panel.page.when.text() == "Best epoch, 7: its weights are back · 20 validation rows"
    assert panel.page.when.toolTip() == panel.page.when.text()


def test_where_the_cells_need_the_room_measures_give_way_from_the_last(panel):
    panel.show_frame(frame(confusion(np.diag(np.full(12, 800)), names=tuple("abcdefghijkl"))))
    shown = []
    for width in (330, 420, 470, 900):
        panel.resize(width, 330)
        hidden = [panel.page.table.isColumnHidden(12 + number) for number in range(4)]
        assert hidden == sorted(hidden)
        shown.append(hidden.count(False))
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0, 4)
    assert 0 < shown[2] < 4


def test_a_narrow_table_writes_one_sign_above_all_shares(panel):
    panel.show_frame(frame(digits()))
    look = panel.page.table.look
    written = []
    for width in (330, 900):
        panel.resize(width, 330)
        written.append((look.measure_value(1, 0.976), look.measure_value(3, 1200)))
    assert written == [("97.6", "1,200"), ("97.6%", "1,200")]


def test_totals_compare_with_always_guessing_the_largest_class(panel):
    panel.resize(420, 420)
    panel.show_frame(frame(confusion([[89, 1], [5, 5]], names=("ham", "<b>spam"))))
    text = panel.page.totals.text()
    assert "Accuracy 94.0%" in text
    assert "always guessing “ham”: 90.0%" in text
    assert "Of 6 rows said to be “&lt;b&gt;spam”, 5 are (precision 83.3%)." in text
    assert "Of 10 rows that are “&lt;b&gt;spam”, 5 were found (recall 50.0%)." in text


def test_two_classes_are_explained_as_hits_misses_and_false_alarms(panel):
    panel.show_frame(frame(confusion([[90, 3], [5, 5]], names=("ham", "spam"))))
    model = panel.page.table.matrix
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
    model = panel.page.table.matrix
    precision = model.index(1, 3)
    assert model.data(precision) == "0.0%"
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
    panel.page.show_box.setCurrentIndex(panel.page.show_box.findData(show))
    assert cell_texts(panel.page.table) == expected


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
    changed, reset = (
        QSignalSpy(panel.page.table.matrix.dataChanged),
        QSignalSpy(panel.page.table.matrix.modelReset),
    )
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
    qtbot.waitUntil(lambda: panel.page.table.columnWidth(0) > 0)
    for show in shows:
        panel.page.show_box.setCurrentIndex(show)
        assert panel.page.table.horizontalScrollBar().maximum() == 0
        assert panel.page.table.verticalScrollBar().maximum() == 0
        assert panel.page.table.look.cell.pointSizeF() >= 8


def test_where_ten_classes_are_too_high_only_the_rows_are_scrolled(panel, qtbot):
    panel.resize(434, 200)
    panel.show_frame(frame(digits()))
    qtbot.waitUntil(lambda: panel.page.table.verticalScrollBar().maximum() > 0)
    assert panel.page.table.horizontalScrollBar().maximum() == 0


def test_long_class_names_are_cut_off_but_told_in_full(panel):
    long = "a very long name of a class, longer than any table is wide"
    panel.show_frame(frame(confusion([[1, 0], [0, 1]], names=("short", long))))
    table = panel.page.table
    full = QFontMetrics(table.look.header).horizontalAdvance(long)
    assert table.verticalHeader().width() < min(full, panel.width() / 2)
    for side in Qt.Orientation.Horizontal, Qt.Orientation.Vertical:
        assert long in table.matrix.headerData(1, side, Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize(
    ("empty", "expected"),
    [
        (Frame(), ConfusionPanel.nothing_yet),
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
    panel.show_frame(Frame(train_loss=1.0, val_loss=1.0))
    assert panel.page.table.isVisible()
    panel.show_frame(Frame(run=1))
    assert panel.hint.isVisible()
    assert panel.page.table.matrix.classes == 0
    panel.show_frame(frame(digits(), serial=4, run=1))
    assert panel.page.table.isVisible()


def test_every_cell_takes_its_colour_from_the_theme_and_stays_readable(panel, wear):
    panel.show_frame(frame(confusion([[1, 0], [0, 1]])))
    for name in ("dark", "light"):
        theme = wear(name)
        picture = panel.page.table.viewport().grab().toImage()
        inside = panel.page.table.visualRect(panel.page.table.matrix.index(0, 0)).topLeft()
        assert picture.pixelColor(inside.x() + 3, inside.y() + 3) == theme.color("heat.right")
        shades = panel.page.table.look.right + panel.page.table.look.wrong
        assert min(contrast(fill, ink) for fill, ink in shades) >= 4.5


def test_the_names_of_the_pointed_row_and_column_follow_the_keyboard(panel, qtbot):
    panel.show_frame(frame(digits()))
    panel.page.table.setCurrentIndex(panel.page.table.matrix.index(0, 0))
    qtbot.keyClick(panel.page.table, Qt.Key.Key_Right)
    assert (panel.page.table.look.pointed.row(), panel.page.table.look.pointed.column()) == (0, 1)


# --- picking cells, going back, trying thresholds ------------------------------------------------------------


def binary(threshold=0.5, serial=1, run=0, epoch=1):
    """Two classes with scores of all kinds."""
    true = np.array([0, 0, 0, 0, 1, 1, 1, 0, 1, 1])
    early = np.array([0.9, 0.1, 0.6, 0.4, 0.2, 0.3, 0.7, 0.2, 0.6, 0.1], np.float32)
    late = np.array([0.1, 0.2, 0.7, 0.3, 0.9, 0.8, 0.6, 0.4, 0.35, 0.95], np.float32)
    kept = (Answers(0, early), Answers(1, late))[: epoch + 1]
    record = Confusion(epoch, ("ham", "spam"), 50 + np.arange(10), true, kept)
    experiment = Experiment().with_value("training.threshold", threshold)
    return replace(frame(record, serial, run), experiment=experiment)


def scikit_learns(shown, epoch, threshold):
    record = shown.get(Confusion)
    return sklearn.metrics.confusion_matrix(record.true, record.at(epoch).scores >= threshold, labels=[0, 1])


def test_a_click_on_a_cell_selects_its_rows_and_says_which_they_are(panel, bus, click_cell):
    said = heard(bus.rows_selected)
    panel.show_frame(frame(digits()))
    click_cell(panel.page.table, 3, 8)
    (selection,) = said
    rows, words = selection.rows, selection.words
    true, predicted = cells(digit_counts())
    np.testing.assert_array_equal(rows, 1000 + np.flatnonzero((true == 3) & (predicted == 8)))
    assert words == "true 3, predicted 8, after epoch 7"
    assert panel.page.table.look.chosen == (3, 8)


def test_a_second_click_an_empty_cell_and_escape_show_all_rows_again(panel, bus, qtbot, click_cell):
    panel.show_frame(frame(digits()))
    panel.activateWindow()
    qtbot.waitActive(panel)
    for let_go in (
        lambda: click_cell(panel.page.table, 3, 8),
        lambda: click_cell(panel.page.table, 3, 0),
        lambda: qtbot.keyClick(panel.page.table, Qt.Key.Key_Escape),
    ):
        click_cell(panel.page.table, 3, 8)
        assert panel.page.table.look.chosen == (3, 8)
        said = heard(bus.rows_selected)
        let_go()
        assert len(said[-1].rows) == 0
        assert panel.page.table.look.chosen is None


def test_enter_picks_the_cell_that_the_keyboard_is_at_and_measures_are_no_cells(panel, bus, qtbot):
    said = heard(bus.rows_selected)
    panel.show_frame(frame(digits()))
    panel.page.table.setCurrentIndex(panel.page.table.matrix.index(3, 8))
    qtbot.keyClick(panel.page.table, Qt.Key.Key_Return)
    assert [len(selection.rows) for selection in said] == [4]
    panel.page.table.setCurrentIndex(panel.page.table.matrix.index(3, 11))
    qtbot.keyClick(panel.page.table, Qt.Key.Key_Return)
    assert len(said) == 1


def test_a_cell_is_no_longer_marked_once_it_counts_other_rows(panel, bus, click_cell):
    panel.show_frame(binary())
    click_cell(panel.page.table, 1, 1)
    assert panel.page.table.look.chosen == (1, 1)
    panel.page.slider.slider.setValue(900)
    assert panel.page.table.look.chosen is None


def test_rows_that_another_panel_selects_unmark_the_cell(panel, bus, click_cell):
    panel.show_frame(frame(digits()))
    click_cell(panel.page.table, 3, 8)
    bus.rows_selected.emit(RowSelection(np.array([1, 2]), "rows of another panel"))
    assert panel.page.table.look.chosen is None


def test_the_matrix_follows_the_newest_epoch_until_one_goes_back(panel):
    early, middle, late = [[5, 0], [5, 0]], [[4, 1], [3, 2]], [[5, 0], [0, 5]]
    panel.show_frame(frame(confusion(early, epoch=0)))
    panel.show_frame(frame(confusion(middle, epoch=1, earlier=[early]), serial=2))
    np.testing.assert_array_equal(panel.page.table.matrix.counts.matrix, middle)
    assert panel.page.epochs.newest.isHidden()
    panel.page.epochs.slider.setValue(0)
    np.testing.assert_array_equal(panel.page.table.matrix.counts.matrix, early)
    panel.show_frame(frame(confusion(late, epoch=2, earlier=[early, middle]), serial=3))
    np.testing.assert_array_equal(panel.page.table.matrix.counts.matrix, early)
    panel.page.epochs.newest.click()
    np.testing.assert_array_equal(panel.page.table.matrix.counts.matrix, late)
    assert panel.page.epochs.newest.isHidden()


def test_a_new_run_starts_at_its_newest_epoch_again(panel):
    early, late = [[5, 0], [5, 0]], [[5, 0], [0, 5]]
    panel.show_frame(frame(confusion(late, epoch=1, earlier=[early])))
    panel.page.epochs.slider.setValue(0)
    panel.show_frame(frame(confusion(late, epoch=1, earlier=[early]), serial=2, run=1))
    np.testing.assert_array_equal(panel.page.table.matrix.counts.matrix, late)


def test_playing_goes_through_all_epochs_and_ends_at_the_newest(panel, qtbot):
    many = [[[5 - n % 5, n % 5], [1, 4]] for n in range(6)]
    panel.show_frame(frame(confusion(many[-1], epoch=5, earlier=many[:-1])))
    seen = []
    panel.page.epochs.moved.connect(lambda: seen.append(panel.page.epochs.epoch))
    panel.page.epochs.play.click()
    assert panel.page.epochs.play.accessibleName() == "Hold"
    qtbot.waitUntil(lambda: not panel.page.epochs.is_back and len(seen) > 1)
    assert seen == [0, 1, 2, 3, 4, 5]
    assert panel.page.epochs.play.accessibleName() == "Play the epochs"


def test_playing_goes_beyond_the_best_epoch_whose_weights_are_back(panel, qtbot):
    many = [[[5 - n % 5, n % 5], [1, 4]] for n in range(6)]
    record = replace(confusion(many[-1], epoch=5, earlier=many[:-1]), epoch=3)
    panel.show_frame(frame(record))
    assert panel.page.epochs.epoch == 3
    panel.page.epochs.play.click()
    qtbot.waitUntil(lambda: panel.page.epochs.epoch == 5)
    panel.page.epochs.newest.click()
    assert panel.page.epochs.epoch == 3


def test_holding_stays_at_the_epoch_that_was_reached(panel):
    many = [[[5 - n % 5, n % 5], [1, 4]] for n in range(6)]
    panel.show_frame(frame(confusion(many[-1], epoch=5, earlier=many[:-1])))
    panel.page.epochs.play.click()
    panel.page.epochs.play.click()
    assert panel.page.epochs.epoch == 0
    assert not panel.page.epochs.newest.isHidden()


def test_it_says_where_only_some_epochs_are_kept(panel):
    record = replace(confusion([[5, 0], [0, 5]], epoch=8, earlier=[[[4, 1], [0, 5]]]), every=4)
    panel.show_frame(frame(record))
    assert panel.page.epochs.text.text() == "8 · one in 4 kept"


@pytest.mark.parametrize("threshold", [0.0, 0.35, 0.7, 1.0])
def test_while_the_threshold_slides_the_matrix_and_what_is_said_follow(panel, bus, threshold):
    shown = binary()
    panel.resize(420, 420)
    panel.show_frame(shown)
    tried, wanted = heard(bus.threshold_tried), heard(bus.setting_wanted)
    panel.page.slider.slider.setSliderDown(True)
    panel.page.slider.slider.setValue(round(1000 * threshold))
    expected = scikit_learns(shown, 1, threshold)
    np.testing.assert_array_equal(panel.page.table.matrix.counts.matrix, expected)
    said = expected[:, 1].sum()
    words = (
        f"Of {rows_in_words(said)} said to be “spam”, {expected[1, 1]}"
        if said
        else "No row is said to be “spam”"
    )
    assert words in panel.page.totals.text()
    assert tried == [threshold]
    assert wanted == []
    panel.page.slider.slider.setSliderDown(False)
    assert wanted == [SettingChange("training.threshold", threshold)]


def test_the_keyboard_moves_the_threshold_and_it_settles_by_itself(panel, bus, qtbot):
    panel.show_frame(binary())
    wanted = heard(bus.setting_wanted)
    for _ in range(3):
        qtbot.keyClick(panel.page.slider.slider, Qt.Key.Key_Right)
    assert panel.page.slider.text.text() == "0.53"
    assert wanted == []
    qtbot.waitUntil(lambda: wanted == [SettingChange("training.threshold", 0.53)])


def test_the_threshold_that_was_tried_stays_until_the_setting_changes(panel):
    panel.show_frame(binary(0.5))
    panel.page.slider.slider.setSliderDown(True)
    panel.page.slider.slider.setValue(300)
    panel.page.slider.slider.setSliderDown(False)
    panel.show_frame(binary(0.5, serial=2))  # of before the setting changed
    assert panel.page.slider.value == 0.3
    panel.show_frame(binary(0.3, serial=3))
    assert panel.page.slider.value == 0.3
    panel.show_frame(binary(0.125, serial=4))  # typed into the form
    assert panel.page.slider.value == 0.125
    assert panel.page.slider.text.text() == "0.125"


def test_earlier_epochs_are_judged_by_the_present_threshold(panel):
    shown = binary(0.65)
    panel.show_frame(shown)
    panel.page.epochs.slider.setValue(0)
    np.testing.assert_array_equal(panel.page.table.matrix.counts.matrix, scikit_learns(shown, 0, 0.65))


def test_more_than_two_classes_have_no_threshold(panel):
    panel.show_frame(frame(digits()))
    assert panel.page.slider.isHidden()
    assert panel.page.curves_button.isHidden()
    panel.show_frame(binary(run=1))
    assert not panel.page.slider.isHidden()
    assert not panel.page.curves_button.isHidden()


def test_the_curves_tell_their_areas_and_mark_the_threshold(panel):
    shown = binary()
    panel.resize(700, 400)
    panel.show_frame(shown)
    panel.page.curves_button.setChecked(True)
    true, scores = shown.get(Confusion).true, shown.get(Confusion).at(1).scores
    curves = panel.page.curves
    assert curves.of_class.text() == "Precision and recall of: spam"
    assert f"{sklearn.metrics.average_precision_score(true, scores):.3f}" in curves.precision_title.text()
    assert f"{sklearn.metrics.roc_auc_score(true, scores):.3f}" in curves.roc_title.text()
    predicted = scores >= 0.5
    recall = sklearn.metrics.recall_score(true, predicted)
    marks = [np.array(plot.mark.getData()).ravel() for plot in (curves.precision, curves.roc)]
    np.testing.assert_allclose(marks[0], [recall, sklearn.metrics.precision_score(true, predicted)])
    np.testing.assert_allclose(marks[1], [predicted[true == 0].mean(), recall])


def test_a_click_on_a_curve_takes_that_threshold(panel, bus, qtbot, click):
    shown = binary()
    panel.resize(700, 420)
    panel.show_frame(shown)
    panel.page.curves_button.setChecked(True)
    plot = panel.page.curves.roc
    qtbot.waitUntil(lambda: plot.view.sceneBoundingRect().height() > 50)
    wanted = heard(bus.setting_wanted)
    place = plot.mapFromScene(plot.view.mapViewToScene(QPointF(0.0, 0.6)))
    click(plot.viewport(), place)
    (change,) = wanted
    key, threshold = change.key, change.value
    assert key == "training.threshold"
    expected = scikit_learns(shown, 1, threshold)
    np.testing.assert_array_equal(expected, [[5, 0], [2, 3]])
    np.testing.assert_array_equal(panel.page.table.matrix.counts.matrix, expected)
    assert panel.page.slider.value == threshold


@pytest.mark.parametrize(
    ("size", "has_matrix"), [((320, 300), False), ((420, 230), False), ((620, 300), True), ((360, 700), True)]
)
def test_the_curves_take_the_place_of_the_matrix_only_where_there_is_no_room_for_both(
    panel, size, has_matrix
):
    panel.resize(*size)
    panel.show_frame(binary())
    panel.page.curves_button.setChecked(True)
    assert panel.page.curves.isVisible()
    assert panel.page.table.isVisible() == has_matrix
    panel.page.curves_button.setChecked(False)
    assert panel.page.table.isVisible()
    assert not panel.page.curves.isVisible()


def test_every_control_has_a_name_and_explains_itself(panel):
    panel.show_frame(binary())
    controls = [
        *(
            panel.page.slider.slider,
            panel.page.epochs.slider,
            panel.page.epochs.play,
            panel.page.epochs.newest,
        ),
        *(panel.page.curves_button, panel.page.show_box),
    ]
    assert all(control.accessibleName() and control.toolTip() for control in controls)
    assert all(control.focusPolicy() & Qt.FocusPolicy.TabFocus for control in controls)


def test_many_words_do_not_keep_the_panel_high(panel):
    names = ("a class with quite a long name", "another one")
    panel.resize(300, 500)
    panel.show_frame(frame(confusion([[30, 1], [2, 40]], names)))
    assert panel.minimumSizeHint().height() <= 10 * panel.fontMetrics().height()
