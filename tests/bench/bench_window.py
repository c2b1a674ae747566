"""How alive the window is, and what that costs.

The default panels are open and the training runs as fast as it can. Updates per second are compared with those of
the same run without the window, in turns in one process. Pictures are counted as they are shown, with every panel
that is open in each of them; so are the pixels that are painted for one, and how late the event loop comes.

Run with ``python3 packaging/make.py bench``.
"""

import os
import statistics
import sys
import tempfile
import time
from typing import NamedTuple

os.environ["GRADLAB_DATA"] = tempfile.mkdtemp()  # never the user's own settings

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import State
from gradlab.runs.observed_run import ObservedRun
from gradlab.runs.speed import FASTEST
from gradlab.startup import collector
from gradlab.window.application import make_application
from gradlab.window.panels.catalogue import make_panels
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.shell.main_window import MainWindow
from gradlab.window.theme.style import Appearance
from gradlab.window.training.trainer import Trainer
from gradlab.window.training.training_thread import TrainingThread

SECONDS = 4.0
TURNS = 3
TICK = 0.005

WORK = {
    "2-8-8-2, batch 10, spirals": {
        "data": {"source": "spirals"},
        "model": {"hidden": [8, 8]},
        "batch_size": 10,
    },
    "64-128-128-10, batch 32, digits": {"model": {"hidden": [128, 128]}, "batch_size": 32},
    "CNN 8-16, batch 32, digits": {"model": {"kind": "cnn", "hidden": [8, 16]}, "batch_size": 32},
}


def endless(document: dict) -> Experiment:
    training = {"epochs": 1_000_000, "batch_size": document["batch_size"], "device": "cpu"}
    sections = {key: value for key, value in document.items() if key != "batch_size"}
    return build({**sections, "training": training, "optimizer": {"lr": 0.01}})


def alone(experiment: Experiment) -> float:
    """Updates per second of a session that nobody looks at."""
    session = ObservedRun(experiment)
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        session.step_update()
    return session.run.counters.updates / SECONDS


class Watcher:
    """Notes how late each tick of a timer comes: that is how long the window would not have answered."""

    def __init__(self) -> None:
        self.delays: list[float] = []
        self._due = 0.0
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.delays.clear()
        self._next()

    def stop(self) -> None:
        self._timer.stop()

    def _next(self) -> None:
        self._due = time.perf_counter() + TICK
        self._timer.start(round(TICK * 1000))

    def _tick(self) -> None:
        self.delays.append(max(time.perf_counter() - self._due, 0.0))
        self._next()


class PaintedPixels(QObject):
    """Counts the pixels that all widgets paint, each as often as it is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.count += sum(rect.width() * rect.height() for rect in event.region())
        return False


def spin(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


class Seen(NamedTuple):
    """What was seen of a run: updates per second, and the moments at which pictures came."""

    rate: float
    moments: np.ndarray


def with_window(window: MainWindow, trainer: Trainer, watcher: Watcher, experiment: Experiment) -> Seen:
    """Train with the window open, after it has settled."""
    window.experiments.open(experiment, "bench")
    while window.lab.state is not State.READY:
        spin(0.05)
    trainer.run_on()
    spin(1.0)
    moments: list[float] = []
    note = window.lab.snapshot_shown.connect(lambda _: moments.append(time.perf_counter()))
    before, start = window.lab.frame.progress.update, time.perf_counter()
    watcher.start()
    spin(SECONDS)
    watcher.stop()
    rate = (window.lab.frame.progress.update - before) / (time.perf_counter() - start)
    window.lab.snapshot_shown.disconnect(note)
    trainer.pause()
    spin(0.2)
    return Seen(rate, np.array(moments))


def painted_per_picture(app: QApplication, window: MainWindow, trainer: Trainer) -> float:
    """Return how many pixels are painted for a picture; apart from the times, as counting takes a while."""
    pixels = PaintedPixels()
    trainer.run_on()
    spin(0.3)
    before = window.lab.snapshot.serial
    app.installEventFilter(pixels)
    spin(2.0)
    app.removeEventFilter(pixels)
    trainer.pause()
    spin(0.2)
    return pixels.count / max(window.lab.snapshot.serial - before, 1)


def main() -> None:
    collector.rest()  # as the program does; the trainer begins it
    app = make_application()
    training = TrainingThread()
    training.start()
    window = MainWindow(Appearance(app, "light"), SettingsStore(), training.trainer, make_panels)
    window.resize(1440, 900)
    window.show()
    window.lab.control.choose_speed(FASTEST)
    watcher = Watcher()
    for name, document in WORK.items():
        experiment = endless(document)
        without, together, delays, gaps, pictures = [], [], [], [], []
        for _ in range(TURNS):
            without.append(alone(experiment))
            seen = with_window(window, training.trainer, watcher, experiment)
            together.append(seen.rate)
            delays += watcher.delays
            gaps += list(np.diff(seen.moments))
            pictures.append(len(seen.moments) / SECONDS)
        pixels = painted_per_picture(app, window, training.trainer)
        alone_rate, rate = statistics.median(without), statistics.median(together)
        late = np.percentile(np.array(delays) * 1000, [50, 99, 100])
        sys.stdout.write(
            f"{name}\n  pictures per second: {statistics.median(pictures):.1f}; "
            f"gaps (ms): median {1000 * statistics.median(gaps):.0f}, "
            f"95 % under {1000 * np.percentile(gaps, 95):.0f}\n"
            f"  updates per second: {alone_rate:.0f} alone, {rate:.0f} with the window, "
            f"ratio {rate / alone_rate:.2f}\n"
            f"  event loop late by (ms): median {late[0]:.1f}, 99 % under {late[1]:.1f}, most {late[2]:.1f}\n"
            f"  painted for a picture: {pixels / 1e6:.2f} million pixels; "
            f"the window has {window.width() * window.height() / 1e6:.2f}\n"
        )
        sys.stdout.flush()
    training.shut_down()
    window.close()


if __name__ == "__main__":
    main()
