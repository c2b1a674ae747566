"""What is wrong with the runs of ``gradlab run``, in a few lines at its end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gradlab.diagnosis.finding import LEVELS, Change, Finding
from gradlab.diagnosis.rules.base import RULES

if TYPE_CHECKING:
    from gradlab.runs.lockstep import Member

MOST_LINES = 5


def told(members: Sequence[Member]) -> list[str]:
    """Return at most five lines about the members: what is wrong, and the first thing to try.

    Symptoms and mere information are left to findings.json.
    """
    each = {"/".join(member.where): member.judge.verdict() for member in members}
    lines = [_line(names, finding, of=len(members)) for names, finding in _causes(each)]
    if len(lines) > MOST_LINES:
        more = len(lines) - MOST_LINES + 1
        lines[MOST_LINES - 1 :] = [f"and {more} more, see findings.json"]
    return lines


def _causes(each: Mapping[str, Sequence[Finding]]) -> list[tuple[list[str], Finding]]:
    """Return every cause once, with the runs that have it, the worst first."""
    found: dict[tuple[str, str], tuple[list[str], Finding]] = {}
    for name, findings in each.items():
        explained = {symptom for finding in findings for symptom in finding.leads_to}
        for finding in findings:
            if finding.level != "info" and finding.id not in explained:
                found.setdefault((finding.id, finding.layer), ([], finding))[0].append(name)
    return sorted(found.values(), key=lambda entry: LEVELS.index(entry[1].level))


def _line(names: list[str], finding: Finding, *, of: int) -> str:
    where = (
        "" if of == 1 else f"{names[0]}: " if len(names) == 1 else f"{names[0]} and {len(names) - 1} more: "
    )
    return f"{where}{finding.level}: {_sentence(finding)}{_first_try(finding)}"


def _sentence(finding: Finding) -> str:
    if finding.id == "blew_up":  # where is said already
        return f"{RULES[finding.id].english_label}."
    return finding.english.format(**finding.words)


def _first_try(finding: Finding) -> str:
    changes = next((advice.changes for advice in finding.advice if advice.changes), ())
    return f" Try {' '.join(map(_as_option, changes))}" if changes else ""


def _as_option(change: Change) -> str:
    value = change.value if isinstance(change.value, str) else json.dumps(change.value)
    return f"--set {change.key}={value}"
