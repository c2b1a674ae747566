"""Diagnosis: what is wrong with a run, why, and what to try."""

from gradlab.diagnosis.findings import Findings
from gradlab.instruments.records import Curves
from gradlab.language import mark
from gradlab.panel_info import Behind, PanelInfo

ABOUT = PanelInfo(
    name="diagnosis",
    title=mark("Diagnosis"),
    help=mark(
        "What is wrong with this run, since when, and what it leads to. Each finding is a guess with its evidence. "
        "Try this trains the run once more beside itself with one thing changed, from the same start, and says "
        "which way it came out. Show me brings the panel forward in which it is seen; Explain opens the lesson "
        "about it. While nothing is found, nothing is wrong that the lab knows of."
    ),
    watches=frozenset({Findings, Curves}),
    order=120,
    place=Behind("gradients", 5),
    wide=True,
    lesson_height=3,
)
