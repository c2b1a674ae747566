"""The state of a page of the lab, with which another page can go on, around the same trainer."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QTimer

from gradlab.diagnosis.trial import Trial
from gradlab.experiment.in_force import SettingsInForce
from gradlab.instruments.records import Notice, Snapshot
from gradlab.runs.speed import Speed
from gradlab.window.lab.area_memory import AreaMemory, recall, remember
from gradlab.window.lab.form import FormMemory
from gradlab.window.lab.page import LabPage
from gradlab.window.lab.pins import Pins


@dataclass(frozen=True)
class LabMemory:
    """What another page needs to show the same.

    Attributes:
        snapshot: the newest one that was shown.
        settings: those that are shown, and those of the run.
        has_stepped: whether the run went phase by phase.
        said: what stands above the panels.
        speed: the one that is chosen; ``own_speed``: the one to go back to, if a lesson lends another.
        trial: the piece of advice that is tried; None for none.
    """

    snapshot: Snapshot
    settings: SettingsInForce
    has_stepped: bool
    pins: Pins
    said: Notice | None
    speed: Speed
    own_speed: Speed | None
    form: FormMemory
    panels: AreaMemory
    trial: Trial | None


def leave(page: LabPage) -> LabMemory:
    """Detach a page from its run; return what another page needs to go on in its place."""
    page.polling.end()
    page.trainer.measure(False)  # what showed the numbers goes with the page
    memory = LabMemory(
        page.snapshot,
        page.settings,
        page.offers.has_stepped,
        page.pins,
        page.message.notice,
        page.transport.chosen_speed,
        page.control.own_speed,
        page.form.memory(),
        remember(page.panels),
        page.adviser.trial,
    )
    # Closing panels from now on must not change what is measured.
    page.watch_list.hold()
    return memory


def go_on_with(page: LabPage, memory: LabMemory) -> None:
    """Make a page show what another one showed, and follow the same run."""
    page.snapshot = replace(memory.snapshot, devices=())
    page.settings.take_over(memory.settings)
    page.pins = memory.pins
    page.offers.has_stepped = memory.has_stepped
    page.adviser.trial = memory.trial
    page.control.choose_speed(memory.speed)
    page.control.own_speed = memory.own_speed
    page.form.recall(memory.form)
    hold_watching(page)
    recall(page.panels, memory.panels, page.pins.follow(memory.snapshot))
    page.show_snapshot(memory.snapshot)
    if memory.snapshot.notice is not None:
        page.show_beside(memory.snapshot.notice)
    if memory.said is not None:
        page.message.show_notice(memory.said)
    page.form.show_pending()


def hold_watching(page: LabPage) -> None:
    """Keep the trainer at what it records now until all panels are there, which come one by one."""
    if not page.watch_list.is_held:
        page.watch_list.hold()
        QTimer.singleShot(0, page, page.watch_list.release)
