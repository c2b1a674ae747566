"""How frames reach the window: through a slot that holds the newest one."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from gradlab.instruments.records import Frame

FRAME_SECONDS = 1 / 30
FRAME_SHARE = 0.1  # making frames may take this share of the time


class Publisher:
    """Puts a frame into the slot once the window has taken the one before; the dearer frames are, the fewer."""

    def __init__(self, slot: deque[Frame], devices: tuple[str, ...]) -> None:
        """``devices`` are those that this computer can train on."""
        self._slot = slot
        self._devices = devices
        self._serial = 0
        self._next = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether a frame may be published now."""
        return not self._slot and time.perf_counter() >= self._next

    @property
    def seconds_left(self) -> float:
        """The seconds until it is worth asking again whether a frame may be published."""
        return max(self._next - time.perf_counter(), FRAME_SECONDS / 4 if self._slot else 0)

    def publish(self, make: Callable[[], Frame]) -> None:
        """Make a frame and put it into the slot."""
        start = time.perf_counter()
        self._serial += 1
        self._slot.append(replace(make(), serial=self._serial, devices=self._devices))
        spent = time.perf_counter() - start
        self._next = start + max(FRAME_SECONDS, spent / FRAME_SHARE)
