"""Replayed passes are those made one by one, bit by bit; recording itself needs a CUDA device."""

import pytest
import torch
from plain_pytorch import experiment, weights

from gradlab.training.autograd import Autograd
from gradlab.training.events import Updated
from gradlab.training.loop import train
from gradlab.training.replay import MOST, SWITCH, WARM_UPS, OneByOne, Replayed, may_record
from gradlab.training.run import TrainingRun

# 64 of 1347 rows: the last batch of an epoch has 3.
MODELS = {
    "linear": {"model": {"kind": "linear"}},
    "mlp": {"model": {"hidden": [16, 8], "activation": "tanh"}},
    "dropout and batch norm": {"model": {"hidden": [16], "dropout": 0.3, "batch_norm": True}},
    "cnn": {"model": {"kind": "cnn", "hidden": [4]}},
    "number": {"data": {"source": "diabetes"}},
    "balanced classes": {"training__class_weights": "balanced"},
    "squared distance": {"training__loss": "mse"},
    "bfloat16": {"training__precision": "bfloat16"},
}
SETTINGS = {
    "accumulated": {"gradients": {"accumulate": 4}},
    "carried": {"gradients": {"accumulate": 5, "tail": "carry", "scale": "mean"}},
    "never zeroed": {"gradients": {"zero": "never"}},
    "zeroed every batch": {"gradients": {"zero": "every_batch", "accumulate": 2}},
    "zeroed to zeros": {"gradients": {"zero": "every_epoch", "zero_to": "zeros"}},
    "adam, clipped": {"optimizer": {"kind": "adam", "lr": 0.01, "clip_norm": 0.1}},
    "frozen": {"model": {"hidden": [8, 8], "freeze": ["hidden1"]}},
}


class Recordings(OneByOne):
    """Makes the operations anew like OneByOne, after as many warm-ups as CUDA gets, and counts the replays."""

    def __init__(self):
        self.made = 0
        self.replays = 0

    def __call__(self):
        self.made += 1
        return self

    def warm_up(self, work):
        for _ in range(WARM_UPS):
            work()

    def record(self, work):
        def replay():
            self.replays += 1
            work()

        return replay


def one_by_one(spec):
    run = TrainingRun(spec)
    run.passes = Autograd(run.network.forward, run.objective)
    return run


def replayed(spec, make_recorder):
    run = TrainingRun(spec)
    run.passes = Replayed(
        lambda: Autograd(run.network.forward, run.objective), run.model, run.network.chance, make_recorder
    )
    return run


def everything_of(run, changes=()):
    """Train; return all events and the gradients after each, with live changes after so many updates."""
    changes = dict(changes)
    told = []
    for event in train(run):
        told.append((repr(event), run.buffer.used.clone(), run.buffer.batch.clone()))
        if isinstance(event, Updated) and event.update in changes:
            changed = run.settings.wanted
            for key, value in changes[event.update].items():
                changed = changed.with_value(key, value)
            run.change(changed)
    return told, weights(run.model), dict(run.model.named_buffers())


def assert_the_same(given, expected):
    for (event, *gradients), (other, *others) in zip(given[0], expected[0], strict=True):
        assert event == other
        if not event.startswith("Forward"):  # until the backward pass, the batch's part is nobody's
            assert all(map(torch.equal, gradients, others))
    assert torch.equal(given[1], expected[1])
    assert all(torch.equal(buffer, expected[2][name]) for name, buffer in given[2].items())


@pytest.mark.parametrize("settings", [*MODELS, *SETTINGS])
def test_replaying_changes_no_bit(settings):
    spec = experiment(**(MODELS | SETTINGS)[settings])
    recordings = Recordings()
    given = everything_of(replayed(spec, recordings))
    assert recordings.replays > 10
    assert_the_same(given, everything_of(one_by_one(spec)))


def test_settings_may_change_meanwhile():
    spec = experiment(model={"hidden": [8, 8], "dropout": 0.2}, training__epochs=4)
    changes = {
        10: {"model.freeze": ("hidden1",)},
        20: {"gradients.accumulate": 3, "model.freeze": ("hidden2",)},
        25: {"training.batch_size": 50, "model.freeze": ()},
    }
    recordings = Recordings()
    given = everything_of(replayed(spec, recordings), changes)
    assert recordings.made == MOST  # everything learns, and each freeze, and another batch size
    assert_the_same(given, everything_of(one_by_one(spec), changes))


def test_unusual_shapes_are_made_one_by_one():
    run = replayed(experiment(), recordings := Recordings())
    everything_of(run)
    assert recordings.made == 1  # two epochs have two last batches of 3 rows: too few for a recording
    updates, unusual, before = run.counters.updates, 2, 3
    assert (
        recordings.replays == 2 * (updates - unusual - before) + 2
    )  # and once more, to see that it is right


def test_weights_that_moved_to_other_memory_are_recorded_anew():
    spec = experiment()
    run = replayed(spec, recordings := Recordings())
    other = one_by_one(spec)
    for each in (run, other):
        events = train(each)
        while each.counters.updates < 10:
            next(events)
        # As a stack does with the runs that it takes over.
        each.parameters.flat = each.parameters.flat.clone()
        for segment, parameter in zip(each.parameters.segments, each.parameters.parameters, strict=True):
            parameter.data = segment.of(each.parameters.flat)
        each.optimizer.rule = type(each.optimizer.rule)(each.optimizer.rule.kind, each.parameters)
        list(events)
    assert recordings.made == 2
    assert torch.equal(weights(run.model), weights(other.model))


def failing():
    raise RuntimeError("operation not permitted when stream is capturing")


class Lying(Recordings):
    """Replays that give another loss, as a recording of operations that depend on the data would."""

    def record(self, work):
        def replay():
            work()
            work.__self__.loss = work.__self__.loss + 1

        return replay


@pytest.mark.parametrize("make_recorder", [failing, Lying()])
def test_a_recording_that_fails_or_lies_is_not_used_and_leaves_no_trace(make_recorder, caplog):
    spec = experiment(model={"hidden": [16], "dropout": 0.3, "batch_norm": True})
    given = everything_of(replayed(spec, make_recorder))
    assert_the_same(given, everything_of(one_by_one(spec)))
    (line,) = caplog.messages
    assert line.startswith("No CUDA graphs from here on: a recording ")


def test_only_cuda_devices_record_and_only_where_the_environment_switches_it_on(monkeypatch):
    monkeypatch.setenv(SWITCH, "1")
    assert may_record(torch.device("cuda", 0))
    assert not may_record(torch.device("cpu"))
    assert not may_record(torch.device("mps"))
    monkeypatch.delenv(SWITCH)
    assert not may_record(torch.device("cuda", 0))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("settings", [*MODELS, *SETTINGS])
def test_cuda_graphs_train_as_the_passes_one_by_one(monkeypatch, caplog, settings):
    spec = experiment(**(MODELS | SETTINGS)[settings]).with_value("training.device", "cuda")
    monkeypatch.setenv(SWITCH, "1")
    replayed = TrainingRun(spec)
    monkeypatch.delenv(SWITCH)
    other = TrainingRun(spec)
    list(train(replayed))
    list(train(other))
    assert isinstance(replayed.passes, Replayed)
    assert not isinstance(other.passes, Replayed)
    assert caplog.messages == []
    torch.testing.assert_close(weights(replayed.model), weights(other.model), rtol=1e-3, atol=1e-4)
