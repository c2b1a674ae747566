"""Opens panels that have something new to show."""

from gradlab.datasets.base import SOURCES
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.window.lab.panel_area import PanelArea


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

    def offer_data(self, data: Data) -> None:
        """Open the panel about the data, if the data can be drawn."""
        if SOURCES[data.source].drawn:
            self.offer("data")

    def offer_comparison(self, experiment: Experiment) -> None:
        """Open the panel that compares runs, if there are several."""
        if experiment.variants or experiment.replicas > 1:
            self.offer("compare")

    def offer_phases(self) -> None:
        """Open the panels about single phases, the first time that a phase is stepped."""
        if not (self.has_stepped or self.guided):
            self.has_stepped = True
            self.offer(*(key for key, dock in self._area.docks.items() if dock.panel.about.for_stepping))
