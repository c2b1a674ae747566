"""Accumulation, clipping, schedules, class weights and measures, number by number as plain PyTorch has them."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from plain_pytorch import batches, drain, experiment, weights
from sklearn.metrics import precision_recall_fscore_support
from sklearn.utils.class_weight import compute_class_weight
from torch import nn

from gradlab.instruments.curves import epoch_row
from gradlab.training.events import EpochEnded, Finished, Updated
from gradlab.training.run import TrainingRun

LR = 0.1
OPTIMIZERS = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=LR),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=LR),
}
SCHEDULERS = {
    "constant": lambda o, n: torch.optim.lr_scheduler.ConstantLR(o, factor=1.0),
    "step": lambda o, n: torch.optim.lr_scheduler.MultiStepLR(o, [-(-n // 2), -(-n * 3 // 4)]),
    "cosine": torch.optim.lr_scheduler.CosineAnnealingLR,
    "one_cycle": lambda o, n: torch.optim.lr_scheduler.OneCycleLR(o, LR, n, cycle_momentum=False),
    "warmup": lambda o, n: torch.optim.lr_scheduler.LinearLR(
        o, 1 / max(n // 10, 1), total_iters=max(n // 10, 1) - 1
    ),
}


def grapes(tail="step", *, kind="sgd", scale="samples", clip=0.0, epochs=3, **optimizer):
    """133 training rows in batches of 10: fourteen, the last of three rows; three whole windows and one of two."""
    return experiment(
        data={"source": "wine"},
        model={"hidden": [8], "activation": "tanh"},
        optimizer={"lr": LR, "kind": kind, "clip_norm": clip, **optimizer},
        gradients={"accumulate": 4, "scale": scale, "tail": tail},
        training={"epochs": epochs, "batch_size": 10, "device": "cpu"},
    )


def windows(run, tail, epochs):
    """The micro-batches of each update."""
    every = list(batches(run, epochs, 10))
    if tail == "carry":
        return [every[start : start + 4] for start in range(0, len(every) // 4 * 4, 4)]
    by_epoch = [every[start : start + 14] for start in range(0, len(every), 14)]
    return [
        epoch[start : start + 4]
        for epoch in by_epoch
        for start in range(0, 14, 4)
        if tail == "step" or start + 4 <= 14
    ]


def updates_of_plain_pytorch(run, *, tail, kind, scale, clip, schedule, epochs):
    """Loss, learning rate, and norm before and after clipping of each update; and the model in the end."""
    model = copy.deepcopy(run.model)
    optimizer = OPTIMIZERS[kind](model.parameters())
    made = windows(run, tail, epochs)
    scheduler = SCHEDULERS[schedule](optimizer, len(made))
    rows = []
    for window in made:
        optimizer.zero_grad()
        count, summed = sum(len(targets) for _, targets in window), 0.0
        for inputs, targets in window:
            loss = F.cross_entropy(model(inputs), targets)
            summed += loss.item() * len(targets)
            (loss * {"samples": len(targets) / count, "mean": 1 / 4, "sum": 1.0}[scale]).backward()
        norm = float(nn.utils.clip_grad_norm_(model.parameters(), clip or 1e9))
        after = float(nn.utils.clip_grad_norm_(model.parameters(), 1e9))
        rows.append((summed / count, optimizer.param_groups[0]["lr"], norm, after))
        optimizer.step()
        scheduler.step()
    return rows, model


def compare(tail="step", *, kind="sgd", scale="samples", clip=0.0, schedule="constant", epochs=3):
    how = {"kind": kind, "scale": scale, "clip": clip, "epochs": epochs, "schedule": schedule}
    run = TrainingRun(grapes(tail, **how))
    expected, model = updates_of_plain_pytorch(run, tail=tail, **how)
    updates = [event for event in drain(run) if isinstance(event, Updated)]
    told = [(event.loss, event.lr, event.grad_norm, event.clipped_norm) for event in updates]
    np.testing.assert_allclose(told, expected, rtol=2e-4, atol=1e-6)
    torch.testing.assert_close(weights(run.model), weights(model), rtol=1e-4, atol=1e-5)
    return updates


@pytest.mark.parametrize("tail", ["step", "carry", "drop"])
@pytest.mark.parametrize("scale", ["samples", "mean", "sum"])
def test_windows_of_unequal_batches_equal_plain_pytorch(tail, scale):
    compare(tail, scale=scale)


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_clipping_comes_once_per_update_on_the_accumulated_gradient(kind):
    updates = compare(kind=kind, clip=0.3)
    assert any(event.clipped_norm < event.grad_norm for event in updates)


@pytest.mark.parametrize("tail", ["step", "carry"])
@pytest.mark.parametrize("schedule", SCHEDULERS)
def test_schedules_count_updates_and_not_batches(schedule, tail):
    updates = compare(tail, schedule=schedule, epochs=20)
    assert len(updates) == (80 if tail == "step" else 20 * 14 // 4)


def test_balanced_weights_are_scikit_learns_and_val_loss_is_weighted_without_dividing_by_them():
    def rare(**sizes):
        return experiment(
            data={"source": "fraud", "samples": 600, "positive": 0.05},
            model={"hidden": [8], "activation": "tanh"},
            gradients={"accumulate": sizes["accumulate"]},
            training={
                "epochs": 3,
                "batch_size": sizes["batch_size"],
                "class_weights": "balanced",
                "device": "cpu",
            },
        )

    small, large = (TrainingRun(rare(accumulate=n, batch_size=32 // n)) for n in (4, 1))
    ended = [event for event in drain(small) if isinstance(event, EpochEnded)][-1]
    drain(large)
    torch.testing.assert_close(weights(small.model), weights(large.model), rtol=1e-4, atol=1e-5)
    trained = small.split.train_targets
    balanced = compute_class_weight("balanced", classes=np.unique(trained), y=trained)
    inputs, targets = small.evaluation.rows
    with torch.no_grad():
        each = F.cross_entropy(small.model.eval()(inputs), targets, reduction="none").numpy()
    assert ended.val_loss == pytest.approx(float(np.mean(balanced[targets.numpy()] * each)), rel=1e-5)


def test_a_class_that_is_never_predicted_counts_as_0_as_in_scikit_learn():
    run = TrainingRun(
        experiment(
            data={"source": "wine"},
            model={"hidden": [8], "init": "zeros"},
            optimizer={"lr": 0.0001},
            training={"epochs": 1, "batch_size": 133, "device": "cpu"},
        )
    )
    ended = [event for event in drain(run) if isinstance(event, EpochEnded)][-1]
    true, predicted = (np.repeat(axis.ravel(), ended.counts.ravel()) for axis in np.indices((3, 3)))
    assert len(np.unique(predicted)) == 1
    expected = precision_recall_fscore_support(true, predicted, average="macro", zero_division=0)[:3]
    assert expected == pytest.approx((0.1333, 0.3333, 0.1905), abs=1e-4)
    told = epoch_row(ended)
    assert (told.val_precision, told.val_recall, told.val_f1) == pytest.approx(expected)


def test_patience_that_never_runs_out_still_brings_the_best_weights_back():
    run = TrainingRun(
        experiment(
            data={"source": "moons", "samples": 60, "noise": 0.4},
            model={"hidden": [32], "activation": "tanh"},
            optimizer={"kind": "adam", "lr": 0.05},
            training={"epochs": 30, "batch_size": 15, "patience": 500, "device": "cpu"},
        )
    )
    events = drain(run)
    losses = [event.val_loss for event in events if isinstance(event, EpochEnded)][1:]
    assert isinstance(events[-1], Finished)
    assert (events[-1].reason, events[-1].restored) == ("finished", True)
    assert events[-1].best_epoch == 1 + int(np.argmin(losses)) < 30
    inputs, targets = run.evaluation.rows
    with torch.no_grad():
        assert float(F.cross_entropy(run.model.eval()(inputs), targets)) == pytest.approx(
            min(losses), rel=1e-6
        )


def test_a_regression_with_a_huge_learning_rate_says_that_it_diverged():
    run = TrainingRun(
        experiment(
            data={"source": "diabetes"}, optimizer={"lr": 100.0}, training={"epochs": 5, "device": "cpu"}
        )
    )
    ended = drain(run)[-1]
    assert ended.reason == "diverged"
    assert ended.cause.startswith("update ")
