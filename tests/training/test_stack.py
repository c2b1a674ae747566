"""A stack of replicas does to each of them what its single run does."""

from dataclasses import astuple, replace

import pytest
import torch
from plain_pytorch import drain, experiment, weights

from gradlab.training.events import Backward, EpochEnded, Finished, Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun
from gradlab.training.stack import Stack, fits

MOONS = {"source": "moons", "samples": 150, "noise": 0.3}
SMALL = {
    "data": MOONS,
    "model": {"hidden": [8, 6]},
    "training": {"epochs": 5, "batch_size": 11, "measure_every": 3},
}


def settings(*layers):
    """The small experiment with the keys of some sections changed."""
    merged = {name: dict(section) for name, section in SMALL.items()}
    for layer in layers:
        for name, section in layer.items():
            # Another data set shares no keys with the small one's.
            merged[name] = section if name == "data" else {**merged.get(name, {}), **section}
    return merged


def runs_of(replicas, changes):
    return [TrainingRun(experiment(seed=seed, **changes)) for seed in range(replicas)]


def train_stacked(runs):
    """Train runs in a stack to their ends; return each run's events that are told."""
    told = {id(run): [] for run in runs}
    stack = Stack(runs)
    for event in train(stack):
        for run, own in stack.each(event):
            told[id(run)].append(own)
    stack.dissolve()
    for run in stack.left:
        told[id(run)] += [e for e in train(run) if isinstance(e, Updated | EpochEnded | Finished)]
    return [told[id(run)] for run in runs]


def assert_close(numbers, expected, rel):
    assert [number is None for number in numbers] == [number is None for number in expected]
    present = [[number for number in row if number is not None] for row in (numbers, expected)]
    assert present[0] == pytest.approx(present[1], rel=rel, abs=1e-6)


def assert_same_events(stacked, single, rel=1e-5):
    single = [event for event in single if isinstance(event, Updated | EpochEnded | Finished)]
    assert [type(event) for event in stacked] == [type(event) for event in single]
    for one, other in zip(stacked, single, strict=True):
        if isinstance(one, Updated):
            assert_close(one, other, rel)
        elif isinstance(one, EpochEnded):
            assert_close(*(astuple(replace(event, counts=None)) for event in (one, other)), rel)
            assert (one.counts is None) == (other.counts is None)
            assert one.counts is None or (one.counts == other.counts).all()
        else:
            assert one == other


def assert_same_tensor(one, other, rel):
    assert torch.linalg.vector_norm(one - other) <= rel * torch.linalg.vector_norm(other)


def assert_same_run(run, single, rel=1e-5):
    assert_same_tensor(weights(run.model), weights(single.model), rel)
    for part, expected in zip(run.buffer.parts, single.buffer.parts, strict=True):
        assert_same_tensor(part, expected, rel)
    assert run.buffer.without_gradient == single.buffer.without_gradient
    assert run.buffer.without_left_over == single.buffer.without_left_over
    assert run.optimizer.rule.steps == single.optimizer.rule.steps
    assert run.optimizer.rule.memory.keys() == single.optimizer.rule.memory.keys()
    for name, memory in single.optimizer.rule.memory.items():
        assert_same_tensor(run.optimizer.rule.memory[name], memory, rel)
    assert_same_sightings(run, single, rel)
    assert run.counters == single.counters
    assert run.optimizer.lr == single.optimizer.lr
    assert (run.position.window is None) == (single.position.window is None)
    assert (run.best.stopping.best_epoch, run.best.stopping.waited) == (
        single.best.stopping.best_epoch,
        single.best.stopping.waited,
    )


def assert_same_sightings(run, single, rel):
    assert run.ledger.sightings.keys() == single.ledger.sightings.keys()
    for name, expected in single.ledger.sightings.items():
        seen = run.ledger.sightings[name]
        assert seen.numbers == pytest.approx(expected.numbers, rel=1e3 * rel)
        assert replace(seen, numbers={}) == replace(expected, numbers={})


def assert_stacked_equals_single(changes, replicas=3, rel=1e-5):
    stacked, single = runs_of(replicas, changes), runs_of(replicas, changes)
    assert len({fits(run) for run in stacked}) == 1
    assert fits(stacked[0]) is not None
    events = train_stacked(stacked)
    for run, own, alone in zip(stacked, events, single, strict=True):
        assert_same_events(own, drain(alone), rel)
        assert_same_run(run, alone, rel)
    return events


OPTIMIZERS = [
    {"kind": "by_hand", "lr": 0.05},
    {"kind": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    {"kind": "adam", "lr": 0.01, "weight_decay": 0.01, "schedule": "cosine"},
    {"kind": "adamw", "lr": 0.01, "weight_decay": 0.1, "schedule": "one_cycle"},
    {"kind": "rmsprop", "lr": 0.001, "momentum": 0.5, "schedule": "warmup"},
    {"kind": "adagrad", "lr": 0.05, "schedule": "step", "clip_norm": 0.3},
]

MODELS = {
    "linear": {"model": {"kind": "linear", "hidden": []}},
    "mlp, relu": {},
    "mlp, tanh": {"model": {"hidden": [5], "activation": "tanh", "init": "xavier"}},
    "mlp, leaky": {"model": {"activation": "leaky_relu"}},
    "mlp, mse and class weights": {"training": {"loss": "mse", "class_weights": "balanced"}},
    "mlp, class weights, three classes": {
        "data": {"source": "wine"},
        "training": {"class_weights": "balanced"},
    },
    "regression": {"data": {"source": "diabetes"}, "training": {"batch_size": 64}},
    "linear, pictures": {"data": {"source": "digits"}, "training": {"batch_size": 200}},
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda optimizer: optimizer["kind"])
@pytest.mark.parametrize("model", MODELS)
def test_every_model_and_optimizer_trains_as_in_single_runs(model, optimizer):
    # RMSprop makes a whole step of a tiny gradient's rounding, and some pixels are blank nearly everywhere.
    is_sensitive = (model, optimizer["kind"]) == ("linear, pictures", "rmsprop")
    changes = settings(MODELS[model], {"optimizer": optimizer})
    assert_stacked_equals_single(changes, rel=1e-4 if is_sensitive else 1e-5)


@pytest.mark.parametrize(
    "optimizer", [{"kind": "sgd", "momentum": 0.9, "weight_decay": 0.1}, {"kind": "adam"}]
)
@pytest.mark.parametrize("to", ["none", "zeros"])
@pytest.mark.parametrize("zero", ["every_update", "every_batch", "every_epoch", "never", "after_backward"])
def test_every_zeroing_mode_is_that_of_single_runs(zero, to, optimizer):
    gradients = {"zero": zero, "zero_to": to, "accumulate": 3}
    assert_stacked_equals_single(settings({"gradients": gradients, "optimizer": {"lr": 0.003, **optimizer}}))


@pytest.mark.parametrize("tail", ["step", "carry", "drop"])
@pytest.mark.parametrize("scale", ["samples", "mean", "sum"])
def test_every_scale_and_tail_is_that_of_single_runs(scale, tail):
    assert_stacked_equals_single(settings({"gradients": {"scale": scale, "tail": tail, "accumulate": 5}}))


def test_a_stack_of_one_is_that_run():
    assert_stacked_equals_single(settings(), replicas=1)


def test_without_validation_rows_there_is_nothing_to_measure_on():
    assert_stacked_equals_single(settings({"data": {**MOONS, "validation": 0}}))


def test_replicas_stop_early_each_at_its_own_epoch_and_get_their_best_weights_back():
    changes = settings({"training": {"epochs": 40, "patience": 2}, "optimizer": {"kind": "adam", "lr": 0.05}})
    endings = assert_stacked_equals_single(changes, replicas=6)
    assert len({len(events) for events in endings}) > 1
    assert all(events[-1].reason == "early_stopping" and events[-1].restored for events in endings)


def test_a_window_carried_over_goes_with_a_replica_that_stops_early():
    gradients = {"accumulate": 5, "tail": "carry"}
    training = {"epochs": 40, "patience": 1}
    assert_stacked_equals_single(settings({"gradients": gradients, "training": training}), replicas=6)


def test_replicas_diverge_each_at_its_own_update_and_leave_the_others_alone():
    changes = settings({"model": {"hidden": [32, 32], "init": "large"}, "optimizer": {"lr": 30.0}})
    changes["training"]["epochs"] = 3
    stacked, single = runs_of(8, changes), runs_of(8, changes)
    events = train_stacked(stacked)
    expected = [drain(run) for run in single]
    assert {own[-1].reason for own in expected} == {"diverged", "finished"}
    assert len({own[-1].cause for own in expected}) > 2  # not all at the same place
    for own, alone in zip(events, expected, strict=True):
        assert own[-1] == alone[-1]
        assert [type(event) for event in own] == [
            type(event) for event in alone if isinstance(event, Updated | EpochEnded | Finished)
        ]


def test_a_stack_whose_replicas_all_diverge_at_once_leaves_each_to_say_so():
    changes = settings({"model": {"hidden": [32, 32], "init": "large"}, "optimizer": {"lr": 1000.0}})
    stacked, single = runs_of(3, changes), runs_of(3, changes)
    events = train_stacked(stacked)
    for own, alone in zip(events, map(drain, single), strict=True):
        assert own[-1] == alone[-1]
        assert own[-1].reason == "diverged"


def test_the_stacks_own_numbers_are_those_of_its_first_replica_whoever_has_left():
    changes = settings({"gradients": {"accumulate": 3}, "training": {"measure_every": 1}})
    runs = runs_of(3, changes)
    stack = Stack(runs)
    for event in train(stack):
        if isinstance(event, Updated | EpochEnded):
            told = list(stack.each(event))
            assert [run for run, _ in told] == stack.runs
            if isinstance(event, Updated):
                assert_close(event, told[0][1], 1e-6)
                assert told[0][1] != told[1][1]
        elif isinstance(event, Backward) and (stack.position.counters.updates, event.batch) == (4, 2):
            with torch.no_grad():
                runs[0].parameters.flat[3] = float("nan")  # its next loss is none
    assert stack.left == [runs[0]]


def test_one_replicas_infinite_gradient_never_reaches_the_others():
    changes = settings({"optimizer": {"kind": "adam", "clip_norm": 0.5, "lr": 0.01}})
    stacked, single = runs_of(3, changes), runs_of(3, changes)
    stack = Stack(stacked)
    for event in train(stack):
        if isinstance(event, Backward) and stack.position.counters.updates == 4:
            stacked[1].buffer.used[3] = float("inf")
    stack.dissolve()
    assert stack.left[0] is stacked[1]
    ending = drain(stacked[1])[-1]
    assert ending.reason == "diverged"
    assert "update 5" in ending.cause
    assert "gradient of hidden1.weight is not finite" in ending.cause
    for number in (0, 2):
        drain(single[number])
        assert_same_run(stacked[number], single[number])


@pytest.mark.parametrize("stop", [8, 12, 13, 25])
def test_runs_can_be_stacked_wherever_they_are(stop):
    changes = settings(
        {"optimizer": {"kind": "adam", "lr": 0.01}, "gradients": {"accumulate": 5, "tail": "carry"}}
    )
    stacked, single = runs_of(3, changes), runs_of(3, changes)
    for run in stacked:
        for number, _ in enumerate(train(run)):
            if number == stop:
                break
    assert len({fits(run) for run in stacked}) == 1
    train_stacked(stacked)
    for run, alone in zip(stacked, single, strict=True):
        drain(alone)
        assert_same_run(run, alone)


@pytest.mark.parametrize("stop", [3, 7, 14, 16])
@pytest.mark.parametrize("fault", [{"scale": "mean"}, {"zero": "never"}, {"zero": "every_epoch"}])
def test_the_books_of_runs_that_are_stacked_in_the_middle_of_a_window_go_on(stop, fault):
    changes = settings({"gradients": {"accumulate": 5, "tail": "carry", **fault}})
    stacked, single = runs_of(3, changes), runs_of(3, changes)
    for run in stacked:
        passes = (event for event in train(run) if isinstance(event, Backward))
        for _ in range(stop):
            next(passes)
    assert len({fits(run) for run in stacked}) == 1
    train_stacked(stacked)
    for run, alone in zip(stacked, single, strict=True):
        drain(alone)
        assert_same_run(run, alone, rel=1e-4)
        assert run.ledger.sightings


@pytest.mark.parametrize(
    "change",
    [
        {"model": {"dropout": 0.1}},
        {"model": {"batch_norm": True}},
        {"model": {"freeze": ["hidden1"]}},
        {"optimizer": {"schedule": "plateau"}},
        {"data": {"source": "digits"}, "model": {"kind": "cnn"}},
        {"model": {"hidden": [500, 500]}},
    ],
)
def test_what_cannot_be_stacked_or_is_not_worth_it_is_left_alone(change):
    assert fits(TrainingRun(experiment(**settings(change)))) is None


def test_runs_at_different_places_or_with_different_settings_do_not_fit_together():
    one, other, ahead = *runs_of(2, settings()), *runs_of(1, settings())
    assert fits(one) == fits(other)
    next(event for event in train(ahead) if isinstance(event, Updated))
    assert fits(one) != fits(ahead)
    assert fits(one) != fits(TrainingRun(experiment(**settings({"optimizer": {"lr": 0.2}}))))
