import logging
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue

from gradlab.diagnosis.rules.base import RULES
from gradlab.errors import InputError
from gradlab.instruments.instrument_set import found
from gradlab.instruments.records import Snapshot, State
from gradlab.language import tr
from gradlab.runs.drawing_turn import DrawingTurn
from gradlab.runs.driver import Driver, NewFolder
from gradlab.runs.pacer import Pacer
from gradlab.runs.publisher import Publisher
from gradlab.runs.race import Race
from gradlab.training.device import devices, out_of_memory

Command = Callable[[Driver], None]

log = logging.getLogger(__name__)


class Worker:
    """Trains in a thread of its own: carries out commands and publishes snapshots until told to leave.

    Attributes:
        driver: carries out the commands.
    """

    def __init__(
        self,
        mailbox: SimpleQueue[Command | None],
        slot: deque[Snapshot],
        turn: DrawingTurn,
        new_folder: NewFolder | None = None,
    ) -> None:
        """Work with what another thread shares.

        Args:
            mailbox: the source of commands; None means to leave.
            slot: takes the newest snapshot, once it is empty.
            turn: asked for when the training has to hold.
            new_folder: names the folder for a new run's files; without it none are kept.
        """
        self.driver = Driver(Pacer(turn), new_folder)
        found()  # imports the instruments, and below the rules, before the first command comes
        RULES.names()
        self._mailbox = mailbox
        self._publisher = Publisher(slot, devices())
        self._is_leaving = False

    def serve(self) -> None:
        """Serve the mailbox, train, and publish snapshots, until asked to leave."""
        driver = self.driver
        while not self._is_leaving:
            for command in self._commands():
                log.debug("asked for %s", getattr(command, "__qualname__", command))
                self._safely(partial(command, driver))
            is_due = not driver.pacer.at_rest and driver.pacer.seconds_left <= 0
            if is_due:
                driver.pacer.make_room()
            start = time.perf_counter()
            self._go_on(is_due=is_due)
            if driver.times is not None:
                driver.times.add(time.perf_counter() - start)
        driver.close()

    def _go_on(self, *, is_due: bool) -> None:
        """Train if the next step is due, do background work, and publish a snapshot if there is news."""
        if is_due:
            self._safely(self.driver.train)
        if self._has_work:
            self._safely(self._work)
        if self.driver.has_news and self._publisher.is_ready:
            self._publisher.publish(self.driver.snapshot)

    def _commands(self) -> list[Command]:
        """Return the waiting commands; wait for one if there is nothing to train and nothing to show."""
        commands: list[Command] = []
        try:
            command = self._mailbox.get(timeout=self._idle_seconds())
            while command is not None:
                commands.append(command)
                command = self._mailbox.get_nowait()
            self._is_leaving = True
        except Empty:
            pass
        return commands

    def _idle_seconds(self) -> float | None:
        if self._has_work:
            return 0
        driver, pauses = self.driver, []
        if not driver.pacer.at_rest:
            pauses.append(driver.pacer.seconds_left)
        if driver.has_news and driver.state is not State.LOADING:
            pauses.append(self._publisher.seconds_left)
        return max(min(pauses), 0) if pauses else None

    @property
    def _has_work(self) -> bool:
        return self.driver.race is not None and self.driver.race.lanes.has_work

    def _work(self) -> None:
        """Continue an instrument's background work, in turns with the training."""
        assert self.driver.race is not None
        self.driver.race.lanes.work()
        self.driver.has_news = True

    def _safely(self, action: Callable[[], None]) -> None:
        """Run ``action``; show any error in the window, and keep the worker alive."""
        try:
            action()
        except InputError as error:
            log.info("not possible: %s", error)
            self.driver.tell(error)
        except Exception as error:
            full = _memory_error(self.driver.race, error)
            if full is None:
                log.exception("training failed")
            told = full or InputError(tr("Training stopped unexpectedly: {error}").format(error=error))
            self._safely(partial(self.driver.fail, told))


def _memory_error(race: Race | None, error: Exception) -> InputError | None:
    if race is None or not isinstance(error, RuntimeError):
        return None
    run = race.lanes.shown.run
    return out_of_memory(error, str(run.network.device), run.experiment.training.batch_size)
