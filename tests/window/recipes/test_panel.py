"""A panel is added with one file: *Where do I add …* in CONTRIBUTING."""

import sys

import pytest
from own_resources import copied
from small_lesson import write_lesson

import gradlab.window.panels
from gradlab import panel_info
from gradlab.instruments.records import Curves, Frame, Snapshot
from gradlab.lessons.plan import StepPlan
from gradlab.window.panels.catalogue import make_panels as make_all_panels
from gradlab.window.services.explain import words_of

TOY = """
from PySide6.QtWidgets import QLabel, QVBoxLayout

from gradlab.instruments.records import Curves, Table
from gradlab.panel_info import PanelInfo
from gradlab.window.panels.base import Panel

ABOUT = PanelInfo(
    name="toy", title="Toy panel", help="A toy in plain words.", watches=frozenset({Curves}), of_runs=True
)


class ToyPanel(Panel):
    about = ABOUT

    def __init__(self, parent=None):
        super().__init__(parent)
        self.label = QLabel("nothing yet")
        QVBoxLayout(self).addWidget(self.label)

    def show_frame(self, frame):
        self.label.setText(f"run {frame.run}")

    def as_table(self):
        return Table(("toy",), [(1.0,)])
"""


@pytest.fixture(autouse=True)
def toy(tmp_path, monkeypatch):
    """The file of a toy panel, in a place from which panels are taken, too."""
    folder = tmp_path / "panels" / "toy"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(TOY, encoding="utf-8")
    package = gradlab.window.panels
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder.parent)])
    panel_info.panels.cache_clear()
    yield
    panel_info.panels.cache_clear()
    sys.modules.pop(f"{panel_info.PACKAGE}.toy", None)
    vars(package).pop("toy", None)


@pytest.fixture
def make_panels():
    return make_all_panels


@pytest.fixture
def window(open_window):
    made = open_window()
    made.pages.show_lab()
    return made


def area(window):
    return window.pages.lab.panels


def seen(docks):
    return [dock for dock in docks.values() if not dock.visibleRegion().isEmpty()]


def overlaps(docks):
    shown = seen(docks)
    return [
        (one.key, other.key)
        for number, one in enumerate(shown)
        for other in shown[number + 1 :]
        if one.geometry().intersects(other.geometry())
    ]


def test_the_menu_view_opens_it_beside_the_others(window, qtbot):
    (action,) = [action for action in area(window).view_actions() if action.text() == "Toy panel"]
    dock = area(window).docks["toy"]
    assert dock.isHidden()
    action.trigger()
    area(window).show_panel("toy")
    qtbot.waitUntil(lambda: dock in seen(area(window).docks))
    assert overlaps(area(window).docks) == []


def test_it_lies_over_no_other_panel_after_the_layout_was_reset(window, qtbot):
    area(window).show_panel("toy")
    area(window).reset_layout()
    assert area(window).docks["toy"].isHidden()
    assert overlaps(area(window).docks) == []
    area(window).show_panel("toy")
    qtbot.waitUntil(lambda: area(window).docks["toy"] in seen(area(window).docks))
    assert overlaps(area(window).docks) == []


def test_what_it_watches_is_made_only_while_it_is_in_sight(window, qtbot):
    area(window).docks["loss"].close()
    others = [dock for dock in area(window).docks.values() if Curves in dock.panel.about.watches]
    for dock in others:
        dock.close()
    assert Curves not in area(window).parts_in_sight().get("", frozenset())
    area(window).show_panel("toy")
    qtbot.waitUntil(lambda: Curves in area(window).parts_in_sight().get("", frozenset()))


def test_it_gets_frames_and_has_a_table_to_save(window, qtbot):
    area(window).show_panel("toy")
    dock = area(window).docks["toy"]
    qtbot.waitUntil(lambda: dock.in_sight)
    area(window).show_snapshot(Snapshot(shown=Frame(run=3)))
    assert dock.panel.label.text() == "run 3"
    assert dock.panel.as_table().header == ("toy",)


def test_what_is_this_explains_it(window):
    panel = area(window).docks["toy"].panel
    assert panel.accessibleName() == "Toy panel"
    assert "A toy in plain words." in words_of(panel, panel.rect().center())


def test_a_lesson_can_ask_for_it(tmp_path, monkeypatch, open_window):
    assert StepPlan.model_validate({"panels": ["toy"]}).panels == ("toy",)
    folder = write_lesson(copied("lessons", tmp_path, monkeypatch) / "small")
    plan = folder / "lesson.toml"
    text = plan.read_text(encoding="utf-8")
    assert 'panels = ["loss"' in text
    plan.write_text(text.replace('panels = ["loss"', 'panels = ["toy"', 1), encoding="utf-8")
    window = open_window()
    window.pages.show_lessons()
    window.pages.lessons.open("small")
    assert not area(window).docks["toy"].isHidden()
