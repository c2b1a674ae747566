"""Describes the form as a panel; the lab itself draws it, because it always needs one."""

from gradlab.language import mark
from gradlab.panel_info import PanelInfo

ABOUT = PanelInfo(
    name="experiment",
    title=mark("Experiment"),
    help=mark(
        "Here you say what is trained, and how. Rest the mouse on a field to read what it means. "
        "The learning rate and everything about gradients can be changed while the training runs: "
        "the change applies at the next update and is marked on the curves. "
        "Another data set or model needs a reset, because the training starts anew with it. "
        "More shows all settings."
    ),
    order=0,
    place=None,
    seen_first=True,
)
