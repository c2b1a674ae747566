"""The data itself, and what the model says of it, drawn as suits the data."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from gradlab.instruments.records import (
    DataView,
    Frame,
    LineView,
    PicturesView,
    PlaneView,
    PredictedView,
    TableView,
)
from gradlab.window.panels.base import Panel
from gradlab.window.plots.fitted_line import LinePlot, PredictedPlot
from gradlab.window.plots.hint import Hint
from gradlab.window.plots.picture_grid import PictureGrid
from gradlab.window.plots.plane import PlanePlot
from gradlab.window.plots.rows import RowsTable
from gradlab.window.theme.tokens import Theme

BEFORE = "As soon as the data is loaded, you see it here, with what the model says of it."

# Each has apply_theme(theme) and show_view(view), which returns the caption as rich text.
VIEWS: dict[type[DataView], Callable[[Theme], Any]] = {
    PlaneView: PlanePlot,
    LineView: LinePlot,
    PredictedView: PredictedPlot,
    PicturesView: PictureGrid,
    TableView: RowsTable,
}


class DataPanel(Panel):
    """Decision regions, a fitted line, predicted against true, pictures or rows: whichever suits the data."""

    name = "data"
    title = "Data and predictions"
    help = (
        "The data, and what the model says of it at this moment. While training goes on, you can watch "
        "its answers change."
    )
    watches = frozenset({"data"})

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._run: int | None = None
        self._shown: DataView | None = None
        self._widgets: dict[type[DataView], Any] = {}
        self.hint = Hint(BEFORE)
        self.caption = QLabel(wordWrap=True)
        self._views = QStackedLayout()
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.caption)
        layout.addLayout(self._views, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.hint)
        self._pages.addWidget(content)

    def show_frame(self, frame: Frame) -> None:
        """Draw what the model says now; a new run starts empty."""
        if frame.run != self._run:
            self._run = frame.run
            self._shown = None
        if frame.data is not None and frame.data is not self._shown:
            self._draw(frame.data)
        self._pages.setCurrentIndex(0 if self._shown is None else 1)

    def _draw(self, view: DataView) -> None:
        self._shown = view
        widget = self._widget(type(view))
        caption = widget.show_view(view)
        if caption != self.caption.text():
            self.caption.setText(caption)
        self._views.setCurrentWidget(widget)

    def _widget(self, kind: type[DataView]) -> Any:
        """Return what draws this kind of view, made when it is first needed."""
        if kind not in self._widgets:
            self._widgets[kind] = VIEWS[kind](self.theme)
            self._views.addWidget(self._widgets[kind])
        return self._widgets[kind]

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew."""
        super().apply_theme(theme)
        for widget in self._widgets.values():
            widget.apply_theme(theme)
        if self._shown is not None:
            self._draw(self._shown)


def _made_up() -> Iterator[Frame]:
    """A boundary that turns until it parts two clouds."""
    chance = np.random.default_rng(0)
    classes = np.arange(300) % 2
    points = chance.normal(0, 0.7, (300, 2)) + np.where(classes, 1.0, -1.0)[:, None]
    axis = np.linspace(-3.5, 3.5, 80)
    x, y = np.meshgrid(axis, axis)
    for number, angle in enumerate(np.linspace(-np.pi / 2, np.pi / 4, 60)):
        positive = 1 / (1 + np.exp(-2 * (np.cos(angle) * x + np.sin(angle) * y)))
        view = PlaneView(
            axis_names=("x", "y"),
            class_names=("blue", "orange"),
            x=axis,
            y=axis,
            predicted=(positive > 0.5).astype(np.int64),
            confidence=np.maximum(positive, 1 - positive).astype(np.float32),
            train_points=points[:200],
            train_classes=classes[:200],
            validation_points=points[200:],
            validation_classes=classes[200:],
        )
        yield Frame(serial=number, data=view)


if __name__ == "__main__":
    from gradlab.window.panels.preview import preview

    preview(DataPanel, _made_up(), milliseconds=60)
