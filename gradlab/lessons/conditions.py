"""The conditions that a lesson can wait for: a small, closed list, on the records of a run.

A lesson from outside is data only. It picks from this list; nothing in it is ever executed.
"""

from collections.abc import Sequence
from math import inf, isnan
from typing import Annotated, ClassVar, Literal, get_args

import numpy as np
from pydantic import Field
from typing_extensions import override

from gradlab.experiment.sections.base import Section
from gradlab.instruments.metrics import summary
from gradlab.instruments.records import (
    Activations,
    BufferState,
    Confusion,
    Curves,
    EpochRow,
    Flow,
    Frame,
    Kinds,
    Phase,
    Snapshot,
    State,
    Timeline,
)
from gradlab.language import mark

EpochMeasure = Literal[
    "train_loss",
    "train_accuracy",
    "val_loss",
    "val_accuracy",
    "val_precision",
    "val_recall",
    "val_f1",
    "lr",
    "reward",
]
NONE = -1.0  # in the timeline: the buffer held None

MEASURE = Field(
    description=mark("a column of the table of epochs, such as val_loss, val_accuracy or val_recall")
)
RUN = Field(
    "", description=mark("the name of one of the experiment's variants; left out: the run that is shown")
)
LAYER = Field(description=mark('"first", "last", or the name of a layer such as hidden1'))
LIMIT = Field(None, description=mark("a number"))


class Condition(Section):
    """Something that a snapshot can show.

    Attributes:
        looks_at: the kinds of records that it needs, besides the curves, which are always there.
    """

    looks_at: ClassVar[Kinds] = frozenset()

    @property
    def needs(self) -> Kinds:
        """The kinds of records that it needs with these settings."""
        return self.looks_at

    def lanes(self) -> tuple[str, ...]:
        """Return the names of the runs that it looks at; an empty name means the shown run."""
        raise NotImplementedError

    def is_met(self, snapshot: Snapshot) -> bool:
        """Return whether this snapshot shows it; missing runs and records show nothing."""
        raise NotImplementedError


class OfOneRun(Condition):
    """A condition on one run.

    Attributes:
        run: the variant's name; empty for the shown run.
    """

    run: str = RUN

    @override
    def lanes(self) -> tuple[str, ...]:
        return (self.run,)

    @override
    def is_met(self, snapshot: Snapshot) -> bool:
        own = frame_of(snapshot, self.run)
        return own is not None and self._holds(own)

    def _holds(self, frame: Frame) -> bool:
        raise NotImplementedError


class Reached(OfOneRun):
    """The run has made this many epochs and updates."""

    see: Literal["reached"]
    epochs: int = Field(0, ge=0, description=mark("a whole number of epochs, at least 0"))
    updates: int = Field(0, ge=0, description=mark("a whole number of updates, at least 0"))

    def _holds(self, frame: Frame) -> bool:
        return frame.progress.epoch >= self.epochs and frame.progress.update >= self.updates


class AtPhase(OfOneRun):
    """Stepping through phases has reached this phase, after this many updates."""

    see: Literal["phase"]
    phase: Phase = Field(description=mark("one of zeroed, forward, backward, clipped, updated"))
    updates: int = Field(0, ge=0, description=mark("how many updates were made before, at least 0"))

    def _holds(self, frame: Frame) -> bool:
        progress = frame.progress
        return progress.by_phase and progress.phase == self.phase and progress.update >= self.updates


class Ended(OfOneRun):
    """The run is over and has ended in this way."""

    see: Literal["ended"]
    how: Literal["finished", "early", "diverged"] = Field(
        description=mark("one of finished, early, diverged")
    )

    def _holds(self, frame: Frame) -> bool:
        curves = frame.get(Curves)
        if frame.state is not State.FINISHED or curves is None:
            return False
        ends = {"end": "early", "diverged": "diverged"}
        return next((ends[mark.kind] for mark in curves.marks if mark.kind in ends), "finished") == self.how


class Trend(OfOneRun):
    """A measure has passed its lowest (or highest) value and moved away from it since.

    Attributes:
        epochs: the least number of epochs since that turning point.
        by: how far it has moved, as a share of the value at the turning point.
    """

    see: Literal["rising", "falling"]
    measure: EpochMeasure = MEASURE
    epochs: int = Field(1, ge=1, description=mark("a whole number of epochs, at least 1"))
    by: float = Field(0.0, ge=0, description=mark("a share of the value at the turning point, at least 0"))

    def _holds(self, frame: Frame) -> bool:
        values = course(frame, self.measure)
        if len(values) <= self.epochs:
            return False
        rising = self.see == "rising"
        turn = int(np.argmin(values) if rising else np.argmax(values))
        moved = (values[-1] - values[turn]) * (1 if rising else -1)
        return len(values) - 1 - turn >= self.epochs and moved > self.by * abs(values[turn])


class Value(OfOneRun):
    """A measure of the latest epoch is above or below a number.

    Attributes:
        threshold: measure as if the positive class began at this probability; only for two classes.
    """

    see: Literal["value"]
    measure: EpochMeasure = MEASURE
    above: float | None = LIMIT
    below: float | None = LIMIT
    threshold: float | None = Field(None, ge=0, le=1, description=mark("a number from 0 to 1"))

    @property
    @override
    def needs(self) -> Kinds:
        # Another threshold needs the answers to every row.
        return frozenset() if self.threshold is None else frozenset({Confusion})

    def _holds(self, frame: Frame) -> bool:
        value = latest(frame, self.measure) if self.threshold is None else self._at_threshold(frame)
        return value is not None and is_between(value, self.above, self.below)

    def _at_threshold(self, frame: Frame) -> float | None:
        confusion = frame.get(Confusion)
        if confusion is None or len(confusion.class_names) != 2 or self.threshold is None:
            return None
        found = summary(confusion.counts(confusion.at(confusion.epoch), self.threshold))
        value: float | None = getattr(found, self.measure.removeprefix("val_"), None)
        return value


class Size(OfOneRun):
    """The gradient that the latest update used has this size: a layer's root mean square, or the norm of all.

    Attributes:
        layer: which layer; ``compared_with``: take the ratio to that layer's size.
        is_none: whether the buffer held None for it.
    """

    looks_at = frozenset({Timeline})

    see: Literal["gradient"]
    layer: str = Field(
        "all", description=mark('"all", "first", "last", or the name of a layer such as hidden1')
    )
    compared_with: str = Field(
        "", description=mark('"first", "last", or the name of a layer such as hidden1')
    )
    above: float | None = LIMIT
    below: float | None = LIMIT
    is_zero: bool = Field(False, description=mark("true where it must be exactly 0"))
    is_none: bool = Field(False, description=mark("true where the buffer must hold None"))

    def _holds(self, frame: Frame) -> bool:
        size = self._size(frame)
        if size is None or self.is_none:
            return self.is_none and size == NONE
        if self.is_zero:
            return size == 0
        return size >= 0 and is_between(size, self.above, self.below)

    def _size(self, frame: Frame) -> float | None:
        if self.layer == "all":
            curves = frame.get(Curves)
            return float(curves.grad_norm[-1]) if curves and len(curves.grad_norm) else None
        size = rms_of(frame.get(Timeline), self.layer)
        if not self.compared_with or size is None:
            return size
        other = rms_of(frame.get(Timeline), self.compared_with)
        return size / other if other else None


class Buffer(OfOneRun):
    """The gradient buffer holds this now.

    Attributes:
        holds: ``left_over``: gradients from before this update's first batch; ``nothing``: only None or zeros;
            ``gradients``: at least one number that is not 0.
    """

    looks_at = frozenset({BufferState})

    see: Literal["buffer"]
    holds: Literal["left_over", "nothing", "gradients"] = Field(
        description=mark("one of left_over, nothing, gradients")
    )

    def _holds(self, frame: Frame) -> bool:
        gradients = frame.get(BufferState)
        if gradients is None:
            return False
        if self.holds == "left_over":
            return gradients.stale
        filled = any(part.used is not None and part.used.any() for part in gradients.parameters)
        return filled == (self.holds == "gradients")


class Units(OfOneRun):
    """The share of dead or saturated units in a layer, on the probe rows, is within limits."""

    looks_at = frozenset({Activations})

    see: Literal["units"]
    layer: str = LAYER
    above: float | None = LIMIT
    below: float | None = LIMIT

    def _holds(self, frame: Frame) -> bool:
        activations = frame.get(Activations)
        layers = () if activations is None else activations.layers
        number = place_of(self.layer, [layer.name for layer in layers])
        return number is not None and is_between(layers[number].troubled_share, self.above, self.below)


class Direction(OfOneRun):
    """The steps follow the gradient this closely: the cosine between a step and the negative gradient.

    It is the mean over all measured updates, and 1 where each step uses only its own gradient.
    """

    looks_at = frozenset({Flow})

    see: Literal["direction"]
    above: float | None = LIMIT
    below: float | None = LIMIT

    def _holds(self, frame: Frame) -> bool:
        flow = frame.get(Flow)
        if flow is None:
            return False
        steps = flow.directions.only(slice(0, 1))
        cosines = (steps.low + steps.high) / 2
        measured = cosines[np.isfinite(cosines)]
        return measured.size > 0 and is_between(float(measured.mean()), self.above, self.below)


class StepSize(OfOneRun):
    """The latest measured update moved a layer's weights this far: std(Δw) / std(w).

    Attributes:
        is_zero: whether they must not have moved.
        without_gradient: whether the buffer must have held None or zeros for them.
    """

    looks_at = frozenset({Flow, Timeline})

    see: Literal["step"]
    layer: str = LAYER
    above: float | None = LIMIT
    below: float | None = LIMIT
    is_zero: bool = Field(False, description=mark("true where the weights must stand still"))
    without_gradient: bool = Field(
        False, description=mark("true where their gradient must be None or exactly 0")
    )

    def _holds(self, frame: Frame) -> bool:
        flow, gradient = frame.get(Flow), rms_of(frame.get(Timeline), self.layer)
        number = None if flow is None else place_of(self.layer, flow.matrices)
        if flow is None or number is None or not flow.ratios.high.shape[1]:
            return False
        if self.without_gradient and (gradient is None or gradient > 0):
            return False
        ratio = float(flow.ratios.high[number, -1])
        return ratio == 0 if self.is_zero else is_between(ratio, self.above, self.below)


class OfTwoRuns(Condition):
    """A condition on two runs that are trained side by side."""

    measure: EpochMeasure = MEASURE
    run: str = Field(description=mark("the name of one of the experiment's variants"))
    other: str = Field(description=mark("the name of another of the experiment's variants"))
    epochs: int = Field(1, ge=1, description=mark("a whole number of epochs, at least 1"))

    @override
    def lanes(self) -> tuple[str, ...]:
        return self.run, self.other

    @override
    def is_met(self, snapshot: Snapshot) -> bool:
        one, other = frame_of(snapshot, self.run), frame_of(snapshot, self.other)
        if one is None or other is None:
            return False
        done = min(len(course(own, self.measure)) for own in (one, other)) - 1
        return done >= self.epochs and self._holds(one, other)

    def _holds(self, one: Frame, other: Frame) -> bool:
        raise NotImplementedError

    def _pairs(self, one: Frame, other: Frame) -> list[tuple[float, float]]:
        """Return the measure of both after each epoch that both have completed."""
        return list(zip(course(one, self.measure), course(other, self.measure), strict=False))


class More(OfTwoRuns):
    """``measure`` of ``run`` exceeds ``times`` × that of ``other`` + ``by``.

    During training, after the latest epoch that both have completed; afterwards, for the final weights.
    """

    see: Literal["more"]
    times: float = Field(1.0, gt=0, description=mark("a number above 0"))
    by: float = Field(0.0, ge=0, description=mark("a number of at least 0"))

    def _holds(self, one: Frame, other: Frame) -> bool:
        value, less = self._pairs(one, other)[-1]
        if one.state is other.state is State.FINISHED:
            value, less = latest(one, self.measure) or 0.0, latest(other, self.measure) or 0.0
        return value > self.times * less + self.by


class Same(OfTwoRuns):
    """A measure is the same in two runs after every epoch so far, within a share of its value."""

    see: Literal["same"]
    within: float = Field(1e-4, ge=0, description=mark("a share of the value, at least 0"))

    def _holds(self, one: Frame, other: Frame) -> bool:
        return all(
            abs(value - wanted) <= self.within * abs(wanted) for value, wanted in self._pairs(one, other)
        )


OneOfThem = (
    Reached | AtPhase | Ended | Trend | Value | Size | Buffer | Units | Direction | StepSize | More | Same
)
AnyCondition = Annotated[OneOfThem, Field(discriminator="see")]
KINDS: dict[str, type[Condition]] = {
    see: kind for kind in get_args(OneOfThem) for see in get_args(kind.model_fields["see"].annotation)
}


def frame_of(snapshot: Snapshot, run: str) -> Frame | None:
    """Return the frame of the run with this name; of the shown run if the name is empty."""
    if not run:
        return snapshot.shown
    return next((lane.frame for lane in snapshot.lanes if lane.name == run), None)


def course(frame: Frame, measure: EpochMeasure) -> list[float]:
    """Return a measure after every epoch, starting with the untouched model; empty if there is none."""
    return [value for row in _rows(frame) if (value := getattr(row, measure)) is not None]


def _rows(frame: Frame) -> tuple[EpochRow, ...]:
    curves = frame.get(Curves)
    return curves.epochs if curves else ()


def latest(frame: Frame, measure: EpochMeasure) -> float | None:
    """Return a measure of the current weights: the latest epoch's, or the best one's if its weights were restored.

    None before the first epoch has ended, and if there is no such measure.
    """
    rows = _rows(frame)
    if len(rows) < 2:
        return None
    row = min(rows, key=_validation_loss) if has_best_back(frame) else rows[-1]
    value: float | None = getattr(row, measure)
    return value


def has_best_back(frame: Frame) -> bool:
    """Return whether the run has ended and restored the weights of its best epoch."""
    if frame.state is not State.FINISHED or frame.experiment is None:
        return False
    training = frame.experiment.training
    return training.patience > 0 and training.restore_best


def _validation_loss(row: EpochRow) -> float:
    return inf if row.val_loss is None else row.val_loss


def rms_of(timeline: Timeline | None, layer: str) -> float | None:
    """Return the root mean square of a layer's latest gradient; None if it was not measured."""
    if timeline is None or not timeline.rms.shape[1]:
        return None
    number = place_of(layer, timeline.layers)
    return None if number is None else float(timeline.rms[number, -1])


def place_of(layer: str, names: Sequence[str]) -> int | None:
    """Return the number of the layer with this name, or of the first or last; None if there is no such layer."""
    if not names:
        return None
    ends = {"first": 0, "last": len(names) - 1}
    return ends[layer] if layer in ends else names.index(layer) if layer in names else None


def is_between(value: float, above: float | None, below: float | None) -> bool:
    """Return whether a value is within the limits that are given; NaN never is."""
    return not isnan(value) and (above is None or value > above) and (below is None or value < below)
