"""Loss and metrics: how the run goes, update by update and epoch by epoch."""

from gradlab.instruments.records import Curves
from gradlab.language import mark
from gradlab.panel_info import InRow, PanelInfo

ABOUT = PanelInfo(
    name="loss",
    title=mark("Loss and metrics"),
    help=mark(
        "The loss says how wrong the model is: training makes it fall. The pale line is the loss of each "
        "update, the thin line on it its smoothed course, the dots are means over whole epochs. "
        "Validation rows are never trained on: they show what the model has really understood. "
        "Where several runs are compared, each has its own colour, and pinned ones are pale; of replicas a band "
        "shows where most of them lie, and a line the middle one."
    ),
    watches=frozenset({Curves}),
    order=10,
    place=InRow(0, 0, 320),
    seen_first=True,
    lesson_height=3,
    of_all_runs=True,
)
