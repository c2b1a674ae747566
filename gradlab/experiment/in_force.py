from dataclasses import dataclass, field
from enum import Enum, auto

from gradlab.errors import InputError
from gradlab.experiment import files
from gradlab.experiment.registry import registry_of
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.training import Training
from gradlab.experiment.settings import by_key, value_of


class Effect(Enum):
    """What a changed setting means for the run.

    Attributes:
        LIVE: the run uses it from its next update on.
        RELOAD: the run has not begun, and must be rebuilt with it.
        PENDING: the run continues without it until a reset.
    """

    LIVE = auto()
    RELOAD = auto()
    PENDING = auto()


@dataclass
class SettingsInForce:
    """The settings that people see, and those that the run uses: the only place where settings change.

    Attributes:
        shown: what people see; always a valid experiment.
        loaded: what the run was loaded with, and live changes since; None before the first run.
        ended: what was loaded when the run ended; None before that.
        has_begun: whether the run's first phase is done.
    """

    shown: Experiment = field(default_factory=Experiment)
    loaded: Experiment | None = None
    ended: Experiment | None = None
    has_begun: bool = False

    @property
    def is_pending(self) -> bool:
        """Whether the run does not use everything shown, because it needs a reset or is over."""
        if self.loaded is None:
            return False
        came_late = self.ended is not None and _of_training(self.ended) != _of_training(self.loaded)
        return came_late or self.loaded != self.shown

    def show(self, experiment: Experiment) -> None:
        """Show other settings, which the run does not use yet."""
        self.shown = experiment

    def take_over(self, other: "SettingsInForce") -> None:
        """Continue from the state of ``other``."""
        self.shown, self.loaded = other.shown, other.loaded
        self.ended, self.has_begun = other.ended, other.has_begun

    def load(self) -> Experiment:
        """Put the shown settings in force, and return them."""
        self.loaded, self.ended, self.has_begun = self.shown, None, False
        return self.loaded

    def take(self, key: str, value: object) -> Effect | None:
        """Change a setting, given by its dotted key.

        A choice may bring values with it that suit it better than the defaults (``Entry.suggests``).

        Returns:
            What that means for the run; None where nothing changes.

        Raises:
            InputError: where the value is not allowed, or does not fit the others; then nothing is changed.
        """
        before, after = self.shown, _suited(files.change(self.shown, key, value), self.shown, key)
        if after == before:
            return None
        self.shown = after
        if self.loaded is not None and _is_live(key):
            try:
                # The same change again, without what waits for a reset.
                self.loaded = after if self.loaded == before else files.change(self.loaded, key, value)
            except InputError:
                return Effect.PENDING if self.has_begun else Effect.RELOAD
            return Effect.LIVE
        return Effect.PENDING if self.has_begun else Effect.RELOAD

    def note_run(self, *, has_begun: bool, is_over: bool) -> bool:
        """Record the state of the run; return whether it has just ended, or continues after its end.

        A run that is over uses no further changes; with more epochs it continues.
        """
        self.has_begun = has_begun
        if self.loaded is None or is_over == (self.ended is not None):
            return False
        self.ended = self.loaded if is_over else None
        return True

    def show_again(self, run: Experiment, zeroing: str) -> None:
        """Show what to compare ``run`` with: the same settings with another zeroing mode."""
        # Where variants race, the comparison is with one of them.
        base = run if self.shown.variants else self.shown
        self.show(files.change(base, "gradients.zero", zeroing))


def _suited(after: Experiment, before: Experiment, key: str) -> Experiment:
    """Put in what the choice suggests, where the value is still a default, or what the choice before suggested."""
    settings = by_key(Experiment)
    package = settings[key].registry if key in settings else ""
    if not package or after == before:
        return after
    registry = registry_of(package)
    old, new = (registry[str(value_of(experiment, key))].suggests for experiment in (before, after))
    for other in {**old, **new}:
        default = settings[other].default
        if value_of(before, other) == old.get(other, default):
            after = files.change(after, other, new.get(other, default))
    return after


def _is_live(key: str) -> bool:
    return key == "name" or by_key(Experiment)[key].live


def _of_training(experiment: Experiment) -> Experiment:
    """Return the experiment without what also takes effect on a run that is over."""
    training = experiment.training.model_copy(update={"threshold": Training().threshold})
    return experiment.model_copy(update={"name": "", "training": training})
