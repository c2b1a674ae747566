"""How snapshots reach the window: through a slot that holds the newest one."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from gradlab.instruments.records import Snapshot

FRAME_SECONDS = 1 / 30
FRAME_SHARE = 0.1  # making snapshots may take this share of the time


class Publisher:
    """Puts a snapshot into the slot once the window has taken the one before; the dearer they are, the fewer."""

    def __init__(self, slot: deque[Snapshot], devices: tuple[str, ...]) -> None:
        """``devices`` are those that this computer can train on."""
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
        """The seconds until it is worth asking again whether a snapshot may be published."""
        return max(self._next - time.perf_counter(), FRAME_SECONDS / 4 if self._slot else 0)

    def publish(self, make: Callable[[], Snapshot]) -> None:
        """Make a snapshot and put it into the slot."""
        start = time.perf_counter()
        self._serial += 1
        self._slot.append(replace(make(), serial=self._serial, devices=self._devices))
        spent = time.perf_counter() - start
        self._next = start + max(FRAME_SECONDS, spent / FRAME_SHARE)
