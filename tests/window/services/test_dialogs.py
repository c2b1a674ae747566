from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from gradlab.window.services.dialogs import confirm, warn
from gradlab.window.shell.exception_box import ExceptionReporter

HTML = "<img src='picture.png'><b>bold</b>"


def shown(window):
    box = window.findChild(QMessageBox)
    labels = [label for label in box.findChildren(QLabel) if "bold" in label.text()]
    formats = {label.textFormat().name for label in labels}
    box.done(0)
    return [label.text() for label in labels], formats


def test_boxes_show_what_a_file_says_letter_by_letter(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    warn(window, "wrong", HTML)
    assert shown(window) == ([HTML], {"PlainText"})


def test_a_question_shows_a_name_letter_by_letter(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    confirm(window, f"Remove {HTML}?", "Remove", lambda: None)
    assert shown(window) == ([f"Remove {HTML}?"], {"PlainText"})


def test_an_exception_is_shown_letter_by_letter(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    reporter = ExceptionReporter(window)
    reporter.report(ValueError, ValueError(HTML), None)
    assert shown(window) == ([HTML], {"PlainText"})
