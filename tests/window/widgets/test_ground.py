import pytest
from eyes import EventCounter
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradlab.window import theme
from gradlab.window.widgets.ground import Ground, RoundedGround


def on_a_page(qtbot, ground):
    page = QWidget()
    page.resize(200, 120)
    qtbot.addWidget(page)
    QVBoxLayout(page).addWidget(ground)
    with qtbot.waitExposed(page):
        page.show()
    qtbot.wait(20)
    return page


@pytest.mark.parametrize("ground", [Ground, lambda: RoundedGround("surface.window", "surface.panel")])
def test_what_lies_below_is_not_painted_again(qtbot, ground):
    made = ground()
    page = on_a_page(qtbot, made)
    below, itself = EventCounter(page, QEvent.Type.Paint), EventCounter(made, QEvent.Type.Paint)
    made.update()
    qtbot.waitUntil(lambda: itself.count > 0)
    assert below.count == 0


def test_without_it_everything_below_is_painted_again(qtbot):
    plain = QWidget()
    page = on_a_page(qtbot, plain)
    below, itself = EventCounter(page, QEvent.Type.Paint), EventCounter(plain, QEvent.Type.Paint)
    plain.update()
    qtbot.waitUntil(lambda: itself.count > 0)
    assert below.count > 0


def test_its_corners_show_what_is_below_also_when_only_its_middle_was_painted_again(qtbot):
    made = RoundedGround("surface.window", "surface.panel")
    page = on_a_page(qtbot, made)
    made.update(made.rect().adjusted(20, 10, -20, -10))
    qtbot.wait(20)
    picture = page.grab(made.geometry()).toImage()
    assert picture.pixelColor(0, 0) == theme.color("surface.panel")
    assert picture.pixelColor(made.width() // 2, made.height() // 2) == theme.color("surface.window")


def test_it_takes_the_colours_of_another_theme(qtbot, wear):
    made = Ground("surface.panel")
    page = on_a_page(qtbot, made)
    before = QColor(page.grab(made.geometry()).toImage().pixelColor(5, 5))
    dark = wear("dark")
    qtbot.wait(20)
    assert page.grab(made.geometry()).toImage().pixelColor(5, 5) == dark.color("surface.panel") != before
    assert made.testAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
