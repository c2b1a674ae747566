"""What the books of the gradient buffer say, against a plain loop that adds up ``.grad`` by hand."""

import copy
from dataclasses import dataclass, field
from itertools import product
from math import isfinite

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
        lambda window: (
            scale == "mean"
            and window.kept > window.given - 1e-9
            and float((window.own - window.fair).norm()) > 1e-4 * float(window.fair.norm())
        ),
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


def test_what_was_left_over_goes_when_the_cause_goes_and_comes_again_with_it():
    run = made()
    events = iter(train(run))

    def to_update(number):
        next(event for event in events if isinstance(event, Updated) and event.update == number)

    def zero(mode):
        run.change(change(run.settings.wanted, "gradients.zero", mode))

    to_update(3)
    zero("never")
    to_update(6)
    seen = run.ledger.sightings["left_over"]
    assert (seen.since, run.ledger.latest(seen)) == (4, 6)
    zero("every_update")
    to_update(8)
    assert run.ledger.latest(seen) == 6
    zero("never")
    to_update(10)
    again = run.ledger.sightings["left_over"]
    assert (again.since, run.ledger.latest(again)) == (9, 10)


def test_a_fault_that_shows_once_per_epoch_is_true_all_the_time():
    run = made(accumulate=3, scale="mean", tail="step")
    events = iter(train(run))
    next(event for event in events if isinstance(event, EpochEnded) and event.epoch == 1)
    next(event for event in events if isinstance(event, Updated))
    seen = run.ledger.sightings["unequal"]
    assert (seen.latest, run.ledger.latest(seen)) == (3, 4)


def test_a_gradient_of_zero_is_not_left_over():
    run = TrainingRun(
        experiment(
            gradients={"zero": "never"}, model__init="zeros", model__hidden=[4, 4], training__batch_size=1347
        )
    )
    buffer = run.buffer
    for event in train(run):
        if isinstance(event, Backward):
            buffer.batch.zero_()
            buffer.used.zero_()
    assert not run.ledger.sightings


@pytest.mark.parametrize("zero_chunks", [True, False])
def test_chunks_that_are_emptied_are_lost(zero_chunks):
    run = TrainingRun(
        experiment(
            data={"source": "sequence", "pattern": "chirp", "samples": 60, "length": 40},
            model={"kind": "gru", "hidden": [4], "activation": "tanh", "chunk": 12},
            training__batch_size=16,
            gradients={"zero_chunks": zero_chunks},
        )
    )
    next(event for event in train(run) if isinstance(event, Updated))
    if zero_chunks:
        assert run.ledger.sightings["lost"].numbers["share"] == pytest.approx(36 / 40)
    else:
        assert not run.ledger.sightings


def test_micro_batches_are_measured_like_a_plain_loop_would():
    run = made(accumulate=3)
    run.change(change(run.experiment, "training.measure_every", 2))
    reference = PlainLoop(run)
    steps = batches(run, EPOCHS, SIZE)
    events = iter(train(run))
    next(event for event in events if isinstance(event, Updated))
    assert run.ledger.micro_batches is None
    reference.model = copy.deepcopy(run.model)
    rows = list(steps)[3:6]
    gradients = [reference.gradient(*batch) for batch in rows]
    next(event for event in events if isinstance(event, Updated))
    found = run.ledger.micro_batches
    assert found.rows == [SIZE] * 3
    assert found.squares == pytest.approx(
        [float(gradient.square().sum()) for gradient in gradients], rel=1e-4
    )
    assert found.together == pytest.approx(float((sum(gradients) / 3).square().sum()), rel=1e-4)


def test_replicas_that_begin_together_keep_their_own_books():
    runs = [made(zero="never") for _ in range(2)]
    stack = Stack(runs)
    for event in train(stack):
        list(stack.each(event))
        if isinstance(event, Updated) and event.update == 2:
            break
    numbers = [run.ledger.sightings["left_over"].numbers for run in runs]
    assert numbers[0] == pytest.approx(numbers[1])
    assert numbers[0] is not numbers[1]


@pytest.mark.parametrize("zero", ["every_update", "never"])
def test_windows_that_float16_skips_are_no_fault(float16_on_the_cpu, zero):
    run = TrainingRun(
        experiment(
            training__precision="float16", gradients={"zero": zero, "accumulate": 2}, optimizer__lr=0.01
        )
    )
    run.network.loss_scale.value = 2.0**24
    for event in train(run):
        if isinstance(event, Updated) and event.update == 1:
            break
    assert run.counters.skipped
    assert not run.ledger.sightings or zero == "never"
    assert all(isfinite(number) for seen in run.ledger.sightings.values() for number in seen.numbers.values())
