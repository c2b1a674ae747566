"""The run of a lesson's experiment in the lab."""

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame
from gradlab.window.lab.page import LabPage


class LessonRun:
    """Opens a lesson's experiments, and knows which frames are of the one opened last."""

    def __init__(self, lab: LabPage) -> None:
        self._lab = lab
        self._opened: Experiment | None = None
        self._run_before = -1  # frames of runs up to this number are of an experiment before

    def expect(self, experiment: Experiment | None) -> None:
        """Assume that this experiment is in the lab already."""
        self._opened = experiment

    def open(self, experiment: Experiment | None) -> None:
        """Open an experiment, unless it is None or what goes on already."""
        if experiment is None or experiment is self._opened:
            return
        self._opened = experiment
        snapshot = self._lab.snapshot
        self._run_before = max([snapshot.shown.run, *(lane.frame.run for lane in snapshot.lanes)])
        self._lab.open(experiment)

    def owns(self, frame: Frame) -> bool:
        """Whether a frame is of the experiment that was opened, and not of the one before."""
        return frame.run > self._run_before and frame.experiment is not None
