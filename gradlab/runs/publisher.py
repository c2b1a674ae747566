import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from gradlab.instruments.records import Snapshot

FRAME_SECONDS = 1 / 30
FRAME_SHARE = 0.1  # the share of the time that making snapshots may take …
LONGEST_WAIT_SECONDS = 1 / 15  # … but one that took long, perhaps only by chance, must not end all movement


class Publisher:
    """Passes snapshots to the window through a slot for one: the next goes in once the window took the last.

    The more a snapshot costs, the fewer are made.
    """

    def __init__(self, slot: deque[Snapshot], devices: tuple[str, ...]) -> None:
        """``devices`` are the kinds of device that this computer can train on."""
        self._slot = slot
        self._devices = devices
        self._serial = 0
        self._next = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether a snapshot may be published now."""
        return not self._slot and time.perf_counter() >= self._next

    @property
    def seconds_left(self) -> float:
        """The seconds until it is worth checking again whether a snapshot may be published."""
        return max(self._next - time.perf_counter(), FRAME_SECONDS / 4 if self._slot else 0)

    def publish(self, make: Callable[[], Snapshot]) -> None:
        """Make a snapshot and put it into the slot."""
        start = time.perf_counter()
        self._serial += 1
        self._slot.append(replace(make(), serial=self._serial, devices=self._devices))
        spent = time.perf_counter() - start
        wait = min(spent / FRAME_SHARE, spent + LONGEST_WAIT_SECONDS)
        self._next = start + max(FRAME_SECONDS, wait)
