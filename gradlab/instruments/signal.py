"""Follows one micro-batch's signal through the network, and the gradient that comes back, unit by unit.

The training itself is left alone: when a picture is wanted, the latest micro-batch goes through the same network
once more, with the weights that it met, the same units dropped out and the same hidden states, and autograd tells
how the loss depends on every unit.
"""

import copy
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from gradlab.instruments.gradients import PHASES
from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import Counts, Floats, Phase, SignalFlow, SignalLayer, UnitValues
from gradlab.instruments.records.signal import UnitKind
from gradlab.instruments.stages import LayerStage, by_unit, listening, stages_of
from gradlab.language import mark
from gradlab.models.parts.blocks import STACKED
from gradlab.training.chunks import Chunks
from gradlab.training.epoch import Epoch
from gradlab.training.events import Event, Finished, Forward, Zeroed
from gradlab.training.run import TrainingRun
from gradlab.training.zeroing.base import ZEROING

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


@dataclass(frozen=True)
class Pass:
    """A forward pass: where it started, and its rows, which are some of an epoch's."""

    start: Start
    epoch: Epoch
    rows: slice

    @classmethod
    def of_the_latest(cls, run: TrainingRun, start: Start, rows: int) -> "Pass":
        """Return the forward pass of these many rows that was just done."""
        epoch = run.position.epoch
        assert epoch is not None
        first = epoch.position - (0 if run.position.is_between_chunks else rows)
        return cls(start, epoch, slice(first, first + rows))


def replay(run: TrainingRun, passed: Pass, stages: tuple[LayerStage, ...]) -> Replay:
    """Send the rows of a micro-batch, or of a chunk, through the network again, without side effects."""
    heard: dict[int, Tensor] = {}

    def hear(number: int, into: Tensor, out: Tensor) -> None:
        heard[number] = into if number == 0 else out

    # The first layer is also listened to for its inputs.
    modules = [stages[0].layer, *(stage.end for stage in stages)]
    # The inputs need a gradient, so that one reaches every unit, even in frozen layers.
    inputs = passed.epoch.inputs[passed.rows].clone().requires_grad_()
    with torch.enable_grad(), _with_chance(run, passed.start), listening(modules, hear):
        outputs, targets = _forward(run, passed.start, inputs, passed.epoch.targets[passed.rows])
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


@contextmanager
def _with_weights(run: TrainingRun, weights: Tensor) -> Iterator[None]:
    """Give the network other weights for a moment."""
    flat = run.parameters.flat.detach()
    now = flat.clone()
    flat.copy_(weights)
    try:
        yield
    finally:
        flat.copy_(now)


class SignalRecorder(Instrument):
    """Follows the latest micro-batch through the phases of its update, whenever a picture is wanted."""

    part = SignalFlow
    title = mark("Network")
    hears = (*PHASES, Finished)
    only_watched = True

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(run)
        self._stages = stages_of(run.model)
        self._plain = _plain_layers(run, self._stages)
        self._start = Start.of_the_next(run)
        self._weights = run.parameters.flat.detach().clone()  # those that the latest micro-batch met
        self._phase: Phase = ""
        self._is_known = False  # whether the latest micro-batch was seen from its start
        self._passed: Pass | None = None
        self._replay: Replay | None = None
        self._is_outdated = False
        self._latest: SignalFlow | None = None

    def observe(self, event: Event) -> None:
        """Note a phase, and what it takes to send its micro-batch through the network again."""
        match event:
            case Finished():
                if event.restored:  # the best epoch's weights are back: the picture was of others
                    self._latest, self._is_outdated = None, False
                return
            case Zeroed() if not self.run.position.window_is_full:  # it makes room for the next micro-batch
                self._is_known, self._passed, self._replay = True, None, None
            case Forward():
                self._note_forward(event.rows)
            case _:
                pass
        self._phase = PHASES[type(event)]
        self._is_outdated = self._is_known

    def _note_forward(self, rows: int) -> None:
        run = self.run
        self._is_known, self._replay = self._start.is_of_the_latest(run), None
        self._passed = Pass.of_the_latest(run, self._start, rows) if self._is_known else None
        self._weights.copy_(run.parameters.flat.detach())
        self._start = Start.of_the_next(run)

    def record(self, *, at_rest: bool = False) -> SignalFlow:
        """Return the latest record; before the first, the network without any numbers."""
        if at_rest:  # from here people step through the next batch
            self._start = Start.of_the_next(self.run)
        if self._is_outdated:  # however long it takes: the numbers beside it are of this update
            self._latest = self._picture(self._phase)
            self._is_outdated = False
        if self._latest is None:
            self._latest = SignalFlow(self._layers_now(), update=self.run.counters.updates)
        return self._latest

    def _picture(self, phase: Phase) -> SignalFlow:
        """Return the network as the latest phase left it."""
        run, layers = self.run, self._layers_now()
        if self._passed is not None:
            with _with_weights(run, self._weights) if phase == "updated" else nullcontext():
                if phase == "updated":
                    layers = tuple(map(_with_change, self._layers_now(), layers))
                if self._replay is None:
                    self._replay = replay(run, self._passed, self._stages)
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
