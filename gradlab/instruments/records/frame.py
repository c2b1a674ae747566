"""What the window shows: a frame is the state of one run, a snapshot that of everything at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.band import Band
from gradlab.instruments.records.curves import Mark
from gradlab.instruments.records.progress import Notice, Progress, State
from gradlab.instruments.records.record import R, Record
from gradlab.training.events import Infinite

LANE_TOKENS = tuple(f"lane.{number}" for number in range(1, 7))  # the colours that every theme has for lanes


@dataclass(frozen=True)
class Frame:
    """The state of one run at one moment.

    Attributes:
        run: the number of the run. It grows with every reset, and panels forget the old run then.
        state: the state of the run; for the shown run, that of the race.
        train_loss, val_loss…: of the weights that the model has now, see ``Curves.now``: means over an epoch.
        measured: the epoch that these numbers are of, 0 for the untouched model; None without numbers.
        is_best_back: whether that is the best one, because its weights were restored at the end.
        positive_class: the name of the one to be found, of two classes; empty where there are not two.
        device: where it runs, e.g. ``cpu``.
        experiment: the settings of the update under way, or of the next one between two updates.
        parts: the instruments' records by kind; only of watched kinds.
        marks: what instruments found in single layers; what they found along the run is in the curves.
        infinite: the numbers that became infinite, which has ended the run; None if none did.
    """

    run: int = 0
    state: State = State.LOADING
    progress: Progress = field(default_factory=Progress)
    measured: int | None = None
    is_best_back: bool = False
    train_loss: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    val_f1: float | None = None
    reward: float | None = None
    task: Literal["classification", "regression"] = "classification"
    positive_class: str = ""
    device: str = ""
    experiment: Experiment | None = None
    parts: Mapping[type[Record], Record] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()
    infinite: Infinite | None = None

    def get(self, kind: type[R]) -> R | None:
        """Return the record of a kind; None where it is not watched, or there is nothing to show yet."""
        part = self.parts.get(kind.kind())
        return part if isinstance(part, kind) else None

    def holding(self, *records: Record) -> "Frame":
        """Return this frame with records added, each in place of the one of its kind."""
        return replace(self, parts={**self.parts, **{record.kind(): record for record in records}})


@dataclass(frozen=True)
class LaneFrame:
    """One of several runs shown side by side: it races with the others, or was pinned.

    Attributes:
        name: what people call it, unique in a snapshot.
        token: its colour everywhere, one of LANE_TOKENS.
        frame: its frame; that of the first of several replicas.
        band: the course of its replicas; None where there are none.
        pinned: whether it is kept to compare with later runs.
    """

    name: str
    token: str
    frame: Frame
    band: Band | None = None
    pinned: bool = False


@dataclass(frozen=True)
class Snapshot:
    """Everything that the window shows at one moment: the shown run, and all runs beside it.

    A race fills ``shown`` and ``lanes``; the thread that trains adds ``serial``, ``devices`` and ``notice``; the
    window adds ``pinned``, and gives the lanes their colours.

    Attributes:
        shown: the run that the panels show.
        lanes: every run of the race, the shown one among them.
        serial: grows with every snapshot.
        devices: the kinds of devices that this machine has.
        notice: a message to show.
        pinned: earlier runs that are kept to compare with.
        order: which order to load the runs came from, by its number; None where nobody counts them.
        shares: the share of the training's time that each instrument took recently, by its title; empty while
            it is not measured.
    """

    shown: Frame = field(default_factory=Frame)
    lanes: tuple[LaneFrame, ...] = ()
    serial: int = 0
    devices: tuple[str, ...] = ()
    notice: Notice | None = None
    pinned: tuple[LaneFrame, ...] = ()
    order: int | None = None
    shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """The state of the race."""
        return self.shown.state
