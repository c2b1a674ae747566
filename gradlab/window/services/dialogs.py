"""Small dialogs that several parts of the window need: they ask for files and names, and say what went wrong."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel, QMessageBox, QWidget

from gradlab.errors import InputError
from gradlab.language import tr


def ask_where(parent: QWidget, title: str, suggestion: str, kinds: str) -> Path | None:
    """Ask for a file to write; one without an ending gets that of the suggestion. None if cancelled."""
    name, _ = QFileDialog.getSaveFileName(parent, title, suggestion, kinds)
    if not name:
        return None
    path = Path(name)
    return path if path.suffix else path.with_suffix(Path(suggestion).suffix)


def ask_which(parent: QWidget, title: str, kinds: str) -> Path | None:
    """Ask for a file to open. None if cancelled."""
    name, _ = QFileDialog.getOpenFileName(parent, title, "", kinds)
    return Path(name) if name else None


def ask_name(parent: QWidget, title: str, name: str = "") -> str:
    """Ask for a name, suggesting ``name``; empty if cancelled."""
    given, sure = QInputDialog.getText(parent, title, tr("Name:"), text=name)
    return given if sure else ""


def confirm(parent: QWidget, question: str, deed: str, do: Callable[[], object]) -> None:
    """Ask before doing something that cannot be undone; ``deed`` is the word on the button that does it."""
    box = QMessageBox(QMessageBox.Icon.Question, "GradLab", question, parent=parent)
    yes = box.addButton(deed, QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton(QMessageBox.StandardButton.Cancel)
    show_as_it_is(box)
    box.setDefaultButton(no)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    yes.clicked.connect(lambda _: do())
    box.open()


def warn(parent: QWidget, text: str, details: str = "") -> None:
    """Say what is wrong, with the details below, without waiting for an answer."""
    box = QMessageBox(QMessageBox.Icon.Warning, "GradLab", text, parent=parent)
    box.setInformativeText(details)
    show_as_it_is(box)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def show_as_it_is(box: QMessageBox) -> None:
    """Show the texts of a box letter by letter: what comes from a file may look like HTML, and name pictures."""
    for label in box.findChildren(QLabel):
        label.setTextFormat(Qt.TextFormat.PlainText)


def attempt(parent: QWidget, do: Callable[[], object]) -> None:
    """Run an action; if it fails, say why."""
    try:
        do()
    except InputError as error:
        warn(parent, tr("That did not work."), str(error))
    except OSError as error:
        warn(parent, tr("The file could not be written."), str(error.strerror))
