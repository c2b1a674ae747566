"""Keeps the books of the gradient buffer: whether an update used its own micro-batches, all of them, and fairly.

What stands here is exact: nothing is judged, and nothing is measured before the books say that there is something
to measure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

import torch
from torch import Tensor
from typing_extensions import override

from gradlab.training.gradient_buffer import GradientBuffer
from gradlab.training.live_settings import LiveSettings
from gradlab.training.position import Position
from gradlab.training.state import FieldsAreState, State, Stateful

Numbers = dict[str, float]


@dataclass
class Sighting(FieldsAreState):
    """Something that went wrong with the gradients of an update.

    Attributes:
        since, epoch: the first update that it was seen in, and its epoch, both from 1.
        latest: the latest one.
        numbers: what was measured in the first one.
        settings: those that it depends on, while they stay as they were; empty after a change.
    """

    since: int
    epoch: int
    latest: int
    numbers: Numbers
    settings: list[Any]


@dataclass
class WindowBook:
    """The backward passes of an accumulation window.

    Attributes:
        passes: the number of each one's micro-batch, from 1, and its weight.
        least, most: rows of the smallest and of the largest micro-batch.
        begins_full: whether the buffer held older gradients before the first.
        sums: what is needed to measure a fault, ``(…, n)``: ``left_over`` before the first pass; ``own`` and
            ``fair``, the window's gradient as it is weighted, and with all rows counting the same.
        norms, rows: the length ``(…)`` of each pass's gradient, and its rows, where the update will be measured.
    """

    passes: list[tuple[int, float]] = field(default_factory=list)
    least: int = 0
    most: int = 0
    begins_full: bool = False
    sums: dict[str, Tensor] = field(default_factory=dict)
    norms: list[Tensor] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether it was kept from the window's first pass on."""
        return self.least > 0


ONE_PASS = WindowBook([(1, 1.0)], least=1, most=1)  # the book of most windows; nothing is ever added to it


@dataclass(frozen=True)
class MicroBatchNorms:
    """The gradients of a measured update's micro-batches, each that of the mean loss of its rows.

    Attributes:
        rows: the rows of each; squares: the squared norm of each gradient.
        together: the squared norm of the gradient of all rows.
    """

    rows: list[int]
    squares: list[float]
    together: float


class Ledger(Stateful):
    """The books of one run's gradient buffer, or of a stack of runs.

    Attributes:
        sightings: what was seen, by name: ``left_over``, ``lost``, ``summed`` and ``unequal``, as in ``Evidence``.
        window: the latest window's book.
        micro_batches: those of the latest update, if it had several, was measured, and nothing went wrong with it.
        has_all_rows: whether no other process has a part of each micro-batch.
    """

    def __init__(self, settings: LiveSettings, position: Position, buffer: GradientBuffer) -> None:
        self.sightings: dict[str, Sighting] = {}
        self.window = WindowBook()
        self.micro_batches: MicroBatchNorms | None = None
        self._settings, self._position, self._buffer = settings, position, buffer
        self.has_all_rows = True
        self._each = [self.sightings]  # the sightings of each run
        self._measured: list[MicroBatchNorms] = []

    # --- entries -----------------------------------------------------------------------------------------------

    def add(self, rows: int, weight: float) -> None:
        """Enter the backward pass that has just added a micro-batch of ``rows`` rows, or a chunk of it."""
        position = self._position
        if position.chunks is None:
            if self._buffer.passes == 1 and self._settings.in_force.gradients.accumulate == 1:
                self.window = ONE_PASS
                return
            assert position.window is not None
            batch = position.window.batches
            is_first = batch == 1
        else:
            batch = position.batch[0]
            is_first = batch == position.chunk[0] == 1
        book = self._open(rows) if is_first else self.window
        book.passes.append((batch, weight))
        if rows != book.least:
            book.least, book.most = min(book.least, rows), max(book.most, rows)
        if book.sums and "own" in book.sums:
            book.sums["own"].add_(self._buffer.batch)
            book.sums["fair"].add_(self._buffer.batch, alpha=rows * position.share / weight)
        if self._is_measured if is_first else book.norms:
            book.norms.append(torch.linalg.vector_norm(self._buffer.batch, dim=-1))
            book.rows.append(rows)

    def close(self, norms: Sequence[float]) -> None:
        """Close the book of a window whose gradient is about to be used; ``norms``: its length in each run."""
        book, held = self.window, self._buffer.passes
        self.micro_batches = None
        if book is ONE_PASS and held == 1:
            return
        if not book.is_whole:  # a checkpoint of an earlier version was in the middle of a window
            return
        spec, count = self._settings.in_force.gradients, len(book.passes)
        if held > count:
            self._see_left_over()
        elif held < count:
            self._see("lost", self._lost(held))
        if spec.scale == "sum" and len({batch for batch, _ in book.passes[count - min(held, count) :]}) > 1:
            self._see("summed", {"batches": float(book.passes[-1][0])})
        elif spec.scale == "mean" and held >= count and self._is_unequal:
            self._see_unequal()
        if book.norms and held == count:
            self._measure_micro_batches(norms)

    def latest(self, seen: Sighting) -> int:
        """Return the latest update that it is true of: that is now, as long as the settings stay as they were.

        Some of it is seen in the last window of each epoch only.
        """
        return max(seen.latest, self._position.counters.updates) if seen.settings else seen.latest

    def _open(self, rows: int) -> WindowBook:
        book = self.window = WindowBook(least=rows, most=rows, begins_full=self._buffer.passes > 1)
        if book.begins_full and not self._is_known("left_over"):
            book.sums["left_over"] = self._buffer.left_over.clone()
        if self._will_be_unequal(rows) and not self._is_known("unequal"):
            book.sums |= {name: torch.zeros_like(self._buffer.used) for name in ("own", "fair")}
        return book

    def follow_settings(self) -> None:
        """Note that other settings are in force: what depends on them may be over."""
        concerned = self._concerned()
        for seen in self.sightings.values():
            if seen.settings and seen.settings != concerned:
                seen.latest, seen.settings = max(seen.latest, self._position.counters.updates), []

    # --- what the books say ------------------------------------------------------------------------------------

    def _will_be_unequal(self, rows: int) -> bool:
        spec, window = self._settings.in_force.gradients, self._position.window
        if spec.scale != "mean" or spec.accumulate == 1:
            return False
        assert window is not None
        # Full batches are the largest, so only equal ones have this sum.
        return (
            window.planned_rows != window.planned_batches * rows or window.planned_batches < spec.accumulate
        )

    @property
    def _is_unequal(self) -> bool:
        book, wanted = self.window, self._settings.in_force.gradients.accumulate
        return wanted > 1 and (book.least < book.most or book.passes[-1][0] < wanted)

    @property
    def _is_measured(self) -> bool:
        """Whether this window's micro-batches are: not in chunks, and not in parts of several processes."""
        position, every = self._position, self._settings.in_force.training.measure_every
        if (position.counters.updates + 1) % every or position.chunks is not None or not self.has_all_rows:
            return False
        return position.window is not None and position.window.planned_batches > 1

    def _lost(self, held: int) -> Numbers:
        weights = [weight for _, weight in self.window.passes]
        kept = weights[len(weights) - held :]
        return {
            "share": 1 - sum(kept) / sum(weights),
            "passes": float(len(weights)),
            "lost_passes": float(len(weights) - held),
        }

    def _see_left_over(self) -> None:
        older = self.window.sums.get("left_over")
        if older is None:
            self._see("left_over", {})
            return
        used = self._buffer.used
        norms = zip(_norms(older), _norms(used - older), _norms(used), strict=True)
        self._see_each("left_over", [_share_of(*lengths) for lengths in norms])

    def _see_unequal(self) -> None:
        book, window = self.window, self._position.window
        assert window is not None
        sizes = {
            "batches": float(book.passes[-1][0]),
            "accumulate": float(self._settings.in_force.gradients.accumulate),
            "fewest_rows": float(book.least),
            "most_rows": float(book.most),
        }
        if "fair" not in book.sums:
            self._see("unequal", sizes)
            return
        fair = book.sums["fair"] / window.rows
        errors = zip(_norms(book.sums["own"] - fair), _norms(fair), strict=True)
        self._see_each(
            "unequal", [sizes | {"error": off / length} if length else None for off, length in errors]
        )

    def _measure_micro_batches(self, norms: Sequence[float]) -> None:
        """Keep the lengths of the micro-batches' own gradients, where all rows count the same."""
        book = self.window
        if self._settings.in_force.gradients.scale != "samples" and book.least < book.most:
            return
        weights = [weight for _, weight in book.passes]
        total = sum(weights)
        table = torch.stack(book.norms).reshape(len(weights), -1).tolist()
        self._measured = [
            MicroBatchNorms(
                book.rows,
                [(lengths[row] / weight) ** 2 for lengths, weight in zip(table, weights, strict=True)],
                (norm / total) ** 2,
            )
            for row, norm in enumerate(norms)
        ]
        self.micro_batches = self._measured[0]

    # --- sightings ---------------------------------------------------------------------------------------------

    def _see(self, name: str, numbers: Numbers) -> None:
        self._see_each(name, [numbers] * len(self._each))

    def _see_each(self, name: str, numbers: Sequence[Numbers | None]) -> None:
        """Note what is true of the next update, with each run's numbers; None where it is not."""
        counters, concerned = self._position.counters, self._concerned()
        update = counters.updates + 1
        for sightings, own in zip(self._each, numbers, strict=True):
            seen = sightings.get(name)
            if seen is not None and (seen.settings or seen.latest >= update - 1):
                seen.latest, seen.settings = update, concerned
            elif own is not None:
                sightings[name] = Sighting(update, counters.epochs + 1, update, own, concerned)

    def _is_known(self, name: str) -> bool:
        """Return whether it was seen in every run with the settings in force, so that nothing need be measured."""
        return all(name in each and each[name].settings for each in self._each)

    def _concerned(self) -> list[Any]:
        spec = self._settings.in_force
        return [*spec.gradients.model_dump(mode="json").values(), spec.training.batch_size]

    # --- several processes, several runs -----------------------------------------------------------------------

    def share(self, add_up: Callable[[Tensor], object]) -> None:
        """Add up the sums of several processes, each of which has its own part of every micro-batch."""
        for name in ("own", "fair"):
            if name in self.window.sums:
                add_up(self.window.sums[name])

    def start_sums_again(self) -> None:
        """Start the sums at zero where another process keeps what they were."""
        for name in ("own", "fair"):
            if name in self.window.sums:
                self.window.sums[name].zero_()

    def take(self, ledgers: Sequence["Ledger"]) -> None:
        """Keep the books of several runs, which have the same ones so far."""
        self._each = [ledger.sightings for ledger in ledgers]
        if self._position.window is None:
            return
        books = [ledger.window for ledger in ledgers]
        sums = {name: torch.stack([book.sums[name] for book in books]) for name in books[0].sums}
        norms = [torch.stack(each) for each in zip(*(book.norms for book in books), strict=True)]
        self.window = replace(books[0], passes=[*books[0].passes], sums=sums, norms=norms)

    def give(self, row: int, ledger: "Ledger") -> None:
        """Bring the books of the run at ``row`` up to date."""
        ledger.micro_batches = None if self.micro_batches is None else self._measured[row]
        if self._position.window is not None:
            book = self.window
            sums = {name: part[row] for name, part in book.sums.items()}
            norms = [each[row] for each in book.norms]
            ledger.window = replace(book, passes=[*book.passes], rows=[*book.rows], sums=sums, norms=norms)

    @property
    def common(self) -> tuple[object, ...]:
        """What runs must have in common to be kept together."""
        if self._position.window is None:
            return ()
        book = self.window
        sizes = tuple(book.rows), book.least, book.most
        return tuple(book.passes), *sizes, book.begins_full, tuple(sorted(book.sums)), len(book.norms)

    # --- checkpoints -------------------------------------------------------------------------------------------

    def state(self) -> State:
        """Return what was seen, and the book of the window under way."""
        return {
            "sightings": {name: seen.state() for name, seen in self.sightings.items()},
            "window": vars(WindowBook() if self._position.window is None else self.window),
        }

    @override
    def load(self, state: State) -> None:
        self.sightings.update({name: Sighting(**seen) for name, seen in state["sightings"].items()})
        book = WindowBook(**state["window"])
        book.passes = [(batch, weight) for batch, weight in book.passes]
        device = self._buffer.used.device
        book.sums = {name: part.to(device) for name, part in book.sums.items()}
        book.norms = [norm.to(device) for norm in book.norms]
        self.window = book


def _norms(tensor: Tensor) -> list[float]:
    lengths: list[float] = torch.linalg.vector_norm(tensor.double(), dim=-1).reshape(-1).tolist()
    return lengths


def _share_of(older: float, own: float, used: float) -> Numbers | None:
    """Return the share of older gradients in what is used; None where they are all zero."""
    if not older or not isfinite(older):
        return None
    return {"share": older / (older + own), "left_over_norm": older, "own_norm": own, "used_norm": used}
