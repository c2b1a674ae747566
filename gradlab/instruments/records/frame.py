"""One picture of a run."""

from dataclasses import dataclass, field
from typing import Literal

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.activations import Activations
from gradlab.instruments.records.band import Band
from gradlab.instruments.records.confusion import Confusion
from gradlab.instruments.records.curves import Curves
from gradlab.instruments.records.data import DataView
from gradlab.instruments.records.flow import Flow
from gradlab.instruments.records.gradients import Gradients, Timeline
from gradlab.instruments.records.landscape import Landscape
from gradlab.instruments.records.progress import Notice, Progress, State
from gradlab.instruments.records.signal import Signal

LANE_TOKENS = tuple(f"lane.{number}" for number in range(1, 7))  # the colours that every theme has for lanes


@dataclass(frozen=True)
class Lane:
    """One of several runs that are looked at side by side: it races with the others, or was pinned.

    Attributes:
        name: what people call it; no two of a frame have the same.
        token: its colour everywhere, one of LANE_TOKENS.
        frame: the picture of it.
        pinned: whether it is kept to compare with later runs.
    """

    name: str
    token: str
    frame: "Frame"
    pinned: bool = False


@dataclass(frozen=True)
class Frame:
    """One picture of a run: everything the window shows. Parts that nobody watches are None.

    Attributes:
        serial: grows with every frame; ``run`` grows with every reset: panels forget the old run then.
        train_loss: of the latest update (before the first: the untouched model's).
        device: where it runs, e.g. ``cpu``; ``devices`` the kinds that this machine has.
        experiment: the settings of the update under way, or of the next one between two updates.
        band: of its replicas, where there are some; everything else is the first one's.
        lanes: every run of the race, this one among them; ``pinned`` earlier runs that are kept to compare with.

    """

    serial: int = 0
    run: int = 0
    state: State = State.LOADING
    progress: Progress = field(default_factory=Progress)
    train_loss: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    val_f1: float | None = None
    reward: float | None = None
    task: Literal["classification", "regression"] = "classification"
    device: str = ""
    devices: tuple[str, ...] = ()
    experiment: Experiment | None = None
    curves: Curves | None = None
    gradients: Gradients | None = None
    timeline: Timeline | None = None
    flow: Flow | None = None
    confusion: Confusion | None = None
    data: DataView | None = None
    landscape: Landscape | None = None
    activations: Activations | None = None
    signal: Signal | None = None
    notice: Notice | None = None
    band: Band | None = None
    lanes: tuple[Lane, ...] = ()
    pinned: tuple[Lane, ...] = ()
