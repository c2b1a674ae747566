"""A lab with light panels, around a trainer behind which no training goes on."""

import pytest

from gradlab.experiment.schema import Experiment


@pytest.fixture
def lab(show_lab, trainer, make_panels):
    made = show_lab(trainer, make_panels())
    made.open(Experiment())
    trainer.asked.clear()
    return made
