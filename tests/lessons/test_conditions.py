"""What each condition sees, and what it does not, on records made by hand."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import TypeAdapter

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import (
    Activations,
    Answers,
    BufferState,
    Confusion,
    Course,
    Curves,
    EpochRow,
    Flow,
    Frame,
    LaneFrame,
    LayerSizes,
    Mark,
    ParameterGradient,
    Progress,
    Snapshot,
    State,
    Timeline,
)
from gradlab.lessons.conditions import KINDS, AnyCondition
from gradlab.lessons.watcher import Watcher
from gradlab.resources import resource

EMPTY = np.zeros(0)
MEASURES = ("train_loss", "val_loss", "val_accuracy", "val_precision", "val_recall")


def condition(see, **keys):
    return TypeAdapter(AnyCondition).validate_python({"see": see, **keys})


def frame(values=(), marks=(), parts=(), **keys):
    """Return a frame of a run with such values of every measure after its epochs, 0 first, and more parts."""
    empty = EpochRow(0, 0, 0, 0.0, None, None, None, None, None, None, 0.1)
    rows = tuple(
        empty._replace(epoch=number, **dict.fromkeys(MEASURES, value)) for number, value in enumerate(values)
    )
    curves = Curves(*[EMPTY] * 6, np.array([0.5]), epochs=rows, marks=tuple(marks))
    progress = Progress(epoch=max(len(values) - 1, 0), update=10 * max(len(values) - 1, 0))
    return Frame(**{"progress": progress, **keys}).holding(curves, *parts)


def snapshot(*args, **keys):
    """Return a snapshot of such a run."""
    return Snapshot(frame(*args, **keys))


def race(**lanes):
    return Snapshot(
        next(iter(lanes.values())), tuple(LaneFrame(name, "lane.1", own) for name, own in lanes.items())
    )


@pytest.mark.parametrize("see", KINDS)
def test_nothing_is_seen_before_a_run_has_begun(see):
    needed = {
        "phase": {"phase": "backward"},
        "ended": {"how": "finished"},
        "rising": {"measure": "val_loss"},
        "falling": {"measure": "val_loss"},
        "value": {"measure": "val_loss"},
        "reached": {"epochs": 1},
        "buffer": {"holds": "left_over"},
        "units": {"layer": "first"},
        "step": {"layer": "first"},
        "more": {"measure": "val_loss", "run": "a", "other": "b"},
        "same": {"measure": "val_loss", "run": "a", "other": "b"},
    }
    begins = condition(see, **needed.get(see, {}))
    assert not begins.is_met(Snapshot())
    untouched = frame([1.0])
    untouched = untouched.holding(replace(untouched.get(Curves), grad_norm=EMPTY))
    assert not begins.is_met(race(a=untouched, b=untouched))


def test_every_condition_is_explained_in_the_readme():
    text = resource("lessons", "README.md").read_text(encoding="utf-8")
    for see, kind in KINDS.items():
        row = next(line for line in text.splitlines() if line.startswith("|") and f"`{see}`" in line)
        keys = set(kind.model_fields) - {"see"} - ({"run"} if "other" not in kind.model_fields else set())
        assert keys <= set(row.replace("`", " ").replace(",", " ").split()), see


@pytest.mark.parametrize(
    ("values", "epochs", "by", "seen"),
    [
        ([5, 3, 1, 2, 3, 4], 3, 0.0, True),
        ([5, 3, 1, 2, 3, 4], 4, 0.0, False),  # the lowest is only three epochs back
        ([5, 3, 1, 2, 3, 4], 3, 2.9, True),
        ([5, 3, 1, 2, 3, 4], 3, 3.0, False),  # it has risen by three times the lowest, and not more
        ([5, 3, 1, 1, 1, 1], 3, 0.0, False),
        ([5, 4, 3, 2, 1, 0], 1, 0.0, False),
        ([1], 1, 0.0, False),
    ],
)
def test_rising_means_that_the_lowest_value_lies_back(values, epochs, by, seen):
    assert condition("rising", measure="val_loss", epochs=epochs, by=by).is_met(snapshot(values)) == seen
    # Falling is the same upside down: the turning point is the highest.
    fallen = [10 - value for value in values]
    assert condition("falling", measure="val_loss", epochs=epochs).is_met(snapshot(fallen)) == (
        condition("rising", measure="val_loss", epochs=epochs).is_met(snapshot(values))
    )


def test_a_value_is_that_of_the_latest_epoch():
    above = condition("value", measure="val_accuracy", above=0.8)
    assert above.is_met(snapshot([0.1, 0.9]))
    assert not above.is_met(snapshot([0.1, 0.9, 0.8]))
    assert not above.is_met(snapshot([0.9]))  # the untouched model has not learned it
    assert not above.is_met(snapshot([0.1, float("nan")]))
    assert not condition("value", measure="val_accuracy", above=0.8, below=0.85).is_met(snapshot([0.1, 0.9]))


def test_a_run_that_took_its_best_weights_back_is_judged_by_them():
    below = condition("value", measure="val_loss", below=0.5)
    stopped = Experiment().with_value("training.patience", 2)
    ended = snapshot([2.0, 0.4, 0.6, 0.7], experiment=stopped, state=State.FINISHED)
    assert below.is_met(ended)
    assert not below.is_met(replace(ended, shown=replace(ended.shown, state=State.PAUSED)))
    assert not below.is_met(
        replace(
            ended, shown=replace(ended.shown, experiment=stopped.with_value("training.restore_best", False))
        )
    )


def test_another_threshold_needs_no_other_training():
    scores = np.array([0.9, 0.3, 0.05, 0.2, 0.04], dtype=np.float32)
    true = np.array([1, 1, 1, 0, 0])
    answers = (Answers(0, scores[::-1]), Answers(1, scores))
    seen = snapshot([0, 1], parts=(Confusion(1, ("no", "yes"), np.arange(5), true, answers),))
    for threshold, recall, precision in ((0.5, 1 / 3, 1.0), (0.1, 2 / 3, 2 / 3), (0.0, 1.0, 3 / 5)):
        for measure, value in (("val_recall", recall), ("val_precision", precision)):
            near = condition(
                "value", measure=measure, threshold=threshold, above=value - 1e-6, below=value + 1e-6
            )
            assert near.needs == {Confusion}
            assert near.is_met(seen)
            assert not near.is_met(snapshot([0, 1]))


def test_two_runs_are_compared_after_the_same_epoch():
    more = condition("more", measure="val_loss", run="a", other="b")
    one, other = frame([1, 5, 2]), frame([1, 3])
    assert more.is_met(race(a=one, b=other))  # 5 against 3
    assert not more.is_met(race(a=other, b=one))
    ended = {"state": State.FINISHED}
    assert not more.is_met(race(a=replace(one, **ended), b=replace(other, **ended)))  # 2 against 3
    assert not more.is_met(Snapshot(one))  # no such runs


def test_more_means_more_than_times_and_by():
    runs = race(a=frame([0, 7.0]), b=frame([0, 3.0]))
    for keys, seen in (({"times": 2}, True), ({"times": 2, "by": 1}, False), ({"epochs": 2}, False)):
        assert condition("more", measure="val_loss", run="a", other="b", **keys).is_met(runs) == seen


def test_the_same_means_in_every_epoch():
    same = condition("same", measure="val_loss", run="a", other="b", within=0.01, epochs=2)
    assert same.is_met(race(a=frame([1, 2.0, 3]), b=frame([1, 2.01, 3])))
    assert not same.is_met(race(a=frame([1, 2.0, 3]), b=frame([1, 2.1, 3])))
    assert not same.is_met(race(a=frame([1, 2]), b=frame([1, 2])))  # too early to tell


@pytest.mark.parametrize(
    ("marks", "how"),
    [
        ([], "finished"),
        ([Mark(3, "early stopping", "end")], "early"),
        ([Mark(1, "Learning rate 0.1 → 1", "change"), Mark(3, "diverged", "diverged")], "diverged"),
    ],
)
def test_how_a_run_ended(marks, how):
    for name in ("finished", "early", "diverged"):
        ended = condition("ended", how=name)
        assert ended.is_met(snapshot([1, 2], marks, state=State.FINISHED)) == (name == how)
        assert not ended.is_met(snapshot([1, 2], marks, state=State.PAUSED))


def test_a_phase_is_seen_only_by_who_steps():
    backward = condition("phase", phase="backward", updates=1)
    there = snapshot(progress=Progress(phase="backward", update=1, by_phase=True))
    assert backward.is_met(there)
    for other in ({"by_phase": False}, {"update": 0}, {"phase": "forward"}):
        assert not backward.is_met(snapshot(progress=replace(there.shown.progress, **other)))


def test_none_zero_and_numbers_in_the_gradient_are_different_things():
    layers = ("hidden1", "hidden2", "output")
    rms = np.array([[9.0, -1.0], [9.0, 0.0], [9.0, 0.2]])
    seen = snapshot([1, 2], parts=(Timeline(layers, np.array([1.0, 2.0]), rms),))
    sees = [("first", "is_none"), ("hidden2", "is_zero"), ("last", None)]
    for layer, kind in sees:
        assert condition("gradient", layer=layer, is_none=True).is_met(seen) == (kind == "is_none")
        assert condition("gradient", layer=layer, is_zero=True).is_met(seen) == (kind == "is_zero")
    assert condition("gradient", layer="last", above=0.1, below=0.3).is_met(seen)
    assert not condition("gradient", layer="first", below=1.0).is_met(seen)  # None is not small
    assert condition("gradient", layer="hidden2", compared_with="last", below=0.1).is_met(seen)
    assert not condition("gradient", layer="other", below=1.0).is_met(seen)
    assert condition("gradient", above=0.4, below=0.6).is_met(seen)  # the norm of all: 0.5


def test_a_layer_may_move_without_a_gradient():
    def seen(rms, ratio):
        nothing = np.zeros((2, 0))
        course = Course(np.array([1.0]), np.array([[0.5], [ratio]]), np.array([[0.5], [ratio]]))
        empty = Course(np.zeros(0), nothing, nothing)
        sizes = LayerSizes(np.zeros(2), np.zeros(2), 1)
        flow = Flow(("a", "b"), ("a", "b"), sizes, None, course, empty, empty, empty, 1)
        return snapshot([1], parts=(flow, Timeline(("a", "b"), np.array([1.0]), np.array([[1.0], [rms]]))))

    for rms, ratio in ((-1.0, 0.0), (0.0, 0.01), (0.3, 0.01), (0.3, 0.0)):
        there, without = seen(rms, ratio), rms <= 0
        for keys, holds in (({"above": 0.001}, ratio > 0), ({"is_zero": True}, ratio == 0)):
            assert condition("step", layer="b", **keys).is_met(there) == holds
            only = condition("step", layer="b", without_gradient=True, **keys)
            assert only.is_met(there) == (holds and without)
    assert condition("step", layer="first", above=0.4, below=0.6).is_met(seen(0.0, 0.0))
    assert not condition("step", layer="c", is_zero=True).is_met(seen(0.0, 0.0))


def test_steps_follow_the_gradient_in_the_mean_over_all_measured_updates():
    def seen(*cosines):
        nothing = np.zeros((2, 0))
        values = np.array([cosines, np.ones(len(cosines))])
        course = Course(np.arange(1.0, len(cosines) + 1), values - 0.1, values + 0.1)
        empty = Course(np.zeros(0), nothing, nothing)
        sizes = LayerSizes(np.zeros(2), np.zeros(2), 1)
        flow = Flow(("a", "b"), ("a", "b"), sizes, None, empty, course, empty, empty, 1)
        return snapshot([1], parts=(flow,))

    closely = condition("direction", above=0.5)
    assert closely.is_met(seen(1.0, 0.2))  # 0.6 in the mean
    assert not closely.is_met(seen(1.0, 0.2, -0.3))
    assert closely.is_met(seen(float("nan"), 1.0))  # where nothing was measured, nothing is known
    assert not closely.is_met(seen(float("nan")))
    assert not condition("direction", below=0.7).is_met(seen())
    assert condition("direction", above=0.5, below=0.7).is_met(seen(1.0, 0.2))


def test_what_is_in_the_buffer():
    def holding(used, stale=False):
        parameter = ParameterGradient("a.weight", (2,), used=used)
        return snapshot(parts=(BufferState(1, 1, 1, 0.0, 0.0, "never", (parameter,), stale=stale),))

    full, zeros = np.ones(2, dtype=np.float32), np.zeros(2, dtype=np.float32)
    for used, nothing in ((None, True), (zeros, True), (full, False)):
        assert condition("buffer", holds="nothing").is_met(holding(used)) == nothing
        assert condition("buffer", holds="gradients").is_met(holding(used)) != nothing
    assert condition("buffer", holds="left_over").is_met(holding(full, stale=True))
    assert not condition("buffer", holds="left_over").is_met(holding(full))


def test_what_was_seen_once_stays_seen():
    watcher = Watcher([condition("value", measure="val_loss", above=1), condition("reached", epochs=3)])
    assert watcher.look(snapshot([0, 2]))
    assert not watcher.look(snapshot([0, 2, 0.5]))
    assert watcher.seen == [True, False]
    assert watcher.look(snapshot([0, 2, 0.5, 0.5]))
    assert watcher.is_done


def test_a_watcher_says_which_parts_of_which_run_it_needs():
    watcher = Watcher(
        [
            condition("gradient", run="a"),
            condition("buffer", run="a", holds="nothing"),
            condition("units", layer="first", above=0.5),
            condition("more", measure="val_loss", run="b", other="c"),
        ]
    )
    assert watcher.needs == {
        "a": {Timeline, BufferState},
        "": {Activations},
        "b": frozenset(),
        "c": frozenset(),
    }
