import sys
import threading

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from gradlab.errors import InputError
from gradlab.window.shell.exception_box import ExceptionReporter


@pytest.fixture
def window(show_widget):
    return show_widget(QWidget())


def raised(error):
    try:
        raise error
    except Exception:
        return sys.exc_info()


def test_an_exception_is_shown_with_details_and_the_program_goes_on(window):
    ExceptionReporter(window).report(*raised(ZeroDivisionError("by nothing")))
    box = window.findChild(QMessageBox)
    assert box.isVisible()
    assert box.informativeText() == "by nothing"
    assert "ZeroDivisionError" in box.detailedText()
    box.close()


def test_bad_input_is_shown_without_a_traceback(window):
    ExceptionReporter(window).report(*raised(InputError("lr = -1; allowed: more")))
    box = window.findChild(QMessageBox)
    assert box.informativeText() == "lr = -1; allowed: more"
    assert box.detailedText() == ""
    box.close()


def test_many_exceptions_open_one_box(window):
    reporter = ExceptionReporter(window)
    for number in range(5):
        reporter.report(*raised(ValueError(number)))
    (box,) = window.findChildren(QMessageBox)
    assert box.informativeText() == "0"
    box.close()


def test_after_the_box_is_closed_the_next_exception_is_shown(window, qtbot):
    reporter = ExceptionReporter(window)
    for text in ("first", "second"):
        reporter.report(*raised(ValueError(text)))
        box = next(each for each in window.findChildren(QMessageBox) if each.isVisible())
        assert box.informativeText() == text
        box.close()


def test_an_exception_on_another_thread_is_shown_on_the_windows_thread(window, qtbot):
    reporter = ExceptionReporter(window)
    thread = threading.Thread(target=lambda: reporter.report(*raised(ValueError("elsewhere"))))
    thread.start()
    thread.join()
    assert window.findChild(QMessageBox) is None
    qtbot.waitUntil(lambda: window.findChild(QMessageBox) is not None)
    window.findChild(QMessageBox).close()


def test_an_exception_in_a_slot_reaches_the_reporter(window, qtbot, monkeypatch):
    class Source(QObject):
        fired = Signal()

    def fail():
        raise ValueError("in a slot")

    monkeypatch.setattr(sys, "excepthook", ExceptionReporter(window).report)
    source = Source()
    source.fired.connect(fail)
    source.fired.emit()
    box = window.findChild(QMessageBox)
    assert box.informativeText() == "in a slot"
    box.close()
