"""The x-axis that all panels over time share: what it counts in, and which part of the run is in view."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from gradlab.instruments.records import Curves, Doubles, EpochRow, Frame, Snapshot, Timeline
from gradlab.language import mark, tr
from gradlab.window.charts.formatting import round_up
from gradlab.window.language.numbers import number

Unit = Literal["updates", "samples", "epochs", "seconds"]
MARGINS = (-0.008, 1.012)  # of the run's length: room for half a dot at either end
CLOSEST = 1e-5  # of the run's length: as far as one can zoom in


@dataclass(frozen=True)
class UnitKind:
    """What an axis can count in.

    Attributes:
        choice: what people choose; ``label`` stands under the axis; ``counted`` reads off one place, whose number
            has this ``form``; like ``help`` in English, to be translated where they are shown.
        field: of ``Curves``; ``least`` the length of the shortest axis.
    """

    choice: str
    label: str
    counted: str
    form: str
    help: str
    field: str
    least: float

    def read_off(self, place: float) -> str:
        """Return a place in words."""
        return tr(self.counted).format(place=number(place, self.form))


UNITS: dict[Unit, UnitKind] = {
    "epochs": UnitKind(
        mark("Epochs"),
        mark("Epoch"),
        mark("epoch {place}"),
        ".2f",
        mark("how often all training rows were used"),
        "update_epoch",
        1.0,
    ),
    "updates": UnitKind(
        mark("Updates"),
        mark("Update"),
        mark("update {place}"),
        ",.0f",
        mark("how often the weights were changed"),
        "update",
        1.0,
    ),
    "samples": UnitKind(
        mark("Samples"),
        mark("Samples trained on"),
        mark("{place} samples"),
        ",.0f",
        mark("how many rows were trained on, again and again"),
        "update_samples",
        1.0,
    ),
    "seconds": UnitKind(
        mark("Seconds"),
        mark("Seconds of training"),
        mark("{place} s"),
        ".3g",
        mark("how long the computer trained; pauses do not count"),
        "update_seconds",
        0.05,
    ),
}


class XAxis(QObject):
    """Translates between updates and what the axis counts in, and knows the part of the run that is in view.

    That part is kept as a range of updates: another unit shows the same part of the run.

    Attributes:
        unit: what the axis counts in.
        part: the range of updates in view; None for the whole run.
        changed: emitted when another unit or another part of the run was chosen: draw again.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.unit: Unit = "epochs"
        self._run: int | None = None
        self._curves: Curves | None = None
        self.part: tuple[float, float] | None = None
        self._knots: dict[Unit, tuple[Doubles, Doubles]] = {}
        self._planned = 0
        self._others: list[Curves] = []
        self._update = 0.0
        self._end: float | None = None  # known until something else is followed

    def follow(self, frame: Frame) -> None:
        """Take over a frame's records before they are drawn; a new run is shown whole."""
        if frame.run != self._run:
            self._run = frame.run
            self._curves = self.part = None
            self._knots = {}
            self._update = 0.0
        curves, timeline = frame.get(Curves), frame.get(Timeline)
        if curves is not None and curves is not self._curves:
            self._curves = curves
            self._knots = {}
        self._planned = frame.progress.epochs
        if timeline is not None and len(timeline.updates):
            self._update = float(timeline.updates[-1])
        self._end = None

    def make_room_for(self, snapshot: Snapshot) -> None:
        """Make the axis long enough for all runs of a snapshot."""
        curves = (lane.frame.get(Curves) for lane in (*snapshot.lanes, *snapshot.pinned))
        self._end = None
        self._others = [each for each in curves if each]

    @property
    def kind(self) -> UnitKind:
        """What the axis counts in, in words."""
        return UNITS[self.unit]

    # ------------------------------------------------------------------- places

    def places(self, updates: Doubles) -> Doubles:
        """Return the places of updates of this run on the axis; update ``0`` is before the first."""
        return _along(updates, *self._table(self.unit))

    def place(self, update: float) -> float:
        """Return the place of one update."""
        return float(self.places(np.array([update]))[0])

    def update_at(self, x: float) -> float:
        """Return the update at a place, with its fraction."""
        updates, places = self._table(self.unit)
        return float(_along(np.array([x]), places, updates)[0])

    def in_words(self, x: float) -> str:
        """Return a place in words, e.g. ``epoch 1.25 · update 54``."""
        update = max(0.0, self.update_at(x))
        other: Unit = "epochs" if self.unit == "updates" else "updates"
        return " · ".join(
            UNITS[unit].read_off(_along(np.array([update]), *self._table(unit))[0])
            for unit in (self.unit, other)
        )

    def of(self, curves: Curves) -> Doubles:
        """Return the places of the points of any run's curves, by that run's own counters."""
        points: Doubles = getattr(curves, self.kind.field)
        return points

    def of_epochs(self, rows: tuple[EpochRow, ...]) -> Doubles:
        """Return the places of the ends of epochs of this run."""
        if self.unit in ("epochs", "samples"):
            field = "epoch" if self.unit == "epochs" else "samples"
            return np.array([getattr(row, field) for row in rows], dtype=np.float64)
        return self.places(np.array([row.update for row in rows], dtype=np.float64))

    def _table(self, unit: Unit) -> tuple[Doubles, Doubles]:
        """Return updates and their places, both rising from 0."""
        if unit not in self._knots:
            fields = "update", UNITS[unit].field
            points = [getattr(self._curves, field) if self._curves else np.empty(0) for field in fields]
            updates, places = (np.concatenate([[0.0], values]) for values in points)
            self._knots[unit] = updates, places
        return self._knots[unit]

    # -------------------------------------------------------------------- range

    @property
    def is_zoomed(self) -> bool:
        """Whether only a part of the run is in view."""
        return self.part is not None

    @property
    def end(self) -> float:
        """Where the axis ends: it grows in few steps, so that the picture does not move with every frame."""
        if self._end is None:
            reached = self._reached()
            ahead = round_up(max(self.kind.least, reached))
            planned = self._planned_end(reached)
            self._end = max(reached, min(ahead, planned) if planned else ahead, 1e-9)
        return self._end

    @property
    def bounds(self) -> tuple[float, float]:
        """The whole run, with a small margin."""
        low, high = MARGINS
        return low * self.end, high * self.end

    @property
    def visible(self) -> tuple[float, float]:
        """The part that is in view."""
        if self.part is None:
            return self.bounds
        left, right = self.places(np.array(self.part)).tolist()
        return left, right

    def show(self, left: float, right: float) -> None:
        """Show only this part, in every panel."""
        self.part = self.update_at(left), self.update_at(right)
        self.changed.emit()

    def show_whole_run(self) -> None:
        """Show all of the run, and follow it while it goes on."""
        self.part = None
        self.changed.emit()

    def choose(self, unit: Unit) -> None:
        """Count in another unit, in every panel."""
        if unit != self.unit:
            self.unit = unit
            self._end = None
            self.changed.emit()

    def take(self, unit: Unit, part: tuple[float, float] | None) -> None:
        """Count in this unit, and show this range of updates."""
        if (self.unit, self.part) != (unit, part):
            self.unit, self.part = unit, part
            self._end = None
            self.changed.emit()

    def link(self, other: "XAxis") -> None:
        """Keep the unit and the updates in view the same as on the axis of another run, in both directions."""
        self._imitate(other)
        other.changed.connect(self._imitate_sender)
        self.changed.connect(other._imitate_sender)

    @Slot()
    def _imitate_sender(self) -> None:
        sender = self.sender()
        if isinstance(sender, XAxis):
            self._imitate(sender)

    def _imitate(self, other: "XAxis") -> None:
        self.take(other.unit, other.part)

    def _reached(self) -> float:
        rows = self._curves.epochs if self._curves else ()
        last_epoch = float(self.of_epochs(rows[-1:])[0]) if rows else 0.0
        others = (float(self.of(curves)[-1]) for curves in self._others if len(curves.update))
        return max(float(self._table(self.unit)[1][-1]), last_epoch, self.place(self._update), *others)

    def _planned_end(self, reached: float) -> float:
        """Return where the last planned epoch will end; 0 if that is not known."""
        rows = self._curves.epochs if self._curves else ()
        if self.unit == "epochs":
            return float(self._planned)
        if not rows or rows[-1].epoch == 0 or not self._planned:
            return 0.0
        left = max(0, self._planned - rows[-1].epoch)
        if self.unit == "seconds":  # a guess from the pace so far would wobble
            return 0.0 if left else reached
        done = float(self.of_epochs(rows[-1:])[0])
        return done + left * done / rows[-1].epoch


def _along(values: Doubles, known: Doubles, places: Doubles) -> Doubles:
    """Return places between those of ``known`` values (rising from 0), and beyond them at the mean pace."""
    last, end = known[-1], places[-1]
    pace = end / last if last > 0 and end > 0 else 1.0
    beyond = np.minimum(values, 0.0) + np.maximum(values - last, 0.0)
    found: Doubles = np.interp(values, known, places) + pace * beyond
    return found
