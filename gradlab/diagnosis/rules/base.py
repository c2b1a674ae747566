"""What a rule is, and the registry of all of them."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from gradlab.diagnosis.finding import Finding, Level
from gradlab.experiment.registry import Entry, Registry
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.evidence import Evidence

Kind = Literal["exact", "curve"]
# What a run is judged by: a column of epochs.csv.
Measure = Literal["train_loss", "val_loss", "train_accuracy", "val_accuracy", "val_f1", "reward"]


class Rule(Entry):
    """A rule that judges the numbers of a run, in a file of its own.

    ``name`` is the id of its findings, ``english_label`` their heading. A rule knows nothing but the evidence: no
    state, no torch, no Qt.

    Attributes:
        kind: ``exact`` where it follows from what the loop itself knows; ``curve`` where it is a judgement on
            numbers over time, which needs evidence and may be wrong.
        level: how bad its findings usually are.
        leads_to: the ids of findings that are its symptoms, where both are present.
        lesson: the lesson and its step, from 1, that explain it, as ``lesson/step``.
        seen_in: the panel in which its finding is seen.
        judged_by: the number that has to get better where its advice is tried; empty for the loss.
    """

    kind: ClassVar[Kind] = "curve"
    level: ClassVar[Level] = "warning"
    leads_to: ClassVar[tuple[str, ...]] = ()
    lesson: ClassVar[str] = ""
    seen_in: ClassVar[str] = "loss"
    judged_by: ClassVar[Measure | Literal[""]] = ""

    def find(self, evidence: Evidence) -> Iterable[Finding]:
        """Return what the run's numbers say now; empty where the rule cannot know, or nothing is wrong."""
        return ()

    def foresee(self, experiment: Experiment) -> Iterable[Finding]:
        """Return what the settings alone say, before training; ``key`` names the field it is said beside."""
        return ()


RULES: Registry[Rule] = Registry("finding", "gradlab.diagnosis.rules")
