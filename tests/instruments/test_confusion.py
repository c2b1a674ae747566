"""Answers are kept exactly, in bounded memory."""

import numpy as np
import pytest
import sklearn.metrics
from plain_pytorch import experiment

from gradlab.instruments.confusion import OVERHEAD, ConfusionRecorder
from gradlab.training.events import EpochEnded, Finished
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun
from gradlab.training.stack import Stack


def watched(run, **settings):
    """Train; return what was kept, and the events of the epochs."""
    recorder = ConfusionRecorder(run, **settings)
    ended = []
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, EpochEnded):
            ended.append(event)
    return recorder.record(), ended, event


def moons(**training):
    return experiment(data={"source": "moons", "noise": 0.3}, training={"epochs": 12, **training})


@pytest.mark.parametrize("settings", [moons(), experiment(), moons(loss="mse", threshold=0.3)])
def test_every_epochs_matrix_is_the_one_that_the_run_measured(settings):
    run = TrainingRun(settings)
    record, ended, _ = watched(run)
    assert [answers.epoch for answers in record.answers] == [event.epoch for event in ended]
    for answers, event in zip(record.answers, ended, strict=True):
        np.testing.assert_array_equal(record.counts(answers, run.experiment.training.threshold), event.counts)


def test_a_cells_rows_are_those_of_the_data_set_that_it_counts():
    run = TrainingRun(experiment())
    record, *_ = watched(run)
    newest, targets = record.answers[-1], run.split.dataset.targets
    counts = record.counts(newest, 0.5)
    for true in range(10):
        for predicted in range(10):
            rows = record.rows_of(newest, 0.5, true, predicted)
            assert len(rows) == counts[true, predicted]
            assert (targets[rows] == true).all()
            assert np.isin(rows, run.split.validation_rows).all()


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_at_any_threshold_the_matrix_is_scikit_learns(threshold):
    run = TrainingRun(moons())
    record, *_ = watched(run)
    scores = run.objective.scores(run.evaluation.outputs(run.evaluation.rows[0]))[:, 1].numpy()
    expected = sklearn.metrics.confusion_matrix(record.true, scores >= threshold, labels=[0, 1])
    np.testing.assert_array_equal(record.counts(record.answers[-1], threshold), expected)


def test_over_its_limit_it_keeps_the_first_the_best_and_the_newest_epoch_and_a_few_between():
    run = TrainingRun(moons(epochs=100))
    rows = len(run.evaluation.rows[1])
    record, ended, _ = watched(run, memory=10 * (4 * rows + OVERHEAD))
    kept = [answers.epoch for answers in record.answers]
    assert len(kept) <= 10
    assert record.every > 1
    best = min(ended[1:], key=lambda event: event.val_loss).epoch
    assert {0, best, 100} <= set(kept)
    assert all(epoch % record.every == 0 or epoch in (best, 100) for epoch in kept)
    measured = {event.epoch: event.counts for event in ended}
    for answers in record.answers:
        np.testing.assert_array_equal(record.counts(answers, 0.5), measured[answers.epoch])


def test_however_little_memory_there_is_the_first_the_best_and_the_newest_stay():
    record, ended, _ = watched(TrainingRun(moons(epochs=9)), memory=0)
    best = min(ended[1:], key=lambda event: event.val_loss).epoch
    kept = {answers.epoch for answers in record.answers}
    assert {0, best, 9} <= kept
    assert len(kept) <= 3


def test_where_the_best_weights_came_back_their_epoch_is_the_present_one():
    run = TrainingRun(
        experiment(
            data={"source": "moons", "noise": 0.5}, training={"epochs": 60, "patience": 2, "batch_size": 8}
        )
    )
    record, _, ending = watched(run)
    assert isinstance(ending, Finished)
    assert ending.restored
    assert record.epoch == ending.best_epoch < record.answers[-1].epoch
    here = next(answers for answers in record.answers if answers.epoch == record.epoch)
    now = run.evaluation.counts(run.evaluation.outputs(run.evaluation.rows[0]), run.evaluation.rows[1], 0.5)
    np.testing.assert_array_equal(record.counts(here, 0.5), now)


def test_regressions_and_runs_without_validation_rows_have_no_answers():
    assert watched(TrainingRun(experiment(data={"source": "line"})))[0] is None
    assert watched(TrainingRun(experiment(data={"source": "iris", "validation": 0.0})))[0] is None


def test_runs_that_are_trained_in_one_computation_have_each_their_own_answers():
    runs = [TrainingRun(moons().with_value("seed", seed)) for seed in (0, 1)]
    stack = Stack(runs)
    recorders = {id(run): ConfusionRecorder(run) for run in runs}
    measured = {id(run): [] for run in runs}
    for event in train(stack):
        if isinstance(event, EpochEnded):
            for run, own in stack.each(event):
                recorders[id(run)].hear(own)
                measured[id(run)].append(own.counts)
    for number, recorder in recorders.items():
        record = recorder.record()
        ours = [record.counts(answers, 0.5) for answers in record.answers]
        np.testing.assert_array_equal(ours, measured[number])
