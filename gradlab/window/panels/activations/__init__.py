"""The outputs of the layers, and which units are dead or saturated."""

from gradlab.instruments.records import Activations, Curves
from gradlab.language import mark
from gradlab.panel_info import Behind, PanelInfo

ABOUT = PanelInfo(
    name="activations",
    title=mark("Activations"),
    help=mark(
        "What each layer outputs on a fixed sample of training rows. A unit that outputs 0 on every row is "
        "dead: no gradient reaches its weights. A unit that most rows push to its bound is saturated: its "
        "gradient is almost 0. Zeros alone are no fault: in a healthy ReLU layer 45 to 60% of a row's outputs "
        "are 0. Click a layer to see its units."
    ),
    watches=frozenset({Activations, Curves}),
    order=40,
    place=Behind("gradients", 20),
    lower_row=290,
    wide=True,
    of_runs=True,
)
