"""Every panel shows every kind of model, at each phase of an update and between updates."""

import pytest

from gradlab.experiment.files import build
from gradlab.instruments.records import State
from gradlab.runs.race import Race
from gradlab.window.panels.catalogue import make_panels
from gradlab.window.widgets.control_state import unnamed_controls

EXPERIMENTS = {
    "a surface": {
        "data": {"source": "surface", "samples": 40, "noise": 0.001},
        "model": {"kind": "surface"},
        "training": {"batch_size": 1, "epochs": 2},
    },
    "surfaces side by side": {
        "data": {"source": "surface", "samples": 40, "validation": 0.0},
        "model": {"kind": "surface"},
        "training": {"batch_size": 10, "epochs": 3},
        "variants": [{"name": kind, "model": {"surface": kind}} for kind in ("saddle", "bowl", "plateau")],
    },
    "two heads": {
        "data": {"source": "digits", "train_rows": 100},
        "model": {"kind": "two_heads", "hidden": [8], "head_a_updates": 2},
        "training": {"epochs": 2},
    },
    "two heads side by side": {
        "data": {"source": "moons", "samples": 80},
        "model": {"kind": "two_heads", "hidden": [8], "head_a_updates": 2},
        "training": {"epochs": 2},
        "variants": [{"name": to, "gradients": {"zero_to": to}} for to in ("none", "zeros")],
    },
    "saturated": {
        "data": {"source": "moons", "samples": 80},
        "model": {"hidden": [8], "activation": "tanh", "bias": 10.0},
        "training": {"epochs": 2},
    },
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_all_panels_follow_a_run_from_its_first_phase_to_its_end(qtbot, name):
    race = Race(build(EXPERIMENTS[name]))
    panels = list(make_panels())
    everything = frozenset().union(*(panel.about.watches for panel in panels))
    lanes = [lane.name for lane in race.lanes]
    race.lanes.watch(everything, dict.fromkeys(lanes, everything))
    for panel in panels:
        qtbot.addWidget(panel)
        panel.resize(500, 400)
        panel.show()
    for number in range(1000):
        while race.lanes.has_work:
            race.lanes.work()
        snapshot = race.lanes.snapshot(at_rest=True, state=State.FINISHED if race.is_over else State.PAUSED)
        for panel in panels:
            panel.show_snapshot(snapshot)
            panel.grab()
            panel.as_table()
        if race.is_over:
            break
        (race.step_phase if number < 9 else race.step_epoch)()
    assert race.is_over
    for panel in panels:  # else another language would forget what they say
        assert not unnamed_controls(panel)
