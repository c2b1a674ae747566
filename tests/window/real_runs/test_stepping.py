"""Walking through an update in the window: real clicks, the real trainer, real numbers."""

import pytest
from hands import choose, panel_of, wait_for, wait_until
from watching import look

from gradlab.experiment import files
from gradlab.instruments.records import State
from gradlab.resources import resource
from gradlab.runs.observed_run import ObservedRun
from gradlab.window.panels.gradients.tile_painter import special_word

MOONS = files.load(resource("experiments", "4-moons.toml"))


def open_run(lab, qtbot, experiment=MOONS):
    lab.open(experiment)
    wait_for(qtbot, lab, State.READY)


@pytest.fixture
def step_to(lab, qtbot, click):
    """Click on Step phase, and wait until the window shows that this phase was done."""

    def step_to(phase):
        serial = lab.snapshot.serial
        click(lab.transport.buttons["step_phase"])
        wait_until(
            qtbot,
            lambda: (
                lab.snapshot.serial > serial
                and lab.state is not State.RUNNING
                and lab.frame.progress.phase == phase
                and panel_of(lab, "gradients").words.strip.isVisible()
            ),
        )

    return step_to


def shown(lab):
    """What a person reads: the lit phase, the place, the sentence, the lit line of code, the pictures' words."""
    gradients, code = panel_of(lab, "gradients"), panel_of(lab, "code")
    lines = [mark.cursor.block().text().strip() for mark in code.code.extraSelections()]
    said = [special_word(tile.pictures, tile.awaited) for _, tile in gradients.buffer.rows.all[0].tiles]
    words = [word and word[0] for word in said]
    return gradients.words.strip.lit, gradients.words.strip.place, lines, words


def test_a_newcomer_walks_through_a_whole_update(lab, qtbot, step_to):
    open_run(lab, qtbot)
    assert lab.transport.buttons["step_phase"].accessibleName() == "Step phase"
    assert not lab.panels.docks["code"].isVisible()
    loss = "loss = loss_function(model(inputs), targets)"
    walk = [
        ("zeroed", "Zero", "Update 1", "optimizer.zero_grad()", ["None", "not yet", "None"]),
        ("forward", "Forward", "Update 1", loss, ["None", "not yet", "None"]),
        ("backward", "Backward", "Update 1", "loss.backward()", ["None", None, None]),
        ("updated", "Update", "Update 1", "optimizer.step()", ["None", None, None]),
        ("zeroed", "Zero", "Update 2", "optimizer.zero_grad()", ["None", "not yet", "None"]),
    ]
    for phase, name, where, line, words in walk:
        step_to(phase)
        assert shown(lab) == (name, where, [line], words)
        assert panel_of(lab, "gradients").words.caption.text().startswith(f"{name}: ")
    assert lab.panels.docks["code"].isVisible()
    assert lab.readouts.tiles["Update"].value.text() == "1"


def test_the_code_panel_shows_itself_once_and_stays_closed_when_closed(lab, qtbot, step_to):
    open_run(lab, qtbot)
    step_to("zeroed")
    lab.panels.docks["code"].close()
    step_to("forward")
    assert not lab.panels.docks["code"].isVisible()


def test_step_batch_from_the_middle_of_an_update_ends_the_walk(lab, qtbot, step_to):
    open_run(lab, qtbot, MOONS.with_value("gradients.accumulate", 2))
    for phase in ("zeroed", "forward", "backward"):
        step_to(phase)
    assert shown(lab)[1] == "Update 1 · batch 1 of 2"
    lab.transport.buttons["step_batch"].click()
    gradients = panel_of(lab, "gradients")
    wait_until(qtbot, lambda: not gradients.words.strip.isVisible())
    assert lab.readouts.tiles["Update"].value.text() == "1"
    assert gradients.words.facts[0].text() == "Update 1 · batch 2 of 2"
    assert panel_of(lab, "code").code.extraSelections() == []


def test_reset_in_the_middle_of_an_update_starts_anew(lab, qtbot, step_to):
    open_run(lab, qtbot)
    step_to("zeroed")
    step_to("forward")
    assert lab.transport.buttons["reset"].isEnabled()
    lab.transport.buttons["reset"].click()
    wait_for(qtbot, lab, State.READY)
    assert panel_of(lab, "gradients").hint.isVisible()
    assert panel_of(lab, "code").code.extraSelections() == []
    step_to("zeroed")


def test_a_change_in_the_middle_of_an_update_holds_from_the_next(lab, qtbot, step_to):
    open_run(lab, qtbot)
    step_to("zeroed")
    choose(lab.form, "gradients.zero", "never")
    step_to("forward")
    assert "zero_grad" in panel_of(lab, "code").code.toPlainText()
    step_to("backward")
    step_to("updated")
    assert "zero_grad" not in panel_of(lab, "code").code.toPlainText()
    step_to("forward")
    assert panel_of(lab, "gradients").words.strip.names == ("Forward", "Backward", "Update")
    assert "earlier updates" in panel_of(lab, "gradients").words.caption.text()


def test_running_at_one_phase_per_second_walks_by_itself(lab, qtbot):
    open_run(lab, qtbot)
    lab.transport.speed.setCurrentIndex(lab.transport.speed.findText("One phase per second"))
    lab.transport.buttons["run"].click()
    strip = panel_of(lab, "gradients").words.strip
    seen = []

    def walked():
        if strip.isVisible() and strip.lit not in seen:
            seen.append(strip.lit)
        return len(seen) == 3

    wait_until(qtbot, walked)
    assert lab.panels.docks["code"].isVisible()
    assert seen == ["Zero", "Forward", "Backward"]
    lab.transport.buttons["run"].click()
    wait_for(qtbot, lab, State.PAUSED)
    assert lab.readouts.tiles["Update"].value.text() in ("0", "1")


def test_going_on_at_full_speed_from_the_middle_of_an_update_ends_as_a_run_without_steps(lab, qtbot, step_to):
    short = MOONS.with_value("training.epochs", 1)
    open_run(lab, qtbot, short)
    for phase in ("zeroed", "forward"):
        step_to(phase)
    lab.transport.buttons["run"].click()
    wait_for(qtbot, lab, State.FINISHED)
    alone = ObservedRun(short)
    alone.step_epoch()
    assert lab.frame.val_loss == look(alone, frozenset()).val_loss
