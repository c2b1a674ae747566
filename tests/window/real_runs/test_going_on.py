"""The end of a run and the ways on from there: real clicks, a real run."""

from hands import wait_for, wait_until

from gradlab.experiment import files
from gradlab.instruments.records import Curves, State
from gradlab.resources import resource

MOONS = files.load(resource("experiments", "4-moons.toml")).with_value("training.epochs", 2)


def run_to_the_end(lab, qtbot, click):
    lab.open(MOONS)
    wait_for(qtbot, lab, State.READY)
    click(lab.transport.buttons["run"])
    wait_for(qtbot, lab, State.FINISHED)
    wait_until(qtbot, lab.end_bar.isVisible)


def test_a_click_trains_twenty_epochs_more_from_where_the_run_has_ended(lab, qtbot, click):
    run_to_the_end(lab, qtbot, click)
    assert "after 2 epochs" in lab.end_bar.text.text()
    run = lab.frame.run
    click(lab.end_bar.buttons["train_on"])
    wait_until(qtbot, lambda: lab.frame.progress.epoch == 22 and lab.state is State.FINISHED)
    assert lab.frame.run == run
    assert len(lab.frame.get(Curves).epochs) == 23
    assert lab.form.fields["training.epochs"].box.value == 22
    assert not lab.form.reset_bar.isVisible()
    wait_until(qtbot, lambda: "after 22 epochs" in lab.end_bar.text.text())


def test_a_reset_from_the_bar_begins_anew_and_takes_the_bar_away(lab, qtbot, click):
    run_to_the_end(lab, qtbot, click)
    click(lab.end_bar.buttons["reset"])
    wait_for(qtbot, lab, State.READY)
    assert not lab.end_bar.isVisible()


def test_epochs_lowered_after_the_end_make_no_nonsense(lab, qtbot, click):
    run_to_the_end(lab, qtbot, click)
    lab.form.set_value("training.epochs", 1)
    wait_until(qtbot, lambda: lab.frame.progress.epochs == 1)
    assert lab.state is State.FINISHED
    assert lab.readouts.tiles["Epoch"].value.text() == "2"
    assert lab.transport.progress.value() == lab.transport.progress.maximum()


def test_a_pause_is_announced_and_then_there(unhurried, lab, qtbot, click):
    lab.open(MOONS.with_value("training.epochs", 500))
    wait_for(qtbot, lab, State.READY)
    assert lab.transport.speed.currentText() == "To watch"
    click(lab.transport.buttons["run"])
    wait_until(qtbot, lambda: lab.frame.progress.update > 20)
    assert lab.transport.status.text() in ("Running · 24 s left", "Running · 25 s left")
    click(lab.transport.buttons["run"])
    assert lab.transport.status.text() == "Pausing…"
    wait_for(qtbot, lab, State.PAUSED)
    assert lab.transport.status.text() == "Paused"
