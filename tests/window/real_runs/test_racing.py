"""Runs that race, in the real window: with clicks, down to the training thread."""

import pytest
from hands import panel_of, wait_for, wait_until
from plain_pytorch import experiment
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from gradlab.instruments.records import BufferState, Curves, State

VARIANTS = [
    {"name": "every update", "gradients": {"zero": "every_update"}},
    {"name": "never", "gradients": {"zero": "never"}},
]
SMALL = {
    "data": {"source": "moons", "samples": 100},
    "model": {"hidden": [6]},
    "training": {"epochs": 3, "batch_size": 20, "device": "cpu"},
}


@pytest.fixture
def open_and_run(lab, qtbot, click):
    def open_and_run(**changes):
        lab.open(experiment(**{**SMALL, **changes}))
        wait_until(qtbot, lambda: lab.state is State.READY and bool(lab.snapshot.lanes))
        click(lab.transport.buttons["run"])
        wait_for(qtbot, lab, State.FINISHED)

    return open_and_run


def compare(lab):
    return panel_of(lab, "compare")


def lane_docks(lab):
    return [dock for dock in lab.panels.docks.values() if dock.lane]


def names(lab):
    return [row.lane.name for row in compare(lab).model.rows]


def test_variants_race_and_the_chosen_one_is_shown(lab, qtbot, open_and_run, click_cell):
    open_and_run(variants=VARIANTS)
    assert lab.panels.docks["compare"].isVisible()
    assert names(lab) == ["every update", "never"]
    click_cell(compare(lab).table, 1)
    qtbot.waitUntil(lambda: lab.frame.experiment.gradients.zero == "never")
    assert [row.is_shown for row in compare(lab).model.rows] == [False, True]
    assert lab.form.variants.text() == "2 runs race: every update (as below); never (Zero gradients: never)"


def test_one_click_runs_again_without_zeroing_and_keeps_the_run(lab, qtbot, open_and_run, click):
    open_and_run()
    first = lab.snapshot
    lab.panels.show_panel("compare")
    qtbot.waitUntil(lambda: compare(lab).again.isEnabled() and compare(lab).isVisible())
    click(compare(lab).again)
    qtbot.waitUntil(lambda: lab.frame.run > first.shown.run and len(compare(lab).model.rows) == 2)
    wait_for(qtbot, lab, State.FINISHED)
    assert lab.experiment.gradients.zero == "never"
    now, before = compare(lab).model.rows
    assert before.is_earlier
    assert before.lane.frame.get(Curves).update_loss.tolist() == first.shown.get(Curves).update_loss.tolist()
    assert before.lane.token == first.lanes[0].token != now.lane.token
    assert compare(lab).again.text() == "Run again with zeroing"
    assert lab.commands.again.text() == "Run again with zeroing"
    lab.commands.again.trigger()
    qtbot.waitUntil(lambda: len(compare(lab).model.rows) == 3)
    wait_for(qtbot, lab, State.FINISHED)
    assert lab.experiment.gradients.zero == "every_update"


def test_running_a_race_again_takes_the_run_that_is_shown(lab, qtbot, open_and_run, click, click_cell):
    open_and_run(variants=VARIANTS)
    click_cell(compare(lab).table, 1)
    qtbot.waitUntil(lambda: compare(lab).again.text() == "Run again with zeroing")
    click(compare(lab).again)
    qtbot.waitUntil(lambda: len(lab.snapshot.lanes) == 1)
    wait_for(qtbot, lab, State.FINISHED)
    assert lab.experiment.variants == ()
    assert lab.experiment.gradients.zero == "every_update"
    assert names(lab) == ["never", "never (earlier)"]


def test_a_pinned_run_stays_through_a_reset_and_another_experiment_until_it_is_unpinned(
    lab, qtbot, open_and_run, click, click_cell
):
    open_and_run()
    lab.panels.show_panel("compare")
    click(compare(lab).pin)
    qtbot.waitUntil(lambda: compare(lab).pin.text() == "Unpin")
    click(lab.transport.buttons["reset"])
    qtbot.waitUntil(lambda: names(lab) == ["Digits", "Digits (earlier)"])
    lab.open(experiment(**{**SMALL, "name": "Other"}))
    qtbot.waitUntil(lambda: names(lab) == ["Other", "Digits"])
    click_cell(compare(lab).table, 1)
    click(compare(lab).pin)
    qtbot.waitUntil(lambda: names(lab) == ["Other"])


def test_side_by_side_gives_every_run_panels_of_its_own_and_takes_them_away(
    lab, qtbot, wear, open_and_run, click
):
    open_and_run(variants=VARIANTS)
    before = {name: dock.isVisible() for name, dock in lab.panels.docks.items()}
    click(compare(lab).side_by_side)
    docks = lane_docks(lab)
    titles = [dock.findChild(QLabel, "dockTitleText").text() for dock in docks]
    assert titles == [
        "Gradients · every update",
        "Confusion matrix · every update",
        "Gradients · never",
        "Confusion matrix · never",
    ]
    gradients = [docks[0].panel, docks[2].panel]
    qtbot.waitUntil(lambda: all(panel.isVisible() and panel.buffer.rows.all for panel in gradients))
    lanes = {lane.name: lane.frame for lane in lab.snapshot.lanes}
    qtbot.waitUntil(lambda: all(lane.frame.get(BufferState) is not None for lane in lab.snapshot.lanes))
    assert {name: frame.experiment.gradients.zero for name, frame in lanes.items()} == {
        "every update": "every_update",
        "never": "never",
    }
    qtbot.waitUntil(lambda: abs(docks[0].width() - docks[2].width()) < 30)
    panel = wear("dark").color("surface.panel").name()
    assert all(panel in matrix.panel.page.table.styleSheet() for matrix in (docks[1], docks[3]))
    click(compare(lab).side_by_side)
    assert not lane_docks(lab)
    assert {name: dock.isVisible() for name, dock in lab.panels.docks.items()} == before


def test_side_by_side_ends_with_the_race(lab, qtbot, open_and_run, click):
    open_and_run(variants=VARIANTS)
    click(compare(lab).side_by_side)
    assert lane_docks(lab)
    lab.open(experiment(**SMALL))
    wait_until(qtbot, lambda: not lane_docks(lab))
    assert not compare(lab).side_by_side.isChecked()


def test_side_by_side_stays_through_a_reset(lab, qtbot, open_and_run, click):
    open_and_run(variants=VARIANTS)
    run = lab.frame.run
    click(compare(lab).side_by_side)
    click(lab.transport.buttons["reset"])
    qtbot.waitUntil(lambda: lab.frame.run > run)
    assert len(lane_docks(lab)) == 4


def test_replicas_are_trained_and_their_middle_is_shown(lab, open_and_run):
    open_and_run(replicas=5)
    assert lab.snapshot.lanes[0].band.runs == 5
    assert lab.form.fields["replicas"].editor.value == 5
    tip = compare(lab).model.index(0, 3).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("The middle of 5 runs")


def test_four_runs_have_room_beside_each_other_because_the_form_makes_way(lab, qtbot, open_and_run, click):
    names = ("one", "two", "three", "a run whose name is much too long for its title bar")
    open_and_run(variants=[{"name": name} for name in names])
    click(compare(lab).side_by_side)
    fronts = lane_docks(lab)[::2]
    qtbot.waitUntil(lambda: max(dock.width() for dock in fronts) - min(dock.width() for dock in fronts) < 30)
    assert not lab.panels.docks["experiment"].isVisible()
    qtbot.waitUntil(lambda: fronts[-1].geometry().right() <= lab.panels.width())
    click(compare(lab).side_by_side)
    assert lab.panels.docks["experiment"].isVisible()
