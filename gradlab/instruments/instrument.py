"""What every instrument is: it hears the loop's events and fills one part of a frame."""

from typing import Any, ClassVar

from gradlab.instruments.records import Record
from gradlab.training.events import Event
from gradlab.training.run import TrainingRun


class Instrument:
    """Watches one run, on the thread that trains it.

    Attributes:
        part: the kind of record that it makes.
        title: what people call it where they see what it costs; marked.
        hears: the kinds of events it is told. Those of every update cost time at every update.
        only_watched: whether it is told them only while somebody looks at its part.
    """

    part: ClassVar[type[Record]]
    title: ClassVar[str] = ""
    hears: ClassVar[tuple[type[Event], ...]] = ()
    only_watched: ClassVar[bool] = False

    def __init__(self, run: TrainingRun) -> None:
        self.run = run

    def hear(self, event: Event) -> None:
        """Take an event, whether or not it is one of those that matter here."""
        if isinstance(event, self.hears):
            self.observe(event)

    def observe(self, event: Any) -> None:
        """Take note of one of the events that it hears; the run is as the phase left it."""

    def record(self, *, at_rest: bool) -> Record | None:
        """Return what was seen, as a record that nobody changes later; None while there is nothing.

        ``at_rest``: nothing will change for a while, so costly parts are brought up to date.
        """
        raise NotImplementedError

    def ask(self, wish: Any) -> None:
        """Take a wish from the panel that shows the part, e.g. which epoch to go back to."""

    @property
    def has_work(self) -> bool:
        """Whether there is something to compute in the background, between updates or at rest."""
        return False

    def work(self) -> None:
        """Do a few milliseconds of it; leave the run as it was."""
