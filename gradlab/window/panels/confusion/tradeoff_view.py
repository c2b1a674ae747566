"""Precision and recall, and the ROC curve, over all thresholds of two classes."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QVBoxLayout, QWidget

from gradlab.instruments.records import Counts, Doubles, Floats
from gradlab.instruments.thresholds import Tradeoff, spread_out, tidy_threshold, tradeoff
from gradlab.language import mark, tr
from gradlab.window import theme
from gradlab.window.charts.axes import RoundAxis
from gradlab.window.charts.colors import pen
from gradlab.window.charts.themed_plot import ThemedPlot
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label

STEPS = 400  # points per curve: more cannot be told apart
PRECISION_HELP = mark(
    "Each point is a threshold. Upwards: precision, of the rows said to be positive the share that is. To the "
    "right: recall, of the positive rows the share that was found. The average precision (AP) sums the curve up; "
    "the dashed line is what guessing would bring. Click to take a threshold."
)
ROC_HELP = mark(
    "Each point is a threshold. Upwards: recall, of the positive rows the share that was found. To the right: of "
    "the negative rows the share taken for positive. The area under the curve (AUC) is 1 for a perfect order and "
    "0.5 for guessing, the dashed line. Click to take a threshold."
)


class TradeoffPlot(ThemedPlot):
    """One curve with the current threshold marked.

    Attributes:
        tried: emitted with the index of a threshold, while the mouse button is held down on the curve.
        released: emitted when the button is released.
    """

    tried = Signal(int)
    released = Signal()

    def __init__(self, x_label: str, token: str) -> None:
        super().__init__(RoundAxis("bottom"), RoundAxis("left"), x_label)
        self._token = token
        self._x = self._y = np.zeros(0)
        self.guess = pg.PlotCurveItem()
        self.curve = pg.PlotCurveItem()
        self.mark = pg.ScatterPlotItem(size=11, symbol="o", pxMode=True)
        for item in (self.guess, self.curve, self.mark):
            self.addItem(item)
        self.view.setMouseEnabled(x=False, y=False)
        self.view.setRange(xRange=(-0.03, 1.03), yRange=(-0.03, 1.03), padding=0, disableAutoRange=True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # with the keyboard, the slider chooses
        self.wear()

    def dress(self) -> None:
        """Apply the theme's colours."""
        super().dress()
        self.guess.setPen(pen(theme.color("plot.axis"), style=Qt.PenStyle.DashLine))
        self.curve.setPen(pen(theme.color(self._token)))
        self.mark.setPen(pen(theme.color("plot.background"), 1.5))
        self.mark.setBrush(theme.color("text.normal"))

    def label_width(self) -> int:
        """Return the width of the labels of the y-axis, in pixels."""
        return int(self.fontMetrics().horizontalAdvance("0.0"))

    def show_curve(self, x: Doubles, y: Doubles) -> None:
        """Draw a curve, one point per threshold."""
        self._x, self._y = x, y
        kept = spread_out(x, y, STEPS)
        self.curve.setData(x[kept], y[kept])

    def mark_place(self, place: int) -> None:
        """Mark the threshold in force, by its index on the curve."""
        self.mark.setData([self._x[place]], [self._y[place]])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Try the threshold nearest to the mouse."""
        self._try(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Try the thresholds along the mouse's way."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._try(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Report that the mouse button was released."""
        self.released.emit()

    def _try(self, event: QMouseEvent) -> None:
        if len(self._x) > 1:
            point = self.view.mapSceneToView(self.mapToScene(event.position().toPoint()))
            away = np.square(self._x - point.x()) + np.square(self._y - point.y())
            self.tried.emit(int(away.argmin()))


class TradeoffView(QWidget):
    """Both curves, each with the number that sums it up.

    Attributes:
        tried: emitted with a threshold while the mouse button is held down on a curve.
        released: emitted when the button is released.
    """

    tried = Signal(float)
    released = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Counts, Floats] | None = None
        self._tradeoff: Tradeoff | None = None
        self.precision = TradeoffPlot(tr("Recall"), "series.precision")
        self.roc = TradeoffPlot(tr("False positive rate"), "series.recall")
        self.precision_title, self.roc_title = QLabel(), QLabel()
        self.of_class = label("", "muted")
        self._box = fill(QBoxLayout(QBoxLayout.Direction.LeftToRight), spacing=6)
        fill(QVBoxLayout(self), self.of_class, (self._box, 1), spacing=2)
        self._add(self.precision, self.precision_title, tr("Precision against recall"), PRECISION_HELP)
        self._add(self.roc, self.roc_title, tr("ROC curve"), ROC_HELP)

    def _add(self, plot: TradeoffPlot, title: QLabel, name: str, help: str) -> None:
        plot.setAccessibleName(name)
        for widget in (plot, title):
            widget.setToolTip(f"<p>{tr(help)}</p>")
        plot.tried.connect(self._try)
        plot.released.connect(self.released)
        column = fill(QVBoxLayout(), title, (plot, 1), spacing=0)
        self._box.addLayout(column, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the curves side by side, or one above the other where that leaves them more room."""
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        self._box.setDirection(ways.TopToBottom if self.height() > self.width() else ways.LeftToRight)

    def name_class(self, name: str) -> None:
        """Say which class is the one to be found."""
        self.of_class.setText(tr("Precision and recall of: {name}").format(name=name))

    def show_rows(self, true: Counts, scores: Floats, threshold: float) -> None:
        """Draw the curves of these rows, and mark a threshold."""
        if self._rows is None or self._rows[0] is not true or self._rows[1] is not scores:
            self._rows = true, scores
            self._tradeoff = tradeoff(true, scores)
            self._draw(self._tradeoff, float(true.mean()))
        assert self._tradeoff is not None
        # They are in falling order: the last one that is not below this threshold is marked.
        passing = int((self._tradeoff.thresholds >= np.float32(threshold)).sum())
        place = max(passing - 1, 0)
        self.precision.mark_place(place)
        self.roc.mark_place(place)

    def _draw(self, found: Tradeoff, share: float) -> None:
        self.precision.show_curve(found.recall, found.precision)
        self.precision.guess.setData([0, 1], [share, share])
        self.roc.show_curve(found.false_positive_rate, found.recall)
        self.roc.guess.setData([0, 1], [0, 1])
        self.precision_title.setText(
            tr("Precision · average (AP) {value}").format(value=f"{found.average_precision:.3f}")
        )
        self.roc_title.setText(tr("Recall (ROC) · area (AUC) {value}").format(value=f"{found.area:.3f}"))

    @Slot(int)
    def _try(self, place: int) -> None:
        assert self._tradeoff is not None
        self.tried.emit(tidy_threshold(self._tradeoff.thresholds, place))
