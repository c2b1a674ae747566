"""Diagnosis: what is wrong with a run, why, and what to try."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.diagnosis.finding import Advice, Finding
from gradlab.diagnosis.findings import Findings
from gradlab.diagnosis.trial import Outcome, Trial, outcome
from gradlab.instruments.records import Frame, Snapshot, State, Table
from gradlab.language import tr
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import PanelBus, TrialWish
from gradlab.window.panels.diagnosis import ABOUT
from gradlab.window.panels.diagnosis.finding_row import FindingRow
from gradlab.window.panels.diagnosis.found import Foresight
from gradlab.window.panels.diagnosis.trial_card import TrialCard
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.hint import Hint


class DiagnosisPanel(Panel):
    """The findings of the run that is shown, causes first, and the trial of a piece of advice.

    Attributes:
        rows: one per finding, in their order.
        trial: what is tried.
        fine: what is said where there are no findings.
    """

    about = ABOUT

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._foresight = Foresight()
        self._findings: tuple[Finding, ...] | None = None
        self._came: tuple[Trial | None, Outcome | None] = (None, None)
        self.rows: list[FindingRow] = []
        self.trial = TrialCard()
        self.fine = Hint("")
        self._list = fill(QVBoxLayout(), spacing=2)
        self._lay_out()
        self.join(PanelBus(self))

    @override
    def join(self, bus: PanelBus) -> None:
        self._bus = bus
        self.trial.ended.connect(bus.trial_ended)

    @override
    def show_frame(self, frame: Frame) -> None:
        self.show_snapshot(Snapshot(frame))

    @override
    def show_snapshot(self, snapshot: Snapshot) -> None:
        frame = snapshot.shown
        self._show_findings(self._foresight.said_of(frame))
        self._show_trial(snapshot)
        self.fine.setText(_nothing(frame))
        self.fine.setVisible(not self.rows)

    @override
    def as_table(self) -> Table | None:
        if not self._findings:
            return None
        return Findings(self._findings).as_table()

    def _show_findings(self, findings: tuple[Finding, ...]) -> None:
        if findings is self._findings or findings == self._findings:
            return
        same = self._findings is not None and list(map(_key, findings)) == list(map(_key, self._findings))
        self._findings = findings
        if same and [depth for _, depth in with_depths(findings)] == [row.nesting for row in self.rows]:
            for row, finding in zip(self.rows, findings, strict=True):
                row.show_finding(finding)
        else:
            self._fill_list(findings)

    def _fill_list(self, findings: tuple[Finding, ...]) -> None:
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [self._row(finding, depth) for finding, depth in with_depths(findings)]
        for row in self.rows:
            self._list.addWidget(row)
            row.show()  # else a moment later

    def _row(self, finding: Finding, depth: int) -> FindingRow:
        row = FindingRow(finding, depth)
        row.tried.connect(lambda advice: self._try(row.finding, advice))
        row.shown.connect(lambda: self._bus.finding_shown.emit(row.finding))
        row.explained.connect(lambda: self._bus.lesson_wanted.emit(row.finding.lesson))
        return row

    def _try(self, finding: Finding, advice: Advice) -> None:
        self._bus.trial_wanted.emit(TrialWish(finding, advice))

    def _show_trial(self, snapshot: Snapshot) -> None:
        trial = self._bus.trial
        frames = trial.frames(snapshot) if trial else None
        came = trial, outcome(trial, *frames) if trial and frames else None
        if came != self._came:
            self._came = came
            self.trial.show_trial(*came)

    def _lay_out(self) -> None:
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it scrolls with the button that has the keyboard
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        area.setWidget(body)
        parts = self.trial, self._list, (self.fine, 1), (None, 0)
        fill(QVBoxLayout(body), *parts, spacing=4, margins=(10, 2, 10, 4))
        fill(QVBoxLayout(self), (area, 1))


def with_depths(findings: tuple[Finding, ...]) -> Iterator[tuple[Finding, int]]:
    """Yield each finding with how deep it hangs below a cause that stands before it."""
    depths: dict[str, int] = {}
    for finding in findings:
        causes = [
            depths[other.id] for other in findings if finding.id in other.leads_to and other.id in depths
        ]
        depth = 1 + min(causes) if causes else 0
        depths.setdefault(finding.id, depth)
        yield finding, depth


def _key(finding: Finding) -> tuple[str, str]:
    return finding.id, finding.layer


def _nothing(frame: Frame) -> str:
    if frame.state is State.LOADING:
        return tr("Loading…")
    if frame.progress.begun:
        return tr("Nothing wrong so far.")
    return tr("Nothing is wrong with these settings, as far as can be said before training.")
