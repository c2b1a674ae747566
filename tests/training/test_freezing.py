"""Frozen layers are left to None or to zeros exactly as PyTorch leaves them."""

import copy
import itertools

import numpy as np
import pytest
import torch
from plain_pytorch import batches, drain, experiment, mean_loss, weights

from gradlab.errors import InputError
from gradlab.instruments.gradients import BufferRecorder
from gradlab.instruments.layers import NONE, TimelineRecorder, layer_rows
from gradlab.training.events import Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

SGD = {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}
OPTIMIZERS = {
    "sgd": (SGD, lambda p: torch.optim.SGD(p, lr=0.01, **SGD)),
    "adam": ({"weight_decay": 0.01}, lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.01)),
    "adamw": ({"weight_decay": 0.1}, lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1)),
    "rmsprop": ({"momentum": 0.5}, lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.5)),
    "adagrad": ({}, lambda p: torch.optim.Adagrad(p, lr=0.01)),
}
# After which update which layers are frozen: so that all three end with different numbers of steps.
PLAN = {5: ["hidden2"], 12: ["hidden1", "hidden2"], 20: [], 26: ["output"]}


def frozen(layers, **settings):
    return experiment(**{**settings, "model": {"hidden": [8, 8], "activation": "tanh", "freeze": layers}})


def train_by_plan(plan, settings):
    """Train, freezing by plan; yield the run after every update."""
    run = TrainingRun(frozen(plan.get(0, []), **settings))
    for event in train(run):
        if isinstance(event, Updated):
            yield run
            if event.update in plan:
                run.change(frozen(plan[event.update], **settings))


@pytest.mark.parametrize("zero_to", ["none", "zeros"])
@pytest.mark.parametrize("zero", ["every_update", "never"])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_frozen_and_thawed_on_the_way_the_same_gradients_are_none_and_the_weights_move_as_in_pytorch(
    kind, zero, zero_to
):
    spec, make = OPTIMIZERS[kind]
    settings = {
        "optimizer": {"kind": kind, "lr": 0.01, **spec},
        "gradients": {"zero": zero, "zero_to": zero_to},
    }
    untouched = TrainingRun(frozen([], **settings))
    model = copy.deepcopy(untouched.model)
    optimizer = make(list(model.parameters()))
    plain = batches(untouched, 2, 64)
    updates = 0
    for run in train_by_plan(PLAN, settings):
        inputs, targets = next(plain)
        for name, parameter in model.named_parameters():
            if updates in PLAN:
                parameter.requires_grad_(name.rpartition(".")[0] not in PLAN[updates])
        if zero == "every_update":
            optimizer.zero_grad(set_to_none=zero_to == "none")
        mean_loss(model, inputs, targets).backward()
        optimizer.step()
        updates += 1
        for segment, (name, parameter) in zip(run.parameters.segments, model.named_parameters(), strict=True):
            assert (segment.layer in run.buffer.without_gradient) == (parameter.grad is None), (updates, name)
        torch.testing.assert_close(weights(run.model), weights(model), rtol=1e-4, atol=1e-6)
    assert updates == 44


@pytest.mark.parametrize(
    "optimizer",
    [
        {"kind": "sgd", "lr": 0.1, "momentum": 0.9},
        {"kind": "sgd", "lr": 0.1, "weight_decay": 0.01},
        {"kind": "adam", "lr": 0.001},
    ],
)
@pytest.mark.parametrize("zero_to", ["none", "zeros"])
def test_after_40_updates_a_frozen_layer_stands_still_at_none_and_moves_on_at_zeros(optimizer, zero_to):
    settings = {
        "optimizer": optimizer,
        "gradients": {"zero_to": zero_to},
        "training": {"epochs": 11, "batch_size": 64, "device": "cpu"},
    }
    for run in train_by_plan({40: ["hidden1"]}, settings):
        if run.counters.updates == 40:
            before = run.model.hidden1.weight.detach().clone()
    assert run.counters.updates == 242
    moved = float((run.model.hidden1.weight - before).norm() / before.norm())
    if zero_to == "none":
        assert moved == 0
    elif "weight_decay" in optimizer:
        assert moved == pytest.approx(1 - 0.999**202, rel=1e-3)
    else:
        assert moved > 0.01


@pytest.mark.parametrize("zero_to", ["none", "zeros"])
def test_a_layer_frozen_from_the_start_never_has_a_gradient(zero_to):
    gradients = {"zero_to": zero_to}
    run = TrainingRun(frozen(["hidden2"], gradients=gradients, optimizer={"lr": 0.1, "weight_decay": 0.1}))
    before = run.model.hidden2.weight.detach().clone()
    drain(run)
    assert run.buffer.without_gradient == {"hidden2"}
    assert torch.equal(run.model.hidden2.weight, before)


def test_without_zeroing_a_frozen_layer_is_moved_by_what_was_left_over_again_and_again():
    settings = {"gradients": {"zero": "never"}, "optimizer": {"lr": 0.1}}
    trail = [run.model.hidden1.weight.detach().clone() for run in train_by_plan({5: ["hidden1"]}, settings)]
    steps = [after - before for before, after in itertools.pairwise(trail[5:])]
    assert steps[0].abs().max() > 0
    for step in steps:
        torch.testing.assert_close(step, steps[0], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(("zero_to", "left_over"), [("none", None), ("zeros", 0)])
def test_a_frozen_layers_picture_tells_none_from_zeros(zero_to, left_over):
    settings = {"gradients": {"zero_to": zero_to}, "training": {"epochs": 1, "measure_every": 1}}
    run = TrainingRun(frozen([], **settings))
    recorder = BufferRecorder(run)
    for event in train(run):
        recorder.hear(event)
        if isinstance(event, Updated):
            if event.update == 6:
                break
            run.change(frozen(["hidden1"], **settings))
    shown = {parameter.name: parameter for parameter in recorder.record().parameters}
    for part in ("left_over", "batch", "used"):
        picture = getattr(shown["hidden1.weight"], part)
        if left_over is None or part == "batch":
            assert picture is None
        else:
            assert not picture.any()
    assert shown["hidden2.weight"].used.any()
    hidden1 = layer_rows(run)[0]
    assert (hidden1.layer, hidden1.grad_norm, hidden1.grad_mean_abs, hidden1.zero_share) == (
        "hidden1",
        0,
        0,
        1,
    )


def test_the_timeline_marks_a_frozen_layer_as_none():
    run = TrainingRun(frozen(["hidden1", "output"]))
    recorder = TimelineRecorder(run)
    for event in train(run):
        recorder.hear(event)
    rms = dict(zip(recorder.record().layers, recorder.record().rms, strict=True))
    assert set(rms["hidden1"]) == set(rms["output"]) == {NONE}
    assert np.all(rms["hidden2"] > 0)


def test_only_layers_that_exist_can_be_frozen_and_not_all_of_them():
    line = r'no layer "hiden1" with weights; allowed here: hidden1, hidden2, output'
    with pytest.raises(InputError, match=line):
        TrainingRun(frozen(["hidden1", "hiden1"]))
    run = TrainingRun(frozen([]))
    with pytest.raises(InputError, match=line):
        run.change(frozen(["hiden1"]))
    with pytest.raises(InputError, match="nothing would be left to train"):
        run.change(frozen(["output", "hidden2", "hidden1"]))
