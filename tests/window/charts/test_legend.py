import pytest
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gradlab.window.charts.legend import CurveKey


@pytest.fixture
def key(qtbot):
    """A key in a row, shown."""
    place = QWidget()
    place.resize(400, 40)
    qtbot.addWidget(place)
    made = CurveKey("Training loss", "series.train", "What it is.", dots=True)
    QHBoxLayout(place).addWidget(made)
    with qtbot.waitExposed(place):
        place.show()
    qtbot.wait(20)
    yield made  # its place lives as long


def on_the_screen(key):
    return key.window().grab(key.geometry()).toImage()


def test_a_value_that_is_painted_alone_looks_as_if_all_were_painted(key, qtbot):
    key.read_off(0.5)
    qtbot.wait(20)
    alone = on_the_screen(key)
    key.update()
    qtbot.wait(20)
    assert on_the_screen(key) == alone


def test_a_longer_value_gets_room_and_keeps_it(key, qtbot):
    narrow = key.sizeHint().width()
    key.read_off(-1.25e-9)
    wide = key.sizeHint().width()
    key.read_off(0.5)
    assert narrow < wide == key.sizeHint().width()


def test_a_short_key_has_no_value(key):
    whole = key.sizeHint().width()
    key.shorten("Train")
    assert key.sizeHint().width() < whole
    key.read_off(0.25)
    assert key.value == "0.250"
