"""Opens one panel alone, on a short run: ``python -m gradlab.window.panels loss [light|dark]``."""

import sys

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from gradlab.experiment import files
from gradlab.instruments.records import State
from gradlab.resources import resource
from gradlab.runs.race import Race
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.catalogue import panel_class
from gradlab.window.theme.style import Appearance

PHASES = 9  # that are stepped through before whole epochs
MILLISECONDS = 200  # between two frames


class ShortRun(QObject):
    """Trains on the moons, first phase by phase, then epoch by epoch, and shows a panel what it watches."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self.race = Race(files.load(resource("experiments", "4-moons.toml")))
        self._panel = panel
        self._phases = PHASES
        bus = PanelBus(self)
        bus.asked.connect(lambda ask: self.race.lanes.ask(ask.kind, ask.wish))
        panel.join(bus)
        self.race.lanes.watch(panel.about.watches)

    def go_on(self) -> None:
        """Do the next piece of what the panel asked for, or else train on; then show the result."""
        if self.race.lanes.has_work:
            self.race.lanes.work()
        elif self._phases:
            self._phases -= 1
            self.race.step_phase()
        elif not self.race.is_over:
            self.race.step_epoch()
        state = State.FINISHED if self.race.is_over else State.PAUSED
        self._panel.show_snapshot(self.race.lanes.snapshot(at_rest=True, state=state))


def main(name: str, theme: str = "light") -> None:
    """Show a panel until its window is closed."""
    app = QApplication(sys.argv)
    Appearance(app, "dark" if theme == "dark" else "light")
    kind = panel_class(name)
    if kind is None:
        sys.exit(f"no panel is called {name}")
    panel = kind()
    panel.setWindowTitle(panel.title)
    panel.resize(980, 420)
    panel.show()
    timer = QTimer(panel)
    timer.timeout.connect(ShortRun(panel).go_on)
    timer.start(MILLISECONDS)
    app.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
