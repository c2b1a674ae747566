"""Lets Ctrl+C and SIGTERM stop a run after its current update."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Tells whether a signal asked to stop: ``exit_code`` is then 130 or 143, and 0 before."""

    exit_code = 0


@contextmanager
def stop_signals() -> Iterator[Stop]:
    """Turn signals into a request to stop; a second one ends the process at once."""
    stop = Stop()

    def ask(number: int, _: FrameType | None) -> None:
        stop.exit_code = 128 + number
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
