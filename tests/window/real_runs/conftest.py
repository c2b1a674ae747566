"""A lab with all its panels, in which a run is really trained."""

import pytest

from gradlab.window.panels.catalogue import make_panels


@pytest.fixture
def lab(show_lab, training):
    training.start()
    return show_lab(training.trainer, make_panels())
