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
    drawn = inked(icons.icon("ph.flask-fill", token).pixmap(QSize(32, 32)))
    assert drawn
    assert {color.name() for color in drawn if color.alpha() == 255} == {theme.color(token).name()}


def test_a_disabled_icon_looks_disabled(qapp, theme):
    drawn = inked(icons.icon("ph.flask-fill").pixmap(QSize(32, 32), QIcon.Mode.Disabled))
    assert {color.name() for color in drawn if color.alpha() == 255} == {theme.color("text.disabled").name()}


def test_different_glyphs_look_different_and_fill_their_size(qapp, theme):
    flask, moon = (icons.icon(name).pixmap(QSize(40, 40)).toImage() for name in ("ph.flask", "ph.moon-stars"))
    assert flask != moon
    assert flask.size() == QSize(40, 40)


def test_an_icon_without_room_is_nothing(qapp, theme):
    engine = icons.GlyphEngine("a", "text.normal")
    for size in (QSize(0, 0), QSize(16, 0)):
        assert engine.pixmap(size, QIcon.Mode.Normal, QIcon.State.Off).isNull()


def test_an_unknown_glyph_is_told(qapp, theme):
    with pytest.raises(KeyError):
        icons.icon("ph.no-such-thing")


def test_an_icon_on_a_button_follows_the_theme(qtbot, wear):
    button = QPushButton()
    qtbot.addWidget(button)
    button.setIcon(icons.icon("ph.square-fill", "accent.normal"))
    for name in ("light", "dark"):
        theme = wear(name)
        assert button.icon().pixmap(32, 32).toImage().pixelColor(16, 16) == theme.color("accent.normal")


def test_a_square_is_nothing_but_its_colour(qapp, theme):
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        image = icons.square("lane.1").pixmap(QSize(12, 12), mode).toImage()
        seen = {image.pixelColor(x, y).name() for x in range(12) for y in range(12)}
        assert seen == {theme.color("lane.1").name()}
