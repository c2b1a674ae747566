"""Follows one micro-batch's signal through the network, and the gradient that comes back, unit by unit.

The training itself is left alone: right after its forward pass, before any weight moves, the same micro-batch goes
through the same network once more, with the same units dropped out and the same hidden states, and autograd tells
how the loss depends on every unit.
"""

import copy
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from gradlab.instruments.gradients import PHASES
from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import Counts, Floats, SignalFlow, SignalLayer, UnitValues
from gradlab.instruments.records.signal import UnitKind
from gradlab.instruments.stages import LayerStage, by_unit, listening, stages_of
from gradlab.instruments.throttle import Throttle
from gradlab.language import mark
from gradlab.models.parts.blocks import STACKED
from gradlab.training.chunks import Chunks
from gradlab.training.events import Event, Finished, Forward, Zeroed
from gradlab.training.run import TrainingRun
from gradlab.training.zeroing.base import ZEROING

REPLAY_SHARE = 0.05  # of the time: phase by phase every micro-batch is followed, at full speed only a few
MOST_UNITS = 16  # of a layer


@dataclass(frozen=True)
class Start:
    """The state that a forward pass starts from, besides the rows and the weights.

    Attributes:
        moment: the micro-batches done, and the chunks of the one under way.
        chance: the state of the dropout generator; ``chunks``: the hidden states.
    """

    moment: tuple[int, int]
    chance: Tensor
    chunks: Chunks | None

    @classmethod
    def of_the_next(cls, run: TrainingRun) -> "Start":
        """Return the state that the next forward pass will start from: only forward passes change it."""
        done = run.position.chunk[0] if run.position.is_between_chunks else 0
        chance = run.network.chance.get_state()
        return cls((run.counters.micro_batches, done), chance, copy.copy(run.position.chunks))

    def is_of_the_latest(self, run: TrainingRun) -> bool:
        """Return whether the latest forward pass started from it."""
        before = run.counters.micro_batches - (not run.position.is_between_chunks)
        return self.moment == (before, run.position.chunk[0] - 1)


@dataclass(frozen=True)
class Replay:
    """The signal of each layer, the inputs first, and d loss / d signal; each ``(rows, places, units)``."""

    signals: tuple[Tensor, ...]
    gradients: tuple[Tensor, ...]
    loss: float


def replay(run: TrainingRun, start: Start, rows: int, stages: tuple[LayerStage, ...]) -> Replay:
    """Send the latest micro-batch, or its latest chunk, through the network again, without side effects."""
    assert run.position.epoch is not None
    first = run.position.epoch.position - (0 if run.position.is_between_chunks else rows)
    batch = slice(first, first + rows)
    heard: dict[int, Tensor] = {}

    def hear(number: int, into: Tensor, out: Tensor) -> None:
        heard[number] = into if number == 0 else out

    # The first layer is also listened to for its inputs.
    modules = [stages[0].layer, *(stage.end for stage in stages)]
    # The inputs need a gradient, so that one reaches every unit, even in frozen layers.
    inputs = run.position.epoch.inputs[batch].clone().requires_grad_()
    with torch.enable_grad(), _with_chance(run, start), listening(modules, hear):
        outputs, targets = _forward(run, start, inputs, run.position.epoch.targets[batch])
        loss = run.objective.mean_loss(outputs, targets)
    signals = [heard[number] for number in range(len(modules))]
    gradients = torch.autograd.grad(loss, signals)
    return Replay(
        tuple(by_unit(signal.detach().float()) for signal in signals),
        tuple(by_unit(gradient.float()) for gradient in gradients),
        loss.item(),
    )


def _forward(run: TrainingRun, start: Start, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    if start.chunks is not None:
        return copy.copy(start.chunks).forward(inputs, targets, run.experiment.model.chunk)
    # Batch norm updates its statistics: it gets copies of them.
    statistics = {name: buffer.clone() for name, buffer in run.model.named_buffers()}
    forward = run.network.precision.of(lambda rows: functional_call(run.model, statistics, (rows,)))
    return forward(inputs), targets


@contextmanager
def _with_chance(run: TrainingRun, start: Start) -> Iterator[None]:
    """Repeat the dropout of that forward pass."""
    now = run.network.chance.get_state()
    run.network.chance.set_state(start.chance)
    try:
        yield
    finally:
        run.network.chance.set_state(now)


class SignalRecorder(Instrument):
    """Follows micro-batches through the phases of their updates, as often as the time share allows."""

    part = SignalFlow
    title = mark("Network")
    hears = (*PHASES, Finished)
    only_watched = True

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(run)
        self._stages = stages_of(run.model)
        self._plain = _plain_layers(run, self._stages)
        self._throttle = Throttle(REPLAY_SHARE)
        self._spent = 0.0
        self._start: Start | None = None
        self._replay: Replay | None = None
        self._follows = False
        self._latest: SignalFlow | None = None

    def observe(self, event: Event) -> None:
        """Record a phase of the micro-batch that is followed."""
        is_due = self._throttle.is_due
        match event:
            case Finished():
                self._follows = False
                if event.restored:  # the best epoch's weights are back: the picture was of others
                    self._latest = None
            case Zeroed() if not self.run.position.window_is_full:  # it makes room for the next micro-batch
                self._follows = is_due
                self._replay = None
            case Forward():
                self._follows = is_due and self._start is not None and self._start.is_of_the_latest(self.run)
                self._spent = 0.0
            case _:
                pass
        if self._follows:
            self._follow(event)
        self._start = Start.of_the_next(self.run) if is_due else None

    def record(self, *, at_rest: bool = False) -> SignalFlow:
        """Return the latest record; before the first, the network without any numbers."""
        if at_rest:  # from here people step through the next batch
            self._throttle.forgive()
            self._start = Start.of_the_next(self.run)
        if self._latest is None:
            self._latest = SignalFlow(self._layers_now(), update=self.run.counters.updates)
        return self._latest

    def _follow(self, event: Event) -> None:
        begun = time.perf_counter()
        if isinstance(event, Forward) and self._start is not None:
            self._replay = replay(self.run, self._start, event.rows, self._stages)
        self._latest = self._picture(event, self._latest)
        if self._replay is not None:  # zeroing must not use up the time for the forward pass right after it
            self._spent += time.perf_counter() - begun
            self._throttle.spend(self._spent)

    def _picture(self, event: Event, before: SignalFlow | None) -> SignalFlow:
        """Return the network as the phase left it; what an update changed is the difference to ``before``."""
        run, phase = self.run, PHASES[type(event)]
        layers = self._layers_now()
        if phase == "updated" and before is not None:
            layers = tuple(map(_with_change, before.layers, layers))
        if self._replay is not None:
            layers = tuple(map(_with_activation, layers, self._replay.signals))
            if phase != "forward":
                layers = tuple(map(_with_gradient, layers, self._replay.gradients))
        return SignalFlow(
            layers=layers,
            phase=phase,
            update=run.counters.updates + (phase != "updated"),
            loss=None if self._replay is None else self._replay.loss,
            emptied=ZEROING[run.experiment.gradients.zero].loses_all and phase in ("zeroed", "updated"),
        )

    def _layers_now(self) -> tuple[SignalLayer, ...]:
        """Return the layers with their present weights and the norms of their gradients in the buffer."""
        inputs, *layers = self._plain
        return (inputs, *map(self._with_buffer, layers, self._stages, self._plain))

    def _with_buffer(self, layer: SignalLayer, stage: LayerStage, before: SignalLayer) -> SignalLayer:
        return replace(layer, weights=_links(stage, layer, before), norm=self._norm(stage.name))

    def _norm(self, name: str) -> float | None:
        run = self.run
        if name in run.buffer.without_gradient:
            return None
        [layer] = [layer for layer in run.parameters.layers if layer.name == name]
        return float(torch.linalg.vector_norm(run.buffer.used[layer.start : layer.stop]))


def _plain_layers(run: TrainingRun, stages: tuple[LayerStage, ...]) -> tuple[SignalLayer, ...]:
    """Return the inputs and the layers without any numbers."""
    data = run.split.dataset
    widths = [_weight(stages[0]).shape[1], *(_weight(stage).shape[0] for stage in stages)]
    names = ["inputs", *(stage.name for stage in stages)]
    kinds = [_kind(stages[0]), *map(_kind, stages)]
    known = [data.input_names, *(() for _ in stages[1:]), data.class_names]
    return tuple(map(_plain_layer, names, widths, kinds, known))


def _plain_layer(name: str, units: int, kind: UnitKind, known: tuple[str, ...]) -> SignalLayer:
    shown: Counts = np.linspace(0, units - 1, min(units, MOST_UNITS)).round().astype(np.int64)
    labels = tuple(known[unit] for unit in shown) if len(known) == units else ()
    return SignalLayer(name, units, shown, labels, kind)


def _kind(stage: LayerStage) -> UnitKind:
    if isinstance(stage.layer, nn.Conv2d):
        return "channel"
    return "state" if isinstance(stage.layer, nn.RNNBase) else "unit"


def _weight(stage: LayerStage) -> Tensor:
    """Return the weights between two layers: units × units of the layer before (× height × width of filters)."""
    parameters = dict(stage.layer.named_parameters())
    if not isinstance(stage.layer, nn.RNNBase):
        return parameters["weight"].detach()
    stacked = STACKED[type(stage.layer)]
    # The proposed values come last in a GRU, and before the last gate in an LSTM.
    return parameters["weight_ih_l0"].detach().chunk(stacked)[min(stacked - 1, 2)]


def _links(stage: LayerStage, layer: SignalLayer, before: SignalLayer) -> Floats:
    """Return the weights between the shown units; the mean over a filter, or over a channel's pixels."""
    weight = _weight(stage)
    each = weight.reshape(layer.units, before.units, -1)[layer.shown][:, before.shown].mean(dim=2)
    return each.cpu().numpy().copy()


def _with_activation(layer: SignalLayer, signal: Tensor) -> SignalLayer:
    places = signal.mean(dim=1) if layer.kind == "channel" else signal[:, -1]
    return replace(layer, activation=_of_shown(layer, places, places.mean(dim=0)))


def _with_gradient(layer: SignalLayer, gradient: Tensor) -> SignalLayer:
    places = gradient.sum(dim=1) if layer.kind == "channel" else gradient[:, -1]
    return replace(layer, gradient=_of_shown(layer, places, places.sum(dim=0)))


def _of_shown(layer: SignalLayer, rows: Tensor, batch: Tensor) -> UnitValues:
    return UnitValues(*(values.cpu().numpy()[layer.shown] for values in (rows[0], batch)))


def _with_change(before: SignalLayer, now: SignalLayer) -> SignalLayer:
    if before.weights is None or now.weights is None:
        return now
    return replace(now, change=now.weights - before.weights)
