from pathlib import Path

from gradlab.experiment.variants import Single
from gradlab.instruments.band import BandRecorder
from gradlab.instruments.curves import epoch_row
from gradlab.instruments.records import LaneFrame, State
from gradlab.language import trc
from gradlab.runs.observed_run import ObservedRun
from gradlab.runs.recorded_run import RecordedRun
from gradlab.runs.replica_stack import ReplicaStack, in_stacks
from gradlab.runs.stepper import Stepper
from gradlab.training.events import EpochEnded, Event, Finished


class Lane:
    """A lane of a race: one run that panels can show, and its replicas, which only count towards the band.

    Attributes:
        name: of the variant, or of the experiment where there is none.
        observed: the first replica, with all instruments.
        replicas: all replicas, the observed one first.
    """

    def __init__(self, members: list[Single], folder: Path | None, number: int) -> None:
        """Build all replicas; frames show the first, as run ``number``."""
        first, *others = members
        self.name = first.experiment.name or trc("one training", "Run")
        self.observed = ObservedRun(first.experiment, _folder_of(first, folder), number)
        unobserved = [RecordedRun(single.experiment, _folder_of(single, folder)) for single in others]
        for replica in unobserved:
            replica.stepper.take()  # the untouched model's numbers
        self.replicas: list[RecordedRun] = [self.observed, *unobserved]
        self._stack: WatchedStack | None = None
        self._to_gather = bool(unobserved)
        self._band = BandRecorder(len(self.replicas)) if unobserved else None
        self._noted = (0, -1)
        self._note_band()

    @property
    def is_stacked(self) -> bool:
        """Whether replicas are currently trained in one computation."""
        return self._stack is not None

    def steppers(self) -> list[Stepper]:
        """Return the steppers of all replicas that have not ended, each once."""
        return list(dict.fromkeys(replica.stepper for replica in self.replicas if replica.ending is None))

    def gather(self) -> None:
        """Stack the replicas that allow it, once all are between two updates and have the same settings."""
        if not self._to_gather:
            return
        going = [replica for replica in self.replicas if replica.ending is None]
        waiting = any(replica.run.settings.wanted is not replica.run.experiment for replica in going)
        if waiting or any(replica.stepper.phase not in ("", "updated") for replica in going):
            return
        self._to_gather = False
        groups, _ = in_stacks(going)
        if groups:
            self._stack = WatchedStack(groups[0], self.observed)

    def separate(self) -> None:
        """Unstack all replicas, since each changes its settings by itself."""
        if self._stack is None:
            return
        self._stack.stepper.step_until_it_can_be_left()
        self._stack.stack.dissolve()
        for replica in self._stack.let_go():
            replica.go_alone()
        self._stack = None
        self._to_gather = True

    def settle(self) -> None:
        """Finish the replicas that left the stack in the latest step, and extend the band."""
        if self._stack is not None:
            if self._stack.stepper.is_over:
                self._stack.stack.dissolve()
            for replica in self._stack.let_go():
                replica.go_alone()
                replica.step_update()
            if not self._stack.members:
                self._stack = None
        self._note_band()

    def close(self) -> None:
        """Stop all replicas where they are, and close their folders."""
        self.separate()
        for replica in self.replicas:
            replica.close()

    def frame(self, token: str, *, at_rest: bool, state: State) -> LaneFrame:
        """Return a frame of the first replica in the colour ``token``, with the band of all."""
        band = self._band.record() if self._band else None
        return LaneFrame(self.name, token, self.observed.frame(at_rest=at_rest, state=state), band)

    def _note_band(self) -> None:
        """Add the latest update and epoch to the band, from all replicas that have reached them."""
        if self._band is None:
            return
        update, epoch = self._noted
        latest = max(replica.run.counters.updates for replica in self.replicas)
        if latest > update:
            there = [each for each in self.replicas if each.updated and each.updated.update == latest]
            losses = [each.updated.loss for each in there if each.updated]
            self._band.add_update(latest, there[0].run.position.in_epochs, losses)
        ended = max(replica.epoch_ended.epoch for replica in self.replicas)
        if ended > epoch:
            numbers = [each.epoch_ended for each in self.replicas if each.epoch_ended.epoch == ended]
            self._band.add_epoch([epoch_row(event) for event in numbers])
        self._noted = latest, ended


def _folder_of(single: Single, folder: Path | None) -> Path | None:
    return None if folder is None else folder.joinpath(*single.folder)


class WatchedStack(ReplicaStack[RecordedRun]):
    """Replicas trained in one computation; instruments can observe the first after every phase."""

    def __init__(self, members: list[RecordedRun], first: ObservedRun) -> None:
        super().__init__(members)
        self._first = first
        self.stepper = Stepper(self.stack, self._hear, members[0].clock, members[0].stepper.phase)
        for member in members:
            member.stepper = self.stepper

    def _hear(self, event: Event) -> None:
        if isinstance(event, Finished) or (isinstance(event, EpochEnded) and event.epoch == 0):
            return  # each has measured itself untouched, and tells by itself how it ended
        is_in_it = bool(self.stack.runs) and self.stack.runs[0] is self._first.run
        if is_in_it and isinstance(event, EpochEnded):
            self._first.run.evaluation.look()  # as a run alone does for its instruments
        if not self.share(event) and is_in_it:
            self.stack.tell_first()
            self._first.note(event)
