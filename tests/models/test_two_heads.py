"""A head that is no longer used gets no gradient, and what becomes of it is what PyTorch makes of it."""

import copy

import pytest
import torch
import torch.nn.functional as F
from plain_pytorch import batches, experiment

from gradlab.errors import InputError
from gradlab.training.events import Backward, Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

JOINT, ALL = 40, 240
OPTIMIZERS = {
    "momentum": ({"momentum": 0.9}, lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
    "weight decay": ({"weight_decay": 0.01}, lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01)),
    "by hand": ({"kind": "by_hand"}, lambda p: torch.optim.SGD(p, lr=0.1)),
    "adam": ({"kind": "adam", "lr": 0.001}, lambda p: torch.optim.Adam(p, lr=0.001)),
    "adamw": (
        {"kind": "adamw", "lr": 0.001, "weight_decay": 0.1},
        lambda p: torch.optim.AdamW(p, lr=0.001, weight_decay=0.1),
    ),
    "rmsprop": (
        {"kind": "rmsprop", "lr": 0.001, "momentum": 0.9},
        lambda p: torch.optim.RMSprop(p, lr=0.001, momentum=0.9),
    ),
    "adagrad": ({"kind": "adagrad", "lr": 0.01}, lambda p: torch.optim.Adagrad(p, lr=0.01)),
}


def two_heads(optimizer, zero_to="none", **settings):
    return experiment(
        **{
            "model": {"kind": "two_heads", "hidden": [16, 16], "head_a_updates": JOINT},
            "optimizer": {"lr": 0.1, **optimizer},
            "gradients": {"zero_to": zero_to},
            "training": {"epochs": 12, "batch_size": 64, "device": "cpu"},
            **settings,
        }
    )


def answers(model, inputs, *, jointly):
    signal = inputs.flatten(1)
    for layer in (model.hidden1, model.hidden2):
        signal = F.relu(layer(signal))
    return model.head_a(signal) + model.head_b(signal) if jointly else model.head_b(signal)


@pytest.mark.parametrize("zero_to", ["none", "zeros"])
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_an_unused_head_has_the_gradient_and_goes_the_way_that_it_has_and_goes_in_pytorch(kind, zero_to):
    spec, make = OPTIMIZERS[kind]
    run = TrainingRun(two_heads(spec, zero_to))
    model = copy.deepcopy(run.model)
    optimizer = make(list(model.parameters()))
    plain = batches(run, 12, 64)
    for event in train(run):
        if not isinstance(event, Updated):
            continue
        inputs, targets = next(plain)
        optimizer.zero_grad(set_to_none=zero_to == "none")
        F.cross_entropy(answers(model, inputs, jointly=event.update <= JOINT), targets).backward()
        optimizer.step()
        assert (model.head_a.weight.grad is None) == ("head_a" in run.buffer.without_gradient)
        if event.update == JOINT:
            then = run.model.head_a.weight.detach().clone()
            assert run.buffer.without_gradient == frozenset()
        if event.update in (1, JOINT, JOINT + 1, JOINT + 20, ALL):
            for name, parameter in run.model.named_parameters():
                expected = model.get_parameter(name)
                torch.testing.assert_close(
                    parameter, expected, rtol=1e-3, atol=1e-4, msg=f"{event.update} {name}"
                )
        if event.update == ALL:
            break
    moved = float((run.model.head_a.weight.detach() - then).norm() / then.norm())
    stands_still = zero_to == "none" or kind in ("by hand", "adagrad")
    assert (moved == 0) == stands_still
    if kind == "weight decay" and not stands_still:
        torch.testing.assert_close(run.model.head_a.weight.detach(), then * 0.999 ** (ALL - JOINT))
    elif not stands_still:
        assert moved > 0.02


def test_the_answer_is_that_of_both_heads_until_the_first_batch_of_the_next_update():
    run = TrainingRun(two_heads({}, gradients={"accumulate": 2}))
    inputs = run.rows.train[0][:5]
    for event in train(run):
        if isinstance(event, Backward | Updated):
            jointly = run.counters.updates < JOINT or (
                run.counters.updates == JOINT and run.position.window is None
            )
            with torch.no_grad():
                expected = answers(run.model, inputs, jointly=jointly)
            torch.testing.assert_close(run.evaluation.outputs(inputs), expected)
            assert ("head_a" in run.buffer.without_batch) != jointly
        if run.counters.updates > JOINT:
            break


def test_without_a_limit_both_heads_are_always_used():
    settings = {"kind": "two_heads", "hidden": [16, 16]}
    run = TrainingRun(two_heads({}, model=settings, training={"epochs": 1, "batch_size": 64}))
    for _ in train(run):
        pass
    assert run.model.left_out == frozenset()


def test_what_is_left_when_a_head_falls_out_must_not_be_frozen():
    frozen = {"kind": "two_heads", "hidden": [4], "freeze": ["hidden1", "head_b"]}
    TrainingRun(two_heads({}, model=frozen))
    with pytest.raises(InputError, match="nothing would be left to train"):
        TrainingRun(two_heads({}, model={**frozen, "head_a_updates": 3}))


def test_numbers_that_blow_up_are_traced_to_a_layer():
    settings = {"kind": "two_heads", "hidden": [64, 64, 64], "init": "large"}
    run = TrainingRun(two_heads({"lr": 1000.0}, model=settings))
    [ended] = [event for event in train(run) if hasattr(event, "reason")]
    assert ended.reason == "diverged"
    assert "not finite" in ended.cause
