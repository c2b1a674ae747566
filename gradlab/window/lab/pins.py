"""The runs that are kept to compare with, and the colour of each run."""

from dataclasses import replace

from gradlab.experiment.sections.data import Data
from gradlab.instruments.records import LANE_TOKENS, Curves, Frame, LaneFrame, Snapshot
from gradlab.language import shown_name, tr

MOST = len(LANE_TOKENS) - 1  # pinned runs: one colour is left for the run that goes on


class Pins:
    """Keeps the curves and final numbers of pinned runs, and gives each run a colour for good.

    A run is known by its number, ``Frame.run``.
    """

    def __init__(self) -> None:
        self._pinned: dict[int, LaneFrame] = {}
        self._tokens: dict[int, str] = {}
        self._lanes: dict[int, LaneFrame] = {}

    def pin(self, run: int, on: bool = True) -> None:
        """Keep a run that races now, or forget a kept one. Beyond the limit, the oldest is forgotten."""
        if not on:
            self._pinned.pop(run, None)
        elif run in self._lanes:
            self._pinned[run] = _kept(self._lanes[run])
            for oldest in list(self._pinned)[:-MOST]:
                del self._pinned[oldest]

    def let_go_of_others(self, data: Data) -> None:
        """Keep only runs on the same data, however sampled or spoilt: other losses cannot be compared."""
        for run, lane in list(self._pinned.items()):
            experiment = lane.frame.experiment
            if experiment is not None and _which(experiment.data) != _which(data):
                del self._pinned[run]

    def follow(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with colours, pins, and the earlier runs that are kept."""
        self._lanes = {lane.frame.run: lane for lane in self._colored(snapshot)}
        for run in self._pinned.keys() & self._lanes.keys():
            self._pinned[run] = _kept(self._lanes[run])
        lanes = tuple(replace(lane, pinned=run in self._pinned) for run, lane in self._lanes.items())
        return replace(snapshot, lanes=lanes, pinned=self._earlier())

    def _colored(self, snapshot: Snapshot) -> list[LaneFrame]:
        runs = [lane.frame.run for lane in snapshot.lanes]
        self._tokens = {run: token for run, token in self._tokens.items() if run in (*runs, *self._pinned)}
        for number, run in enumerate(runs):
            if run not in self._tokens:
                taken = self._tokens.values()
                free = [token for token in LANE_TOKENS if token not in taken]
                self._tokens[run] = free[0] if free else LANE_TOKENS[number % len(LANE_TOKENS)]
        return [replace(lane, token=self._tokens[lane.frame.run]) for lane in snapshot.lanes]

    def _earlier(self) -> tuple[LaneFrame, ...]:
        """Return the pinned runs that no longer race, oldest first, with unique names."""
        names = [lane.name for lane in self._lanes.values()]
        earlier = []
        for run, lane in self._pinned.items():
            if run not in self._lanes:
                name, number = lane.name, 0
                while name in names:
                    number += 1
                    name = _earlier_name(shown_name(lane.name), number)
                names.append(name)
                earlier.append(replace(lane, name=name))
        return tuple(earlier)


def _earlier_name(name: str, number: int) -> str:
    if number == 1:
        return tr("{name} (earlier)").format(name=name)
    return tr("{name} (earlier {number})").format(name=name, number=number)


def _which(data: Data) -> tuple[object, ...]:
    return data.source, data.path, data.target, data.task


def _kept(lane: LaneFrame) -> LaneFrame:
    """Return what is kept of a run: its curves and numbers, nothing larger."""
    frame = lane.frame
    kept = Frame(
        run=frame.run,
        state=frame.state,
        progress=frame.progress,
        measured=frame.measured,
        is_best_back=frame.is_best_back,
        train_loss=frame.train_loss,
        val_loss=frame.val_loss,
        val_accuracy=frame.val_accuracy,
        val_f1=frame.val_f1,
        task=frame.task,
        experiment=frame.experiment,
        parts={kind: part for kind, part in frame.parts.items() if kind is Curves},
    )
    return replace(lane, frame=kept, pinned=True)
