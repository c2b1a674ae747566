"""The confusion matrix: which classes are taken for which, and how good each one is."""

from gradlab.instruments.records import Confusion
from gradlab.language import mark
from gradlab.panel_info import InRow, PanelInfo

ABOUT = PanelInfo(
    name="confusion",
    title=mark("Confusion matrix"),
    help=mark(
        "Each row is a true class, each column what the model said. The diagonal is right; everything else "
        "is a mistake, and the stronger its colour, the more of that class went there. Click a cell to see its "
        "rows in the panel “Data and predictions”. With the slider below you go back to earlier epochs. Where "
        "there are two classes, the threshold decides from which probability on a row counts as positive."
    ),
    watches=frozenset({Confusion}),
    order=60,
    place=InRow(0, 2, 350),
    seen_first=True,
    of_runs=True,
)
