import time
from enum import Enum, auto

from gradlab.runs.drawing_turn import DrawingTurn
from gradlab.runs.speed import FASTEST, Speed
from gradlab.runs.watch_plan import WatchPlan

SLICE_SECONDS = 0.008  # how long to train before checking the mailbox again
MOST_BEHIND_SECONDS = 0.5  # a slow computer does not make up for more than this …
MOST_BEHIND_TO_WATCH = 0.2  # … and what is watched must not leap: no more than a slow picture takes


class Goal(Enum):
    """How far to train."""

    REST = auto()
    RUN = auto()
    PHASE = auto()
    UPDATE = auto()
    EPOCH = auto()


class Pacer:
    """Decides when the next step is due, how large it is, and whether the goal is reached.

    Attributes:
        goal: how far to train; ``speed``: how fast.
    """

    def __init__(self, turn: DrawingTurn) -> None:
        """``turn`` is asked for while the window needs the interpreter for itself."""
        self.goal = Goal.REST
        self.speed = FASTEST
        self._turn = turn
        self._plan = WatchPlan()
        self._next_step = 0.0

    @property
    def at_rest(self) -> bool:
        """Whether there is nothing to train now."""
        return self.goal is Goal.REST

    @property
    def by_phase(self) -> bool:
        """Whether the next step is one phase; otherwise it is an update."""
        slowly = self.speed.by_phase and self.goal in (Goal.RUN, Goal.EPOCH)
        return slowly or self.goal is Goal.PHASE

    @property
    def seconds_left(self) -> float:
        """The seconds until the next step is due; not above zero once it is."""
        return self._next_step - time.perf_counter()

    @property
    def per_second(self) -> float | None:
        """The steps that are made per second; None for as many as possible."""
        if self.speed.is_to_watch:
            return self._plan.per_second(one_epoch=self.goal is Goal.EPOCH)
        return self.speed.per_second

    def begin_run(self) -> None:
        """Forget how far the run before was."""
        self._plan = WatchPlan()

    def follow(self, done: int, total: int, epochs: int) -> None:
        """Note how many updates of all planned ones are ``done``, and how many epochs those are."""
        self._plan.follow(done, total, epochs)

    def pursue(self, goal: Goal) -> None:
        """Set a goal; the first step towards it is due at once."""
        self.goal = goal
        self._next_step = time.perf_counter()

    def set_speed(self, speed: Speed) -> None:
        """Set the speed; the next step is due at once."""
        self.speed = speed
        self._next_step = time.perf_counter()

    def make_room(self) -> None:
        """Wait while the window draws."""
        self._turn.hold()

    def is_reached(self, *, epoch_is_over: bool) -> bool:
        """Return whether the latest step reached the goal."""
        return self.goal in (Goal.PHASE, Goal.UPDATE) or (self.goal is Goal.EPOCH and epoch_is_over)

    def may_go_on(self, end: float) -> bool:
        """Return whether the next step may follow at once, until the moment ``end``.

        With a limited speed it is due at a time of its own. To watch, several updates may be due at once: pictures
        are made less often than that.
        """
        now, per_second = time.perf_counter(), self.per_second
        if per_second is None:
            return self._turn.is_free and now < end
        most = MOST_BEHIND_TO_WATCH if self.speed.is_to_watch else MOST_BEHIND_SECONDS
        self._next_step = max(self._next_step + 1 / per_second, now - most)
        return self.speed.is_to_watch and self._next_step <= now < end and self._turn.is_free
