import pytest
from eyes import EventCounter
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradlab.window.widgets.still_label import StillLabel, StillText


@pytest.fixture
def place(qtbot):
    """A widget with a row into which labels go, shown."""
    made = QWidget()
    made.resize(400, 100)
    qtbot.addWidget(made)
    QHBoxLayout(made)
    made.show()
    return made


def shown(qtbot, place, label):
    place.layout().addWidget(label)
    qtbot.wait(20)
    return EventCounter(place, QEvent.Type.LayoutRequest)


def test_other_numbers_of_the_same_length_lay_nothing_out_again(qtbot, place):
    label = StillLabel("0.1234")
    requests = shown(qtbot, place, label)
    for text in ("0.1111", "0.111"):
        label.setText(text)
        qtbot.wait(20)
    assert (label.text(), requests.count) == ("0.111", 0)


def test_a_plain_label_would_lay_everything_out_again(qtbot, place):
    label = QLabel("0.1234")
    requests = shown(qtbot, place, label)
    label.setText("0.111")
    qtbot.wait(20)
    assert requests.count > 0


def test_longer_words_get_room_which_stays_until_it_is_given_back(qtbot, place):
    label = StillLabel("1")
    shown(qtbot, place, label)
    narrow = label.width()
    label.setText("a longer text")
    wide = label.width()
    label.setText("1")
    assert wide > narrow
    assert label.width() == wide
    label.forget()
    qtbot.wait(20)
    assert label.width() == narrow


def test_a_larger_font_gets_the_room_that_it_needs(qtbot, place):
    label = StillLabel("12%")
    shown(qtbot, place, label)
    before = label.size()
    font = label.font()
    font.setPointSizeF(3 * font.pointSizeF())
    label.setFont(font)
    assert label.width() > before.width()
    assert label.height() > before.height()


def test_words_that_wrap_take_more_lines_and_keep_them(qtbot):
    place = QWidget()
    place.resize(120, 300)
    qtbot.addWidget(place)
    column = QVBoxLayout(place)
    text = StillText()
    column.addWidget(text)
    column.addStretch(1)
    place.show()
    text.setText("word")
    qtbot.wait(20)
    one = text.height()
    text.setText("many words " * 8)
    qtbot.wait(20)
    many = text.height()
    text.setText("word")
    qtbot.wait(20)
    assert one < many == text.height()
