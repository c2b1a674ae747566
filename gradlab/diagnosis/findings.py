"""What a frame holds of a diagnosis."""

from dataclasses import dataclass

from typing_extensions import override

from gradlab.diagnosis.finding import Finding
from gradlab.instruments.records.record import Record
from gradlab.instruments.records.table import Table


@dataclass(frozen=True)
class Findings(Record):
    """The findings of one run at one moment, the leading one first: in every frame, whatever is watched."""

    at_any_time = True

    findings: tuple[Finding, ...] = ()

    @override
    def as_table(self) -> Table:
        """Return one row per finding, in the language of the window."""
        header = ("id", "level", "since_update", "epoch", "layer", "text", "advice")
        return Table(header, [_row(finding) for finding in self.findings])


def _row(finding: Finding) -> tuple[object, ...]:
    first = finding.advice[0].text if finding.advice else ""
    return (
        finding.id,
        finding.level,
        finding.since_update,
        finding.epoch,
        finding.layer,
        finding.text,
        first,
    )
