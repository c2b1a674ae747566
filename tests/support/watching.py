"""Looking at a session as a window does."""

from gradlab.instruments.instrument_set import found
from gradlab.instruments.records import Frame, Kinds
from gradlab.runs.observed_run import ObservedRun

EVERYTHING = frozenset(instrument.part for instrument in found())


def look(session: ObservedRun, parts: Kinds = EVERYTHING, *, at_rest: bool = True) -> Frame:
    """Return a frame with the given parts."""
    session.instruments.watch(parts)
    return session.frame(at_rest=at_rest)
