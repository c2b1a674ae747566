"""What is said of a run: what was found in it, or before its start what its settings let foresee."""

from gradlab.diagnosis.diagnosis import foreseen
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.findings import Findings
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame


def findings_of(frame: Frame) -> tuple[Finding, ...]:
    """Return what was found in a run up to now, the leading finding first."""
    findings = frame.get(Findings)
    return findings.findings if findings else ()


class Foresight:
    """What the settings alone let foresee; judged again only for other settings."""

    def __init__(self) -> None:
        self._experiment: Experiment | None = None
        self._findings: tuple[Finding, ...] = ()

    def of(self, experiment: Experiment) -> tuple[Finding, ...]:
        """Return what is foreseen; the same tuple for the same settings."""
        if experiment is not self._experiment:
            self._experiment = experiment
            findings = foreseen(experiment)
            if findings != self._findings:
                self._findings = findings
        return self._findings

    def said_of(self, frame: Frame) -> tuple[Finding, ...]:
        """Return what is said of a run: before its start what is foreseen, then what is found."""
        if frame.progress.begun or frame.experiment is None:
            return findings_of(frame)
        return self.of(frame.experiment)
