"""A line in a chart that has drawing ranges of its own."""

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from typing_extensions import override


class LineItem(pg.PlotCurveItem):  # type: ignore[misc]
    """A line that claims all of its view box.

    pyqtgraph looks through all points of a curve for where it lies, several times per drawing. Our charts choose
    their ranges themselves, and draw only what is in view: where that is, is known.
    """

    def __init__(self, **options: object) -> None:
        super().__init__(connect="finite", **options)

    @override
    def boundingRect(self) -> QRectF:
        view = self.getViewBox()
        return QRectF() if view is None else view.viewRect()

    @override
    def viewRangeChanged(self) -> None:
        self.prepareGeometryChange()
        super().viewRangeChanged()
