from gradlab.diagnosis.diagnosis import Diagnosis
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.findings import Findings
from gradlab.instruments.evidence import EvidenceRecorder
from gradlab.instruments.throttle import Throttle
from gradlab.training.run import TrainingRun
from gradlab.training.state import State

SHARE = 0.02  # of the time goes into judging a run that somebody watches


class Judge:
    """Gathers the evidence of one run from its events, and says what is wrong.

    Attributes:
        note: takes each event of the run, in order.
    """

    def __init__(self, run: TrainingRun, kept: State | None = None) -> None:
        """Judge a run, from its beginning or with what another judge has ``kept`` of it."""
        self.recorder = EvidenceRecorder(run)
        if kept is not None:
            self.recorder.load(kept)
        self._diagnosis = Diagnosis()
        self._throttle = Throttle(SHARE)
        self._judged: object = None
        self._verdict: tuple[object, tuple[Finding, ...]] | None = None
        self.note = self.recorder.observe

    def state(self) -> State:
        """Return what must be kept to go on judging, with tensors."""
        return self.recorder.state()

    def verdict(self) -> tuple[Finding, ...]:
        """Return what all that is known says, the leading finding first; the same however often it was asked."""
        now = self.recorder.noted
        if self._verdict is None or self._verdict[0] != now:
            self._verdict = now, Diagnosis().judge(self.recorder.evidence())
        return self._verdict[1]

    def latest(self, *, at_rest: bool) -> Findings:
        """Return the findings to show; judged again where something happened, and now and then while it trains."""
        now = self.recorder.noted
        if now != self._judged and (at_rest or self._throttle.is_due):
            with self._throttle:
                self._diagnosis.judge(self.recorder.evidence())
            self._judged = now
        return Findings(self._diagnosis.findings)
