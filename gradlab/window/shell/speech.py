"""The language of the window: our texts, Qt's own, numbers and fonts, switched together.

Widgets that already exist keep their texts, so the window is built again after a change.
"""

import os

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gradlab import language
from gradlab.window.language.numbers import locale_of
from gradlab.window.language.qt_texts import CatalogTranslator
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.theme.fonts import with_all_letters

# The same in every language, so that it can be found by people who cannot read the current one.
CHOOSE = "Language / 语言 / भाषा"
OVERRIDE = "GRADLAB_LANGUAGE"  # for a room of computers, and for tests
SETTING = "language"


def first_language(store: SettingsStore) -> str:
    """Return the language to start in: from the environment, as chosen earlier, or the system's."""
    chosen = os.environ.get(OVERRIDE) or store.get(SETTING)
    if isinstance(chosen, str):
        return language.closest([chosen])
    return language.closest(QLocale.system().uiLanguages())


def speak(wanted: str) -> None:
    """Switch to a language of LANGUAGES; it holds for everything that is made afterwards."""
    language.use(wanted)
    QLocale.setDefault(locale_of(wanted))
    _translate_qt(wanted)
    QApplication.setFont(with_all_letters(QGuiApplication.font()))


def _translate_qt(wanted: str) -> None:
    """Translate Qt's own dialogs and menus: with Qt's catalog or, for Hindi, which Qt lacks, with ours."""
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
