"""Phase by phase: the same run as at any other pace, and the buffer as it is at each point."""

import copy
import csv
import itertools
import json

import numpy as np
import pytest
import torch
from plain_pytorch import drain, experiment, weights
from watching import look

from gradlab.instruments.gradients import BufferRecorder
from gradlab.instruments.records import BufferState, Curves, DataView
from gradlab.runs.folder import CHECKPOINT
from gradlab.runs.observed_run import ObservedRun
from gradlab.training import checkpoint
from gradlab.training.events import Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

GRADIENTS = frozenset({BufferState})
UPDATE = ["zeroed", "forward", "backward", "updated"]


def small(**changes):
    """Four batches of moons an epoch, the last of 3 rows."""
    spec = {
        "data": {"source": "moons", "samples": 132},
        "model": {"hidden": [4]},
        "training": {"epochs": 2, "batch_size": 32, "device": "cpu"},
    }
    return experiment(**(spec | changes))


def step(session):
    session.step_phase()
    return look(session, GRADIENTS)


def walk(session, presses):
    """Step; yield the frame after each press."""
    for _ in range(presses):
        yield step(session)


def phases(session, presses):
    return [frame.progress.phase for frame in walk(session, presses)]


def flat(record, part):
    """A part of the whole buffer as one vector; None where all of it is None."""
    pictures = [getattr(parameter, part) for parameter in record.parameters]
    if all(picture is None for picture in pictures):
        return None
    return np.concatenate([picture.ravel() for picture in pictures])


@pytest.mark.parametrize("zero", ["every_update", "every_batch", "every_epoch", "never", "after_backward"])
@pytest.mark.parametrize(("accumulate", "tail"), [(1, "step"), (3, "step"), (3, "carry"), (3, "drop")])
def test_phase_by_phase_is_the_same_run_bit_for_bit(zero, accumulate, tail):
    spec = small(
        model={"hidden": [4], "dropout": 0.2},
        optimizer={"lr": 0.05, "momentum": 0.5, "clip_norm": 1.0},
        gradients={"zero": zero, "accumulate": accumulate, "tail": tail},
    )
    alone = TrainingRun(spec)
    drain(alone)
    session = ObservedRun(spec)
    while session.ending is None:
        session.step_phase()
        look(session, frozenset({BufferState, DataView, Curves}))
    assert torch.equal(weights(alone.model), weights(session.run.model))


def test_an_update_is_zero_forward_backward_update():
    session = ObservedRun(small())
    assert look(session, GRADIENTS).progress.phase == ""
    assert phases(session, 8) == 2 * UPDATE


def test_clipping_is_a_phase_where_it_is_on():
    session = ObservedRun(small(optimizer={"clip_norm": 1.0}))
    assert phases(session, 5) == ["zeroed", "forward", "backward", "clipped", "updated"]


def test_with_accumulation_the_forward_and_backward_phases_repeat():
    session = ObservedRun(small(gradients={"accumulate": 2}))
    records = [frame.get(BufferState) for frame in walk(session, 7)]
    seen = [(record.phase, record.micro_batch, record.accumulate, record.update) for record in records]
    assert seen == [
        ("zeroed", 1, 2, 1),
        ("forward", 1, 2, 1),
        ("backward", 1, 2, 1),
        ("forward", 2, 2, 1),
        ("backward", 2, 2, 1),
        ("updated", 2, 2, 1),
        ("zeroed", 1, 2, 2),
    ]


@pytest.mark.parametrize("tail", ["step", "carry", "drop"])
@pytest.mark.parametrize("accumulate", [1, 3])
def test_no_press_is_spent_on_bookkeeping(accumulate, tail):
    session = ObservedRun(small(gradients={"accumulate": accumulate, "tail": tail}))
    counters = session.run.counters
    place = (0, 0, "")
    while session.ending is None:
        before = place
        progress = step(session).progress
        place = (progress.update, progress.micro_batches, progress.phase)
        assert place != before
    assert session.ending.reason == "finished"
    assert counters.epochs == 2


def test_after_zeroing_nothing_of_the_update_before_is_shown():
    session = ObservedRun(small())
    *_, updated, zeroed, forward, backward = [frame.get(BufferState) for frame in walk(session, 7)]
    assert np.abs(flat(updated, "used")).max() > 0
    for record in (zeroed, forward):
        assert record.awaited
        assert [flat(record, part) for part in ("left_over", "batch", "used")] == [None, None, None]
        assert record.norm == 0
    assert (zeroed.loss, forward.loss) == (None, backward.loss)
    assert not backward.awaited
    assert flat(backward, "left_over") is None
    np.testing.assert_array_equal(flat(backward, "batch"), flat(backward, "used"))


def test_zeroed_to_zeros_the_buffer_holds_zeros():
    session = ObservedRun(small(gradients={"zero_to": "zeros"}))
    *_, zeroed, _ = [frame.get(BufferState) for frame in walk(session, 6)]
    assert zeroed.phase == "zeroed"
    for part in ("left_over", "used"):
        np.testing.assert_array_equal(flat(zeroed, part), 0)
    assert flat(zeroed, "batch") is None


def test_a_forward_pass_leaves_the_buffer_alone_and_a_backward_pass_adds_to_it():
    session = ObservedRun(small(gradients={"zero": "never"}))
    records = [frame.get(BufferState) for frame in walk(session, 6)]
    assert [record.phase for record in records] == 2 * ["forward", "backward", "updated"]
    for before, forward, backward in ([None, *records[:2]], records[2:5]):
        left = None if before is None else flat(before, "used")
        assert (flat(forward, "used") is None) == (left is None)
        if left is not None:
            np.testing.assert_array_equal(flat(forward, "used"), left)
            np.testing.assert_array_equal(flat(backward, "left_over"), left)
            np.testing.assert_array_equal(
                flat(backward, "left_over") + flat(backward, "batch"), flat(backward, "used")
            )
            assert forward.stale
            assert backward.stale


def test_zeroing_before_every_batch_throws_the_batches_before_it_away():
    session = ObservedRun(small(gradients={"zero": "every_batch", "accumulate": 2}))
    records = [frame.get(BufferState) for frame in walk(session, 7)]
    assert [record.phase for record in records] == [*UPDATE[:3], *UPDATE]
    second_zero, last = records[3], records[-1]
    assert (second_zero.micro_batch, second_zero.awaited) == (2, True)
    assert flat(second_zero, "used") is None
    np.testing.assert_array_equal(flat(last, "batch"), flat(last, "used"))


def test_zeroing_every_epoch_happens_once_at_its_start():
    session = ObservedRun(small(gradients={"zero": "every_epoch"}))
    records = [frame.get(BufferState) for frame in walk(session, 14)]
    assert [record.phase for record in records] == ["zeroed", *4 * UPDATE[1:], "zeroed"]
    assert flat(records[-1], "used") is None
    assert np.abs(flat(records[-3], "left_over")).max() > 0


def test_zeroing_after_backward_leaves_nothing_to_use_but_still_shows_what_was_lost():
    session = ObservedRun(small(gradients={"zero": "after_backward"}))
    records = [frame.get(BufferState) for frame in walk(session, 5)]
    assert [record.phase for record in records] == ["forward", "backward", "zeroed", "updated", "forward"]
    _, backward, zeroed, updated, forward = records
    for record in (zeroed, updated):
        assert not record.awaited
        np.testing.assert_array_equal(flat(record, "batch"), flat(backward, "used"))
        assert flat(record, "used") is None
    assert flat(forward, "batch") is None


def test_clipping_shortens_what_is_used_in_its_own_direction():
    session = ObservedRun(small(optimizer={"clip_norm": 0.01}))
    *_, backward, clipped, updated = [frame.get(BufferState) for frame in walk(session, 5)]
    assert backward.norm == backward.clipped > 0.01
    assert (clipped.norm, clipped.clipped) == (pytest.approx(backward.norm), pytest.approx(0.01, rel=1e-3))
    assert np.linalg.norm(flat(clipped, "used")) == pytest.approx(clipped.clipped, rel=1e-5)
    np.testing.assert_allclose(
        flat(clipped, "used"), flat(backward, "used") * 0.01 / backward.norm, rtol=1e-3
    )
    np.testing.assert_array_equal(flat(updated, "used"), flat(clipped, "used"))


def test_an_update_moves_the_weights_by_what_the_buffer_held_and_holds_still():
    session = ObservedRun(small(optimizer={"lr": 0.5}))
    backward = list(walk(session, 3))[-1].get(BufferState)
    before = weights(session.run.model)
    updated = step(session).get(BufferState)
    np.testing.assert_array_equal(flat(updated, "used"), flat(backward, "used"))
    moved = (weights(session.run.model) - before).numpy()
    np.testing.assert_allclose(moved, -0.5 * flat(updated, "used"), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("presses", range(1, 8))
def test_step_batch_and_step_epoch_go_on_from_the_middle_of_an_update(presses):
    spec = small(gradients={"accumulate": 2})
    session = ObservedRun(spec)
    list(walk(session, presses))
    updates = session.run.counters.updates
    session.step_update()
    assert session.run.counters.updates == updates + 1
    progress = look(session, GRADIENTS).progress
    assert (progress.phase, progress.by_phase) == ("updated", False)
    while session.ending is None:
        session.step_epoch()
    alone = TrainingRun(spec)
    drain(alone)
    assert torch.equal(weights(alone.model), weights(session.run.model))


@pytest.mark.parametrize("presses", [1, 2, 3])
def test_a_change_in_the_middle_of_an_update_waits_for_the_next(presses):
    session = ObservedRun(small())
    list(walk(session, presses))
    session.change(small(optimizer={"lr": 0.5}))
    assert look(session, GRADIENTS).experiment.optimizer.lr == 0.1
    frames = list(walk(session, 4 - presses))
    assert frames[-1].progress.phase == "updated"
    assert session.run.optimizer.lr == 0.1
    assert frames[-1].experiment.optimizer.lr == 0.5  # what the next one will use
    assert frames[-1].get(BufferState).experiment.optimizer.lr == 0.1  # what this one used
    session.step_update()
    assert session.run.optimizer.lr == 0.5


@pytest.mark.parametrize("presses", range(1, 12))
def test_what_was_stepped_is_written_so_that_it_can_be_gone_on_with(tmp_path, presses):
    spec = small(optimizer={"clip_norm": 0.1}, gradients={"accumulate": 2})
    session = ObservedRun(spec, folder=tmp_path / "run")
    list(walk(session, presses))
    session.close()
    if presses == 1:  # emptying an empty buffer is nothing to keep
        assert not (tmp_path / "run").exists()
        return
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["stop_reason"] == "interrupted"
    with (tmp_path / "run" / "epochs.csv").open() as file:
        assert [row["epoch"] for row in csv.DictReader(file)][:1] == ["0"]
    resumed, _ = checkpoint.load(tmp_path / "run" / CHECKPOINT)
    drain(resumed)
    alone = TrainingRun(spec)
    drain(alone)
    assert torch.equal(weights(alone.model), weights(resumed.model))


def test_a_record_that_is_asked_for_again_is_the_same_one():
    run = TrainingRun(small())
    recorder = BufferRecorder(run)
    for event in itertools.islice(train(run), 20):
        recorder.hear(event)
        assert recorder.record() is recorder.record()
        if isinstance(event, Updated):
            assert recorder.record().phase == "updated"


def test_a_run_that_is_over_takes_no_further_step():
    session = ObservedRun(small())
    while session.ending is None:
        session.step_epoch()
    before = weights(session.run.model)
    for further in (session.step_phase, session.step_update, session.step_epoch):
        further()
    assert session.run.counters.updates == 8
    assert torch.equal(weights(session.run.model), before)


def test_a_run_whose_step_broke_off_is_closed_all_the_same(monkeypatch, tmp_path):
    session = ObservedRun(small(), folder=tmp_path / "run")
    list(walk(session, 6))  # into the second update, right after a forward pass
    assert not session.stepper.can_be_left
    monkeypatch.setattr(session.run, "backward", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        session.step_phase()
    session.close()
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert (summary["stop_reason"], summary["updates"]) == ("interrupted", 1)


def test_an_optimizer_that_is_changed_begins_afresh_with_the_next_update():
    adam = small(optimizer={"kind": "adam", "lr": 0.01})
    session = ObservedRun(small(optimizer={"momentum": 0.9}))
    session.step_update()
    session.change(adam)
    before = copy.deepcopy(session.run.model)
    session.step_update()
    # Adam's first step goes as far as the learning rate wherever there is a gradient.
    moved = (weights(session.run.model) - weights(before)).abs()
    used = flat(look(session, GRADIENTS).get(BufferState), "used")
    np.testing.assert_allclose(moved[np.abs(used) > 1e-4], 0.01, rtol=1e-3)


def test_settings_that_are_written_as_changed_have_one_header_for_all(tmp_path):
    session = ObservedRun(small(), folder=tmp_path / "run")
    for lr in (0.1, 0.05, 0.025):
        session.change(small(optimizer={"lr": lr}))
        session.step_update()
    session.close()
    with (tmp_path / "run" / "changes.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [
            ["update", "key", "before", "after"],
            ["1", "optimizer.lr", "0.1", "0.05"],
            ["2", "optimizer.lr", "0.05", "0.025"],
        ]
