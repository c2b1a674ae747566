"""Whether a million updates are drawn as fast as a thousand, and how much memory they take.

Draws a frame of the loss panel and of the timeline as they come while a run goes on: with new points at
the end each time. Prints times, their ratios, and the memory of the recorded curves. Run with
``python3 packaging/make.py bench``.
"""

import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["GRADLAB_DATA"] = tempfile.mkdtemp()  # never the user's own settings

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget

from gradlab.instruments.records import Curves, Frame, Progress, Timeline
from gradlab.instruments.thinning import ThinnedPoints
from gradlab.window.application import make_application
from gradlab.window.panels.gradients.panel import GradientsPanel
from gradlab.window.panels.loss.panel import LossPanel
from gradlab.window.theme.style import Appearance

FEW, MANY = 1_000, 1_000_000
FRAMES = 60
FRESH = 100  # updates between two frames
LAYERS = 8
COLUMNS = 2048  # of a timeline, at the most


class Run:
    """A made-up run that goes on."""

    def __init__(self) -> None:
        self.points = ThinnedPoints()
        self.updates = 0
        self._chance = np.random.default_rng(0)

    def go_on(self, updates: int) -> None:
        losses = self._chance.exponential(1.0, updates).tolist()
        for loss in losses:
            self.updates += 1
            update = self.updates
            self.points.append((update, update / 1000, 32 * update, update / 5000, loss, loss))

    def frame(self) -> Frame:
        points = self.points.so_far()
        curves = Curves(
            update=points.update,
            update_epoch=points.epoch,
            update_samples=points.samples,
            update_seconds=points.seconds,
            update_loss=points.loss,
            update_mean=points.total / points.finite,
            grad_norm=points.norm,
        )
        columns = min(self.updates, COLUMNS)
        places = np.linspace(1, self.updates, columns)
        rms = self._chance.uniform(1e-4, 1, (LAYERS, columns))
        timeline = Timeline(tuple(f"layer{number}" for number in range(LAYERS)), places, rms)
        progress = Progress(epochs=2000, update=self.updates)
        return Frame(progress=progress).holding(curves, timeline)


def seconds_per_frame(panel: QWidget, updates: int) -> float:
    """Return the median time from a frame's arrival until it is painted."""
    run, times = Run(), []
    run.go_on(updates)
    for _ in range(FRAMES):
        run.go_on(FRESH)
        frame = run.frame()
        start = time.perf_counter()
        panel.show_frame(frame)
        panel.repaint()
        QApplication.processEvents()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure(name: str, make: Callable[[], QWidget]) -> None:
    panels = [make(), make()]
    for panel in panels:
        panel.resize(900, 420)
        panel.show()
    few, many = (
        seconds_per_frame(panel, updates) for panel, updates in zip(panels, (FEW, MANY), strict=True)
    )
    sys.stdout.write(
        f"{name}: {few * 1e3:.1f} ms after {FEW:,} updates, {many * 1e3:.1f} ms after {MANY:,}, "
        f"ratio {many / few:.2f}\n"
    )
    for panel in panels:
        panel.close()


def memory(updates: int) -> float:
    """Return the memory of a recorder after so many updates, in MB."""
    tracemalloc.start()
    run = Run()
    for _ in range(updates // 10_000):
        run.go_on(10_000)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return used / 1e6


def main() -> None:
    app = make_application()
    Appearance(app, "light")

    def timeline() -> GradientsPanel:
        panel = GradientsPanel()
        panel.head.tabs.setCurrentIndex(1)
        return panel

    measure("loss panel", LossPanel)
    measure("timeline", timeline)
    short, long = memory(100_000), memory(1_000_000)
    sys.stdout.write(
        f"recorded curves: {short:.1f} MB after 100,000 updates, {long:.1f} MB after 1,000,000, "
        f"ratio {long / short:.2f}\n"
    )


if __name__ == "__main__":
    main()
