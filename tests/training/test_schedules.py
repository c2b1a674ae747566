"""Schedules follow torch's own."""

import pytest
import torch
from plain_pytorch import drain, experiment

from gradlab.training.events import Updated
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
