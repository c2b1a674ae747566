"""The map with its caption and legend."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.instruments.records import Landscape
from gradlab.language import sentences, tr
from gradlab.window.panels.landscape.landscape_view import LandscapeView
from gradlab.window.panels.landscape.words import details, headline
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import tooltip


class MapPage(Themed, QWidget):
    """A caption above the map, which also says what is pointed at, and a legend below.

    Attributes:
        caption, view, legend: these three.
    """

    def __init__(self) -> None:
        super().__init__()
        self._landscape: Landscape | None = None
        self._line = ""
        self._is_roomy = False
        self.view = LandscapeView()
        self.caption = QLabel(wordWrap=True)
        self.caption.setAccessibleName(tr("What the map shows"))
        self.legend = QLabel(wordWrap=True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        fill(QVBoxLayout(self), self.caption, (self.view, 1), self.legend, spacing=2)
        self.view.read.connect(self._show_reading)
        self.wear()

    def show_landscape(self, landscape: Landscape) -> None:
        """Draw what changed."""
        self._landscape = landscape
        self.view.show_landscape(landscape)
        self.dress()
        self._show_caption()

    def forget(self) -> None:
        """Forget the landscape, so that the next one is drawn from scratch."""
        self._landscape = None
        self.view.forget()

    def make_room(self, *, is_roomy: bool) -> None:
        """Show longer texts where there is room."""
        self._is_roomy = is_roomy
        self.view.show_x_label(is_roomy)
        self._show_caption()

    @override
    def dress(self) -> None:
        legend = self.view.legend()
        if self._landscape is not None and legend != self.legend.text():
            self.legend.setText(legend)

    def _show_reading(self, line: str) -> None:
        """Show the loss that is pointed at in the caption's place, or the caption again."""
        self._line = line
        self._show_caption()

    def _show_caption(self) -> None:
        if self._landscape is None:
            return
        short = headline(self._landscape)
        whole = sentences((short, details(self._landscape)))
        text = self._line or (whole if self._is_roomy else short)
        if text != self.caption.text():
            self.caption.setText(text)
        self.caption.setToolTip(tooltip(whole))
