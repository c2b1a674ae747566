"""Turns a theme's tokens into one palette and one style sheet for every widget."""

import string
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt, QTemporaryDir
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from gradlab.resources import resource
from gradlab.window import theme as themes
from gradlab.window.theme.tokens import Theme

ThemeChoice = Literal["light", "dark", "system"]

# Relative to the system's font, so that a larger system font makes everything larger.
FONT_SCALES = {"small": 0.9, "lead": 1.15, "heading": 1.3, "value": 1.25, "display": 2.4}
PROJECTOR = 1.4  # large enough for the back of a room, and small enough for 1280 × 720
# Pictures inside controls. Style sheets load them only from files, so these are written in the theme's colours.
CONTROL_ICONS = {
    "chevron_down": ("chevron-down", "text.muted"),
    "chevron_up": ("chevron-up", "text.muted"),
    "check_text": ("check", "text.normal"),
    "check_on_accent": ("check", "text.on_accent"),
}


class _Sheet(string.Template):
    idpattern = r"[a-z]+\.[a-z_]+"


def style_sheet(theme: Theme, icons: Path, points: float) -> str:
    """Return the style sheet of a theme.

    Args:
        theme: where the colours come from.
        icons: a folder to which the control icons are written in the theme's colours.
        points: size of normal text.
    """
    words = {
        f"{section}.{name}": value for section, table in theme.tokens.items() for name, value in table.items()
    }
    words |= {f"font.{name}": f"{points * scale:.1f}pt" for name, scale in FONT_SCALES.items()}
    words |= {f"icon.{name}": _write_icon(name, theme, icons) for name in CONTROL_ICONS}
    return _Sheet(resource("themes", "window.qss").read_text(encoding="utf-8")).substitute(words)


def _write_icon(name: str, theme: Theme, folder: Path) -> str:
    file, token = CONTROL_ICONS[name]
    path = folder / f"{theme.name}-{name}.svg"
    drawing = resource("icons", f"{file}.svg").read_text(encoding="utf-8")
    path.write_text(drawing.replace("currentColor", theme.color(token).name()), encoding="utf-8")
    return path.as_posix()


def palette(theme: Theme) -> QPalette:
    """Return the colours of everything that the style sheet leaves open."""
    role = QPalette.ColorRole
    tokens = {
        role.Window: "surface.window",
        role.WindowText: "text.normal",
        role.Base: "surface.field",
        role.AlternateBase: "surface.window",
        role.Text: "text.normal",
        role.PlaceholderText: "text.disabled",
        role.Button: "surface.raised",
        role.ButtonText: "text.normal",
        role.BrightText: "status.error",
        role.Highlight: "surface.selection",
        role.HighlightedText: "text.normal",
        role.Link: "text.link",
        role.LinkVisited: "text.link",
        role.ToolTipBase: "surface.raised",
        role.ToolTipText: "text.normal",
        role.Accent: "accent.normal",
        role.Light: "surface.hover",
        role.Mid: "surface.border",
        role.Dark: "surface.border",
    }
    made = QPalette()
    for each, token in tokens.items():
        made.setColor(each, theme.color(token))
    for each in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, each, theme.color("text.disabled"))
    return made


class Appearance(QObject):
    """The theme in force: the one that was chosen, or the system's own light or dark.

    Attributes:
        choice: what was chosen; the theme that it means at the moment is ``theme.current()``.
        is_large: whether all text is as large as a projector needs it.
    """

    def __init__(self, app: QApplication, choice: ThemeChoice = "system", *, large: bool = False) -> None:
        super().__init__(app)
        self._app = app
        self._icons = QTemporaryDir()
        self._points = app.font().pointSizeF()
        self.is_large = large
        app.setStyle("Fusion")
        self.choice: ThemeChoice = choice
        app.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.choose(choice)

    def choose(self, choice: ThemeChoice) -> None:
        """Put a theme in force at once, everywhere."""
        self.choice = choice
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        # This also colours the window frame, if the system allows it.
        self._app.styleHints().setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        self._apply(Theme.load(self._wanted()))

    def enlarge(self, on: bool) -> None:
        """Make all text large enough for a projector, or as large as the system has it."""
        if on != self.is_large:
            self.is_large = on
            self._apply(themes.current())

    def _wanted(self) -> str:
        if self.choice != "system":
            return self.choice
        return "dark" if self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"

    def _follow_system(self) -> None:
        if self._wanted() != themes.current().name:
            self._apply(Theme.load(self._wanted()))

    def _apply(self, theme: Theme) -> None:
        themes.use(theme)
        points = self._points * (PROJECTOR if self.is_large else 1)
        font = self._app.font()
        font.setPointSizeF(points)
        self._app.setFont(font)
        self._app.setPalette(palette(theme))
        self._app.setStyleSheet(style_sheet(theme, Path(self._icons.path()), points))
