"""The training loop as PyTorch code, with the line of the latest phase highlighted."""

from gradlab.language import mark
from gradlab.panel_info import InRow, PanelInfo

ABOUT = PanelInfo(
    name="code",
    title=mark("Code"),
    help=mark(
        "The training loop as PyTorch code, as the settings mean it: model, data and loss_function stand for what "
        "the experiment describes. While you step phase by phase, the line that was just done is lit. "
        "Copy takes the code along."
    ),
    order=90,
    place=InRow(1, 2, 420),
    lower_row=290,
    for_stepping=True,
    lesson_height=3,
)
