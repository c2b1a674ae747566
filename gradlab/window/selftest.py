"""The window's part of the self-test: ``gradlab --selftest`` opens it, trains in it and draws every panel.

Like the window it imports slow modules only after the first painting, since it measures how long that takes.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gradlab import selftest
from gradlab.folders import runs_folder
from gradlab.language import LANGUAGES, current
from gradlab.runs.speed import FASTEST
from gradlab.selftest import LocalOnly, Report, SelfTestError
from gradlab.window.application import make_application, make_training, run_window
from gradlab.window.panels.catalogue import make_panels
from gradlab.window.services.turns import when_painted
from gradlab.window.shell.main_window import MainWindow

BEAT_MS = 10
LONGEST_WAIT_SECONDS = 90.0
FEWEST_COLOURS = 4  # an empty panel has only that of its background
Wait = tuple[str, Callable[[], bool]]


def main() -> int:
    """Test this installation; return the exit code: 0 fine, 1 where something does not work."""
    report, local = Report(), LocalOnly()
    with TemporaryDirectory(prefix="gradlab-selftest-") as folder:
        os.environ["GRADLAB_DATA"] = folder  # the person's own settings and runs are left alone
        try:
            interrupted = _in_the_window(report)
            selftest.check_resuming(interrupted, Path(folder) / "fresh")
            report.tell("resumed")
            selftest.check_languages()
            local.check()
        except SelfTestError as error:
            return report.fail(error)
    report.tell("done")
    return 0


def _in_the_window(report: Report) -> Path:
    """Do everything that needs the window; return the folder of a run that was left in its middle."""
    app = make_application()
    script = Script(app, report)
    run_window(app, make_training(), make_panels, opened=script.take_window)
    if script.failure is not None:
        raise script.failure
    return script.interrupted


class Script(QObject):
    """Does one thing after another in the open window, and closes it.

    Attributes:
        failure: what went wrong, or None.
        interrupted: folder of the run that was left in its middle.
    """

    def __init__(self, app: QApplication, report: Report) -> None:
        super().__init__(app)
        self.failure: SelfTestError | None = None
        self.interrupted = Path()
        self._app = app
        self._report = report
        self._window: MainWindow | None = None
        self._scenes = self._play()
        self._wait: Wait = (
            "the lab",
            lambda: self._window is not None and self._window.pages.late_lab.is_built,
        )
        self._deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        self._last_beat = 0.0
        self._stall = 0.0
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def take_window(self, window: MainWindow) -> None:
        """Start once this window is painted: only then can it be seen."""
        when_painted(window, partial(self._begin, window))

    def _begin(self, window: MainWindow) -> None:
        self._window = window
        self._report.tell("window")
        self._last_beat = time.perf_counter()
        sys.excepthook = self._take_exception

    def _beat(self) -> None:
        """Go on once the awaited condition holds. Between two beats the window stood still."""
        now = time.perf_counter()
        if self._last_beat:
            self._stall = max(self._stall, now - self._last_beat)
        self._last_beat = now
        if self._has_failed():
            self._end(SelfTestError(f"training failed: {self._notice()}"))
        elif self._wait[1]():
            self._go_on()
        elif time.monotonic() > self._deadline:
            self._end(SelfTestError(f"waited {LONGEST_WAIT_SECONDS:.0f} s for {self._wait[0]}"))

    def _has_failed(self) -> bool:
        if self._window is None or not self._window.pages.late_lab.is_built:
            return False
        from gradlab.instruments.records import State

        return self._window.lab.state is State.FAILED

    def _notice(self) -> str:
        assert self._window is not None
        notice = self._window.lab.snapshot.notice
        return notice.text if notice else "for no known reason"

    def _go_on(self) -> None:
        try:
            self._wait = next(self._scenes)
        except StopIteration:
            self._end()
        except SelfTestError as error:
            self._end(error)
        self._deadline = time.monotonic() + LONGEST_WAIT_SECONDS

    def _end(self, failure: SelfTestError | None = None) -> None:
        self._timer.stop()
        self.failure = self.failure or failure
        if self._window is not None:
            self._window.close()
        self._app.quit()

    def _take_exception(
        self, kind: type[BaseException], error: BaseException, where: TracebackType | None
    ) -> None:
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f" in {where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else ""
        self._end(SelfTestError(f"{kind.__name__}: {error}{place}"))

    # --- what is done ------------------------------------------------------------------------------------

    def _play(self) -> Iterator[Wait]:
        """Play scene after scene; yield what to wait for in between."""
        from gradlab.instruments.records import State

        assert self._window is not None
        lab = self._window.lab
        lab.control.choose_speed(FASTEST)
        for name in selftest.MODELS:
            experiment = selftest.experiment(name)
            self._window.experiments.open(experiment, experiment.name)
            yield from self._pause("the experiment", lambda: lab.state is State.READY)
            lab.commands.run.trigger()
            yield "the first update", lambda: lab.transport.progress.value() > 0
            if name == next(iter(selftest.MODELS)):
                self._report.tell("first update", stall=round(self._stall, 3))
            yield from self._pause(f"the end of training {name}", lambda: lab.state is State.FINISHED)
            self._report.tell("trained", model=name)
            yield from self._draw_all(name)
        yield from self._read_lessons()
        yield from self._interrupt()

    def _pause(self, words: str, condition: Callable[[], bool]) -> Iterator[Wait]:
        """Wait for a condition, ignoring frames of the run before."""
        until = time.perf_counter() + 0.1
        yield words, lambda: time.perf_counter() > until and condition()

    def _draw_all(self, model: str) -> Iterator[Wait]:
        assert self._window is not None
        bench = self._window.lab.panels
        for name, dock in bench.docks.items():
            bench.show_panel(name)
            yield f"the panel {name}", dock.panel.isVisible
            yield from self._pause(f"the panel {name}", lambda: True)
            if not is_drawn(dock.panel):
                raise SelfTestError(f"the panel {name} stays empty after training {model}")
        self._report.tell("panels", model=model, count=len(bench.docks))

    def _read_lessons(self) -> Iterator[Wait]:
        """Open the first lesson in each language: text, experiment and panels."""
        from gradlab.instruments.records import State

        window = self._window
        assert window is not None
        for language in LANGUAGES:
            window.choose_language(language)
            yield from self._pause(f"the language {language}", partial(_speaks, language))
            window.pages.show_lessons()
            lessons = window.pages.lessons
            lesson = lessons.catalogue.lessons[0]
            lessons.open(lesson.id)
            yield from self._pause("the lesson", lambda: window.lab.state is State.READY)
            if language not in lesson.texts:
                raise SelfTestError(f"the lesson {lesson.id} is not there in {language}")
            if not is_drawn(lessons.steps.panel):
                raise SelfTestError(f"the lesson {lesson.id} stays empty in {language}")
            self._report.tell("lesson", language=language, title=window.windowTitle())

    def _interrupt(self) -> Iterator[Wait]:
        """Leave a run after its first epoch; closing the window then records that it was interrupted."""
        from gradlab.instruments.records import State

        assert self._window is not None
        lab = self._window.lab
        before = set(runs_folder().iterdir())
        experiment = selftest.experiment("mlp")
        self._window.experiments.open(experiment, experiment.name)
        yield from self._pause("the experiment", lambda: lab.state is State.READY)
        lab.commands.step_epoch.trigger()
        yield from self._pause("the first epoch", lambda: lab.state is State.PAUSED)
        begun = set(runs_folder().iterdir()) - before
        if len(begun) != 1:
            raise SelfTestError(f"the run left {len(begun)} folders in {runs_folder()}")
        [self.interrupted] = begun


def _speaks(language: str) -> bool:
    return current() == language


def is_drawn(widget: QWidget) -> bool:
    """Return whether a widget shows anything but its background."""
    image = widget.grab().toImage()
    rows, columns = range(0, image.height(), 3), range(0, image.width(), 3)
    return len({image.pixel(x, y) for y in rows for x in columns}) >= FEWEST_COLOURS
