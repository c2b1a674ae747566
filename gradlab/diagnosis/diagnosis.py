"""Judges a run: all rules together, causes before their symptoms."""

from dataclasses import replace

from gradlab.diagnosis.finding import LEVELS, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.evidence import Evidence


class Diagnosis:
    """The findings of one run, which stay the same objects while they hold.

    Attributes:
        findings: what holds now, the leading one first.
    """

    def __init__(self) -> None:
        self.findings: tuple[Finding, ...] = ()

    def judge(self, evidence: Evidence) -> tuple[Finding, ...]:
        """Judge a run again; findings come once, are updated, and go when they no longer hold."""
        first = {(finding.id, finding.layer): finding for finding in self.findings}
        found = [finding for rule in RULES for finding in rule.find(evidence)]
        self.findings = in_order(tuple(_since(finding, first) for finding in found))
        return self.findings


def foreseen(experiment: Experiment) -> tuple[Finding, ...]:
    """Return what the settings alone say, before training."""
    return in_order(tuple(finding for rule in RULES for finding in rule.foresee(experiment)))


def in_order(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return findings with causes first, each followed by its symptoms; ``leads_to`` names those present.

    Among causes the worst level comes first, then what a setting can change, and then the order of the rules.
    """
    present = [finding.id for finding in found if not finding.is_chosen]
    linked = [replace(each, leads_to=tuple(_symptoms(each, present))) for each in found]
    explained = {symptom for finding in linked for symptom in finding.leads_to}
    causes = [finding for finding in linked if finding.is_chosen or finding.id not in explained]
    order: list[Finding] = []
    for cause in sorted(causes, key=_urgency):
        _add_with_symptoms(cause, linked, order)
    for finding in linked:  # two that explain each other
        _add_with_symptoms(finding, linked, order)
    return tuple(order)


def _urgency(finding: Finding) -> tuple[int, bool]:
    return LEVELS.index(finding.level), not any(advice.changes for advice in finding.advice)


def _symptoms(finding: Finding, present: list[str]) -> list[str]:
    return [name for name in RULES[finding.id].leads_to if name in present and name != finding.id]


def _add_with_symptoms(finding: Finding, linked: list[Finding], order: list[Finding]) -> None:
    if finding in order:
        return
    order.append(finding)
    for name in finding.leads_to:
        for symptom in linked:
            if symptom.id == name and not symptom.is_chosen:
                _add_with_symptoms(symptom, linked, order)


def _since(finding: Finding, before: dict[tuple[str, str], Finding]) -> Finding:
    known = before.get((finding.id, finding.layer))
    if known is None:
        return finding
    return replace(finding, since_update=known.since_update, epoch=known.epoch)
