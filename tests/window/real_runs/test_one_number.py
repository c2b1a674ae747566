"""What stands in several places of the lab is the same everywhere."""

import pytest
from hands import panel_of, wait_for, wait_until
from PySide6.QtCore import Qt

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Confusion, SignalFlow, State
from gradlab.window.charts.formatting import whole

MOONS = Experiment().with_value("data.source", "moons").with_value("data.noise", 0.5)


def train(lab, qtbot, experiment):
    lab.open(experiment)
    wait_for(qtbot, lab, State.READY)
    lab.commands.run.trigger()
    wait_for(qtbot, lab, State.FINISHED)


def tile(lab, caption):
    return lab.readouts.tiles[caption].value.text()


def legend(lab):
    charts = panel_of(lab, "loss").charts
    return {curve.kind.field: curve.key.value for curve in (*charts.losses, *charts.metrics)}


def agree(lab):
    accuracy = tile(lab, "Validation accuracy")
    keys = legend(lab)
    assert tile(lab, "Training loss") == keys["train_loss"]
    assert tile(lab, "Validation loss") == keys["val_loss"]
    assert accuracy == keys["val_accuracy"]
    assert f"Accuracy {accuracy}" in panel_of(lab, "confusion").page.totals.toolTip()
    return accuracy


def test_tile_legend_and_matrix_agree_after_early_stopping_and_say_why(lab, qtbot):
    stops = MOONS.with_value("training.epochs", 200).with_value("optimizer.lr", 0.5)
    train(lab, qtbot, stops.with_value("training.patience", 3))
    best = lab.frame.measured
    assert lab.frame.is_best_back
    assert best < lab.frame.progress.epoch
    agree(lab)
    assert f"best epoch, {best}" in lab.readouts.tiles["Validation loss"].toolTip()
    assert f"Best epoch, {best}" in panel_of(lab, "confusion").page.when.toolTip()


def test_another_threshold_takes_effect_in_all_places_at_once(lab, qtbot):
    train(lab, qtbot, MOONS.with_value("training.epochs", 5))
    before = agree(lab)
    slider = panel_of(lab, "confusion").page.slider.slider
    slider.setFocus()
    for _ in range(8):
        qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    wait_until(qtbot, lambda: tile(lab, "Validation accuracy") != before)
    agree(lab)
    assert not lab.form.reset_bar.isVisible()
    assert lab.frame.get(Confusion) is not None


def test_a_measure_of_a_class_is_written_as_in_the_sentence_below_and_in_the_chart(lab, qtbot):
    train(lab, qtbot, MOONS.with_value("training.epochs", 5))
    page, keys = panel_of(lab, "confusion").page, legend(lab)
    model = page.table.matrix
    for name, column in (("precision", 2), ("recall", 3)):
        shown = model.data(model.index(1, column))
        assert shown == keys[f"val_{name}"]
        assert f"{name} {shown}" in page.totals.toolTip().replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("updates", [3, 7])
def test_at_rest_the_network_is_that_of_the_update_in_the_tile(lab, qtbot, updates):
    lab.open(MOONS.with_value("training.epochs", 2000))
    lab.panels.show_panel("network")  # an experiment opens with its own panels
    wait_for(qtbot, lab, State.READY)
    lab.commands.run.trigger()
    wait_until(qtbot, lambda: lab.frame.progress.update > 20 * updates)
    lab.commands.run.trigger()
    wait_for(qtbot, lab, State.PAUSED)
    shown = lab.frame.get(SignalFlow)
    assert whole(shown.update) == tile(lab, "Update")
    assert f"Update {tile(lab, 'Update')};" in panel_of(lab, "network").caption.text()
    each = panel_of(lab, "loss").charts.updates.key.value
    assert f"loss {each}" in panel_of(lab, "network").caption.text()
