"""The network itself: the signal that goes forward and the gradient that comes back."""

from gradlab.instruments.records import SignalFlow
from gradlab.language import mark
from gradlab.panel_info import Behind, PanelInfo

ABOUT = PanelInfo(
    name="network",
    title=mark("Network"),
    help=mark(
        "The network from the inputs on the left to the outputs on the right. The left half of a unit is its "
        "signal, the right half its gradient: how the loss would change with this signal. Blue is negative, red "
        "positive, pale yellow exactly 0. The lines are the strongest weights. Under each layer stands how much "
        "gradient the buffer holds for it. Press Phase to see the signal go forward and the gradient come back."
    ),
    watches=frozenset({SignalFlow}),
    order=50,
    place=Behind("confusion", 20),
    for_stepping=True,
    wide=True,
)
