"""The gradient buffer: what was left over, what this batch adds, and what the optimizer uses."""

from gradlab.instruments.records import BufferState, Curves, Timeline
from gradlab.language import mark
from gradlab.panel_info import InRow, PanelInfo

ABOUT = PanelInfo(
    name="gradients",
    title=mark("Gradients"),
    help=mark(
        "The gradient says how each weight should change. It is collected in a buffer: what is left over "
        "in it, plus what this batch adds, is what the optimizer uses. Blue is negative, red positive. "
        "Pick a layer to see it large; point at a value to read it."
    ),
    watches=frozenset({BufferState, Curves, Timeline}),
    order=20,
    place=InRow(1, 0, 540),
    seen_first=True,
    wide=True,
    of_runs=True,
    views=("buffer", "weights"),
)
