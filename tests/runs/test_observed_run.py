"""A session goes on at any pace, and every pace gives the same run."""

import csv
import json

import pytest
import torch
from plain_pytorch import STOPS_EARLY, drain, experiment, weights
from watching import look

from gradlab.instruments.records import (
    BufferState,
    ComputeLandscape,
    Confusion,
    Curves,
    DataView,
    Landscape,
    Timeline,
)
from gradlab.runs.observed_run import ObservedRun
from gradlab.training.run import TrainingRun


def test_steps_and_frames_do_not_change_the_run():
    alone = TrainingRun(experiment(model={"dropout": 0.2}))
    drain(alone)
    session = ObservedRun(experiment(model={"dropout": 0.2}))
    session.step_update()
    look(session)
    session.step_epoch()
    while session.ending is None:
        session.step_update()
        look(session, at_rest=False)
    assert torch.equal(weights(alone.model), weights(session.run.model))


def test_step_batch_goes_to_the_next_update_through_all_its_micro_batches():
    session = ObservedRun(experiment(gradients={"accumulate": 4}))
    session.step_update()
    assert (session.run.counters.updates, session.run.counters.micro_batches) == (1, 4)


def test_the_last_step_of_an_epoch_and_of_a_run_brings_their_end_with_it():
    session = ObservedRun(experiment(training={"epochs": 1, "batch_size": 1000}))
    session.step_update()
    assert look(session).progress.epoch == 0
    session.step_update()
    assert look(session).progress.epoch == 1
    assert session.ending.reason == "finished"


@pytest.mark.parametrize("tail", ["carry", "drop"])
def test_left_over_batches_at_an_epochs_end_do_not_stop_the_steps(tail):
    session = ObservedRun(experiment(gradients={"accumulate": 5, "tail": tail}))
    while session.ending is None:
        session.step_update()
    assert session.run.counters.epochs == 2


def test_parts_that_nobody_watches_are_not_made():
    session = ObservedRun(experiment())
    session.step_update()
    frame = look(session, frozenset({Curves}))
    assert frame.get(Curves) is not None
    assert (frame.get(BufferState), frame.get(Timeline), frame.get(Confusion), frame.get(DataView)) == (
        None,
        None,
        None,
        None,
    )


def test_a_restored_run_shows_the_best_epochs_numbers():
    session = ObservedRun(experiment(**STOPS_EARLY))
    while session.ending is None:
        session.step_epoch()
    frame = look(session)
    assert session.ending.restored
    assert frame.val_loss == min(row.val_loss for row in frame.get(Curves).epochs[1:])
    assert frame.get(Confusion).epoch == frame.measured == session.ending.best_epoch
    assert frame.get(Confusion).is_best_back
    assert frame.is_best_back
    assert frame.get(Curves).marks[-1].text == "early stopping"


def test_looking_around_leaves_no_files_and_training_writes_them_at_once(tmp_path):
    session = ObservedRun(experiment(), folder=tmp_path / "run")
    look(session)
    assert not (tmp_path / "run").exists()
    session.step_epoch()
    with (tmp_path / "run" / "epochs.csv").open() as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["0", "1"]
    session.close()
    assert json.loads((tmp_path / "run" / "summary.json").read_text())["stop_reason"] == "interrupted"


def test_live_changes_are_written_into_the_run(tmp_path):
    session = ObservedRun(experiment(), folder=tmp_path)
    session.step_update()
    session.change(experiment(optimizer={"lr": 0.5}))
    session.step_update()
    session.close()
    assert (tmp_path / "changes.csv").read_text().splitlines() == [
        "update,key,before,after",
        "1,optimizer.lr,0.1,0.5",
    ]


def test_more_epochs_wake_a_finished_run_up():
    session = ObservedRun(experiment(training={"epochs": 1}))
    session.step_epoch()
    assert session.ending is not None
    session.change(experiment(training={"epochs": 2}))
    assert session.ending is None
    session.step_epoch()
    assert session.run.counters.epochs == 2
    assert session.ending.reason == "finished"


def test_background_work_is_done_for_what_is_watched_and_only_where_there_is_some():
    session = ObservedRun(experiment())
    session.instruments.watch(frozenset({Curves, Landscape, Timeline}))
    session.instruments.work()  # there is none yet
    session.instruments.ask(Landscape, ComputeLandscape(side=5))
    session.instruments.watch(frozenset({Curves}))
    assert not session.instruments.has_work
    session.instruments.work()
    assert look(session, frozenset({Landscape})).get(Landscape).progress == 0
    session.instruments.watch(frozenset({Curves, Landscape, Timeline}))
    while session.instruments.has_work:
        session.instruments.work()
    assert look(session, frozenset({Landscape})).get(Landscape).progress == 1
