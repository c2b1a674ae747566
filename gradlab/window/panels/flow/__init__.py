"""How gradients flow: their size layer by layer, the steps made of them, their directions and their noise."""

from gradlab.instruments.records import Curves, Flow
from gradlab.language import mark
from gradlab.panel_info import Behind, PanelInfo

ABOUT = PanelInfo(
    name="flow",
    title=mark("Gradient flow"),
    help=mark(
        "Whether the gradient arrives in every layer, how large the steps are that the optimizer makes of it, "
        "whether the batches agree on the direction, and how much of it is noise. All numbers are the "
        "optimizer's own. They are measured only while this panel is in sight; in long runs not at every update."
    ),
    watches=frozenset({Curves, Flow}),
    order=30,
    place=Behind("gradients", 10),
    lower_row=290,
    wide=True,
    of_runs=True,
    views=("layers", "sizes", "ratio", "directions", "noise", "norms"),
)
