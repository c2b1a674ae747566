"""Nothing that a run depends on is missing in its checkpoint, whatever part of the run it belongs to."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from plain_pytorch import drain, experiment
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.training import checkpoint
from gradlab.training.events import Backward, EpochEnded, Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun
from gradlab.training.state import Stateful, parts_of

pytestmark = pytest.mark.usefixtures("float16_on_the_cpu")
OLD = Path(__file__).parent / "version_1"
CHIRP = {"source": "sequence", "pattern": "chirp", "samples": 60}
SHORT = {"epochs": 12, "batch_size": 16, "device": "cpu"}
SETTINGS = {
    "adam, dropout, batch norm, plateau, early stopping": {
        "model": {"hidden": [8], "dropout": 0.3, "batch_norm": True},
        "optimizer": {"kind": "adam", "lr": 0.01, "schedule": "plateau"},
        "training": {"epochs": 6, "batch_size": 100, "patience": 3, "measure_every": 3, "device": "cpu"},
    },
    "chunks, never zeroed": {
        "data": CHIRP,
        "model": {"kind": "gru", "hidden": [4, 3], "chunk": 10, "dropout": 0.2},
        "gradients": {"zero": "never", "accumulate": 2, "tail": "carry"},
        "training": SHORT,
    },
    "maze": {"data": {"source": "maze", "samples": 60}, "gradients": {"accumulate": 3}, "training": SHORT},
    "two heads": {
        "model": {"kind": "two_heads", "hidden": [8], "head_a_updates": 11},
        "optimizer": {"momentum": 0.9},
        "training": {**SHORT, "batch_size": 64},
    },
    "float16": {
        "model": {"hidden": [8]},
        "training": {**SHORT, "batch_size": 100, "precision": "float16"},
    },
}


def objects(thing: object, path: str = "run", seen: set[int] | None = None) -> Iterator[tuple[str, object]]:
    """Everything that can be reached from the training package's own objects, once, by its path."""
    seen = set() if seen is None else seen
    is_own = type(thing).__module__.startswith(("gradlab.training", __name__))
    is_own = is_own and not isinstance(thing, nn.Module) and not callable(thing)
    if isinstance(thing, dict | list | tuple):
        children = dict(thing) if isinstance(thing, dict) else dict(enumerate(thing))
    elif is_own and id(thing) not in seen:
        seen.add(id(thing))
        yield path, thing
        children = vars(thing)
    else:
        yield path, thing
        return
    for name, child in children.items():
        yield from objects(child, f"{path}.{name}", seen)


BITS = {
    torch.Tensor: lambda tensor: tensor.detach().contiguous().numpy().tobytes(),
    torch.Generator: lambda chance: chance.get_state().numpy().tobytes(),
    np.random.Generator: lambda chance: repr(chance.bit_generator.state),
    np.ndarray: lambda array: array.tobytes(),
    nn.Module: lambda model: in_bits(model.state_dict()),
    frozenset: sorted,
    Experiment: lambda spec: spec.model_dump_json(),
    bool | int | float | str: repr,
    dict: lambda items: {name: in_bits(item) for name, item in items.items()},
    list | tuple: lambda items: [in_bits(item) for item in items],
}


def in_bits(value: object) -> object:
    """A value as something that compares bit by bit; None for what holds no numbers."""
    return next((how(value) for kind, how in BITS.items() if isinstance(value, kind)), None)


def numbers_of(run: TrainingRun) -> dict[str, object]:
    return {path: in_bits(value) for path, value in objects(run)}


def states_of(run: TrainingRun) -> dict[str, object]:
    return {path: in_bits(part.state()) for path, part in objects(run) if isinstance(part, Stateful)}


def stopped(run: TrainingRun, kind: type, count: int) -> TrainingRun:
    """Train until so many events of a kind were seen."""
    for event in train(run):
        count -= isinstance(event, kind)
        if count == 0:
            break
    return run


def resumed(run: TrainingRun, folder: Path) -> TrainingRun:
    checkpoint.save(run, folder / "checkpoint.safetensors")
    return checkpoint.load(folder / "checkpoint.safetensors", type(run))[0]


def test_every_part_with_a_state_changes_and_is_found_back(tmp_path):
    changed, all_parts = set(), set()
    for settings in SETTINGS.values():
        run = stopped(TrainingRun(experiment(**settings)), Backward, 32)
        run.change(run.experiment.with_value("optimizer.lr", 0.005))
        before, fresh = states_of(run), states_of(TrainingRun(run.experiment))
        assert states_of(resumed(run, tmp_path)) == before
        all_parts |= before.keys()
        changed |= {path for path, state in before.items() if state != fresh.get(path)}
    assert {f"run.{name}" for name in parts_of(run)} <= all_parts
    assert changed == all_parts


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(("kind", "count"), [(Updated, 3), (Backward, 17), (EpochEnded, 2)])
def test_two_epochs_later_no_number_in_a_resumed_run_differs(tmp_path, name, kind, count):
    run = stopped(TrainingRun(experiment(**SETTINGS[name])), kind, count)
    other = resumed(run, tmp_path)
    for each in (run, other):
        stopped(each, EpochEnded, 2)  # so that what is only remembered for a batch was worked out again
    numbers, expected = numbers_of(other), numbers_of(run)
    assert len(expected) > 80
    assert {path for path in expected if numbers.get(path) != expected[path]} == set()
    assert numbers.keys() == expected.keys()


class Habit:
    """A part of a run whose state is forgotten."""

    def __init__(self):
        self.count = 0


class KeptHabit(Habit):
    def state(self):
        return {"count": self.count}

    def load(self, state):
        self.count = state["count"]


def with_habit(make):
    class Habitual(TrainingRun):
        def __init__(self, experiment):
            super().__init__(experiment)
            self.habit = make()

        def backward(self, rows):
            self.habit.count += 1
            return super().backward(rows)

    return Habitual


@pytest.mark.parametrize(("make", "missing"), [(Habit, {"run.habit.count"}), (KeptHabit, set())])
def test_a_new_part_is_kept_if_it_has_a_state_and_else_is_missed(tmp_path, make, missing):
    run = stopped(with_habit(make)(experiment()), Updated, 3)
    other = resumed(run, tmp_path)
    for each in (run, other):
        stopped(each, EpochEnded, 2)
    numbers, expected = numbers_of(other), numbers_of(run)
    assert {path for path in expected if numbers[path] != expected[path]} == missing


@pytest.mark.parametrize("name", ["played", "chunked"])
def test_a_checkpoint_of_version_1_goes_on_as_if_never_stopped(name):
    run, kept = checkpoint.load(OLD / f"{name}.safetensors")
    assert kept == {"number": 1}
    assert run.position.window is not None
    whole = [event for event in drain(TrainingRun(run.experiment)) if isinstance(event, Updated)]
    rest = [event for event in drain(run) if isinstance(event, Updated)]
    assert 1 < len(rest) < len(whole)
    for event, expected in zip(rest, whole[-len(rest) :], strict=True):
        assert (event.update, event.samples) == (expected.update, expected.samples)
        numbers = (expected.loss, expected.lr, expected.grad_norm)
        # Made on one computer, and compared on another.
        assert (event.loss, event.lr, event.grad_norm) == pytest.approx(numbers, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize(("zero", "found"), [("every_update", set()), ("never", {"left_over"})])
def test_a_checkpoint_of_version_2_goes_on_without_a_false_book(tmp_path, zero, found):
    path = tmp_path / "checkpoint.safetensors"
    run = TrainingRun(experiment(gradients={"accumulate": 4, "tail": "carry", "zero": zero}))
    checkpoint.save(stopped(run, Backward, 6), path)  # in the middle of a window
    with safe_open(path, framework="pt") as file:
        document = json.loads(file.metadata()["gradlab"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    document["version"] = 2
    del document["parts"]["ledger"], document["parts"]["buffer"]["passes"]
    save_file(tensors, path, metadata={"gradlab": json.dumps(document)})
    other, _ = checkpoint.load(path)
    events = iter(train(other))
    next(event for event in events if isinstance(event, Updated))
    assert not other.ledger.sightings  # nobody knows how that window began
    for _ in events:
        pass
    assert set(other.ledger.sightings) == found


def test_a_checkpoint_of_a_later_version_is_one_clear_line(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "VERSION", 4)
    checkpoint.save(TrainingRun(experiment()), tmp_path / "checkpoint.safetensors")
    with pytest.raises(InputError, match="it is of version 4, and this GradLab reads 1 to 3"):
        checkpoint.load(tmp_path / "checkpoint.safetensors")
