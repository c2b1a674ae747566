"""The table of runs: what it says, and what its buttons ask for."""

from dataclasses import replace

import numpy as np
import pytest
from made_up import race_snapshots
from PySide6.QtCore import Qt

from gradlab.experiment.schema import Experiment
from gradlab.experiment.words import differences_in_words
from gradlab.instruments.records import Band, Curves, Mark, Progress, Snapshot
from gradlab.window.panels.bus import PinWish
from gradlab.window.panels.compare.panel import ComparePanel


@pytest.fixture
def panel(show_widget, theme, bus):
    made = ComparePanel()
    made.join(bus)
    return show_widget(made, 640, 260)


@pytest.fixture
def snapshot():
    return race_snapshots()[-1]


def texts(panel, row):
    model = panel.model
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_each_run_has_a_row_with_what_is_different_about_it(panel, snapshot):
    panel.show_snapshot(snapshot)
    assert [texts(panel, row)[0] for row in range(3)] == [
        "every update",
        "never\nZero gradients: never",
        "Digits\nLearning rate: 0.5",
    ]
    assert texts(panel, 0)[1:] == ["1,290", "0.0133", "0.0160", "99.3%", "99.3%"]


def test_every_run_has_its_colour(panel, snapshot, theme):
    panel.show_snapshot(snapshot)
    for row, token in enumerate(("lane.1", "lane.2", "lane.3")):
        icon = panel.model.index(row, 0).data(Qt.ItemDataRole.DecorationRole)
        assert icon.pixmap(12, 12).toImage().pixelColor(6, 6) == theme.color(token)


def test_the_best_numbers_and_the_shown_run_are_bold(panel, snapshot):
    panel.show_snapshot(snapshot)

    def is_bold(row, column):
        font = panel.model.index(row, column).data(Qt.ItemDataRole.FontRole)
        return font is not None and font.bold()

    assert [is_bold(row, 0) for row in range(3)] == [True, False, False]
    assert [is_bold(row, 3) for row in range(3)] == [True, False, False]
    assert not any(is_bold(row, 1) for row in range(3))


def test_choosing_a_row_shows_that_run(panel, snapshot, bus, qtbot, click_cell):
    panel.show_snapshot(snapshot)
    with qtbot.waitSignal(bus.lane_wanted) as wanted:
        click_cell(panel.table, 1)
    assert wanted.args == ["never"]
    with qtbot.waitSignal(bus.lane_wanted) as wanted:
        panel.show_snapshot(replace(snapshot, shown=snapshot.lanes[1].frame))
        qtbot.keyClick(panel.table, Qt.Key.Key_Up)
    assert wanted.args == ["every update"]


def test_new_frames_leave_the_choice_alone(panel, snapshot, bus, qtbot, click_cell):
    panel.show_snapshot(snapshot)
    click_cell(panel.table, 2)
    with qtbot.assertNotEmitted(bus.lane_wanted):
        panel.show_snapshot(race_snapshots()[-2])
    assert panel.table.currentIndex().row() == 2
    assert texts(panel, 0)[1] == "1,247"


def test_a_run_is_pinned_and_unpinned(panel, snapshot, bus, qtbot, click):
    panel.show_snapshot(snapshot)
    assert (panel.pin.text(), panel.pin.accessibleName()) == ("Pin", "Pin")
    with qtbot.waitSignal(bus.pin_wanted) as wanted:
        click(panel.pin)
    assert wanted.args == [PinWish(1, True)]
    panel.table.setCurrentIndex(panel.model.index(2, 0))
    assert panel.pin.text() == "Unpin"
    with qtbot.waitSignal(bus.pin_wanted) as wanted:
        click(panel.pin)
    assert wanted.args == [PinWish(3, False)]
    with qtbot.waitSignal(bus.pin_wanted) as wanted:
        qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert wanted.args == [PinWish(3, False)]


def test_running_again_offers_the_other_way_of_zeroing(panel, snapshot, bus, qtbot, click):
    panel.show_snapshot(snapshot)
    assert panel.again.text() == panel.again.accessibleName() == "Run again without zeroing"
    with qtbot.waitSignal(bus.run_again_wanted):
        click(panel.again)
    never = snapshot.lanes[1].frame
    panel.show_snapshot(Snapshot(never, snapshot.lanes))
    assert panel.again.text() == panel.again.accessibleName() == "Run again with zeroing"
    panel.show_snapshot(replace(snapshot, shown=replace(snapshot.shown, progress=Progress())))
    assert not panel.again.isEnabled()


def test_side_by_side_needs_two_to_four_runs(panel, snapshot, bus, qtbot, click):
    panel.show_snapshot(snapshot)
    with qtbot.waitSignal(bus.side_by_side.changed) as wanted:
        click(panel.side_by_side)
    assert wanted.args == [True]
    bus.side_by_side.set(False)  # ended elsewhere
    assert not panel.side_by_side.isChecked()
    panel.show_snapshot(replace(snapshot, lanes=snapshot.lanes[:1]))
    assert not panel.side_by_side.isEnabled()


def test_one_run_alone_gets_a_hint(panel, snapshot):
    panel.show_snapshot(replace(snapshot, lanes=snapshot.lanes[:1], pinned=()))
    assert panel.hint.isVisible()
    panel.show_snapshot(snapshot)
    assert not panel.hint.isVisible()


def test_without_any_run_the_table_is_empty(panel, snapshot):
    panel.show_snapshot(snapshot)
    panel.show_snapshot(Snapshot())
    assert panel.model.rowCount() == 0
    assert not panel.pin.isEnabled()
    assert panel.as_table() is None


def test_of_replicas_the_middle_one_is_shown_with_their_range(panel, snapshot):
    empty = np.empty(0)
    triples = np.array([[0.5, 0.1], [0.6, 0.2], [0.7, 0.3]])
    band = Band(9, empty, empty, empty, np.arange(2.0), np.arange(2.0), {"val_loss": triples})
    lane = replace(snapshot.lanes[0], band=band)
    panel.show_snapshot(replace(snapshot, lanes=(lane,)))
    assert texts(panel, 0)[3:] == ["0.200", "–", "–"]
    tip = panel.model.index(0, 3).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "The middle of 9 runs; most lie between 0.100 and 0.300."


def test_a_run_that_diverged_says_so(panel, snapshot):
    first = snapshot.lanes[0]
    curves = replace(first.frame.get(Curves), marks=(Mark(3, "diverged", "diverged"),))
    lane = replace(first, frame=first.frame.holding(curves))
    panel.show_snapshot(replace(snapshot, lanes=(lane, *snapshot.lanes[1:])))
    assert texts(panel, 0)[2] == "diverged"


@pytest.mark.parametrize("width", [300, 420, 900])
def test_the_names_have_room_in_a_small_panel(panel, snapshot, width, qtbot):
    panel.resize(width, 230)
    panel.show_snapshot(snapshot)
    qtbot.wait(1)
    name = panel.table.fontMetrics().horizontalAdvance("every update")
    assert panel.table.columnWidth(0) > name
    assert panel.table.isColumnHidden(5) == (width < 900)
    assert not panel.table.isColumnHidden(3)


def test_the_table_can_be_saved(panel, snapshot):
    panel.show_snapshot(snapshot)
    table = panel.as_table()
    assert table.header[:3] == ("run", "differs", "updates")
    assert list(table.rows)[1][:3] == ("never", "Zero gradients: never", 1290.0)


def test_differences_leave_names_and_replicas_out():
    one = Experiment()
    other = one.with_value("name", "x").with_value("replicas", 5).with_value("model.hidden", (8, 8))
    assert differences_in_words(one, one) == ""
    assert differences_in_words(one, other) == "Hidden layers: 8, 8"


def test_in_a_narrow_panel_what_a_run_changed_is_wrapped_and_not_cut(panel, snapshot):
    panel.show_snapshot(snapshot)
    wide = panel.table.rowHeight(1)
    panel.resize(300, 260)
    table, words = panel.table, texts(panel, 1)[0]
    room = table.visualRect(panel.model.index(1, 0)).adjusted(24, 0, -6, 0)
    needed = table.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, words)
    assert wide < needed.height() <= table.rowHeight(1)
