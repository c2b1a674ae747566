"""Opens panels that have something new to show."""

from collections.abc import Iterable

from gradlab.datasets.base import SOURCES
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame, State
from gradlab.panel_info import PanelInfo
from gradlab.window.lab.panel_area import PanelArea

OF_CLASSES = frozenset({"confusion"})  # mean nothing where numbers are predicted


def races(experiment: Experiment) -> bool:
    """Return whether an experiment is of several runs."""
    return bool(experiment.variants) or experiment.replicas > 1


def own_panels(experiment: Experiment, infos: Iterable[PanelInfo]) -> frozenset[str]:
    """Return the names of the panels with which an experiment opens; its data set says which suit it."""
    source, several = SOURCES[experiment.data.source], races(experiment)
    suits = {"data": source.drawn and not several, "compare": several, "confusion": source.classes}
    return frozenset(info.name for info in infos if suits.get(info.name, info.seen_first))


class PanelOffers:
    """Shows a panel when there is something new to see in it. Closing it is respected.

    Attributes:
        guided: whether a lesson says which panels are shown; then none comes by itself.
        has_stepped: whether the panels about single phases were shown once.
    """

    def __init__(self, area: PanelArea) -> None:
        self._area = area
        self.guided = False
        self.has_stepped = False

    def offer(self, *names: str) -> None:
        """Show these panels, unless a lesson has chosen others."""
        if not self.guided:
            for name in names:
                self._area.show_panel(name)

    def open(self, experiment: Experiment) -> None:
        """Show the panels with which an experiment opens."""
        if not self.guided:
            own = self._own(experiment)
            self._area.open_with(own)
            self.offer(*(own & {"data", "compare"}))

    def offer_data(self, experiment: Experiment) -> None:
        """Open the panel about the data, if data that was chosen can be drawn."""
        if not self.guided:
            self._area.layouts.belong_to(self._own(experiment))
            if SOURCES[experiment.data.source].drawn:
                self.offer("data")

    def follow(self, frame: Frame) -> None:
        """Leave out the panels that mean nothing for the data of a run, until they mean something again."""
        if not self.guided and frame.state not in (State.LOADING, State.FAILED):
            self._area.layouts.leave_out(OF_CLASSES if frame.task == "regression" else frozenset())

    def _own(self, experiment: Experiment) -> frozenset[str]:
        return own_panels(
            experiment, [dock.panel.about for dock in self._area.docks.values() if not dock.lane]
        )

    def offer_phases(self) -> None:
        """Open the panels about single phases, the first time that a phase is stepped."""
        if not (self.has_stepped or self.guided):
            self.has_stepped = True
            self.offer(*(key for key, dock in self._area.docks.items() if dock.panel.about.for_stepping))
