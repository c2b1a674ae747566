"""The code that is shown is the loop that is trained: run as it is, it gives the same weights."""

import copy
import itertools
import math

import pytest
import torch
from plain_pytorch import experiment, weights
from torch import nn
from trained_by_code import check_code, trained_by_the_code

from gradlab.experiment.schema import Experiment
from gradlab.export.loop_code import lines_for, text_of
from gradlab.training.events import EpochStarted
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

ZEROING = ("every_update", "every_batch", "every_epoch", "never", "after_backward")


@pytest.mark.parametrize("clip", [0.0, 0.5])
@pytest.mark.parametrize("tail", ["step", "carry", "drop"])
@pytest.mark.parametrize("accumulate", [1, 3])
@pytest.mark.parametrize("zero", ZEROING)
def test_the_code_trains_as_the_run_does(zero, accumulate, tail, clip):
    for scale in ("samples", "mean", "sum"):
        check_code(
            experiment(
                data={"source": "moons", "samples": 180},  # 135 training rows: five batches, the last of 7
                model={"hidden": [8]},
                optimizer={"lr": 0.02, "clip_norm": clip},
                gradients={"zero": zero, "accumulate": accumulate, "tail": tail, "scale": scale},
                training={"epochs": 3, "batch_size": 32, "device": "cpu"},
            )
        )


OPTIMIZERS = [
    {"kind": "by_hand"},
    {"kind": "by_hand", "schedule": "cosine", "momentum": 0.9, "weight_decay": 0.1},
    {"kind": "sgd", "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    {"kind": "adam", "momentum": 0.9, "weight_decay": 0.01},
    {"kind": "adamw"},
    {"kind": "adamw", "weight_decay": 0.1},
    {"kind": "rmsprop", "momentum": 0.5},
    {"kind": "adagrad"},
]


@pytest.mark.parametrize("zero_to", ["none", "zeros"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda spec: "-".join(map(str, spec.values())))
def test_every_optimizers_line_means_the_same_rule(optimizer, zero_to):
    gradients = {"zero_to": zero_to, "zero": "every_epoch"}
    check_code(experiment(optimizer={"lr": 0.005, **optimizer}, gradients=gradients))


@pytest.mark.parametrize("schedule", ["step", "cosine", "one_cycle", "warmup"])
@pytest.mark.parametrize("tail", ["step", "carry", "drop"])
@pytest.mark.parametrize("accumulate", [1, 3])
def test_every_schedules_line_means_the_same_learning_rates(schedule, tail, accumulate):
    gradients = {"accumulate": accumulate, "tail": tail}
    check_code(experiment(optimizer={"lr": 0.1, "schedule": schedule}, gradients=gradients))


def test_schedules_over_carried_windows_are_laid_out_over_the_updates_of_the_whole_run():
    check_code(
        experiment(
            data={"source": "wine"},  # 13 batches, 27 epochs: 117 windows of 3
            model={"hidden": [4]},
            optimizer={"lr": 0.1, "schedule": "one_cycle"},
            gradients={"accumulate": 3, "tail": "carry"},
            training={"epochs": 27, "batch_size": 11, "device": "cpu"},
        )
    )


@pytest.mark.parametrize("zero", ["every_update", "every_batch", "after_backward"])
@pytest.mark.parametrize("clip", [0.0, 0.5])
@pytest.mark.parametrize("accumulate", [1, 3])
@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_the_code_computes_in_the_same_precision(monkeypatch, precision, accumulate, clip, zero):
    monkeypatch.setattr("gradlab.training.network.check_precision", lambda experiment, device: None)
    check_code(
        experiment(
            data={"source": "moons", "samples": 180},
            model={"hidden": [8]},
            optimizer={"lr": 0.02, "clip_norm": clip, "kind": "by_hand"},
            gradients={"zero": zero, "accumulate": accumulate},
            training={"epochs": 2, "batch_size": 32, "device": "cpu", "precision": precision},
        ),
        tolerance=1e-3,  # rounded to 16 bits, the last digit of a sum matters more
    )


def test_frozen_layers_stand_still_in_the_code_too():
    spec = experiment(model={"hidden": [16], "freeze": ["hidden1"]})
    run = TrainingRun(spec)
    assert torch.equal(trained_by_the_code(run).hidden1.weight, run.model.hidden1.weight)
    check_code(spec)


def test_where_the_output_is_the_loss_the_code_says_so_and_trains_as_the_run_does():
    spec = experiment(
        data={"source": "surface", "samples": 96, "noise": 0.1, "validation": 0.0},
        model={"kind": "surface"},
        optimizer={"lr": 0.1},
    )
    assert "        loss = model(inputs).mean()" in text_of(lines_for(spec)).splitlines()
    check_code(spec)


def comments(spec):
    return [line.text.strip() for line in lines_for(spec) if line.text.strip().startswith("#")]


def test_what_the_code_leaves_out_is_said_in_a_comment():
    joint = {"kind": "two_heads", "head_a_updates": 40}
    told = "# left out: from update 41 on the model does not use its head A"
    assert comments(experiment(model=joint)) == [told]
    assert comments(experiment(model={**joint, "head_a_updates": 0})) == []
    assert comments(experiment(model={**joint, "kind": "mlp"})) == []


@pytest.mark.parametrize("zero", ZEROING)
def test_what_is_left_over_in_a_scaled_buffer_is_a_matter_of_a_comment(zero):
    def said(precision):
        spec = experiment(gradients={"zero": zero}, training={"precision": precision, "device": "cuda"})
        return "# left out: what is left over must not be unscaled once more" in comments(spec)

    assert said("float16") == (zero in ("never", "every_epoch"))
    assert not said("float32")


def test_each_phase_that_the_run_goes_through_has_its_line_and_no_other():
    for zero, clip in itertools.product(ZEROING, (0.0, 1.0)):
        spec = experiment(gradients={"zero": zero, "accumulate": 2}, optimizer={"clip_norm": clip})
        phases = [line.phase for line in lines_for(spec) if line.phase]
        expected = {"zeroed", "forward", "backward", "clipped", "updated"}
        expected -= {"zeroed"} if zero == "never" else set()
        expected -= set() if clip else {"clipped"}
        assert sorted(phases) == sorted(expected)


def test_the_textbook_loop_is_as_short_as_in_the_textbook():
    assert text_of(lines_for(Experiment())).splitlines() == [
        "batches = DataLoader(data, batch_size=32, shuffle=True)",
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
        "",
        "for epoch in range(20):",
        "    for inputs, targets in batches:",
        "        optimizer.zero_grad()",
        "        loss = loss_function(model(inputs), targets)",
        "        loss.backward()",
        "        optimizer.step()",
    ]


def test_even_the_longest_loop_is_twenty_lines():
    for zero, tail in itertools.product(ZEROING, ("step", "carry", "drop")):
        gradients = {"zero": zero, "accumulate": 4, "tail": tail, "scale": "samples"}
        spec = experiment(gradients=gradients, optimizer={"clip_norm": 1.0, "schedule": "cosine"})
        assert len(lines_for(spec)) <= 20


class Played:
    """In place of what a world offers: plays, in order, what a run has played, and hands out its micro-batches."""

    def __init__(self, run: TrainingRun, batch_size: int) -> None:
        self.batch_size = batch_size
        self.epochs = [
            (run.position.epoch.inputs, run.position.epoch.targets)
            for e in train(run)
            if isinstance(e, EpochStarted)
        ]

    def play(self, model: nn.Module) -> None:
        self.inputs, self.targets = self.epochs.pop(0)

    def __len__(self):
        return 500

    def batches(self):
        pairs = zip(self.inputs.split(self.batch_size), self.targets.split(self.batch_size), strict=True)
        return ((inputs, targets[:, 0].long(), targets[:, 1]) for inputs, targets in pairs)


class Loader:
    def __init__(self, data, batch_size, shuffle):
        assert shuffle
        self.data, self.batch_size = data, batch_size

    def __len__(self):
        return math.ceil(len(self.data) / self.batch_size)

    def __iter__(self):
        return self.data.batches()


@pytest.mark.parametrize(
    "gradients", [{}, {"accumulate": 3}, {"accumulate": 3, "tail": "carry", "zero": "never"}]
)
def test_where_a_world_is_played_in_the_code_says_where_and_trains_as_the_run_does(gradients):
    run = TrainingRun(
        experiment(
            data={"source": "maze"},
            optimizer={"lr": 0.02},
            gradients=gradients,
            training={"epochs": 3, "batch_size": 64, "device": "cpu"},
        )
    )
    model = copy.deepcopy(run.model)
    data = Played(run, 64)
    text = text_of(lines_for(run.experiment))
    exec(text, {"torch": torch, "nn": nn, "DataLoader": Loader, "model": model, "data": data})
    assert not data.epochs
    torch.testing.assert_close(weights(model), weights(run.model), rtol=1e-4, atol=1e-5)
