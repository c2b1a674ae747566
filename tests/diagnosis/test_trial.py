"""A piece of advice is tried beside the run as it was, and judged by what both came to."""

from dataclasses import replace

import numpy as np
import pytest

from gradlab.diagnosis.finding import Advice, Change, Finding
from gradlab.diagnosis.trial import AS_IT_WAS, CHANGED, Trial, outcome
from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.variants import singles
from gradlab.instruments.records import Curves, EpochRow, Frame, LaneFrame, Mark, Snapshot, State
from gradlab.runs.race import Race

ZERO = Change("gradients.zero", "every_update")
FOUND = Finding("not_cleared", "problem", "Gradients are not cleared.")
NEVER = Experiment().with_value("gradients.zero", "never")


def trial(*changes, before=NEVER):
    return Trial(FOUND, Advice("Try it.", changes), before, 3, 3)


def row(epoch, loss, *, accuracy=None, f1=None, has_validation=True):
    validation = loss if has_validation else None
    return EpochRow(epoch, epoch * 10, 0, loss, accuracy, validation, accuracy, None, None, f1, 0.1)


def frame(*rows, state=State.FINISHED, run=1, marks=(), measured=None):
    empty = np.empty(0)
    curves = Curves(*[empty] * 7, epochs=rows, marks=marks)
    return Frame(run=run, state=state, measured=measured).holding(curves)


def losses(*values, **more):
    return frame(*(row(epoch, loss) for epoch, loss in enumerate(values)), **more)


def test_both_runs_differ_only_in_what_is_advised():
    as_it_was, changed = (single.experiment for single in singles(trial(ZERO).both))
    assert as_it_was == NEVER.with_value("name", AS_IT_WAS)
    assert changed == NEVER.with_value("name", CHANGED).with_value("gradients.zero", "every_update")
    assert trial(ZERO).changed == NEVER.with_value("gradients.zero", "every_update")


def test_changes_hold_together_even_if_each_alone_would_not():
    both = trial(Change("optimizer.nesterov", True), Change("optimizer.momentum", 0.9)).both
    assert singles(both)[1].experiment.optimizer.nesterov


def test_data_model_and_seed_can_be_tried_beside_the_run_as_it_was():
    changes = Change("seed", 5), Change("model.hidden", (8,)), Change("data.standardize", False)
    assert trial(*changes).can_race
    changed = singles(trial(*changes).both)[1].experiment
    assert (changed.seed, changed.model.hidden, changed.data.standardize) == (5, (8,), False)


def test_what_is_not_possible_is_refused_with_its_key():
    with pytest.raises(InputError) as refused:
        trial(Change("optimizer.lr", -1.0)).both  # noqa: B018
    assert "optimizer.lr" in str(refused.value)


def test_both_runs_start_from_the_same_numbers():
    small = NEVER.with_value("data.source", "moons").with_value("training.epochs", 1)
    race = Race(trial(ZERO, before=small).both)
    race.lanes.watch(frozenset())
    frames = [lane.frame.get(Curves) for lane in race.lanes.snapshot(at_rest=True).lanes]
    assert frames[0].epochs[0] == frames[1].epochs[0]
    while not race.is_over:
        race.step_epoch()
    frames = [lane.frame.get(Curves) for lane in race.lanes.snapshot(at_rest=True).lanes]
    assert frames[0].epochs[-1] != frames[1].epochs[-1]


def test_frames_of_other_runs_are_not_those_of_the_trial():
    lanes = tuple(LaneFrame(name, "lane.1", frame(run=4 + n)) for n, name in enumerate((AS_IT_WAS, CHANGED)))
    snapshot = Snapshot(lanes[0].frame, lanes)
    assert trial(ZERO).frames(snapshot) == (lanes[0].frame, lanes[1].frame)
    older = tuple(replace(lane, frame=replace(lane.frame, run=2)) for lane in lanes)
    assert trial(ZERO).frames(replace(snapshot, lanes=older)) is None
    assert trial(ZERO).frames(Snapshot(frame(run=9), (LaneFrame("Digits", "lane.1", frame(run=9)),))) is None


def test_what_no_variant_can_change_is_compared_with_the_run_that_was_kept():
    alone = trial(Change("replicas", 3))
    assert not alone.can_race
    kept, new = frame(run=3), frame(run=4)
    assert alone.frames(Snapshot(new, pinned=(LaneFrame("old", "lane.1", kept),))) == (kept, new)


def test_runs_are_compared_at_the_same_epoch_while_they_train():
    running = State.RUNNING
    came = outcome(trial(ZERO), losses(2.3, 2.2, 2.1, state=running), losses(2.3, 1.0, state=running))
    assert (came.before, came.after, came.epoch, came.is_over) == (2.2, 1.0, 1, False)


def test_nothing_is_said_before_both_have_done_an_epoch():
    assert outcome(trial(ZERO), losses(2.3, state=State.RUNNING), losses(2.3, state=State.RUNNING)) is None
    assert outcome(trial(ZERO), Frame(), losses(2.3, 1.0)) is None


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [(2.3, 0.11, "helped"), (2.3, 2.25, "same"), (2.3, 2.3, "same"), (0.5, 0.9, "worse"), (0.0, 0.0, "same")],
)
def test_it_says_which_way_it_came_out(before, after, verdict):
    came = outcome(trial(ZERO), losses(2.3, before), losses(2.3, after))
    assert (came.verdict, came.is_over, came.measure) == (verdict, True, "val_loss")


def test_a_run_that_took_its_best_weights_back_is_judged_by_those():
    best = losses(2.3, 0.4, 0.9, measured=1)
    came = outcome(trial(ZERO), losses(2.3, 0.8, 0.9), best)
    assert (came.before, came.after, came.epoch) == (0.9, 0.4, None)


def test_a_run_without_validation_is_judged_by_its_training_loss():
    one, other = (frame(row(1, loss, has_validation=False)) for loss in (2.0, 1.0))
    came = outcome(trial(ZERO), one, other)
    assert (came.measure, came.before, came.after) == ("train_loss", 2.0, 1.0)


@pytest.mark.parametrize(("which", "verdict"), [("before", "helped"), ("after", "worse"), ("both", "same")])
def test_a_run_that_blew_up_has_no_number(which, verdict):
    broken = Mark(5, "diverged", kind="diverged")
    marks = {name: (broken,) if which in (name, "both") else () for name in ("before", "after")}
    came = outcome(
        trial(ZERO), losses(2.3, 2.0, marks=marks["before"]), losses(2.3, 0.1, marks=marks["after"])
    )
    assert came.verdict == verdict
    assert [came.before is None, came.after is None] == [which != "after", which != "before"]


def test_a_loss_that_is_counted_otherwise_is_not_compared():
    weights = trial(Change("training.class_weights", "balanced"))
    one = frame(row(1, 0.2, accuracy=0.97, f1=0.3))
    other = frame(row(1, 0.6, accuracy=0.95, f1=0.7))
    came = outcome(weights, one, other)
    assert (came.measure, came.verdict) == ("val_f1", "helped")


def test_shares_of_right_answers_are_said_besides_a_loss():
    came = outcome(trial(ZERO), frame(row(1, 2.0, accuracy=0.1)), frame(row(1, 0.1, accuracy=0.9)))
    assert (came.right_before, came.right_after) == (0.1, 0.9)


@pytest.mark.parametrize("key", ["data.leak", "data.validation", "data.standardize_target"])
def test_numbers_that_do_not_mean_the_same_are_not_said_to_be_better_or_worse(key):
    value = {"data.leak": 0.0, "data.validation": 0.4, "data.standardize_target": True}[key]
    came = outcome(trial(Change(key, value)), losses(2.3, 0.1), losses(2.3, 0.9))
    assert (came.before, came.after, came.verdict) == (0.1, 0.9, "other")
