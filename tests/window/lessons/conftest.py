"""A window with a small lesson to walk through."""

import pytest
from PySide6.QtWidgets import QMessageBox
from small_lesson import write_lesson

from gradlab.experiment.schema import Experiment
from gradlab.folders import lessons_folder
from gradlab.instruments.records import Frame, Progress, Snapshot, State


@pytest.fixture
def small():
    return write_lesson(lessons_folder() / "small")


@pytest.fixture
def window(small, open_window):
    return open_window()


@pytest.fixture
def see(window, trainer):
    """Let the window take a frame of the run that was opened last."""

    def see(update=0, epoch=0, state=State.PAUSED, run=None):
        number = len(trainer.named("load")) if run is None else run
        progress = Progress(epoch=epoch, epochs=5, update=update, phase="updated")
        trainer.slot.append(
            Snapshot(Frame(run=number, state=state, progress=progress, experiment=Experiment()))
        )
        window.lab.polling.poll()

    return see


@pytest.fixture
def begun(window, click):
    """The window with the small lesson at its first step."""
    click(window.pages.welcome.lessons)
    click(window.pages.lessons.page.cards["small"])
    return window


@pytest.fixture
def choose_entry():
    """Choose an entry of the menu Lessons."""

    def choose_entry(window, text):
        (entry,) = [
            each for each in window.menus["lessons"].actions() if each.text().replace("&", "") == text
        ]
        assert entry.isEnabled()
        entry.trigger()

    return choose_entry


@pytest.fixture
def press_in_box():
    """Press a button of the box that asks something."""

    def press_in_box(window, text):
        box = next(each for each in window.findChildren(QMessageBox) if each.isVisible())
        next(button for button in box.buttons() if button.text().replace("&", "") == text).click()
        box.close()
        box.deleteLater()

    return press_in_box
