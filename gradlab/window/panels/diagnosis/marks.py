"""Findings as marks on curves, on layers and beside settings."""

from collections.abc import Iterable
from dataclasses import replace

from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.finding import Level as Badness
from gradlab.instruments.records import Curves, Frame, Mark
from gradlab.instruments.records.progress import Level
from gradlab.window.panels.diagnosis.found import findings_of
from gradlab.window.panels.diagnosis.words import heading

LEVELS: dict[Badness, Level] = {"problem": "error", "warning": "warning", "info": "info"}


def on_curves(findings: Iterable[Finding], pointed: Finding | None, latest: int) -> tuple[Mark, ...]:
    """Return a mark where each cause was first seen; the stretch is marked of what is ``pointed`` at.

    What is only to be noted, and symptoms, are marked only while they are pointed at. ``latest`` is the update up
    to which there are curves.
    """
    findings = tuple(findings)
    symptoms = {name for finding in findings for name in finding.leads_to}
    loud = [finding for finding in findings if finding.level != "info" and finding.id not in symptoms]
    marks = [
        Mark(finding.since_update, heading(finding), level=LEVELS[finding.level])
        for finding in loud
        if finding.since_update and not _is_same(finding, pointed)
    ]
    return tuple(marks) if pointed is None else (*marks, _stretch(pointed, latest))


def on_layers(findings: Iterable[Finding]) -> tuple[Mark, ...]:
    """Return a mark for each finding about a layer."""
    return tuple(
        Mark(None, finding.text, level=LEVELS[finding.level], layer=finding.layer)
        for finding in findings
        if finding.layer
    )


class Marker:
    """Adds marks to frames; what did not change stays the same object, so that nothing is drawn again.

    Attributes:
        pointed: the finding whose stretch is marked.
    """

    def __init__(self) -> None:
        self.pointed: Finding | None = None
        self._made: dict[int, tuple[Curves, tuple[Mark, ...], Curves]] = {}

    def marked(self, frame: Frame) -> Frame:
        """Return a frame with the marks of its findings."""
        findings = findings_of(frame)
        if not findings:
            return frame
        pointed = next((each for each in findings if _is_same(each, self.pointed)), None)
        frame = replace(frame, marks=(*frame.marks, *on_layers(findings)))
        curves = frame.get(Curves)
        if curves is None:
            return frame
        marks = on_curves(findings, pointed, frame.progress.update)
        return frame.holding(self._with(frame.run, curves, marks)) if marks else frame

    def forget_but(self, runs: Iterable[int]) -> None:
        """Forget all runs but these."""
        runs = set(runs)
        self._made = {run: made for run, made in self._made.items() if run in runs}

    def _with(self, run: int, curves: Curves, marks: tuple[Mark, ...]) -> Curves:
        known = self._made.get(run)
        if known is None or known[0] is not curves or known[1] != marks:
            known = curves, marks, replace(curves, marks=(*curves.marks, *marks))
            self._made[run] = known
        return known[2]


def _is_same(finding: Finding, other: Finding | None) -> bool:
    return other is not None and (finding.id, finding.layer) == (other.id, other.layer)


def _stretch(finding: Finding, latest: int) -> Mark:
    start, end = finding.stretch or (finding.since_update, latest)
    return Mark(start, heading(finding), level=LEVELS[finding.level], until=end)
