from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gradlab.instruments.records import Mark, Record

if TYPE_CHECKING:  # panels import records from the files of instruments, and must not wait for torch
    from gradlab.training.events import Event
    from gradlab.training.run import TrainingRun


class Instrument:
    """Listens to one run's events, on the thread that trains it, and makes one kind of record.

    Every subclass in a module of this package is found automatically. Its record class may be in the same file:

    .. code-block:: python

        @dataclass(frozen=True)
        class Steepness(Record):
            largest: float

            def as_table(self):
                return Table(("largest",), [(self.largest,)])


        class SteepnessRecorder(Instrument):
            part = Steepness
            title = mark("Steepness")
            hears = (Updated,)

            def observe(self, event):
                self.largest = max(self.largest, event.grad_norm)

            def record(self, *, at_rest):
                return Steepness(self.largest)

    Attributes:
        part: the kind of record that it makes.
        title: its name where the window shows what it costs; marked.
        hears: the kinds of events that it observes. Each costs time whenever it happens, at every update perhaps.
        only_watched: whether it observes them only while a visible panel, or a lesson, watches its records.
    """

    part: ClassVar[type[Record]]
    title: ClassVar[str] = ""
    hears: ClassVar[tuple[type[Event], ...]] = ()
    only_watched: ClassVar[bool] = False

    def __init__(self, run: TrainingRun) -> None:
        self.run = run

    def hear(self, event: Event) -> None:
        """Observe an event if this instrument hears its kind."""
        if isinstance(event, self.hears):
            self.observe(event)

    def observe(self, event: Any) -> None:
        """Observe an event of a kind that this instrument hears; the run is as the phase left it."""

    def record(self, *, at_rest: bool) -> Record | None:
        """Return the observations as a record that never changes later; None while there are none.

        ``at_rest``: nothing will change for a while, so costly parts are brought up to date.
        """
        raise NotImplementedError

    def marks(self) -> tuple[Mark, ...]:
        """Return what to mark on curves and layers; called for every frame, whether records are watched or not."""
        return ()

    def ask(self, wish: Any) -> None:
        """Handle a wish of the panel that shows the record, e.g. which rows to show."""

    @property
    def has_work(self) -> bool:
        """Whether there is something to compute in the background, between updates or at rest."""
        return False

    def work(self) -> None:
        """Compute for a few milliseconds, without changing the run."""
