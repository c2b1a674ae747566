"""The application: it owns the window and the thread that trains, and ends both in the right order.

What takes a while to load is imported where it is used, once the window is painted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from gradlab.folders import runs_folder
from gradlab.resources import resource
from gradlab.startup.linking import linking
from gradlab.startup.turns import postponed
from gradlab.window.panels.catalogue import drawings, make_panels
from gradlab.window.services import accessible
from gradlab.window.services.crash_log import CrashLog
from gradlab.window.services.desktop import on_desktop
from gradlab.window.services.os_signals import watched_signals
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.services.turns import in_turns, when_painted
from gradlab.window.shell.crash_box import tell_of_earlier
from gradlab.window.shell.exception_box import ExceptionReporter
from gradlab.window.shell.main_window import MainWindow
from gradlab.window.shell.panels_ahead import MakePanels
from gradlab.window.shell.speech import first_language, speak
from gradlab.window.theme.fonts import keep_silent
from gradlab.window.theme.style import Appearance
from gradlab.window.training.training_thread import TrainingThread

if TYPE_CHECKING:
    from gradlab.experiment.schema import Experiment


def run(argv: list[str]) -> int:
    """Run the application until its window is closed; return the exit code."""
    with ExitStack() as ending:
        crash = ending.enter_context(CrashLog())
        app = make_application(ending.close)
        return run_window(app, make_training(), make_panels, [Path(text) for text in argv], crash)


def make_training() -> TrainingThread:
    """Return a training that keeps its runs in this person's folder."""

    def new_folder(experiment: Experiment) -> Path | None:
        from gradlab.runs.store import RunStore

        return RunStore(runs_folder()).new_folder(experiment)

    return TrainingThread(new_folder)


def make_application(leave: Callable[[], object] = lambda: None) -> QApplication:
    """Return the one QApplication, with its name and icon.

    Without a desktop the program ends here, with a line that says so; ``leave`` is called before.
    """
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else _new_application(leave)
    app.setApplicationName("GradLab")
    app.setDesktopFileName("gradlab")
    keep_silent()
    app.setWindowIcon(QIcon(str(resource("icons", "gradlab.svg"))))
    accessible.install()
    return app


def _new_application(leave: Callable[[], object]) -> QApplication:
    return on_desktop(lambda: QApplication(["gradlab"]), leave)


def run_window(
    app: QApplication,
    training: TrainingThread,
    make_panels: MakePanels,
    paths: Sequence[Path] = (),
    crash: CrashLog | None = None,
    *,
    opened: Callable[[MainWindow], None] = lambda window: None,
) -> int:
    """Show the window until it is closed, then end the training and wait for its end.

    Args:
        app: the one application.
        training: started once the window is there, and shut down here.
        make_panels: makes the panels of the lab.
        paths: files to open; only the first one is.
        crash: the log that holds earlier crashes, and notes exceptions.
        opened: called with the window before it is painted.

    Returns:
        The exit code: 0, or 130 or 143 where Ctrl+C or SIGTERM closed the window.
    """
    store = SettingsStore()
    speak(first_language(store))
    appearance = Appearance(app, store.theme(), large=store.get("projector") is True)
    window = MainWindow(appearance, store, training.trainer, make_panels)
    reporter = ExceptionReporter(window, crash)
    previous_hook, sys.excepthook = sys.excepthook, reporter.report
    loading = postponed(chain(load_panels(), window.pages.late_lab.preparations()))
    window.show()

    # Behind the painted window: people see it at once, the libraries load meanwhile. torch comes last, in a thread
    # of its own: loading two things at a time takes as long, and holds the window up for as long as both.
    openings: list[Callable[[], object]] = [partial(window.experiments.open_file, path) for path in paths[:1]]
    if crash is not None:
        openings.append(partial(tell_of_earlier, window, crash))
    openings.append(training.start)
    when_painted(window, partial(in_turns, window, chain(loading, openings)))
    opened(window)
    with watched_signals(app) as signals:
        try:
            code = app.exec()
        finally:
            training.shut_down()
            sys.excepthook = previous_hook
            appearance.deleteLater()
            window.deleteLater()
    return code or signals.exit_code


def load_panels() -> Iterator[Callable[[], object]]:
    """Yield what loads the panels' modules and the plots below them, in pieces."""
    for name in ("pyqtgraph", "numpy.random", "gradlab.window.lab.page"):
        yield partial(import_module, name)
    # After all that bring libraries of their own: the system links one at a time, and they would have to wait.
    yield linking.begin
    for module in drawings():
        yield partial(import_module, module)
    yield _describe_settings


def _describe_settings() -> None:
    """Fill all registries, which the form needs; each imports its modules."""
    from gradlab.experiment.schema import Experiment
    from gradlab.experiment.settings import by_key

    by_key(Experiment)
