"""Says what is wrong with the run, wherever the lab says it, and tries what is advised."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.diagnosis.trial import Trial, outcome
from gradlab.errors import InputError
from gradlab.instruments.records import Frame, Notice, Snapshot, State
from gradlab.window.lab.diagnosis_strip import DiagnosisStrip
from gradlab.window.lab.form import ExperimentForm
from gradlab.window.lab.panel_area import PanelArea
from gradlab.window.panels.bus import TrialWish
from gradlab.window.panels.diagnosis.found import Foresight, findings_of
from gradlab.window.panels.diagnosis.marks import Marker
from gradlab.window.panels.diagnosis.words import Line, line, trial_line

PANEL = "diagnosis"


class Adviser(QObject):
    """Brings findings into the strip, the form and the panels. In a lesson it speaks only if the step asks for it.

    Attributes:
        race_wanted: emitted with an Experiment that is to be shown and trained from its start.
        experiment_wanted: emitted with an Experiment that is to be shown and loaded: the trial is over.
        pin_wanted: emitted with the number of a run that is to be kept, to compare the next one with.
        refused: emitted with a Notice, where what is advised is not possible.
        pointed: emitted where a finding is shown where it is seen: draw again.
    """

    race_wanted = Signal(object)
    experiment_wanted = Signal(object)
    pin_wanted = Signal(int)
    refused = Signal(object)
    pointed = Signal()

    def __init__(self, area: PanelArea, form: ExperimentForm, strip: DiagnosisStrip) -> None:
        super().__init__(area)
        self._area = area
        self._form = form
        self._strip = strip
        self._foresight = Foresight()
        self._of_form = Foresight()
        self._marker = Marker()
        self._found: tuple[Finding, ...] = ()
        self._said: tuple[object, object] | None = None  # what the strip says, not yet in words
        self._is_silent = False
        self._snapshot = Snapshot()
        strip.action.triggered.connect(self._toggle_panel)
        area.sight_changed.connect(self._note_panel)
        area.bus.finding_shown.connect(self._show_where)
        area.bus.trial_wanted.connect(self.try_out)
        area.bus.trial_ended.connect(self._end_trial)
        form.shown_changed.connect(self._foresee)
        self._foresee()

    @property
    def trial(self) -> Trial | None:
        """What is tried; None for nothing."""
        return self._area.bus.trial

    @trial.setter
    def trial(self, trial: Trial | None) -> None:
        self._area.bus.trial = trial

    def speak(self, *, in_strip: bool, elsewhere: bool) -> None:
        """Say which way to speak: in the strip, and by marks and lines beside fields."""
        self._strip.setVisible(in_strip)
        self._strip.action.setEnabled(in_strip)
        self._is_silent = not elsewhere
        self._foresee()
        self._show_found(self._snapshot.shown)
        self.pointed.emit()

    def follow(self, snapshot: Snapshot) -> None:
        """Say what a snapshot shows."""
        self._snapshot = snapshot
        if self.trial is not None and _is_of_others(self.trial, snapshot):
            self.trial = None
        self._show_found(snapshot.shown)
        self._show_line(snapshot)

    def marked(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot with marks for what was found, for the panels."""
        if self._is_silent:
            return snapshot
        self._marker.forget_but([snapshot.shown.run, *(lane.frame.run for lane in snapshot.lanes)])
        lanes = tuple(replace(lane, frame=self._marker.marked(lane.frame)) for lane in snapshot.lanes)
        return replace(snapshot, shown=self._marker.marked(snapshot.shown), lanes=lanes)

    @Slot(object)
    def try_out(self, wish: TrialWish) -> None:
        """Train the shown run beside itself with a piece of advice, both from the start."""
        shown, settings = self._snapshot.shown, self._form.settings.loaded
        if shown.experiment is None or settings is None:
            return
        same = {"name": settings.name, "replicas": settings.replicas, "variants": ()}
        before = shown.experiment.model_copy(update=same)
        trial = Trial(wish.finding, wish.advice, before, shown.run, _latest(self._snapshot))
        try:
            experiment = trial.both if trial.can_race else trial.changed
        except InputError as error:
            self.refused.emit(Notice("error", str(error), error.key))
            return
        if not trial.can_race:
            self.pin_wanted.emit(shown.run)
        self.trial = trial
        self.race_wanted.emit(experiment)

    @Slot(bool)
    def _end_trial(self, keep: bool) -> None:
        trial, self.trial = self.trial, None
        if trial is not None:
            self.experiment_wanted.emit(trial.changed if keep else trial.before)

    @Slot(object)
    def _show_where(self, finding: Finding) -> None:
        """Bring the panel forward in which a finding is seen, and mark the stretch of the curves."""
        self._marker.pointed = finding
        name = RULES[finding.id].seen_in
        if name in self._area.docks:
            self._area.show_panel(name)
        self._area.bus.layer_pointed.emit(finding.layer)
        self.pointed.emit()

    @Slot()
    def _toggle_panel(self) -> None:
        dock = self._area.docks.get(PANEL)
        if dock is None:
            return
        if dock.in_sight:
            dock.close()
        else:
            self._area.show_panel(PANEL)

    @Slot()
    def _note_panel(self) -> None:
        dock = self._area.docks.get(PANEL)
        self._strip.show_open(dock is not None and dock.in_sight)

    @Slot()
    def _foresee(self) -> None:
        """Say beside the fields what the settings that are shown will lead to."""
        shown = () if self._is_silent else self._of_form.of(self._form.settings.shown)
        self._form.show_foreseen(shown)

    def _show_found(self, frame: Frame) -> None:
        found = () if self._is_silent else findings_of(frame)
        if found != self._found:
            self._found = found
            self._form.show_found(found)

    def _show_line(self, snapshot: Snapshot) -> None:
        trial, frame = self.trial, snapshot.shown
        if trial is None:
            findings, begun = self._foresight.said_of(frame), frame.progress.begun
            self._say((findings, begun), lambda: line(findings, begun=begun))
        else:
            frames = trial.frames(snapshot)
            came = outcome(trial, *frames) if frames else None
            self._say((trial, came), lambda: trial_line(trial, came))

    def _say(self, what: tuple[object, object], in_words: Callable[[], Line]) -> None:
        if what != self._said:
            self._said = what
            self._strip.show_line(in_words())


def _is_of_others(trial: Trial, snapshot: Snapshot) -> bool:
    return snapshot.state is not State.LOADING and trial.frames(snapshot) is None


def _latest(snapshot: Snapshot) -> int:
    """Return the number of the latest run."""
    return max([snapshot.shown.run, *(lane.frame.run for lane in snapshot.lanes)])
