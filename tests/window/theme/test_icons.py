import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QPushButton

from gradlab.window.theme import icons


def inked(picture):
    image = picture.toImage()
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return [color for color in pixels if color.alpha() > 200]


@pytest.mark.parametrize("token", ["text.normal", "accent.normal"])
def test_an_icon_has_the_colour_of_its_token(qapp, theme, token):
    drawn = inked(icons.icon("ph.flask-fill", theme, token).pixmap(QSize(32, 32)))
    assert drawn
    assert {color.name() for color in drawn if color.alpha() == 255} == {theme.color(token).name()}


def test_a_disabled_icon_looks_disabled(qapp, theme):
    drawn = inked(icons.icon("ph.flask-fill", theme).pixmap(QSize(32, 32), QIcon.Mode.Disabled))
    assert {color.name() for color in drawn if color.alpha() == 255} == {theme.color("text.disabled").name()}


def test_different_glyphs_look_different_and_fill_their_size(qapp, theme):
    flask, moon = (
        icons.icon(name, theme).pixmap(QSize(40, 40)).toImage() for name in ("ph.flask", "ph.moon-stars")
    )
    assert flask != moon
    assert flask.size() == QSize(40, 40)


def test_an_unknown_glyph_is_told(qapp, theme):
    with pytest.raises(KeyError):
        icons.icon("ph.no-such-thing", theme)


def test_marked_buttons_are_painted(qtbot, theme):
    button = QPushButton()
    qtbot.addWidget(button)
    icons.mark(button, "ph.play-fill")
    assert button.icon().isNull()
    icons.paint(button, theme)
    assert not button.icon().pixmap(QSize(20, 20)).isNull()
