"""What is seen while one run makes way for another."""

from hands import panel_of, wait_for, wait_until
from PySide6.QtCore import Qt

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import State

SHORT = Experiment().with_value("training.epochs", 2)


def empty_hints(lab):
    return {name: panel_of(lab, name).hint for name in ("loss", "gradients", "confusion")}


def test_another_experiment_empties_the_lab_at_once(lab, qtbot, click):
    lab.open(SHORT)
    wait_for(qtbot, lab, State.READY)
    click(lab.transport.buttons["run"])
    wait_for(qtbot, lab, State.FINISHED)
    lab.open(SHORT.with_value("data.source", "moons"))
    assert [hint.text() for hint in empty_hints(lab).values() if hint.isVisible()] == 3 * ["Loading…"]
    assert lab.readouts.tiles["Training loss"].value.text() == "–"
    assert panel_of(lab, "loss").as_table() is None
    wait_for(qtbot, lab, State.READY)
    assert lab.frame.experiment.data.source == "moons"
    assert lab.frame.progress.update == 0


def test_what_is_pressed_while_a_run_is_built_counts(lab, qtbot):
    lab.open(SHORT)
    wait_for(qtbot, lab, State.READY)
    lab.addActions(list(lab.commands.all()))
    lab.setFocus()
    seen = []
    lab.snapshot_shown.connect(lambda snapshot: seen.append(snapshot.state))
    lab.open(SHORT.with_value("data.source", "moons"))
    qtbot.keyClick(lab, Qt.Key.Key_Space)
    wait_until(qtbot, lambda: State.FINISHED in seen)
    assert seen[0] is State.LOADING
    assert lab.frame.progress.epoch == 2
