"""What happened to a run is marked on its curves."""

import pytest
from plain_pytorch import experiment

from gradlab.instruments.curves import CurveRecorder
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
    assert [mark.kind for mark in recorder.record().marks] == [kind]
