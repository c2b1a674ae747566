"""The loss landscape: how the loss changes around the weights, and how training walked there."""

from gradlab.instruments.records import Landscape
from gradlab.language import mark
from gradlab.panel_info import InRow, PanelInfo

ABOUT = PanelInfo(
    name="landscape",
    title=mark("Loss landscape"),
    help=mark(
        "All weights of a network together are one place in a space with as many directions as there are "
        "weights. This map shows a flat slice through that space: at each point the network gets other weights, "
        "and the colour says how large its loss would be. The line is the way that training took. A slice leaves "
        "nearly all directions out: what looks like a wall may have a way round it."
    ),
    watches=frozenset({Landscape}),
    order=100,
    place=InRow(1, 1, 420),
    lower_row=290,
)
