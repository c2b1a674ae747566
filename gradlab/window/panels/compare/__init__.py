"""Compare: the runs that race and those that are pinned, one row each."""

from gradlab.instruments.records import Curves
from gradlab.language import mark
from gradlab.panel_info import Behind, PanelInfo

ABOUT = PanelInfo(
    name="compare",
    title=mark("Compare"),
    help=mark(
        "One row for each run: those that race now, and earlier ones that you pinned. Every run has one colour, "
        "here and on the curves. Choose a row, and the other panels show that run. The best numbers are bold. "
        "Of replicas the middle one is shown: rest the mouse on a number to see how far they lie apart."
    ),
    watches=frozenset({Curves}),
    order=70,
    place=Behind("confusion", 10),
    wide=True,
    lesson_height=3,
    of_all_runs=True,
)
