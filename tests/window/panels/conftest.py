"""What a panel is joined to."""

import pytest

from gradlab.window.panels.bus import PanelBus


@pytest.fixture
def bus(qapp):
    return PanelBus()
