"""What the books of the gradient buffer say, against a plain loop that adds up ``.grad`` by hand."""

import copy
from dataclasses import dataclass, field
from itertools import product

import pytest
import torch
from plain_pytorch import batches, experiment, mean_loss
from torch import Tensor, nn

from gradlab.experiment.files import change
from gradlab.training.events import Backward, EpochEnded, Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun
from gradlab.training.stack import Stack

ROWS, SIZE, EPOCHS = 97, 16, 3  # seven batches, the last of a single row
MODES = ("every_update", "every_batch", "every_epoch", "never", "after_backward")


def made(**gradients: object) -> TrainingRun:
    return TrainingRun(
        experiment(
            data__train_rows=ROWS,
            model__hidden=[8],
            optimizer__lr=0.01,
            training__epochs=EPOCHS,
            training__batch_size=SIZE,
            gradients=gradients,
        )
    )


@dataclass
class Window:
    """One update as the plain loop saw it."""

    update: int
    epoch: int
    left_over: Tensor  # what of the gradient used is older
    used: Tensor
    own: Tensor  # as it was weighted, all of it
    fair: Tensor
    given: float = 0.0  # weights
    kept: float = 0.0
    batches: int = 0
    sizes: list[int] = field(default_factory=list)


class PlainLoop:
    """A training loop with ``.grad`` as a plain tensor, which also keeps older and own gradients apart."""

    def __init__(self, run: TrainingRun) -> None:
        self.run, self.spec = run, run.experiment.gradients
        self.model = copy.deepcopy(run.model)
        self.older = self.zeros()
        self.windows: list[Window] = []

    def zeros(self) -> Tensor:
        return torch.zeros(sum(each.numel() for each in self.model.parameters()), dtype=torch.float64)

    def gradient(self, inputs: Tensor, targets: Tensor) -> Tensor:
        parts = torch.autograd.grad(mean_loss(self.model, inputs, targets), list(self.model.parameters()))
        return torch.cat([part.reshape(-1) for part in parts]).double()

    def train(self) -> list[Window]:
        per_epoch = -(-ROWS // SIZE)
        plan = list(enumerate(batches(self.run, EPOCHS, SIZE)))
        window, fresh = None, None
        for number, (inputs, targets) in plan:
            place = number % per_epoch
            if place == 0 and self.spec.zero == "every_epoch":
                self.older = self.zeros()
                if window is not None:
                    fresh, window.kept = self.zeros(), 0.0
            if window is None:
                left = per_epoch - place
                if left < self.spec.accumulate and self.spec.tail == "drop":
                    continue
                wanted = min(left, self.spec.accumulate) if self.spec.tail == "step" else self.spec.accumulate
                rows = self.rows_of(number, wanted)
                if self.spec.zero == "every_update":
                    self.older = self.zeros()
                window = Window(0, 0, self.zeros(), self.zeros(), self.zeros(), self.zeros())
                fresh = self.zeros()
            if self.spec.zero == "every_batch":
                self.older, fresh, window.kept = self.zeros(), self.zeros(), 0.0
            weight = {
                "samples": len(targets) / rows,
                "mean": 1 / self.spec.accumulate,
                "sum": 1.0,
            }[self.spec.scale]
            gradient = self.gradient(inputs, targets)
            fresh = fresh + weight * gradient
            window.own += weight * gradient
            window.fair += len(targets) * gradient
            window.given += weight
            window.kept += weight
            window.batches += 1
            window.sizes.append(len(targets))
            if window.batches == wanted:
                self.step(window, fresh, number // per_epoch + 1)
                window = None
        return self.windows

    @staticmethod
    def rows_of(number: int, wanted: int) -> int:
        per_epoch = -(-ROWS // SIZE)
        sizes = [min(SIZE, ROWS - place % per_epoch * SIZE) for place in range(number, number + wanted)]
        return sum(sizes)

    def step(self, window: Window, fresh: Tensor, epoch: int) -> None:
        if self.spec.zero == "after_backward":
            self.older, fresh, window.kept = self.zeros(), self.zeros(), 0.0
        window.update, window.epoch = len(self.windows) + 1, epoch
        window.left_over, window.used = self.older.clone(), self.older + fresh
        window.fair /= sum(window.sizes)
        self.older = window.used
        with torch.no_grad():
            flat = nn.utils.parameters_to_vector(self.model.parameters())
            moved = flat - (self.run.experiment.optimizer.lr * window.used).float()
            nn.utils.vector_to_parameters(moved, self.model.parameters())
        self.windows.append(window)


def first(windows, is_so):
    return next((window for window in windows if is_so(window)), None)


@pytest.mark.parametrize(
    ("zero", "accumulate", "scale", "tail"),
    list(product(MODES, (1, 3, 7), ("samples", "mean", "sum"), ("step", "carry", "drop"))),
)
def test_the_books_say_what_a_plain_loop_sees(zero, accumulate, scale, tail):
    run = made(zero=zero, accumulate=accumulate, scale=scale, tail=tail)
    windows = PlainLoop(run).train()
    seen = {}
    for event in train(run):
        if isinstance(event, Updated):
            for name, sighting in run.ledger.sightings.items():
                seen.setdefault(name, (event.update, copy.deepcopy(sighting)))

    left = first(windows, lambda window: bool(window.left_over.any()))
    lost = first(windows, lambda window: window.kept < window.given - 1e-9)
    summed = first(windows, lambda window: scale == "sum" and window.kept > 1)
    unequal = first(
        windows,
        lambda window: scale == "mean"
        and window.kept > window.given - 1e-9
        and float((window.own - window.fair).norm()) > 1e-4 * float(window.fair.norm()),
    )
    expected = {"left_over": left, "lost": lost, "summed": summed, "unequal": unequal}
    assert {name: at for name, (at, _) in seen.items()} == {
        name: window.update for name, window in expected.items() if window is not None
    }
    for name, (_, sighting) in seen.items():
        assert (sighting.since, sighting.epoch) == (expected[name].update, expected[name].epoch)
    if left:
        older, own = float(left.left_over.norm()), float((left.used - left.left_over).norm())
        assert seen["left_over"][1].numbers["share"] == pytest.approx(older / (older + own), rel=1e-4)
    if lost:
        share = 1 - lost.kept / lost.given
        assert seen["lost"][1].numbers["share"] == pytest.approx(share)
    if summed:
        assert seen["summed"][1].numbers["batches"] == summed.batches
    if unequal:
        error = float((unequal.own - unequal.fair).norm() / unequal.fair.norm())
        assert seen["unequal"][1].numbers["error"] == pytest.approx(error, rel=1e-3)
