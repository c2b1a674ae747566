"""Nothing that a panel shows stays English where another language is spoken."""

import pytest
from foreign import Brackets, Painted, outside_brackets, texts_of
from PySide6.QtWidgets import QComboBox, QTabBar
from watching import EVERYTHING

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import ComputeLandscape, Landscape, State
from gradlab.panel_info import panels
from gradlab.runs.race import Race
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.catalogue import panel_class

OF_DATA = ("confusion", "data", "network")  # the others do not care where the rows are from
PANELS = [info.name for info in panels() if info.name != "experiment"]  # the form
SOURCES = ("digits", "moons", "iris", "fraud", "line", "diabetes", "sequence")


def panel_of(name: str) -> Panel:
    return panel_class(name)()


@pytest.fixture(scope="module")
def snapshots(request):
    """Snapshots before an update, in the middle of one, and after an epoch."""
    race = Race(Experiment().with_value("data.source", request.param).with_value("training.epochs", 2))
    race.lanes.watch(EVERYTHING)
    race.lanes.ask(Landscape, ComputeLandscape(side=17))
    seen = [race.lanes.snapshot(at_rest=True)]
    for _ in range(3):
        race.step_phase()
        seen.append(race.lanes.snapshot(at_rest=True))
    race.step_epoch()
    while race.lanes.has_work:
        race.lanes.work()
    return [*seen, race.lanes.snapshot(at_rest=True, state=State.PAUSED)]


def cases():
    return [(name, source) for name in PANELS for source in (SOURCES if name in OF_DATA else SOURCES[:1])]


@pytest.mark.parametrize(("name", "snapshots"), cases(), indirect=["snapshots"])
def test_all_that_a_panel_shows_is_translated(name, snapshots, show_widget, monkeypatch, speak_from):
    speak_from(Brackets())
    painted = Painted(monkeypatch)
    panel = panel_of(name)
    panel.join(PanelBus(panel))
    show_widget(panel, 900, 600)
    english = set()
    for snapshot in snapshots:
        panel.show_snapshot(snapshot)
        for _ in views(panel):
            panel.grab()
            english |= {
                (words, where, text)
                for where, text in [*texts_of(panel), *(("painted", text) for text in painted.texts)]
                if (words := outside_brackets(text))
            }
            painted.texts.clear()
    assert not english, "\n".join(map(str, sorted(english)))


def views(panel):
    """Go through everything that there is to choose from."""
    yield
    for tabs in panel.findChildren(QTabBar):
        for number in range(tabs.count()):
            tabs.setCurrentIndex(number)
            yield
    for choice in panel.findChildren(QComboBox):
        for number in range(min(choice.count(), 8)):
            choice.setCurrentIndex(number)
            yield
