"""What all rules share that judge the course of numbers."""

from collections.abc import Mapping

from gradlab.diagnosis.finding import Advice, Finding, Level
from gradlab.diagnosis.rules.base import Rule
from gradlab.instruments.records.evidence import Evidence


class CurveRule(Rule):
    """A judgement on numbers over time."""

    kind = "curve"
    key: str = ""  # the setting concerned

    def says(
        self,
        evidence: Evidence,
        english: str,
        *,
        words: Mapping[str, str],
        numbers: Mapping[str, float],
        confidence: float,
        advice: tuple[Advice, ...] = (),
        level: Level | None = None,
        layer: str = "",
        since: int | None = None,
    ) -> Finding:
        """Return a finding of this rule; ``since``: the update from which on it is seen, the latest if unknown."""
        first = evidence.update if since is None else since
        return Finding(
            id=self.name,
            level=level or self.level,
            english=english,
            words=words,
            evidence={name: float(number) for name, number in numbers.items()},
            since_update=first,
            epoch=epoch_of(evidence, first),
            layer=layer,
            advice=advice,
            confidence=confidence,
            stretch=None if since is None else (since, evidence.update),
            key=self.key,
            lesson=self.lesson,
        )


def epoch_of(evidence: Evidence, update: int) -> int:
    """Return the epoch of an update, from 1; 0 before training."""
    if not update:
        return 0
    over = [row.epoch for row in evidence.epochs if row.update < update]
    return (over[-1] if over else 0) + 1


def update_at(evidence: Evidence, epoch: float) -> int:
    """Return the update with which an epoch ended, or the first known after it."""
    return next((row.update for row in evidence.epochs if row.epoch >= epoch), evidence.update)
