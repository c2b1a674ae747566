import pytest
from PySide6.QtWidgets import QWidget

from gradlab.window.panels.confusion.epoch_slider import EpochSlider
from gradlab.window.widgets.control_state import choices_in, take_choices


@pytest.fixture
def slider(qtbot):
    """Make a slider through epochs in a panel of its own."""

    def make(epochs):
        panel = QWidget()
        qtbot.addWidget(panel)
        made = EpochSlider(panel)
        made.set_epochs(epochs, epochs[-1])
        return panel, made

    return make


@pytest.mark.parametrize("before", [(0,), (0, 1, 2)])
def test_who_follows_the_training_goes_on_following_it(slider, before):
    old, _ = slider(before)
    new, epochs = slider(range(9))
    take_choices(new, choices_in(old))
    assert epochs.epoch == 8
    assert not epochs.is_back


def test_who_went_back_is_still_back(slider):
    old, before = slider(range(9))
    before.slider.setValue(3)
    new, epochs = slider(range(9))
    take_choices(new, choices_in(old))
    assert epochs.epoch == 3
