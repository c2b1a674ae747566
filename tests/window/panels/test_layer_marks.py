"""What is found in a layer stands beside its name in every panel that lists layers."""

from dataclasses import replace

import pytest
from eyes import colors_in, heard
from made_up import activation_frames, flow_frames, gradient_frames, network_frames

from gradlab.instruments.records import Mark
from gradlab.window.charts.layer_names import worst_marks
from gradlab.window.panels.activations.panel import ActivationsPanel
from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.flow.panel import FlowPanel
from gradlab.window.panels.gradients.buffer_head import TIMELINE
from gradlab.window.panels.gradients.pair_pictures import Cell
from gradlab.window.panels.gradients.panel import GradientsPanel
from gradlab.window.panels.network.panel import NetworkPanel
from gradlab.window.panels.network.unit_grid import Spot

FOUND = Mark(None, "Half of the units are dead.", level="warning", layer="hidden1")
PANELS = {
    "gradients": (GradientsPanel, gradient_frames),
    "flow": (FlowPanel, flow_frames),
    "activations": (ActivationsPanel, activation_frames),
    "network": (NetworkPanel, network_frames),
}


@pytest.fixture(params=PANELS)
def panel(request, show_widget):
    kind, frames = PANELS[request.param]
    made = kind()
    made.bus = PanelBus(made)
    made.join(made.bus)
    made.latest = frames()[-1]
    return show_widget(made, 800, 420)


def point_at_first_layer(panel, qtbot):
    match panel:
        case GradientsPanel():
            panel.buffer.rows.all[0].tiles.all[0].point(Cell(False, 0))
        case FlowPanel():
            panel.views.bars.mark(0)
        case ActivationsPanel():
            panel.rows[0].setFocus()
        case NetworkPanel():
            panel.view.point(Spot(1, 0))


def test_a_mark_is_drawn_in_the_colour_of_how_bad_it_is(panel, theme):
    warning = theme.color("status.warning").name()
    panel.show_frame(panel.latest)
    assert warning not in colors_in(panel)
    panel.show_frame(replace(panel.latest, marks=(FOUND,)))
    assert warning in colors_in(panel)
    panel.show_frame(panel.latest)
    assert warning not in colors_in(panel)


def test_a_layer_that_is_pointed_at_is_said_on_the_bus(panel, qtbot):
    panel.activateWindow()
    qtbot.waitActive(panel)
    said = heard(panel.bus.layer_pointed)
    panel.show_frame(panel.latest)
    point_at_first_layer(panel, qtbot)
    assert said[-1] == "hidden1"


def test_the_timeline_names_its_marks_too(show_widget, theme):
    panel = GradientsPanel()
    panel.join(PanelBus(panel))
    show_widget(panel, 800, 420)
    panel.head.tabs.setCurrentIndex(TIMELINE)
    panel.show_frame(replace(gradient_frames()[-1], marks=(FOUND,)))
    assert theme.color("status.warning").name() in colors_in(panel.timeline)
    said = heard(panel.timeline.pointed)
    panel.timeline.point(20, 0.5)
    assert said == ["hidden1"]
    assert panel.words.caption.text().endswith("Half of the units are dead.")


def test_of_several_marks_on_a_layer_the_worst_is_shown():
    worse = replace(FOUND, level="error", text="All units are dead.")
    other = replace(FOUND, layer="output", level="info")
    assert worst_marks((worse, FOUND, other)) == {"hidden1": worse, "output": other}


def test_where_a_mark_is_said_in_words(qtbot):
    flow, rows = FlowPanel(), ActivationsPanel()
    for made, frames in ((flow, flow_frames), (rows, activation_frames)):
        qtbot.addWidget(made)
        made.show_frame(replace(frames()[-1], marks=(FOUND,)))
    assert flow.views.bars.in_words(0).endswith(FOUND.text)
    assert rows.rows[0].accessibleDescription().endswith(FOUND.text)
    assert FOUND.text in rows.rows[0].toolTip()
