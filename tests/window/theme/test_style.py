import re

import pytest
from PySide6.QtGui import QIcon, QPalette

from gradlab.resources import resource
from gradlab.window.theme import current
from gradlab.window.theme.style import CONTROL_ICONS, Appearance, palette, style_sheet
from gradlab.window.theme.tokens import Theme

WHITE_ON_BLACK = 21.0
# WCAG 2.2, success criteria 1.4.3 (text) and 1.4.11 (controls).
TEXT_CONTRAST = 4.5
CONTROL_CONTRAST = 3.0


def luminance(color):
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in color
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(theme, front, back):
    light, dark = sorted(
        (luminance(theme.color(token).getRgbF()[:3]) for token in (front, back)), reverse=True
    )
    return (light + 0.05) / (dark + 0.05)


def test_the_sheet_has_no_open_places_and_only_colours_of_its_theme(theme, tmp_path):
    sheet = style_sheet(theme, tmp_path, 9)
    assert "$" not in sheet
    known = {
        str(value).lower()
        for table in theme.tokens.values()
        for value in table.values()
        if isinstance(value, str)
    }
    assert set(re.findall(r"#[0-9a-f]{6}\b", sheet.lower())) <= known


def test_control_icons_are_drawn_in_the_themes_colours(theme, tmp_path, qapp):
    style_sheet(theme, tmp_path, 9)
    for name, (_, token) in CONTROL_ICONS.items():
        path = tmp_path / f"{theme.name}-{name}.svg"
        assert theme.color(token).name() in path.read_text()
        assert not QIcon(str(path)).pixmap(16, 16).isNull()


def test_text_is_sized_from_the_systems_font(theme, tmp_path):
    sizes = [
        [float(size) for size in re.findall(r"font-size: ([\d.]+)pt", style_sheet(theme, tmp_path, points))]
        for points in (10, 20)
    ]
    assert sizes[1] == pytest.approx([2 * size for size in sizes[0]])


@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("text.normal", "surface.window"),
        ("text.normal", "surface.panel"),
        ("text.normal", "surface.field"),
        ("text.normal", "surface.raised"),
        ("text.normal", "surface.hover"),
        ("text.normal", "surface.selection"),
        ("text.muted", "surface.panel"),
        ("text.muted", "surface.window"),
        ("text.on_accent", "accent.normal"),
        ("text.on_accent", "accent.hover"),
        ("status.error", "surface.panel"),
        ("status.warning", "surface.panel"),
        ("status.info", "surface.panel"),
    ],
)
def test_text_stands_out(theme, front, back):
    assert contrast(theme, front, back) >= TEXT_CONTRAST


def test_the_focus_frame_stands_out(theme):
    assert contrast(theme, "accent.focus", "surface.panel") >= CONTROL_CONTRAST


def test_the_palette_follows_the_theme(theme, qapp):
    made = palette(theme)
    assert made.color(QPalette.ColorRole.Window) == theme.color("surface.window")
    assert made.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text) == theme.color("text.disabled")


def test_choosing_a_theme_changes_the_application_at_once(appearance, qapp):
    appearance.choose("dark")
    assert current().name == "dark"
    assert qapp.palette().color(QPalette.ColorRole.Window) == Theme.load("dark").color("surface.window")
    assert Theme.load("dark").color("surface.window").name() in qapp.styleSheet()


def test_the_system_decides_unless_a_theme_was_chosen(appearance):
    appearance.choose("dark")
    appearance.choose("system")
    assert appearance.choice == "system"
    assert current().name in ("light", "dark")


def test_text_does_not_grow_with_every_change(qapp, appearance):
    before = qapp.styleSheet()
    appearance.choose("dark")
    appearance.choose("light")
    assert qapp.styleSheet() == before
    appearance.deleteLater()
    Appearance(qapp, "light")
    assert re.findall(r"[\d.]+pt", qapp.styleSheet()) == re.findall(r"[\d.]+pt", before)


def test_the_logo_can_be_drawn(qapp):
    assert not QIcon(str(resource("icons", "gradlab.svg"))).pixmap(64, 64).isNull()
