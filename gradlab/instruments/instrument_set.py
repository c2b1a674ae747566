import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, ParamSpec, TypeVar

from gradlab import instruments
from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import Curves, Kinds, Mark, Record
from gradlab.instruments.time_shares import TimeShares
from gradlab.training.events import Event
from gradlab.training.run import TrainingRun

I = TypeVar("I", bound=Instrument)  # noqa: E741
P = ParamSpec("P")
V = TypeVar("V")


def found() -> tuple[type[Instrument], ...]:
    """Import all modules of this package; return every instrument that they define."""
    names = (
        module.name for module in pkgutil.walk_packages(instruments.__path__, f"{instruments.__name__}.")
    )
    return tuple(
        value
        for name in names
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, type) and issubclass(value, Instrument) and value.__module__ == name
        if value is not Instrument
    )


class InstrumentSet:
    """All instruments of one run: passes events to those that hear them, and collects the watched records."""

    def __init__(self, run: TrainingRun) -> None:
        self._instruments = {kind.part: kind(run) for kind in found()}
        self._watched: Kinds = frozenset()
        self._hearers: dict[type[Event], list[Callable[[Any], None]]] = {}
        self._times: TimeShares | None = None
        self.watch(frozenset())

    def the(self, kind: type[I]) -> I:
        """Return the instrument of this class."""
        return next(each for each in self._instruments.values() if isinstance(each, kind))

    def watch(self, kinds: Kinds) -> None:
        """Make records of these kinds, and no others, from now on."""
        self._watched = kinds
        self._hearers = {}
        for kind, instrument in self._instruments.items():
            if kind in kinds or not instrument.only_watched:
                for event in instrument.hears:
                    self._hearers.setdefault(event, []).append(self._timed(instrument, instrument.observe))

    def measure(self, times: TimeShares | None) -> None:
        """Start measuring what the instruments cost; with None, stop."""
        self._times = times
        self.watch(self._watched)

    def hear(self, event: Event) -> None:
        """Pass an event to the instruments that hear it; the run is as the phase left it."""
        for observe in self._hearers.get(type(event), ()):
            observe(event)

    def ask(self, kind: type[Record], wish: object) -> None:
        """Pass a panel's wish to the instrument that makes records of this kind."""
        self._instruments[kind].ask(wish)

    @property
    def has_work(self) -> bool:
        """Whether a watched instrument has something to compute in the background."""
        return any(instrument.has_work for instrument in self._watching())

    def work(self) -> None:
        """Compute in the background for a few milliseconds."""
        for instrument in self._watching():
            if instrument.has_work:
                self._timed(instrument, instrument.work)()
                return

    def records(self, *, at_rest: bool) -> dict[type[Record], Record]:
        """Return the records that are watched, by their kinds; see :meth:`Instrument.record`."""
        made = {
            instrument.part: self._timed(instrument, instrument.record)(at_rest=at_rest)
            for instrument in self._watching()
        }
        records = {kind: record for kind, record in made.items() if record is not None}
        curves = records.get(Curves)
        if isinstance(curves, Curves) and (
            along := [mark for mark in self.marks() if mark.update is not None]
        ):
            records[Curves] = replace(curves, marks=(*curves.marks, *along))
        return records

    def marks(self) -> tuple[Mark, ...]:
        """Return the marks of all instruments, on curves and on layers."""
        return tuple(mark for instrument in self._instruments.values() for mark in instrument.marks())

    def _watching(self) -> Iterator[Instrument]:
        return (instrument for kind, instrument in self._instruments.items() if kind in self._watched)

    def _timed(self, instrument: Instrument, act: Callable[P, V]) -> Callable[P, V]:
        title = instrument.title or type(instrument).__name__
        return act if self._times is None else self._times.timed(title, act)
