"""Which layers do not move, although they are to be trained."""

from dataclasses import asdict, dataclass
from hashlib import blake2b

from gradlab.instruments.records.evidence import Occurrence
from gradlab.training.events import Updated
from gradlab.training.measuring import Measured
from gradlab.training.parameters import Layer
from gradlab.training.run import TrainingRun
from gradlab.training.state import State

ENOUGH = 3  # measured updates in a row


@dataclass
class Rest:
    """How long a layer has not moved.

    Attributes:
        since, epoch: the first update that did not move it, and its epoch; samples: trained on by then.
        measured: how many measured updates did not move it.
        weights: a hash of its weights.
        is_without: whether the loss did not depend on it in any of them, or its gradient was None.
        is_pushed: whether it had a gradient in all of them.
    """

    since: int
    epoch: int
    samples: int
    measured: int
    weights: str
    is_without: bool
    is_pushed: bool


class UnmovedLayers:
    """Watches the layers of one run: at measured updates, and at others where a gradient is None."""

    def __init__(self, run: TrainingRun) -> None:
        self._run = run
        self._layers = {layer.name: layer for layer in run.parameters.layers}
        self._none: dict[str, tuple[int, int, int]] = {}  # first update, epoch, latest update
        self._rests: dict[str, Rest] = {}
        self._moved: set[str] = set()

    def note(self, event: Updated, measured: Measured | None) -> None:
        """Note an update."""
        buffer = self._run.buffer
        if buffer.without_gradient:
            self._note_none(event, sorted(buffer.without_gradient - buffer.frozen))
        elif self._none:
            self._none.clear()
        if measured is not None and event.lr > 0:
            self._note_measured(event, measured)

    def occurrences(self) -> tuple[Occurrence, ...]:
        """Return the layers that do not move now."""
        none = {name: self._of_none(name) for name in self._none}
        still = {
            name: self._of_rest(name, rest) for name, rest in self._rests.items() if self._holds(name, rest)
        }
        found = still | none
        return tuple(found[name] for name in self._layers if name in found)

    def _note_none(self, event: Updated, names: list[str]) -> None:
        before, self._none = self._none, {}
        for name in names:
            since, epoch, _ = before.get(name, (event.update, event.epoch, 0))
            self._none[name] = since, epoch, event.update

    def _note_measured(self, event: Updated, measured: Measured) -> None:
        frozen = self._run.buffer.frozen
        for place, name in enumerate(self._layers):
            if measured.moved[place] or name in frozen:
                self._moved.add(name)
                self._rests.pop(name, None)
            else:
                self._note_rest(event, name, is_pushed=bool(measured.zero_shares[place] < 1))

    def _note_rest(self, event: Updated, name: str, *, is_pushed: bool) -> None:
        weights, is_without = self._hash(self._layers[name]), name in self._run.buffer.without_batch
        rest = self._rests.get(name)
        if rest is None or rest.weights != weights:
            self._rests[name] = Rest(
                event.update, event.epoch, event.samples, 1, weights, is_without, is_pushed
            )
            return
        rest.measured += 1
        rest.is_without &= is_without
        rest.is_pushed &= is_pushed

    def _holds(self, name: str, rest: Rest) -> bool:
        """Return whether a layer's rest is no chance.

        A few batches may leave a small layer without a gradient; a whole epoch does not. Where a schedule ends,
        steps get so small that rounding swallows them.
        """
        if rest.measured < ENOUGH:
            return False
        run = self._run
        if rest.is_pushed:
            return name not in self._moved
        return rest.is_without or run.counters.samples - rest.samples >= len(run.rows)

    def _of_none(self, name: str) -> Occurrence:
        since, epoch, latest = self._none[name]
        return Occurrence(since, epoch, latest, {"without_gradient": 1.0}, name)

    def _of_rest(self, name: str, rest: Rest) -> Occurrence:
        numbers = {
            "measured_updates": float(rest.measured),
            "left_out": float(rest.is_without),
            "zero_gradient": float(not rest.is_pushed),
        }
        return Occurrence(rest.since, rest.epoch, self._run.counters.updates, numbers, name)

    def _hash(self, layer: Layer) -> str:
        weights = self._run.parameters.flat[layer.start : layer.stop].detach().cpu().numpy()
        return blake2b(weights.tobytes(), digest_size=16).hexdigest()

    def state(self) -> State:
        """Return what was noted."""
        rests = {name: asdict(rest) for name, rest in self._rests.items()}
        return {"none": self._none, "rests": rests, "moved": sorted(self._moved)}

    def load(self, state: State) -> None:
        """Go on with what was noted."""
        self._none = {name: (since, epoch, latest) for name, (since, epoch, latest) in state["none"].items()}
        self._rests = {name: Rest(**rest) for name, rest in state["rests"].items()}
        self._moved = set(state["moved"])
