"""A finding: a hypothesis in plain words, the numbers that speak for it, and what to try."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal

from gradlab.language import tr

Level = Literal["problem", "warning", "info"]
LEVELS: tuple[Level, ...] = ("problem", "warning", "info")


@dataclass(frozen=True)
class Change:
    """A setting and the value to try, as ``--set KEY=VALUE`` takes them."""

    key: str
    value: Any


@dataclass(frozen=True)
class Advice:
    """One thing to try.

    Attributes:
        english: what it is, in English, marked, with ``{names}`` of ``words``.
        changes: the settings that do it, all together; none where no setting helps.
        words: what to fill in.
    """

    english: str
    changes: tuple[Change, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What it is, in the current language."""
        return tr(self.english).format(**self.words)


@dataclass(frozen=True)
class Finding:
    """Something that a rule found in a run, or that it foresees from the settings alone.

    Attributes:
        id: the name of its rule.
        level: how bad it is.
        english: the sentence in English, marked, with ``{names}`` of ``words``; words: the numbers, as people
            read them.
        evidence: the same numbers, exact and by name.
        since_update, epoch: where it was first seen; 0 before training.
        layer: the layer that it is about; empty for the whole network.
        advice: what to try, the best first.
        confidence: from 0 to 1; 1 for what the loop itself knows.
        stretch: the updates in which it is seen on the curves, from and to; None for all.
        key: the dotted key of the setting concerned; empty for none.
        leads_to: the findings of the same run that are its symptoms, by their ids.
        is_chosen: whether a setting says that it should be so: then nothing else has led to it.
        lesson: the lesson and its step that explain it, as ``lesson/step``; empty for none.
    """

    id: str
    level: Level
    english: str
    words: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, float] = field(default_factory=dict)
    since_update: int = 0
    epoch: int = 0
    layer: str = ""
    advice: tuple[Advice, ...] = ()
    confidence: float = 1.0
    stretch: tuple[int, int] | None = None
    key: str = ""
    leads_to: tuple[str, ...] = ()
    lesson: str = ""
    is_chosen: bool = False

    @property
    def text(self) -> str:
        """The sentence in the current language."""
        return tr(self.english).format(**self.words)

    def as_json(self) -> dict[str, Any]:
        """Return what stands in findings.json, in English; numbers that JSON does not have are left out.

        Where no setting helps, ``advice`` is empty and the text says what to do.
        """
        said = [self.english.format(**self.words)]
        if not any(advice.changes for advice in self.advice):
            said += [advice.english.format(**advice.words) for advice in self.advice]
        return {
            "id": self.id,
            "level": self.level,
            "since_update": self.since_update,
            "epoch": self.epoch,
            "layer": self.layer,
            "evidence": {name: float(value) for name, value in self.evidence.items() if isfinite(value)},
            "text": " ".join(said),
            "advice": [
                [{"key": change.key, "value": change.value} for change in advice.changes]
                for advice in self.advice
                if advice.changes
            ],
            "leads_to": list(self.leads_to),
            "lesson": self.lesson,
        }
