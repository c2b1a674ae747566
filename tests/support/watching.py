"""Looking at a session as a window does."""

from gradlab.instruments.records import Frame, Kinds
from gradlab.runs.session import INSTRUMENTS, Session

EVERYTHING = frozenset(instrument.part for instrument in INSTRUMENTS)


def look(session: Session, parts: Kinds = EVERYTHING, *, at_rest: bool = True) -> Frame:
    """Return a frame with the given parts."""
    session.watch(parts)
    return session.frame(at_rest=at_rest)
