"""What a person does in the lab: looks at a panel, chooses, waits."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from gradlab.instruments.records import Frame, Snapshot, State
from gradlab.window.lab.form import ExperimentForm
from gradlab.window.lab.page import LabPage
from gradlab.window.panels.base import Panel
from gradlab.window.training.trainer import Trainer

PATIENCE = 60_000  # milliseconds: on a busy computer, loading torch and training take a while


def panel_of(lab: LabPage, name: str) -> Panel:
    """Return one of the lab's panels."""
    panel: Panel = lab.panels.docks[name].panel
    return panel


def choose(form: ExperimentForm, key: str, value: object) -> None:
    """Choose from the list of a setting."""
    combo = form.fields[key].combo
    combo.setCurrentIndex(combo.findData(value))


def deliver(lab: LabPage, trainer: Trainer, shown: Frame | Snapshot) -> None:
    """Let the lab take something from its trainer, and draw it."""
    trainer.slot.append(shown)
    lab.polling.poll()


def wait_until(qtbot: QtBot, holds: Callable[[], bool]) -> None:
    """Wait as long as anything that a run does may take."""
    qtbot.waitUntil(holds, timeout=PATIENCE)


def wait_for(qtbot: QtBot, lab: LabPage, state: State) -> None:
    """Wait until the run is so far."""
    wait_until(qtbot, lambda: lab.state is state)
