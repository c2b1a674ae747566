import pytest

from gradlab.window.panels.__main__ import PHASES, ShortRun
from gradlab.window.panels.catalogue import panel_class


@pytest.mark.parametrize("name", ["loss", "gradients", "code"])
def test_a_panel_alone_shows_a_short_run_that_is_trained_for_it(qtbot, name):
    panel = panel_class(name)()
    qtbot.addWidget(panel)
    run = ShortRun(panel)
    seen = []
    show = panel.show_snapshot
    panel.show_snapshot = lambda snapshot: (seen.append(snapshot.shown), show(snapshot))
    while len(seen) <= PHASES + 1 or not seen[-1].progress.epoch:
        run.go_on()
    assert {frame.progress.phase for frame in seen} >= {"zeroed", "forward", "backward", "updated"}
    if panel.about.watches:
        assert panel.as_table() is not None
