"""Diagnosis: what is wrong with a run, why, and what to try."""

from gradlab.diagnosis.findings import Findings
from gradlab.instruments.records import Curves
from gradlab.language import mark
from gradlab.panel_info import Behind, PanelInfo

ABOUT = PanelInfo(
    name="diagnosis",
    title=mark("Diagnosis"),
    help=mark(
        "What is wrong with this run, since when, and what it leads to. Try this trains the run as it was and "
        "once more with one thing changed, both from the same start, and says which way it came out. Show me "
        "brings the panel forward in which it is seen; Explain opens the lesson about it. Where nothing is said, "
        "nothing was found."
    ),
    watches=frozenset({Findings, Curves}),
    order=120,
    place=Behind("gradients", 5),
    wide=True,
    lesson_height=3,
)
