"""What panels say to each other, in one run and in several that are side by side."""

import pytest
from eyes import heard

from gradlab.window.panels.bus import SIGNALS, PanelBus, SettingChange

SAID = {
    "threshold_tried": 0.3,
    "layer_pointed": "layer 1",
    "lane_wanted": "never",
    "panel_wanted": "data",
    "setting_wanted": SettingChange("optimizer.lr", 0.1),
}


@pytest.fixture
def main(qapp):
    return PanelBus()


@pytest.mark.parametrize(("name", "said"), SAID.items())
def test_what_a_lane_says_is_heard_by_all_once(main, name, said, qtbot):
    lane = PanelBus(main=main, lane="never")
    told = heard(getattr(main, name))
    getattr(lane, name).emit(said)
    assert told == [said]


def test_every_signal_is_passed_on(main):
    assert {"threshold_tried", "layer_pointed", "rows_selected", "asked", "pin_wanted"} <= set(SIGNALS)
    assert all(hasattr(main, name) for name in SIGNALS)


def test_a_wish_names_the_lane_that_it_is_for(main):
    asked = heard(main.asked)
    PanelBus(main=main, lane="never").ask(object, "wish")
    assert [(ask.lane, ask.wish) for ask in asked] == [("never", "wish")]


def test_side_by_side_is_one_switch_for_all(main):
    lane = PanelBus(main=main, lane="never")
    turns = heard(main.side_by_side.changed)
    lane.side_by_side.set(True)
    lane.side_by_side.set(True)
    assert turns == [True]


def test_a_zoom_of_one_lane_is_followed_once_by_the_others(main):
    one, other = (PanelBus(main=main, lane=name) for name in ("one", "other"))
    changes = []
    other.x_axis.changed.connect(lambda *_: changes.append(other.x_axis.part))
    one.x_axis.take(one.x_axis.unit, (2.0, 5.0))
    assert other.x_axis.part == (2.0, 5.0)
    assert len(changes) == 1
