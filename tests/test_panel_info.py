"""Panels declare themselves in a file of their own each, also where Qt is not installed."""

import importlib
import sys

import pytest

from gradlab import panel_info
from gradlab.panel_info import PACKAGE, lesson_panels, panels

TOY = """
{first}
from gradlab.panel_info import PanelInfo
ABOUT = PanelInfo(name="{name}", title="A toy", help="It plays.", order={order}, in_lessons={in_lessons})
"""


@pytest.fixture
def added(tmp_path, monkeypatch):
    """Return a function that adds a panel's folder to the others until the test is over."""
    names = []
    package = importlib.import_module(PACKAGE)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    monkeypatch.setitem(sys.modules, "PySide6", None)  # as if it were not installed

    def add(name, first="", order=5, in_lessons=True):
        (tmp_path / name).mkdir()
        code = TOY.format(first=first, name=name, order=order, in_lessons=in_lessons)
        (tmp_path / name / "__init__.py").write_text(code)
        names.append(name)
        importlib.invalidate_caches()
        panels.cache_clear()

    yield add
    for name in names:
        sys.modules.pop(f"{PACKAGE}.{name}", None)
    panels.cache_clear()


def test_panels_are_in_the_order_that_they_ask_for(added):
    built_in = [info.name for info in panels()]
    added("toy_last", order=10_000)
    added("toy_first", order=-1)
    assert [info.name for info in panels()] == ["toy_first", *built_in, "toy_last"]


def test_lessons_get_the_panels_that_suit_them(added):
    added("toy_shown")
    added("toy_hidden", in_lessons=False)
    assert "toy_shown" in lesson_panels()
    assert "toy_hidden" not in lesson_panels()


def test_a_panel_that_is_drawn_where_it_is_declared_is_left_out_without_qt(added):
    before = panels()
    added("toy_drawn", first="from PySide6.QtWidgets import QWidget")
    assert panels() == before


def test_any_other_module_that_is_missing_is_a_mistake(added):
    added("toy_broken", first="import nowhere.to_be_found")
    with pytest.raises(ModuleNotFoundError, match="nowhere"):
        panel_info.panels()
