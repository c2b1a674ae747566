"""What all rules share that repeat what the loop itself saw."""

from collections.abc import Mapping

from gradlab.diagnosis.finding import Advice, Finding, Level
from gradlab.diagnosis.rules.base import Rule
from gradlab.instruments.records.evidence import Occurrence


class ExactRule(Rule):
    """Not a judgement: it follows from what the loop knows."""

    kind = "exact"

    def says(
        self,
        seen: Occurrence,
        english: str,
        *,
        words: Mapping[str, str],
        advice: tuple[Advice, ...],
        key: str = "",
        level: Level | None = None,
        layer: str = "",
        lesson: str = "",
    ) -> Finding:
        """Return a finding of this rule; ``level`` and ``lesson`` are the rule's own unless others are given."""
        return Finding(
            id=self.name,
            level=level or self.level,
            english=english,
            words=words,
            evidence=seen.numbers,
            since_update=seen.since,
            epoch=seen.epoch,
            layer=layer,
            advice=advice,
            key=key,
            lesson=lesson or self.lesson,
        )
