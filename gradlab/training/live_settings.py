from typing_extensions import override

from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.training.state import State, Stateful


class LiveSettings(Stateful):
    """The settings of a run in force, and those that replace them at the next update.

    Attributes:
        in_force: the settings of the update under way.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.in_force = experiment
        self._wanted: Experiment | None = None

    @property
    def wanted(self) -> Experiment:
        """The settings that will be in force at the next update."""
        return self._wanted or self.in_force

    def want(self, experiment: Experiment) -> None:
        """Put other settings in force at the next update."""
        self._wanted = experiment

    def take_over(self) -> Experiment | None:
        """Put the wanted settings in force; return the previous ones, or None if none were waiting."""
        if self._wanted is None:
            return None
        before, self.in_force, self._wanted = self.in_force, self._wanted, None
        return before

    def state(self) -> State:
        """Return the settings that wait for the next update; a run is built for those in force."""
        waits = self._wanted is not None and self._wanted != self.in_force
        return {"wanted": self.wanted.model_dump(mode="json") if waits else None}

    @override
    def load(self, state: State) -> None:
        self._wanted = None if state["wanted"] is None else build(state["wanted"])
