"""How the window gets Python's interpreter for itself while it draws."""

from threading import Event

LONGEST_HOLD_SECONDS = 0.2  # a window that is stuck must not stop the training
LONGEST_WAIT_SECONDS = 0.004  # large updates take longer: the window then draws while they go on


class DrawingTurn:
    """Two threads take turns, which is faster for both than to fight for the interpreter.

    The window asks, and waits until the training holds: nearly always at the end of the update that goes on.
    """

    def __init__(self) -> None:
        self._free, self._holds = Event(), Event()
        self._free.set()

    @property
    def is_free(self) -> bool:
        """Whether the training may go on."""
        return self._free.is_set()

    def ask(self, *, wait: bool = True) -> None:
        """Ask the training to hold, and ``wait`` a moment until it does."""
        self._free.clear()
        if wait:
            self._holds.wait(LONGEST_WAIT_SECONDS)

    def give_back(self) -> None:
        """Let the training go on."""
        self._free.set()

    def hold(self) -> None:
        """Hold the training while the window draws; returns at once where nothing was asked."""
        if not self._free.is_set():
            self._holds.set()
            self._free.wait(LONGEST_HOLD_SECONDS)
            self._holds.clear()
