"""What the lab says is wrong with a run, and what comes of it: with clicks, down to the training thread."""

import pytest
from hands import choose, panel_of, wait_for, wait_until
from plain_pytorch import experiment
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from gradlab.diagnosis.finding import Advice, Change
from gradlab.diagnosis.trial import AS_IT_WAS, CHANGED
from gradlab.experiment import files
from gradlab.instruments.records import Curves, State
from gradlab.resources import resource
from gradlab.window.charts.formatting import short
from gradlab.window.panels.bus import TrialWish
from gradlab.window.panels.diagnosis.found import findings_of

NEVER = {"gradients__zero": "never", "training__epochs": 4}


@pytest.fixture
def open_and_run(lab, qtbot, click):
    def open_and_run(opened=None, **changes):
        lab.open(opened or experiment(**changes))
        wait_until(qtbot, lambda: lab.state is State.READY and bool(lab.snapshot.lanes))
        click(lab.transport.buttons["run"])
        wait_for(qtbot, lab, State.FINISHED)

    return open_and_run


def diagnosis(lab):
    return panel_of(lab, "diagnosis")


def ids(lab):
    return [row.finding.id for row in diagnosis(lab).rows]


def try_first(lab, qtbot, click):
    """Open the panel, press *Try this* at the leading finding, and wait for both runs."""
    click(lab.strip)
    before = lab.frame.run
    click(diagnosis(lab).rows[0].try_first)
    wait_until(qtbot, lambda: lab.frame.run > before and len(lab.snapshot.lanes) == 2)
    wait_for(qtbot, lab, State.FINISHED)


def test_the_strip_says_what_is_wrong_and_unfolds_to_all_of_it(lab, qtbot, open_and_run, click):
    assert lab.strip.words == "Nothing wrong with these settings"
    open_and_run(**NEVER)
    assert lab.strip.words.startswith("Problem: Gradients are not cleared")
    assert not lab.panels.docks["diagnosis"].isVisible()
    click(lab.strip)
    assert diagnosis(lab).isVisible()
    assert ids(lab)[0] == "not_cleared"
    assert lab.strip.words.endswith("more") == (len(ids(lab)) > 1)
    click(lab.strip)
    assert not lab.panels.docks["diagnosis"].isVisible()


def test_a_healthy_run_is_said_to_be_fine(lab, open_and_run, click):
    open_and_run(files.load(resource("experiments", "1-digits.toml")))
    assert lab.strip.words == "Nothing wrong so far"
    click(lab.strip)
    assert diagnosis(lab).fine.isVisible()
    assert diagnosis(lab).as_table() is None


def test_what_is_tried_trains_beside_the_run_as_it_was_and_says_what_came_out(
    lab, qtbot, open_and_run, click
):
    open_and_run(**NEVER)
    try_first(lab, qtbot, click)
    lanes = {lane.name: lane.frame for lane in lab.snapshot.lanes}
    assert {name: frame.experiment.gradients.zero for name, frame in lanes.items()} == {
        AS_IT_WAS: "never",
        CHANGED: "every_update",
    }
    starts = [frame.get(Curves).epochs[0] for frame in lanes.values()]
    assert starts[0] == starts[1]
    assert lanes[CHANGED].val_loss < lanes[AS_IT_WAS].val_loss
    said = diagnosis(lab).trial.text.text()
    assert said.startswith("It helped. With “Zero gradients: every update”, the validation loss is ")
    assert f"{lanes[CHANGED].val_accuracy:.1%}" in said
    assert f"{lanes[AS_IT_WAS].val_accuracy:.1%}" in said
    assert "after 4 epochs" in said
    assert lab.strip.words == f"Trial: {said}"


@pytest.mark.parametrize(
    "optimizer",
    [{"kind": "sgd", "lr": 0.05}, {"kind": "adam", "lr": 0.003}],
)
def test_what_did_not_help_is_said_as_well(lab, qtbot, open_and_run, click, optimizer):
    open_and_run(gradients={"accumulate": 2, "scale": "sum"}, optimizer=optimizer)
    try_first(lab, qtbot, click)
    verdict = {"sgd": "It made things worse.", "adam": "It did not help."}[optimizer["kind"]]
    assert diagnosis(lab).trial.text.text().startswith(verdict)


def test_a_trial_can_be_left_as_it_was(lab, qtbot, open_and_run, click):
    open_and_run(optimizer__lr=0.0)
    try_first(lab, qtbot, click)
    click(diagnosis(lab).trial.drop)
    wait_until(qtbot, lambda: len(lab.snapshot.lanes) == 1 and lab.state is State.READY)
    assert lab.experiment == experiment(optimizer__lr=0.0)
    assert not diagnosis(lab).trial.isVisible()


def test_a_change_that_helped_can_be_kept(lab, qtbot, open_and_run, click):
    open_and_run(**NEVER)
    try_first(lab, qtbot, click)
    click(diagnosis(lab).trial.keep)
    wait_until(qtbot, lambda: len(lab.snapshot.lanes) == 1 and lab.state is State.READY)
    assert lab.experiment == experiment(**{**NEVER, "gradients__zero": "every_update"})
    assert lab.form.fields["gradients.zero"].combo.currentData() == "every_update"
    assert not diagnosis(lab).trial.isVisible()


def test_other_advice_is_in_a_menu(lab, qtbot, open_and_run, click):
    open_and_run(gradients__accumulate=2, gradients__scale="sum")
    click(lab.strip)
    row = next(row for row in diagnosis(lab).rows if row.finding.id == "sum_not_mean")
    click(row.others)
    menu = next(menu for menu in row.findChildren(QMenu) if menu.isVisible())
    other = menu.actions()[0]
    assert other.text() == "Or divide the learning rate by 2."
    place = menu.actionGeometry(other).center()
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=place)
    wait_until(qtbot, lambda: len(lab.snapshot.lanes) == 2)
    wait_for(qtbot, lab, State.FINISHED)
    lanes = {lane.name: lane.frame.experiment for lane in lab.snapshot.lanes}
    assert lanes[CHANGED].optimizer.lr == 0.05
    assert lanes[CHANGED].gradients.scale == "sum"


def test_what_no_variant_can_change_is_trained_anew_beside_the_run_that_was_kept(
    lab, qtbot, open_and_run, click
):
    open_and_run(**NEVER)
    before, loss = lab.frame.run, lab.frame.val_loss
    click(lab.strip)
    several = Advice("Train several runs.", (Change("replicas", 2), Change("gradients.zero", "every_update")))
    lab.panels.bus.trial_wanted.emit(TrialWish(diagnosis(lab).rows[0].finding, several))
    wait_until(qtbot, lambda: lab.frame.run > before and lab.state is State.FINISHED)
    assert [lane.frame.run for lane in lab.snapshot.pinned] == [before]
    assert lab.experiment.replicas == 2
    said = diagnosis(lab).trial.text.text()
    assert said.startswith("It helped. With “Zero gradients: every update”, the validation loss is ")
    assert f"instead of {short(loss)} " in said


def test_another_experiment_ends_the_trial(lab, qtbot, open_and_run, click):
    open_and_run(**NEVER)
    try_first(lab, qtbot, click)
    lab.open(experiment())
    wait_until(qtbot, lambda: len(lab.snapshot.lanes) == 1 and lab.state is State.READY)
    assert lab.adviser.trial is None
    assert lab.strip.words == "Nothing wrong with these settings"


def test_show_me_brings_the_panel_forward_and_marks_the_curve(lab, qtbot, open_and_run, click):
    open_and_run(**NEVER)
    click(lab.strip)
    assert lab.panels.docks["gradients"].visibleRegion().isEmpty()
    overlay = panel_of(lab, "loss").charts.loss.overlay
    marks = [mark for mark in overlay.marks if mark.text == "Gradients are not cleared"]
    assert [mark.loud for mark in marks] == [True]
    assert marks[0].until is None
    click(diagnosis(lab).rows[0].show_me)
    qtbot.waitUntil(lambda: not lab.panels.docks["gradients"].visibleRegion().isEmpty())
    (mark,) = [mark for mark in overlay.marks if mark.text == "Gradients are not cleared"]
    assert mark.until > mark.x


def test_the_setting_concerned_is_marked_and_says_why(lab, qtbot, open_and_run):
    open_and_run(**NEVER)
    field = lab.form.fields["gradients.zero"]
    assert field.found.isVisible()
    assert "Gradients are not cleared" in field.found.toolTip()
    assert "Gradients are not cleared" in field.editor.accessibleDescription()
    others = [other for key, other in lab.form.fields.items() if key != "gradients.zero"]
    assert not any(
        other.found.isVisible() for other in others if other.found and other.setting.key not in keys(lab)
    )
    choose(lab.form, "gradients.zero", "every_update")
    lab.control.reset()
    wait_until(qtbot, lambda: lab.state is State.READY)
    assert not field.found.isVisible()
    assert field.editor.accessibleDescription() == field.setting.help


def keys(lab):
    return {finding.key for finding in findings_of(lab.frame)}


def test_what_cannot_go_well_is_said_beside_the_field_before_training(lab, qtbot):
    lab.open(experiment())
    wait_for(qtbot, lab, State.READY)
    field = lab.form.fields["gradients.zero"]
    assert field.message == ""
    choose(lab.form, "gradients.zero", "never")
    assert field.message.startswith("The gradients are never zeroed")
    assert field.message.endswith("Zero the gradients before every update.")
    assert not field.is_refused
    assert lab.control.may_start()
    choose(lab.form, "gradients.zero", "every_update")
    assert field.message == ""


def test_key_d_opens_and_closes_it(lab, qtbot, open_and_run):
    open_and_run(**NEVER)
    assert lab.strip.action.shortcut().toString() == "D"
    for expected in (True, False):
        lab.strip.action.trigger()
        assert lab.panels.docks["diagnosis"].isVisible() is expected


def test_the_table_has_a_row_per_finding(lab, open_and_run, click):
    open_and_run(**NEVER)
    click(lab.strip)
    table = diagnosis(lab).as_table()
    assert [row[0] for row in table.rows] == ids(lab)
