"""A resumed run goes on as if it had never stopped, bit by bit."""

import pytest
import torch
from plain_pytorch import drain, experiment

from gradlab.errors import InputError
from gradlab.training import checkpoint
from gradlab.training.events import Backward, EpochEnded, Updated
from gradlab.training.loop import is_over, train
from gradlab.training.run import TrainingRun

CHIRP = {"source": "sequence", "pattern": "chirp", "samples": 100}
SHORT = {"epochs": 2, "batch_size": 16, "device": "cpu"}
SETTINGS = {
    "plain": {},
    "momentum and a carried window": {
        "optimizer": {"lr": 0.1, "momentum": 0.9, "schedule": "one_cycle"},
        "gradients": {"accumulate": 5, "tail": "carry"},
    },
    "adam, dropout, batch norm, early stopping": {
        "model": {"hidden": [16], "dropout": 0.3, "batch_norm": True},
        "optimizer": {"kind": "adam", "lr": 0.01, "schedule": "plateau"},
        "training": {"epochs": 3, "batch_size": 64, "patience": 2},
    },
    "never zeroed and clipped": {
        "gradients": {"zero": "never", "accumulate": 3},
        "optimizer": {"kind": "rmsprop", "lr": 0.01, "momentum": 0.5, "clip_norm": 0.5},
    },
    "divided by N and carried over": {
        "gradients": {"accumulate": 4, "scale": "mean", "tail": "carry"},
        "training": {"epochs": 3, "batch_size": 100, "measure_every": 1, "device": "cpu"},
    },
    "zeroed every epoch and carried over": {
        "gradients": {"accumulate": 4, "zero": "every_epoch", "tail": "carry"},
    },
    "zeroed every epoch, cnn": {
        "model": {"kind": "cnn", "hidden": [4]},
        "gradients": {"zero": "every_epoch"},
    },
    "gru in chunks": {
        "data": CHIRP,
        "model": {"kind": "gru", "hidden": [6, 4], "dropout": 0.2, "chunk": 10},
        "training": SHORT,
    },
    "lstm in uneven chunks, never zeroed, accumulated, adam": {
        "data": CHIRP,
        "model": {"kind": "lstm", "hidden": [6], "chunk": 12},
        "optimizer": {"kind": "adam", "lr": 0.01},
        "gradients": {"zero": "never", "accumulate": 2, "tail": "carry"},
        "training": SHORT,
    },
    "rnn, one target per row": {
        "data": {**CHIRP, "pattern": "adding", "samples": 400},
        "model": {"kind": "rnn", "hidden": [6], "chunk": 20},
        "training": SHORT,
    },
    "two heads, one of them left out, adam, to zeros": {
        "model": {"kind": "two_heads", "hidden": [8], "head_a_updates": 5},
        "optimizer": {"kind": "adam", "lr": 0.01},
        "gradients": {"zero_to": "zeros"},
    },
    "two heads, one of them left out from the end of an epoch on, momentum": {
        "model": {"kind": "two_heads", "hidden": [8], "head_a_updates": 11},
        "optimizer": {"momentum": 0.9},
        "gradients": {"accumulate": 2},
    },
    "a tilted surface": {
        "data": {"source": "surface", "samples": 300},
        "model": {"kind": "surface"},
        "optimizer": {"momentum": 0.9},
        "training": {"epochs": 2, "batch_size": 16, "device": "cpu"},
    },
    "a frozen layer between others, adam": {
        "model": {"hidden": [8, 8], "freeze": ["hidden2"]},
        "optimizer": {"kind": "adam", "lr": 0.01},
        "gradients": {"zero_to": "zeros"},
    },
}


def facts(events):
    """Every number that the events carry, to be compared bit by bit."""
    return [repr(event) for event in events]


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(("kind", "count"), [(Updated, 3), (Backward, 7), (Backward, 30), (EpochEnded, 2)])
def test_resuming_is_bit_identical_between_updates_mid_window_and_between_epochs(tmp_path, name, kind, count):
    whole = TrainingRun(experiment(**SETTINGS[name]))
    expected = facts(drain(whole))

    run = TrainingRun(experiment(**SETTINGS[name]))
    seen = []
    for event in train(run):
        seen.append(event)
        if sum(isinstance(e, kind) for e in seen) == count:
            break
    checkpoint.save(run, tmp_path / "checkpoint.safetensors")
    del run
    resumed, _ = checkpoint.load(tmp_path / "checkpoint.safetensors")
    seen += drain(resumed)

    assert facts(seen) == expected
    assert torch.equal(resumed.parameters.flat, whole.parameters.flat)
    assert resumed.ledger.sightings == whole.ledger.sightings


def test_a_checkpoint_is_whole_or_not_there_and_replaces_the_one_before(tmp_path):
    run = TrainingRun(experiment())
    path = tmp_path / "checkpoint.safetensors"
    checkpoint.save(run, path, {"number": 1})
    checkpoint.save(run, path, {"number": 2})
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.safetensors"]
    assert checkpoint.load(path)[1] == {"number": 2}


def test_what_is_no_checkpoint_is_one_clear_line(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    for content in (None, b"", b"\x80\x04 a pickle is never loaded"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(InputError, match="is not a checkpoint"):
            checkpoint.load(path)


def test_a_change_that_waits_for_the_next_update_is_not_forgotten(tmp_path):
    run = TrainingRun(experiment(gradients={"accumulate": 3}))
    for event in train(run):
        if isinstance(event, Backward):
            break
    run.change(experiment(gradients={"accumulate": 3}, optimizer={"lr": 0.01}))
    checkpoint.save(run, tmp_path / "checkpoint.safetensors")
    resumed, _ = checkpoint.load(tmp_path / "checkpoint.safetensors")
    rates = [event.lr for event in drain(resumed) if isinstance(event, Updated)]
    assert rates[:2] == [0.1, 0.01]


@pytest.fixture(params=["sgd", "adam"])
def pausing(request):
    """A run whose layers are frozen and thawed by plan; after the updates in ``stops`` it is saved and loaded."""

    def settings(freeze):
        optimizer = {"kind": request.param, "lr": 0.01, "weight_decay": 0.1}
        return experiment(model={"hidden": [8, 8], "freeze": freeze}, optimizer=optimizer)

    def trained(path, stops):
        plan = {2: ["hidden2"], 6: ["output"], 9: []}
        run = TrainingRun(settings([]))
        while not is_over(run):
            for event in train(run):
                if isinstance(event, Updated) and event.update in plan:
                    run.change(settings(plan[event.update]))
                if isinstance(event, Updated) and event.update in stops:
                    checkpoint.save(run, path)
                    run, _ = checkpoint.load(path)
                    break
        return run

    return trained


def test_layers_that_paused_differently_go_on_as_if_never_stopped(tmp_path, pausing):
    whole = pausing(tmp_path / "checkpoint.safetensors", stops=())
    resumed = pausing(tmp_path / "checkpoint.safetensors", stops=(4, 6, 12))
    assert whole.optimizer.rule.steps == resumed.optimizer.rule.steps == [44, 40, 41]
    assert torch.equal(whole.parameters.flat, resumed.parameters.flat)
