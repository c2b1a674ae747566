"""Panels of one run forget the run before, draw what is new once, and say what to do while there is nothing."""

import pytest
from PySide6.QtWidgets import QLabel

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Curves, Frame
from gradlab.panel_info import PanelInfo
from gradlab.window.panels.base import RunPanel


class Notes(RunPanel):
    about = PanelInfo(name="notes", title="Notes", help="What happened.", watches=frozenset({Curves}))
    nothing_yet = "Press Run."

    def __init__(self):
        super().__init__()
        self.said = []
        self.content = QLabel("content")
        self.set_content(self.content)

    def forget(self):
        self.said.append("forget")

    def follow(self, frame):
        if curves := self.take_new(frame.get(Curves)):
            self.said.append(curves)


@pytest.fixture
def panel(show_widget):
    return show_widget(Notes())


def curves():
    return Curves(*[()] * 8)


def test_a_record_is_drawn_once(panel):
    first, second = curves(), curves()
    for record in (None, first, first, second, None):
        panel.show_frame(Frame(run=1).holding(*filter(None, [record])))
    assert panel.said[0] == "forget"
    assert panel.said[1] is first
    assert panel.said[2] is second
    assert len(panel.said) == 3
    assert panel.newest(Curves) is second


def test_another_run_forgets_the_one_before_and_its_records(panel):
    panel.show_frame(Frame(run=1).holding(curves()))
    panel.said.clear()
    panel.show_frame(Frame(run=2))
    assert panel.said == ["forget"]
    assert panel.newest(Curves) is None


def test_the_hint_gives_way_to_the_content(panel):
    panel.show_frame(Frame(experiment=Experiment()))
    assert panel.hint.text() == "Loading…"
    panel.show_frame(Frame(run=1))
    assert panel.hint.isVisible()
    assert panel.hint.text() == "Press Run."
    panel.show_frame(Frame(run=1).holding(curves()))
    assert panel.content.isVisible()
    panel.show_frame(Frame(run=2))
    assert panel.hint.isVisible()
