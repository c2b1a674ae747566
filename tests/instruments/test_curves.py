"""What happened to a run is marked on its curves."""

import pytest
from plain_pytorch import STOPS_EARLY, experiment

from gradlab.instruments.curves import CurveRecorder
from gradlab.instruments.metrics import summary
from gradlab.instruments.records import Mark
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun


def test_curves_mark_live_changes_in_words():
    run = TrainingRun(experiment())
    recorder = CurveRecorder(run)
    for event in train(run):
        recorder.hear(event)
        if run.counters.updates == 3:
            run.change(experiment(gradients={"zero": "never"}))
    assert recorder.record().marks == (Mark(3, "Zero gradients every update → never", "change"),)


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"gradients": {"accumulate": 5, "tail": "drop"}}, "note"),
        ({"training": {"epochs": 50, "patience": 1, "min_delta": 1000}}, "end"),
        ({"optimizer": {"lr": 1000.0}, "model": {"hidden": [64, 64, 64], "init": "large"}}, "diverged"),
    ],
)
def test_marks_tell_notes_from_endings_and_from_what_went_wrong(settings, kind):
    run = TrainingRun(experiment(**settings))
    recorder = CurveRecorder(run)
    for event in train(run):
        recorder.hear(event)
    assert recorder.record().marks[-1].kind == kind


def recorded(settings):
    run = TrainingRun(settings)
    recorder = CurveRecorder(run)
    for event in train(run):
        recorder.hear(event)
    return run, recorder


def test_the_numbers_of_now_are_the_latest_epochs():
    _, recorder = recorded(experiment())
    assert recorder.record().now is recorder.record().epochs[-1]


def test_where_the_best_weights_are_back_the_numbers_of_now_are_the_best_epochs_and_a_mark_says_so():
    run, recorder = recorded(experiment(**STOPS_EARLY))
    curves = recorder.record()
    best = run.best.epoch
    assert best < curves.epochs[-1].epoch
    assert curves.now is curves.epochs[best]
    assert curves.marks[-2] == Mark(curves.epochs[best].update, f"best epoch {best}")


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.9])
def test_the_numbers_of_now_follow_the_threshold_in_force(threshold):
    settings = experiment(data={"source": "moons", "noise": 0.5})
    run, recorder = recorded(settings)
    before = recorder.now
    run.change(settings.with_value("training.threshold", threshold))
    now = recorder.now
    inputs, targets = run.evaluation.rows
    expected = summary(run.evaluation.counts(run.evaluation.outputs(inputs), targets, threshold))
    assert (now.val_accuracy, now.val_precision, now.val_recall, now.val_f1) == tuple(expected)
    assert now.val_loss == before.val_loss
    assert recorder.epochs[-1] is before
    run.change(settings)
    assert recorder.now == before
