"""The pictures of the data, one for each kind of view, and the caption above them."""

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.instruments.records import (
    DataView,
    LineView,
    MazeView,
    PicturesView,
    PlaneView,
    PredictedView,
    SequencesView,
    TableView,
)
from gradlab.window.charts.plane import PlanePlot
from gradlab.window.panels.data.fitted_line import LinePlot, PredictedPlot
from gradlab.window.panels.data.image_grid import ImageGrid
from gradlab.window.panels.data.maze import MazePlot
from gradlab.window.panels.data.row_table import RowTable
from gradlab.window.panels.data.sequences import SequencesPlot
from gradlab.window.widgets.boxes import fill

# Each has show_view(view), which returns the caption as rich text.
VIEWS: dict[type[DataView], Callable[[], Any]] = {
    PlaneView: PlanePlot,
    LineView: LinePlot,
    PredictedView: PredictedPlot,
    SequencesView: SequencesPlot,
    MazeView: MazePlot,
    PicturesView: ImageGrid,
    TableView: RowTable,
}


class CaptionedViews(QWidget):
    """Draws each view with the widget for its kind, made when it is first needed.

    Attributes:
        caption: what the picture shows, with a legend.
        views: the picture in front.
    """

    def __init__(self) -> None:
        super().__init__()
        self._widgets: dict[type[DataView], Any] = {}
        self._text = ""
        self._is_low = False
        self.caption = QLabel(wordWrap=True)
        self.views = QStackedWidget()
        fill(QVBoxLayout(self), self.caption, (self.views, 1), spacing=4)

    def show_view(self, view: DataView) -> None:
        """Draw a view and write its caption."""
        kind = type(view)
        if kind not in self._widgets:
            self._widgets[kind] = VIEWS[kind]()
            self.views.addWidget(self._widgets[kind])
        self._text = self._widgets[kind].show_view(view)
        self._show_caption()
        self.views.setCurrentWidget(self._widgets[kind])

    def make_room(self, *, is_low: bool) -> None:
        """Show a shorter caption where there is little room."""
        self._is_low = is_low
        self._show_caption()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_caption()

    def _show_caption(self) -> None:
        """Write the caption; in a low panel only its first line, and nothing if that would wrap."""
        caption = self._text.split("<br>")[0] if self._is_low else self._text
        if caption != self.caption.text():
            self.caption.setText(caption)
        height = self.caption.heightForWidth(self.width())
        self.caption.setVisible(not self._is_low or height < 2 * self.fontMetrics().height())
        self.views.setToolTip(f"<p>{self._text}</p>" if self._is_low else "")
