"""Pictures of the main views, in both themes and two sizes: ``python -m gradlab.window.screenshots --out DIR``.

The runs in them are real. ``QT_QPA_PLATFORM=offscreen`` needs no screen.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from gradlab.experiment import files
from gradlab.instruments.records import State
from gradlab.resources import resource
from gradlab.runs.speed import FASTEST
from gradlab.window.application import make_application
from gradlab.window.panels.catalogue import make_panels
from gradlab.window.panels.flow.panel import FlowPanel
from gradlab.window.panels.landscape.panel import LandscapePanel
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.shell.main_window import MainWindow
from gradlab.window.theme.style import Appearance, ThemeChoice
from gradlab.window.training.training_thread import TrainingThread

SIZES = ((1280, 720), (1440, 900))
THEMES: tuple[ThemeChoice, ...] = ("light", "dark")
SETTLE_SECONDS = 0.4
LONGEST_RUN_SECONDS = 120.0
STARTED = (State.READY, State.FAILED)
ENDED = (State.FINISHED, State.FAILED)


class Photographer:
    """Opens views and saves a picture of each, in every theme and size."""

    def __init__(self, window: MainWindow, appearance: Appearance, folder: Path) -> None:
        self._window = window
        self._appearance = appearance
        self._folder = folder

    def take_all(self) -> None:
        """Take every picture."""
        self._take("welcome")
        self._window.experiments.return_to_lab()
        self._window.lab.control.choose_speed(FASTEST)
        self._wait_for(STARTED)
        self._take("lab-ready")
        for path in sorted(resource("experiments").glob("*.toml")):
            self._run(path)
            self._take(f"lab-{path.stem}")
        self._put_runs_side_by_side()
        self._take("lab-side-by-side")
        self._window.lab.panels.reset_layout()
        self._window.lab.form.body.unfold(True)
        self._window.lab.form.fields["model.kind"].editor.setFocus()
        self._take("lab-more")
        self._window.lab.form.body.unfold(False)
        self._map_the_loss()
        self._take("lab-landscape")
        self._window.lab.panels.reset_layout()
        self._watch_the_flow()
        self._take("lab-flow")
        self._window.lab.panels.reset_layout()
        self._watch_the_layers()
        self._take("lab-activations")
        self._window.lab.panels.reset_layout()
        self._step_into_an_update()
        self._take("lab-phases")
        self._window.lab.panels.reset_layout()
        self._find_what_is_wrong()
        self._take("lab-diagnosis")

    def _put_runs_side_by_side(self) -> None:
        """Give both runs of the race panels of their own."""
        self._run(resource("experiments", "7-zeroed-or-not.toml"))
        self._window.lab.panels.bus.side_by_side.set(True)

    def _map_the_loss(self) -> None:
        """Train on the moons and compute the landscape around what was learned."""
        self._run(resource("experiments", "4-moons.toml"))
        self._window.lab.panels.show_panel("landscape")
        panel = cast(LandscapePanel, self._window.lab.panels.docks["landscape"].panel)
        panel.head.button.click()
        settle(LONGEST_RUN_SECONDS, lambda: panel.is_complete)

    def _watch_the_flow(self) -> None:
        """Train with accumulation while the flow of the gradients is measured."""
        self._window.lab.panels.show_panel("flow")
        panel = cast(FlowPanel, self._window.lab.panels.docks["flow"].panel)
        self._run(resource("experiments", "3-accumulate.toml"))
        panel.view.setCurrentText("Update ratio")

    def _watch_the_layers(self) -> None:
        """Train so fast that units die."""
        self._window.lab.panels.show_panel("activations")
        digits = files.load(resource("experiments", "1-digits.toml"))
        self._window.experiments.open(digits.with_value("optimizer.lr", 0.6), digits.name)
        self._wait_for(STARTED)
        self._window.lab.commands.run.trigger()
        self._wait_for(ENDED)

    def _step_into_an_update(self) -> None:
        """Step to the phase in which an update's second and last batch has just been added to the buffer."""
        moons = files.load(resource("experiments", "4-moons.toml"))
        self._window.experiments.open(moons.with_value("gradients.accumulate", 2), moons.name)
        self._wait_for(STARTED)
        for _ in ("zero", "forward", "backward", "forward", "backward"):
            self._window.lab.commands.step_phase.trigger()
            self._wait_for((State.PAUSED,))

    def _find_what_is_wrong(self) -> None:
        """Train without zeroing the gradients, and open what is found."""
        digits = files.load(resource("experiments", "1-digits.toml"))
        self._window.experiments.open(digits.with_value("gradients.zero", "never"), digits.name)
        self._wait_for(STARTED)
        self._window.lab.commands.run.trigger()
        self._wait_for(ENDED)
        self._window.lab.strip.click()

    def _run(self, path: Path) -> None:
        self._window.experiments.open_file(path)
        self._wait_for(STARTED)
        self._window.lab.commands.run.trigger()
        self._wait_for(ENDED)

    def _wait_for(self, states: tuple[State, ...]) -> None:
        # The old run's last frame may still be the newest one.
        settle(SETTLE_SECONDS)
        settle(LONGEST_RUN_SECONDS, lambda: self._window.lab.state in states)
        settle(SETTLE_SECONDS)

    def _take(self, name: str) -> None:
        for theme in THEMES:
            self._appearance.choose(theme)
            for width, height in SIZES:
                self._window.resize(width, height)
                settle(SETTLE_SECONDS)
                self._window.grab().save(str(self._folder / f"{name}-{theme}-{width}x{height}.png"))


def settle(seconds: float, done: Callable[[], bool] = lambda: False) -> None:
    """Run the event loop until ``done``, but no longer than this."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not done():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.005)


@contextmanager
def open_window(appearance: Appearance, settings: Path) -> Iterator[MainWindow]:
    """Open a window with a trainer of its own; end both afterwards."""
    training = TrainingThread()
    window = MainWindow(appearance, SettingsStore(settings), training.trainer, make_panels)
    training.start()
    window.show()
    try:
        yield window
    finally:
        window.close()
        training.shut_down()


def main(argv: list[str]) -> int:
    """Take the pictures; return the exit code."""
    parser = argparse.ArgumentParser(description="Write pictures of the main views.")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    folder: Path = parser.parse_args(argv).out
    folder.mkdir(parents=True, exist_ok=True)
    appearance = Appearance(make_application(), "light")
    with TemporaryDirectory() as settings, open_window(appearance, Path(settings) / "window.json") as window:
        Photographer(window, appearance, folder).take_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
