import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from gradlab.window.panels.confusion.epoch_slider import EpochSlider
from gradlab.window.widgets.control_state import choices_in, take_choices, unnamed_controls


@pytest.fixture
def slider(qtbot):
    """Make a slider through epochs in a panel of its own."""

    def make(epochs):
        panel = QWidget()
        qtbot.addWidget(panel)
        made = EpochSlider()
        made.setParent(panel)
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


@pytest.fixture
def page(qtbot):
    """Make a page of controls, in the order of their names."""

    def make(*names):
        page = QWidget()
        qtbot.addWidget(page)
        column = QVBoxLayout(page)
        for name in names:
            control = QComboBox() if name.startswith("list") else QCheckBox(name)
            if isinstance(control, QComboBox):
                control.addItems(["a", "b", "c"])
            control.setObjectName(name)
            column.addWidget(control)
        return page

    return make


def test_controls_are_known_by_their_names_and_not_by_their_places(page):
    old, new = page("list one", "check", "list two"), page("check", "list two", "new", "list one")
    old.findChild(QComboBox, "list two").setCurrentIndex(2)
    old.findChild(QCheckBox, "check").click()
    take_choices(new, choices_in(old))
    assert new.findChild(QComboBox, "list two").currentIndex() == 2
    assert new.findChild(QComboBox, "list one").currentIndex() == 0
    assert new.findChild(QCheckBox, "check").isChecked()
    assert not new.findChild(QCheckBox, "new").isChecked()


def test_controls_without_a_name_of_their_own_are_found(page):
    good, bad = page("one", "two"), page("", "same", "same")
    assert unnamed_controls(good) == []
    assert [control.text() for control in unnamed_controls(bad)] == ["", "same", "same"]
