"""What every panel is: a widget that shows frames and knows the theme."""

from typing import ClassVar

from PySide6.QtWidgets import QWidget

from gradlab.export.tables import Table
from gradlab.instruments.records import Frame
from gradlab.language import tr
from gradlab.window.panels.bus import Desk
from gradlab.window.theme.tokens import Theme


class Panel(QWidget):
    """A view of the run. It gets frames on the window's thread, at display rate, newest only.

    Attributes:
        name: the module's name, e.g. ``loss``.
        title: what people read; also the accessible name. A class has it marked, its panels translated.
        help: *What is this?* in plain words; likewise.
        watches: the parts of a Frame it draws, e.g. ``curves``: the trainer computes a part only while a visible
            panel watches it.
        rest: seconds that a drawing stays at the least while a run hurries on: faster than it can be read it
            would only cost.
    """

    name: ClassVar[str]
    watches: ClassVar[frozenset[str]]
    rest: ClassVar[float] = 0.0
    title: str
    help: str

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.title, self.help = tr(type(self).title), tr(type(self).help)
        self.setAccessibleName(self.title)
        self.setWhatsThis(self.help)

    def join(self, desk: Desk) -> None:
        """Connect with what the panels share; called once, before the first frame."""

    def show_frame(self, frame: Frame) -> None:
        """Draw a frame. Cheap where nothing changed; a new ``frame.run`` forgets what was shown."""
        raise NotImplementedError

    def look_at(self, view: str) -> None:
        """Show the view of this name, where the panel has several; what a lesson's text speaks of."""

    def as_table(self) -> Table | None:
        """Return the data that is shown, in its own units, to be saved; None while there is none."""
        return None

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew."""
        self.theme = theme
