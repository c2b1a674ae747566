"""A trainer behind which no training goes on."""

from typing import Any

from gradlab.instruments.records import Frame, Snapshot
from gradlab.runs.pacer import Goal
from gradlab.window.training.trainer import Trainer


class IdleTrainer(Trainer):
    """Its mailbox is read by a test, which also fills its slot."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: list[tuple[object, ...]] = []

    def take_snapshot(self) -> Snapshot | None:
        """Return what a test put into the slot; a frame alone makes a snapshot of one run."""
        shown: list[Snapshot | Frame] = list(self.slot)
        self.slot.extend(Snapshot(each) if isinstance(each, Frame) else each for each in shown)
        return super().take_snapshot()

    @property
    def asked(self) -> list[tuple[object, ...]]:
        """Everything that was asked so far, in order: a name and what came with it."""
        while not self.mailbox.empty():
            if command := self.mailbox.get():
                command(Noter(self._asked))
        return self._asked

    def named(self, name: str) -> list[tuple[object, ...]]:
        """What was asked under one name, without the name."""
        return [asked[1:] for asked in self.asked if asked[0] == name]


class Noter:
    """Takes the driver's place, and writes down how it is called."""

    def __init__(self, asked: list[tuple[object, ...]]) -> None:
        self._asked = asked

    def pursue(self, goal: Goal) -> None:
        self._asked.append((goal.name.lower(),))

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self._asked.append((name, *values))
