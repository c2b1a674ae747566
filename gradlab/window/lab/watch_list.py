"""Which kinds of records are made: those that panels in sight draw, and those that a lesson waits for."""

from collections.abc import Callable, Mapping

from gradlab.instruments.records import Kinds
from gradlab.window.training.trainer import Trainer

# By racing run; "" is the one that is shown.
Parts = Mapping[str, Kinds]


class WatchList:
    """Tells the trainer which records are needed, whenever that changes."""

    def __init__(self, trainer: Trainer, in_sight: Callable[[], Parts]) -> None:
        """``in_sight`` says what the panels in sight draw."""
        self._trainer = trainer
        self._in_sight = in_sight
        self._needed: Parts = {}
        self.is_held = False

    def parts(self) -> dict[str, Kinds]:
        """Return all kinds of records that are needed, by racing run."""
        parts: dict[str, Kinds] = {"": frozenset()}
        for each in (self._needed, self._in_sight()):
            for lane, watched in each.items():
                parts[lane] = parts.get(lane, frozenset()) | watched
        return parts

    def need(self, parts: Parts) -> None:
        """Have these made as well, in sight or not; replaces those that were needed before."""
        self._needed = parts
        self.update()

    def update(self) -> None:
        """Tell the trainer what is needed now, e.g. after other panels came into sight."""
        if not self.is_held:
            of_lanes = self.parts()
            self._trainer.watch(of_lanes.pop(""), of_lanes)

    def hold(self) -> None:
        """Tell the trainer nothing for a while, as panels come or go one by one."""
        self.is_held = True

    def release(self) -> None:
        """End :meth:`hold`."""
        self.is_held = False
        self.update()
