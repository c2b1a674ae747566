"""Tells at the next start that the program crashed, and lets people pass the details on."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from gradlab.language import tr
from gradlab.window.services.crash_log import CrashLog


def tell_of_earlier(window: QWidget, log: CrashLog) -> QMessageBox | None:
    """Show what programs that crashed have left, once; None where there is nothing."""
    details = log.earlier()
    if not details:
        return None
    box = QMessageBox(
        QMessageBox.Icon.Warning,
        "GradLab",
        tr("GradLab ended unexpectedly the last time."),
        QMessageBox.StandardButton.Close,
        window,
    )
    box.setInformativeText(
        tr(
            "Your runs are kept. If it happens again, copy the details and pass them on to whoever looks after "
            "GradLab: they say where it was, and nothing about you or your data."
        )
    )
    box.setDetailedText(details)
    copy = box.addButton(tr("Copy details"), QMessageBox.ButtonRole.ActionRole)
    copy.clicked.disconnect()  # stay open: people see that it is copied, and go on reading
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
    copy.clicked.connect(lambda: copy.setText(tr("Copied")))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
