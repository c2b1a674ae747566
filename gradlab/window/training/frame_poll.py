"""Takes the trainer's newest frame, and decides how often."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from gradlab.instruments.records import Snapshot, State
from gradlab.window.training.costs import Cost
from gradlab.window.training.trainer import Trainer

# Display rate: more would only cost, the eye does not need it.
POLL_MS = 33
# Drawing holds the interpreter, and the training waits for it. It may take this share of the time …
DRAWING_SHARE = 0.14
LIVELY_MS = 62  # … and a larger one for pictures that still move, 16 a second, …
MOST_SHARE = 0.3  # … up to this one.
SHARE_TO_WATCH = 0.45  # a run that rests between its steps has more time to spare
SLOWEST_MS = 500


class FramePoll(QObject):
    """Takes the newest snapshot and shows it. The longer it takes to draw, the later the next one is taken.

    Attributes:
        cost: how long drawing took lately, until everything was painted.
    """

    def __init__(self, trainer: Trainer, show: Callable[[Snapshot], None], parent: QObject) -> None:
        super().__init__(parent)
        self._trainer = trainer
        self._show = show
        self._running = False
        self.cost = Cost()
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self.poll)
        self._drawing = QElapsedTimer()
        # Fires when everything that the newest frame made waiting is laid out and painted.
        self._drawn = QTimer(self, interval=0, singleShot=True)
        self._drawn.timeout.connect(self._adapt_rate)

    def start(self) -> None:
        """Start looking for frames."""
        self._timer.start()

    def stop(self) -> None:
        """Stop looking for frames."""
        self._timer.stop()

    def end(self) -> None:
        """Stop for good: another page takes over."""
        self._timer.stop()
        self._drawn.stop()
        self._trainer.go_on()

    def poll(self) -> None:
        """Take the newest snapshot from the trainer and show it."""
        snapshot = self._trainer.take_snapshot()
        if snapshot is not None:
            self._running = snapshot.state is State.RUNNING
            self._drawing.start()
            self._trainer.make_room(wait=self._running)
            self._show(snapshot)
            self._drawn.start()

    def _adapt_rate(self) -> None:
        self._trainer.go_on()
        self.cost.add(self._drawing.nsecsElapsed() / 1e9)
        wait = interval(self._drawing.elapsed(), hurries=not self._trainer.speed.is_limited)
        wait = wait if self._running else POLL_MS
        if wait != self._timer.interval():
            self._timer.setInterval(wait)


def interval(cost: float, *, hurries: bool) -> int:
    """Return the milliseconds between two pictures of a run; ``cost``: those that each takes.

    Only a run that ``hurries``, at full speed, would be slowed by more pictures: others rest between their steps.
    """
    if not hurries:
        return round(min(max(POLL_MS, cost / SHARE_TO_WATCH), SLOWEST_MS))
    lively = min(cost / DRAWING_SHARE, LIVELY_MS)
    return round(min(max(POLL_MS, lively, cost / MOST_SHARE), SLOWEST_MS))
