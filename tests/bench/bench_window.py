"""What the window costs: updates per second beside the same run without it, and how long its event loop waits.

The default panels are open and the training runs as fast as it can. Both rates come from one process, in turns.

Run with ``python3 packaging/make.py bench``.
"""

import os
import statistics
import sys
import tempfile
import time

os.environ["GRADLAB_DATA"] = tempfile.mkdtemp()  # never the user's own settings

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer

from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import State
from gradlab.runs.observed_run import ObservedRun
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


def spin(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def with_window(window: MainWindow, trainer: Trainer, watcher: Watcher, experiment: Experiment) -> float:
    """Updates per second with the window open, after it has settled."""
    window.experiments.open(experiment, "bench")
    while window.lab.state is not State.READY:
        spin(0.05)
    trainer.run_on()
    spin(0.5)
    before, start = window.lab.frame.progress.update, time.perf_counter()
    watcher.start()
    spin(SECONDS)
    watcher.stop()
    rate = (window.lab.frame.progress.update - before) / (time.perf_counter() - start)
    trainer.pause()
    spin(0.2)
    return rate


def main() -> None:
    app = make_application()
    training = TrainingThread()
    training.start()
    window = MainWindow(Appearance(app, "light"), SettingsStore(), training.trainer, make_panels)
    window.resize(1440, 900)
    window.show()
    watcher = Watcher()
    for name, document in WORK.items():
        experiment = endless(document)
        rates: dict[str, list[float]] = {"alone": [], "window": []}
        delays: list[float] = []
        for _ in range(TURNS):
            rates["alone"].append(alone(experiment))
            rates["window"].append(with_window(window, training.trainer, watcher, experiment))
            delays += watcher.delays
        without, together = statistics.median(rates["alone"]), statistics.median(rates["window"])
        late = np.percentile(np.array(delays) * 1000, [50, 99, 100])
        sys.stdout.write(
            f"{name}\n  updates per second: {without:.0f} alone, {together:.0f} with the window, "
            f"ratio {together / without:.2f}\n"
            f"  event loop late by (ms): median {late[0]:.1f}, 99 % under {late[1]:.1f}, most {late[2]:.1f}\n"
        )
        sys.stdout.flush()
    training.shut_down()
    window.close()


if __name__ == "__main__":
    main()
