"""The terms of the field, each with the panels in which it is seen and the lessons that teach it."""

from gradlab.language import mark
from gradlab.panel_info import Behind, PanelInfo

ABOUT = PanelInfo(
    name="glossary",
    title=mark("Glossary"),
    help=mark(
        "What the words mean. Type a word to find it, by its name in PyTorch too. Below each term you see which "
        "panels show it and which lessons teach it: a click leads there."
    ),
    order=110,
    place=Behind("confusion", 30),
    in_lessons=False,
)
