"""Speaking a language in the window: our texts, Qt's own, numbers and fonts, all at once.

What is shown already stays as it is: whoever changes the language builds the window's content anew.
"""

import os

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QFontInfo, QGuiApplication
from PySide6.QtWidgets import QApplication

from gradlab import language
from gradlab.window.numbers import locale_of
from gradlab.window.qt_texts import CatalogTranslator
from gradlab.window.settings_store import SettingsStore

# Whoever cannot read the language that is spoken finds the way to another one by this.
CHOOSE = "Language / 语言 / भाषा"
OVERRIDE = "GRADLAB_LANGUAGE"  # for a room of computers, and for tests
SETTING = "language"
# What draws the letters that the system font does not have, the first that there is, on Linux, Windows and macOS:
# by itself Qt takes any font with Chinese letters, also one with Japanese shapes. Devanagari comes first, for
# Qt complains where it has to ask a Chinese font for it.
FALLBACK_FONTS = (
    *("Noto Sans Devanagari", "Nirmala UI", "Kohinoor Devanagari", "Lohit Devanagari"),
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC"),
)


def first_language(store: SettingsStore) -> str:
    """Return the language to begin with: the one asked for from outside, chosen earlier, or the system's."""
    chosen = os.environ.get(OVERRIDE) or store.get(SETTING)
    if isinstance(chosen, str):
        return language.closest([chosen])
    return language.closest(QLocale.system().uiLanguages())


def speak(wanted: str) -> None:
    """Speak a language of LANGUAGES from now on, in everything that is built after this."""
    language.use(wanted)
    QLocale.setDefault(locale_of(wanted))
    _translate_qt(wanted)
    _choose_fonts()


def _translate_qt(wanted: str) -> None:
    """Give Qt's own dialogs and menus their texts: Qt brings them along for most languages, not for Hindi."""
    app = QCoreApplication.instance()
    assert app is not None
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    if wanted == language.ENGLISH:
        return
    brought = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if not brought.load(QLocale(wanted), "qtbase", "_", folder):
        brought.deleteLater()
        brought = CatalogTranslator(app)
    app.installTranslator(brought)


def _choose_fonts() -> None:
    """Have the system's font draw what it has, and others the rest.

    In every language: the names of all stand where one is chosen, and people may name their classes as they like.
    """
    font = QGuiApplication.font()
    # By its real name: after "Sans Serif", which stands for a font, Qt takes all letters from a fallback.
    font.setFamilies([QFontInfo(font).family(), *FALLBACK_FONTS])
    QApplication.setFont(font)
