"""About GradLab: what it is, what it runs on, and the licences of all its parts."""

import logging
import platform
from importlib import metadata

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gradlab import __version__, debug_log
from gradlab.language import tr
from gradlab.window.services.licences import parts
from gradlab.window.shell.welcome import PROMISE
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label, push_button

SIZE = QSize(680, 460)
log = logging.getLogger(__name__)


class AboutDialog(QDialog):
    """Three pages: about, versions to copy into a report, licences."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About GradLab"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(SIZE)
        self.pages = QTabWidget()
        self.pages.addTab(self._about(), tr("About"))
        self.pages.addTab(self._versions(), tr("Versions"))
        self.pages.addTab(self._licences(), tr("Licences"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.pages, 1)
        column.addWidget(buttons)

    def _about(self) -> QWidget:
        page = QWidget()
        logo = QLabel()
        logo.setPixmap(QGuiApplication.windowIcon().pixmap(96, 96))
        free = tr(
            "Free software under the MIT licence. It needs no account, sends nothing to anybody, and "
            "never asks the network for anything."
        )
        name, promise = label(f"GradLab {__version__}", "heading"), label(tr(PROMISE), "lead", wrap=True)
        words = fill(QVBoxLayout(), name, promise, label(free, "muted", wrap=True), None)
        logo_at_top = logo, 0, Qt.AlignmentFlag.AlignTop
        fill(QHBoxLayout(page), logo_at_top, (words, 1), spacing=20, margins=(20, 20, 20, 20))
        return page

    def _versions(self) -> QWidget:
        page = QWidget()
        self.versions = _text(tr("Versions"))
        self.versions.setPlainText(versions())
        self.copy = push_button(tr("Copy"), glyph="")
        self.copy.setToolTip(tr("Copy the versions, to pass them on with a question or a report."))
        self.copy.clicked.connect(self._copy)
        column = QVBoxLayout(page)
        column.addWidget(self.versions, 1)
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        return page

    def _licences(self) -> QWidget:
        page = QWidget()
        self._parts = parts()
        self.parts = QListWidget()
        self.parts.setAccessibleName(tr("What GradLab is made of"))
        self.parts.setToolTip(tr("Choose a part to read its licence."))
        self.parts.addItems(
            [f"{part.name}: {part.licence}" if part.licence else part.name for part in self._parts]
        )
        self.licence = _text(tr("Text of the licence"))
        self.parts.currentRowChanged.connect(self._show_licence)
        self.parts.setCurrentRow(0)
        row = QHBoxLayout(page)
        row.addWidget(self.parts, 2)
        row.addWidget(self.licence, 3)
        return page

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.versions.toPlainText())
        self.copy.setText(tr("Copied"))

    @Slot(int)
    def _show_licence(self, row: int) -> None:
        self.licence.setPlainText(self._parts[row].read() or tr("Its text is not included."))


def _text(name: str) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setReadOnly(True)
    made.setAccessibleName(name)
    made.setTabChangesFocus(True)
    made.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    return made


def versions() -> str:
    """Return the versions that matter in a bug report, one per line."""
    lines = [f"GradLab {__version__}", f"Python {platform.python_version()}"]
    for package in ("torch", "PySide6-Essentials", "pyqtgraph", "numpy", "scikit-learn"):
        try:
            lines.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            log.info("%s has no version", package)
    lines.append(platform.platform())
    if (path := debug_log.path()) is not None:
        lines.append(f"log: {path}")
    return "\n".join(lines)
