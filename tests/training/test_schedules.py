"""Schedules follow torch's own."""

import pytest
import torch
from plain_pytorch import drain, experiment

from gradlab.training import checkpoint
from gradlab.training.events import Backward, Changed, Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun
from gradlab.training.schedules.base import SCHEDULES
from gradlab.training.schedules.plateau import Plateau

TOTAL = 40
TORCH = {
    "constant": lambda o: torch.optim.lr_scheduler.ConstantLR(o, factor=1.0),
    "step": lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [TOTAL // 2, TOTAL * 3 // 4], gamma=0.1),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, TOTAL),
    "one_cycle": lambda o: torch.optim.lr_scheduler.OneCycleLR(
        o, 1.0, total_steps=TOTAL, cycle_momentum=False
    ),
    "warmup": lambda o: torch.optim.lr_scheduler.LinearLR(o, start_factor=1 / 4, total_iters=3),
}


@pytest.mark.parametrize("name", TORCH)
def test_shapes_equal_torchs_schedulers(name):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = TORCH[name](optimizer)
    expected = []
    for _ in range(TOTAL):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert [SCHEDULES[name].factor(made, TOTAL) for made in range(TOTAL)] == pytest.approx(expected, abs=1e-9)


def test_plateau_equals_torchs():
    losses = [1, 0.9, 0.9, 0.95, 0.9, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.7]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.1, patience=5)
    plateau = Plateau(patience=5)
    for loss in losses:
        scheduler.step(loss)
        plateau.observe(loss)
        assert plateau.factor == pytest.approx(optimizer.param_groups[0]["lr"])


def test_the_schedule_steps_once_per_update_over_the_whole_run():
    run = TrainingRun(experiment(optimizer={"lr": 2.0, "schedule": "cosine"}, gradients={"accumulate": 3}))
    rates = [event.lr for event in drain(run) if isinstance(event, Updated)]
    assert rates == pytest.approx(
        [2.0 * SCHEDULES["cosine"].factor(made, len(rates)) for made in range(len(rates))]
    )


# How many updates a schedule is laid out over

ROWS = 97  # in batches of 8: thirteen, the last of one row


def small(accumulate, tail, epochs=4, **optimizer):
    return experiment(
        data={"source": "moons", "samples": 200, "train_rows": ROWS},
        model={"hidden": [4]},
        optimizer={"lr": 0.1, **optimizer},
        gradients={"accumulate": accumulate, "tail": tail},
        training={"epochs": epochs, "batch_size": 8, "device": "cpu"},
    )


@pytest.mark.parametrize("tail", ["step", "carry", "drop"])
@pytest.mark.parametrize("accumulate", [1, 2, 3, 5, 13])
def test_the_number_of_updates_is_known_at_every_moment_of_a_run(tail, accumulate):
    run = TrainingRun(small(accumulate, tail))
    told = {run.optimizer.total_updates} | {
        run.optimizer.total_updates
        for event in train(run)
        if not isinstance(event, Updated) or event.update == run.counters.updates
    }
    assert told == {run.counters.updates}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((1, "step", 3), (3, "carry", 27)),
        ((3, "carry", 3), (2, "carry", 5)),
        ((5, "drop", 4), (3, "step", 6)),
        ((3, "carry", 2), (13, "drop", 7)),
    ],
)
@pytest.mark.parametrize("at", [1, 7, None])
def test_the_number_of_updates_is_right_after_a_change_too(before, after, at):
    run = TrainingRun(small(*before))
    for event in train(run):
        if isinstance(event, Updated) and event.update == at:
            run.change(small(*after))
    if at is None:
        run.change(small(*after))  # trained on after the end
        told = {run.optimizer.total_updates for event in train(run) if isinstance(event, Changed)}
        assert told == {run.counters.updates}
        assert run.counters.epochs == after[2]
    assert run.optimizer.total_updates == run.counters.updates


SCHEDULERS = {
    "step": lambda o, n: torch.optim.lr_scheduler.MultiStepLR(o, [-(-n // 2), -(-n * 3 // 4)]),
    "cosine": torch.optim.lr_scheduler.CosineAnnealingLR,
    "one_cycle": lambda o, n: torch.optim.lr_scheduler.OneCycleLR(o, 0.1, n, cycle_momentum=False),
}


@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_schedule_over_carried_windows_equals_torchs_over_the_same_updates(name):
    total = 13 * 27 // 3
    run = TrainingRun(small(3, "carry", epochs=27, schedule=name))
    rates = [event.lr for event in drain(run) if isinstance(event, Updated)]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler, expected = SCHEDULERS[name](optimizer, total), []
    for _ in range(total):
        expected.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert rates == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_a_schedule_goes_on_from_a_checkpoint_where_it_was(tmp_path):
    spec = small(3, "carry", epochs=27, schedule="one_cycle")
    whole = [event.lr for event in drain(TrainingRun(spec)) if isinstance(event, Updated)]
    run, rates = TrainingRun(spec), []
    for event in train(run):
        if isinstance(event, Updated):
            rates.append(event.lr)
        if isinstance(event, Backward) and run.counters.micro_batches == 100:  # in the middle of a window
            checkpoint.save(run, tmp_path / "run.safetensors")
            break
    run, _ = checkpoint.load(tmp_path / "run.safetensors")
    rates += [event.lr for event in train(run) if isinstance(event, Updated)]
    assert rates == whole
