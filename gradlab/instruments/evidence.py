"""Gathers what a diagnosis looks at: for every run, watched or not, in bounded memory."""

import re
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from gradlab.instruments.curves import epoch_row
from gradlab.instruments.data_facts import data_facts
from gradlab.instruments.layer_facts import layer_facts
from gradlab.instruments.micro_batches import NoiseScale, noise_and_signal
from gradlab.instruments.probing import Prober
from gradlab.instruments.records import EpochRow
from gradlab.instruments.records.evidence import DataFacts, Evidence, Occurrence, Probe, Updates
from gradlab.instruments.unmoved import UnmovedLayers
from gradlab.training.events import EpochEnded, Event, Finished, Updated
from gradlab.training.measuring import Measured
from gradlab.training.run import TrainingRun
from gradlab.training.state import State

LATEST = 256  # updates, every one of them
FIRST = 32  # updates, for good
MEASURED = 512  # measured updates, thinned
EPOCHS = 1024  # of which the latest half is whole


class EvidenceRecorder:
    """Gathers the evidence of one run from its events."""

    def __init__(self, run: TrainingRun) -> None:
        self.run = run
        self._latest = LatestUpdates()
        self._measured = MeasuredUpdates(len(run.parameters.layers))
        self._epochs: list[EpochRow] = []
        self._counts: NDArray[np.int64] | None = None
        self._prober = Prober(run)
        self._probes: list[Probe] = []
        self._ending: Finished | None = None
        self._blew_up: Occurrence | None = None
        self._noise_scale = NoiseScale()
        self._unmoved = UnmovedLayers(run)
        self._layers = layer_facts(run)
        self._notes: dict[type[Event], Callable[[Any], None]] = {
            Updated: self._note_update,
            EpochEnded: self._note_epoch,
            Finished: self._note_ending,
        }
        self._data: DataFacts | None = None

    def observe(self, event: Event) -> None:
        """Note an event; the run is as the phase left it."""
        note = self._notes.get(type(event))
        if note is not None:
            note(event)

    @property
    def noted(self) -> tuple[object, ...]:
        """Something that is another whenever there is new evidence."""
        run = self.run
        return (
            run.counters.updates,
            len(self._epochs),
            self._ending,
            run.experiment,
            len(run.ledger.sightings),
        )

    @property
    def latest_epoch(self) -> EpochRow:
        """The row of the latest epoch, of which there must be one."""
        return self._epochs[-1]

    def evidence(self) -> Evidence:
        """Return all that is known now, as a record that never changes."""
        if self._data is None:
            self._data = data_facts(self.run)
        return Evidence(
            experiment=self.run.experiment,
            data=self._data,
            layers=self._layers,
            frozen=self.run.buffer.frozen,
            updates=self._updates(),
            epochs=tuple(self._epochs),
            counts=self._counts,
            probes=tuple(self._probes),
            noise_scale=self._noise_scale.rows,
            stop_reason=self._ending.reason if self._ending else "",
            unmoved=self._unmoved.occurrences(),
            blew_up=self._blew_up,
            **self._sightings(),
        )

    def _sightings(self) -> dict[str, Any]:
        """Return what the books of the gradient buffer say."""
        ledger = self.run.ledger
        return {
            name: Occurrence(seen.since, seen.epoch, ledger.latest(seen), dict(seen.numbers))
            for name, seen in ledger.sightings.items()
        }

    def state(self) -> State:
        """Return what cannot be measured again, with tensors, for a checkpoint."""
        return {
            "latest": self._latest.state(),
            "measured": self._measured.state(),
            "epochs": [tuple(row) for row in self._epochs],
            "counts": None if self._counts is None else self._counts.tolist(),
            "probes": [
                (probe.epoch, probe.update, *map(list, (probe.inactive, probe.saturated)))
                for probe in self._probes
            ],
            "noise_scale": self._noise_scale.state(),
            "unmoved": self._unmoved.state(),
        }

    def load(self, state: State) -> None:
        """Go on with what another recorder has gathered of the same run."""
        self._latest.load(state["latest"])
        self._measured.load(state["measured"])
        self._epochs = [EpochRow(*row) for row in state["epochs"]]
        self._counts = None if state["counts"] is None else np.array(state["counts"])
        self._probes = [
            Probe(epoch, update, np.array(inactive), np.array(saturated))
            for epoch, update, inactive, saturated in state["probes"]
        ]
        self._noise_scale.load(state["noise_scale"])
        self._unmoved.load(state["unmoved"])

    def _note_update(self, event: Updated) -> None:
        self._ending = None  # one that has ended goes on, with more epochs
        self._latest.append(event)
        measured = self.run.optimizer.measured
        if measured is not None:
            self._measured.append(event, measured)
            if (batches := self.run.ledger.micro_batches) is not None:
                self._noise_scale.add(*noise_and_signal(batches.rows, batches.squares, batches.together))
        self._unmoved.note(event, measured)

    def _note_epoch(self, event: EpochEnded) -> None:
        self._epochs.append(epoch_row(event))
        self._counts = event.counts
        if len(self._epochs) > EPOCHS:
            older = self._epochs[: -EPOCHS // 2]
            self._epochs = older[::2] + self._epochs[-EPOCHS // 2 :]
        if self._prober.is_due(event.epoch, self._probes[-1].update if self._probes else None):
            self._probes.append(self._prober.probe())

    def _note_ending(self, event: Finished) -> None:
        self._ending = event
        if event.reason == "diverged":
            self._blew_up = self._where_it_blew_up(event.cause)

    def _where_it_blew_up(self, cause: str) -> Occurrence:
        counters, window = self.run.counters, self.run.position.window
        update = counters.updates + 1
        numbers = {"update": float(update)}
        if window is not None:
            numbers["batch"] = float(min(window.batches + 1, window.planned_batches))
        return Occurrence(update, counters.epochs + 1, update, numbers, self._layer_in(cause), cause)

    def _layer_in(self, cause: str) -> str:
        """Return the layer that a sentence names, or one of whose parameters; empty for none."""
        named = {word.partition(".")[0] for word in re.findall(r"[\w.]+", cause.partition(": ")[2])}
        return next((layer.name for layer in self._layers if layer.name in named), "")

    def _updates(self) -> Updates | None:
        latest = self._latest.columns()
        return Updates(**latest, **self._measured.columns()) if latest else None


class LatestUpdates:
    """The latest updates, every one of them, and the first ones."""

    def __init__(self) -> None:
        self._first: list[Updated] = []
        self._latest: deque[Updated] = deque(maxlen=LATEST)

    def append(self, event: Updated) -> None:
        """Add an update in place of the oldest."""
        self._latest.append(event)
        if len(self._first) < FIRST:
            self._first.append(event)

    def columns(self) -> dict[str, Any]:
        """Return the columns that :class:`Updates` has of them; none before the first update."""
        if not self._latest:
            return {}
        columns = dict(zip(Updated._fields, np.array(self._latest, dtype=np.float64).T, strict=True))
        whole = {name: columns[name].astype(np.int64) for name in ("update", "epoch")}
        first = {
            "first_loss": np.array([event.loss for event in self._first]),
            "first_grad_norm": np.array([event.grad_norm for event in self._first]),
        }
        return whole | {name: columns[name] for name in ("loss", "lr", "grad_norm", "clipped_norm")} | first

    def state(self) -> State:
        """Return the updates."""
        return {
            "first": [tuple(event) for event in self._first],
            "latest": [tuple(event) for event in self._latest],
        }

    def load(self, state: State) -> None:
        """Restore what :meth:`state` returned."""
        self._first = [Updated(*event) for event in state["first"]]
        self._latest.extend(Updated(*event) for event in state["latest"])


class MeasuredUpdates:
    """Measurements of the layers, from the first one on; when the table is full, every second one is forgotten.

    The latest is always there.
    """

    def __init__(self, layers: int) -> None:
        self._layers = layers
        self._rows = np.zeros((MEASURED, 3 + 4 * layers))
        self._latest = np.zeros(3 + 4 * layers)
        self._kept = 0
        self._count = 0
        self._stride = 1

    def append(self, event: Updated, measured: Measured) -> None:
        """Add a measured update."""
        row = self._latest
        row[0], row[1] = event.update, event.loss
        row[2] = measured.update_ratio
        row[3:] = np.concatenate(
            [measured.grad_norms, measured.grad_mean_abs, measured.zero_shares, measured.update_ratios]
        )
        if self._count % self._stride == 0:
            if self._kept == MEASURED:
                self._thin_out()
            self._rows[self._kept] = row
            self._kept += 1
        self._count += 1

    def columns(self) -> dict[str, Any]:
        """Return copies of the columns, as :class:`Updates` names them."""
        rows = self._rows[: self._kept]
        if (self._count - 1) % self._stride:
            rows = np.vstack([rows, self._latest])
        update, loss, ratio = rows[:, :3].T.copy()
        norms, mean_abs, zero_shares, ratios = np.split(rows[:, 3:].copy(), 4, axis=1)
        return {
            "measured": update.astype(np.int64),
            "measured_loss": loss,
            "measured_ratio": ratio,
            "layer_norms": norms,
            "layer_mean_abs": mean_abs,
            "layer_zero_shares": zero_shares,
            "layer_ratios": ratios,
        }

    def state(self) -> State:
        """Return the measurements and how they are thinned."""
        return {
            "rows": torch.from_numpy(self._rows[: self._kept]),
            "latest": torch.from_numpy(self._latest),
            "count": self._count,
            "stride": self._stride,
        }

    def load(self, state: State) -> None:
        """Restore what :meth:`state` returned."""
        self._kept = len(state["rows"])
        self._rows[: self._kept] = state["rows"].numpy()
        self._latest[:] = state["latest"].numpy()
        self._count, self._stride = state["count"], state["stride"]

    def _thin_out(self) -> None:
        self._kept = MEASURED // 2
        self._rows[: self._kept] = self._rows[::2]
        self._stride *= 2
