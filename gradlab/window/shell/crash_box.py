"""Reports a crash at the next start, with details to copy and pass on."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from gradlab.language import tr
from gradlab.window.services.crash_log import CrashLog


def tell_of_earlier(window: QWidget, log: CrashLog) -> QMessageBox | None:
    """Show the logs of programs that crashed, and return the box; None if there are none."""
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
    copy.clicked.disconnect()  # the box stays open: one sees that it was copied, and can read on
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
    copy.clicked.connect(lambda: copy.setText(tr("Copied")))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
