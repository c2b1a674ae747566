"""A plot with two axes in the theme's colours and fonts."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize
from PySide6.QtGui import QMouseEvent

from gradlab.window import theme
from gradlab.window.charts.colors import pen
from gradlab.window.theme.themed import Themed


class ThemedPlot(Themed, pg.GraphicsView):  # type: ignore[misc]
    """A view box with an axis to its left and one below.

    A class derived from it calls ``wear`` once it is complete.

    pyqtgraph's own PlotWidget also makes menus and buttons, even where they are never shown.
    """

    def __init__(self, x_axis: pg.AxisItem, y_axis: pg.AxisItem, x_label: str) -> None:
        super().__init__()
        self.x_axis = x_axis
        self.y_axis = y_axis
        self.x_label = x_label
        # The background is a plain colour; as a cached picture it would get into vector drawings.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self.view = pg.ViewBox(enableMenu=False, defaultPadding=0)
        self.view.disableAutoRange()
        self._layout = layout = pg.GraphicsLayout()
        layout.setSpacing(0)
        layout.addItem(y_axis, 0, 0)
        layout.addItem(self.view, 0, 1)
        layout.addItem(x_axis, 1, 1)
        self.setCentralItem(layout)
        for axis in (x_axis, y_axis):
            axis.linkToView(self.view)
            axis.setZValue(-1000)  # the grid belongs behind the curves
            axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)  # it changes less often than they do

    def sizeHint(self) -> QSize:
        """Ask for little: QGraphicsView asks for the size it has, and layouts then cannot share room out."""
        return QSize(160, 100)

    def minimumSizeHint(self) -> QSize:
        """Stay large enough to see something."""
        return QSize(120, 60)

    def addItem(self, item: pg.GraphicsObject) -> None:
        """Draw an item in the data's coordinates."""
        self.view.addItem(item)

    def dress(self) -> None:
        """Apply the theme's colours and font."""
        self.setBackground(theme.color("plot.background"))
        for axis in (self.x_axis, self.y_axis):
            axis.setPen(pen(theme.color("plot.grid")))
            axis.setTickPen(pen(theme.color("plot.grid")))
            axis.setTextPen(pen(theme.color("plot.axis")))
        self.take_font()
        self.viewport().update()

    def take_font(self) -> None:
        """Make room for labels in the widget's font."""
        font = self.font()
        self.scene().setFont(font)
        for axis in (self.x_axis, self.y_axis):
            axis.setTickFont(font)
        height = self.fontMetrics().height()
        # Half of the last label of the x-axis sticks out.
        self._layout.setContentsMargins(2, 6, self.fontMetrics().horizontalAdvance("00000") // 2 + 2, 0)
        size = f"{font.pointSizeF():g}pt" if font.pointSizeF() > 0 else f"{font.pixelSize()}px"
        color = theme.color("plot.axis").name()
        self.x_axis.setLabel(self.x_label, **{"color": color, "font-size": size})
        self.x_axis.showLabel(bool(self.x_label))
        self.x_axis.setHeight((2 * height if self.x_label else height) + 5)
        self.y_axis.setWidth(self.label_width() + 12)

    def label_width(self) -> int:
        """Return the width of the labels of the y-axis, in pixels."""
        return int(self.fontMetrics().horizontalAdvance("0.0001"))

    def under_mouse(self, event: QMouseEvent) -> QPointF | None:
        """Return the place of the mouse in the data's coordinates; None outside the axes."""
        scene = self.mapToScene(event.position().toPoint())
        inside = self.view.sceneBoundingRect().contains(scene)
        return self.view.mapSceneToView(scene) if inside else None

    def changeEvent(self, event: QEvent) -> None:
        """Follow the font of the theme, e.g. in large text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "x_label"):
            self.take_font()
