import signal
import sys
import threading

import pytest
from fresh_python import printed_by
from PySide6.QtCore import QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication

from gradlab.experiment import files
from gradlab.experiment.schema import Experiment
from gradlab.window.application import run_window
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.shell.main_window import MainWindow


class BusyThread(QThread):
    """A thread that works until it is asked to end."""

    def __init__(self, trainer):
        super().__init__()
        self.trainer = trainer
        self.end = threading.Event()
        self.work = 0

    def run(self):
        while not self.end.wait(0.001):
            self.work += 1

    def shut_down(self):
        self.end.set()
        self.wait()


def main_window():
    return next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow))


@pytest.fixture
def run(qapp, trainer, make_panels):
    """Run the application with a busy thread; do something once it is open, then close the window."""

    def run(do=lambda window: None, paths=(), close=True):
        busy = BusyThread(trainer)

        def act():
            if not busy.work:  # it begins when everything else is loaded
                QTimer.singleShot(20, act)
                return
            window = main_window()
            do(window)
            if close:
                window.close()

        QTimer.singleShot(20, act)
        code = run_window(qapp, busy, make_panels, paths)
        return code, busy

    yield run
    qapp.setStyleSheet("")


def test_closing_the_window_ends_the_running_thread(run):
    code, busy = run()
    assert code == 0
    assert busy.work > 0
    assert busy.isFinished()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_closes_the_window_as_a_click_would(run, number, code):
    before = signal.getsignal(number)
    ended, busy = run(lambda _: signal.raise_signal(number), close=False)
    assert ended == code
    assert busy.isFinished()
    assert SettingsStore().get("geometry")
    assert signal.getsignal(number) is before


def test_a_file_named_at_the_start_is_opened(run, trainer, tmp_path):
    path = tmp_path / "x.toml"
    experiment = Experiment().with_value("seed", 7)
    path.write_text(files.dumps(experiment))
    shown = []
    run(lambda window: shown.append(window.lab.isVisible()), [path])
    assert trainer.named("load") == [(experiment,)]
    assert shown == [True]


def test_the_hook_for_exceptions_is_put_back(run):
    before = sys.excepthook
    run()
    assert sys.excepthook is before


def test_the_entry_module_does_not_import_qt():
    code = "import sys, gradlab.window.entry; print('PySide6' in sys.modules)"
    assert printed_by(code) == "False\n"


def test_modules_are_imported_without_a_look_into_their_source():
    code = """
import linecache
from gradlab.window import entry
entry.begin()
import fractions
print([name for name in linecache.cache if "fractions" in name])
"""
    assert printed_by(code) == "[]\n"


def test_the_window_is_painted_before_anything_that_takes_time_begins(qapp, trainer, make_panels):
    order = []

    class Painted(QObject):
        def eventFilter(self, watched, event):  # noqa: N802 (Qt's name)
            if event.type() == QEvent.Type.Paint and isinstance(watched, MainWindow):
                order.append("painted")
            return False

    def slow_panels():
        order.append("panels")
        return make_panels()

    def start():
        order.append("trainer")
        QThread.start(busy)
        QTimer.singleShot(0, main_window().close)

    busy, watch = BusyThread(trainer), Painted()
    busy.start = start
    qapp.installEventFilter(watch)
    try:
        assert run_window(qapp, busy, slow_panels) == 0
    finally:
        qapp.removeEventFilter(watch)
        qapp.setStyleSheet("")
    assert list(dict.fromkeys(order)) == ["painted", "panels", "trainer"]


def test_the_window_needs_nothing_that_takes_a_while_to_load():
    code = """
import sys
import gradlab.window.application
print(sorted({"torch", "numpy", "pydantic", "pyqtgraph", "sklearn", "gradlab.window.lab.page"} & set(sys.modules)))
"""
    assert printed_by(code) == "[]\n"


def test_nothing_that_takes_a_while_is_loaded_before_the_window_is_painted():
    code = """
import sys
from gradlab.window import application
from gradlab.window.panels.catalogue import make_panels
from gradlab.window.services.turns import when_painted
app = application.make_application()
def look(window):
    late = {"torch", "numpy", "pydantic", "pyqtgraph", "gradlab.runs.worker"}
    print(sorted(late & set(sys.modules)))
    window.close()
def opened(window):
    when_painted(window, lambda: look(window))
application.run_window(app, application.make_training(), make_panels, opened=opened)
"""
    assert printed_by(code) == "[]\n"
