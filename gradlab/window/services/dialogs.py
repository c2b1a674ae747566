"""The small dialogs that several parts of the window need: where to write, what to open, what went wrong."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget


def ask_where(parent: QWidget, title: str, suggestion: str, kinds: str) -> Path | None:
    """Ask for a file to be written; without an ending it gets that of the suggestion. None: called off."""
    name, _ = QFileDialog.getSaveFileName(parent, title, suggestion, kinds)
    if not name:
        return None
    path = Path(name)
    return path if path.suffix else path.with_suffix(Path(suggestion).suffix)


def ask_which(parent: QWidget, title: str, kinds: str) -> Path | None:
    """Ask for a file to be opened. None: called off."""
    name, _ = QFileDialog.getOpenFileName(parent, title, "", kinds)
    return Path(name) if name else None


def warn(parent: QWidget, text: str, details: str = "") -> None:
    """Say what is wrong, with the details below; whoever calls goes on."""
    box = QMessageBox(QMessageBox.Icon.Warning, "GradLab", text, parent=parent)
    box.setInformativeText(details)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
