"""Looking at a session as a window does."""

from gradlab.instruments.records import Frame, Kinds
from gradlab.runs.observed_run import INSTRUMENTS, ObservedRun

EVERYTHING = frozenset(instrument.part for instrument in INSTRUMENTS)


def look(session: ObservedRun, parts: Kinds = EVERYTHING, *, at_rest: bool = True) -> Frame:
    """Return a frame with the given parts."""
    session.watch(parts)
    return session.frame(at_rest=at_rest)
