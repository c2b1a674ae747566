"""The thread that trains behind the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QThread

from gradlab.startup import collector
from gradlab.startup.linking import linking
from gradlab.window.training.trainer import Trainer

if TYPE_CHECKING:
    from gradlab.runs.driver import NewFolder


class TrainingThread(QThread):
    """Loads torch, and serves a trainer's mailbox with it.

    Attributes:
        trainer: the window's end.
    """

    def __init__(self, new_folder: NewFolder | None = None) -> None:
        """``new_folder`` names the folder that a new run's files go into; without it none are kept."""
        super().__init__()
        self.setObjectName("trainer")
        self.trainer = Trainer()
        self._new_folder = new_folder

    def run(self) -> None:
        """Serve the mailbox until asked to leave. Slow libraries are loaded before the first command."""
        linking.load_torch()
        from gradlab.runs.worker import Worker

        collector.begin()
        ends = self.trainer
        Worker(ends.mailbox, ends.slot, ends.turn, self._new_folder).serve()

    def shut_down(self) -> None:
        """Ask the training to end, and wait for it. It saves the run that goes on."""
        self.trainer.leave()
        self.wait()
