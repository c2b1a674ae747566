"""The data and the model's predictions, drawn in a way that suits the data."""

from gradlab.instruments.records import DataView
from gradlab.language import mark
from gradlab.panel_info import InRow, PanelInfo

ABOUT = PanelInfo(
    name="data",
    title=mark("Data and predictions"),
    help=mark(
        "The data, and what the model says of it at this moment. While training goes on, you can watch "
        "its answers change. Where colours are paler, it is less sure. Where there are several ways to look at "
        "the data, choose one under View. Worst first brings up the rows that the model is most wrong about. "
        "A click on a cell of the confusion matrix shows the rows of that cell here."
    ),
    watches=frozenset({DataView}),
    order=80,
    place=InRow(0, 1, 290),
)
