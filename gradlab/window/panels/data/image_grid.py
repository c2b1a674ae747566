"""Pictures, each with the model's prediction."""

import math
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetrics, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)
from typing_extensions import override

from gradlab.instruments.records import Floats, PicturesView
from gradlab.language import sentences, shown_name, tr
from gradlab.window import theme
from gradlab.window.panels.data.prediction_words import percent, picture_in_words, right_in_words
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.record_table import ROOT, Index

SMALLEST = 18  # pixels along a picture's edge, before the list scrolls
LARGEST = 160
FRAME = 3


class ImagesModel(QAbstractListModel):
    """One item per picture; its text says what it is and what the model says."""

    def __init__(self) -> None:
        super().__init__()
        self.view: PicturesView | None = None
        self.images: list[QImage] = []

    def set_view(self, view: PicturesView) -> bool:
        """Show new predictions; return True if their pictures are other ones than before."""
        known = self.view
        if known is not None and np.array_equal(known.pictures, view.pictures, equal_nan=True):
            self.view = view
            for row in np.flatnonzero(_said(known) != _said(view)).tolist():
                self.dataChanged.emit(self.index(row), self.index(row))
            return False
        self.beginResetModel()
        self.view = view
        self.images = [_image(picture) for picture in view.pictures]
        self.endResetModel()
        return True

    @override
    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.images)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.view is not None and role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return picture_in_words(self.view, index.row())
        return None


class ImageGrid(Themed, QListView):
    """All pictures at once, as large as fits; what the model gets wrong is framed and named."""

    def __init__(self) -> None:
        super().__init__()
        self.edge = SMALLEST
        self.small = QFont(self.font())
        self._model = ImagesModel()
        self.setModel(self._model)
        self.setAccessibleName(tr("Pictures and predictions"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(ImageDelegate(self))
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.wear()

    @override
    def dress(self) -> None:
        self.setStyleSheet(
            f"QListView {{ background: {theme.color('plot.background').name()}; border: none; }}"
        )

    def show_view(self, view: PicturesView) -> str:
        """Draw the view and return its caption."""
        if self._model.set_view(view):
            self._fit()
        said = right_in_words(view)
        if (view.true == view.predicted).all():
            return said
        return sentences((said, tr("Framed, true → predicted: wrong.")))

    @property
    def view(self) -> PicturesView:
        """What is shown."""
        return cast("PicturesView", self._model.view)

    def image(self, row: int) -> QImage:
        """Return the picture of a row."""
        return self._model.images[row]

    @override
    def paintEvent(self, e: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(e.rect(), theme.color("plot.background"))
        painter.end()
        super().paintEvent(e)

    @override
    def resizeEvent(self, e: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(e)

    def _fit(self) -> None:
        self.small.setPointSizeF(max(8.0, QFontInfo(self.font()).pointSizeF() - 1))
        label = QFontMetrics(self.small).height() + FRAME + 2
        count = len(self._model.images)
        # One pixel less: Qt wraps an item that ends at the edge.
        room = self.size() - QSize(1, 1)
        columns, self.edge = best_grid(count, room, label)
        rows = math.ceil(count / columns)
        fits = rows * (self.edge + label) <= room.height()
        height = (
            min(room.height() // max(1, rows), (self.edge + label) * 3 // 2) if fits else self.edge + label
        )
        # Decided here: where Qt decides, it keeps the scroll bar's room free even without one.
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        self.setVerticalScrollBarPolicy(policy)
        bar = 0 if fits else self.verticalScrollBar().sizeHint().width()
        self.setGridSize(QSize((room.width() - bar) // columns, height))


class ImageDelegate(QStyledItemDelegate):
    """Draws a picture with crisp pixels, and below it what the model says."""

    def __init__(self, grid: ImageGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._grid.gridSize()

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        grid, row = self._grid, index.row()
        view = grid.view
        edge = grid.edge
        place = QRect(
            option.rect.x() + (option.rect.width() - edge) // 2, option.rect.y() + FRAME + 1, edge, edge
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(place, grid.image(row))
        is_wrong = view.true[row] != view.predicted[row]
        if is_wrong:
            _frame(painter, place, QPen(theme.color("status.error"), FRAME))
        if option.state & QStyle.StateFlag.State_HasFocus:
            _frame(painter, place.adjusted(-2, -2, 2, 2), QPen(theme.color("accent.focus"), 1))
        painter.setPen(theme.color("status.error" if is_wrong else "text.muted"))
        painter.setFont(grid.small)
        label = QRect(
            option.rect.x(), place.bottom() + FRAME, option.rect.width(), QFontMetrics(grid.small).height()
        )
        painter.drawText(
            label, Qt.AlignmentFlag.AlignCenter, _label(view, row, label.width() - 4, grid.small)
        )
        painter.restore()


def best_grid(count: int, room: QSize, label: int) -> tuple[int, int]:
    """Return the number of columns that makes ``count`` pictures largest, and their edge in pixels."""
    choices = []
    for columns in range(1, max(1, count) + 1):
        rows = math.ceil(max(1, count) / columns)
        edge = min(room.width() // columns - 2 * FRAME - 2, room.height() // rows - label)
        choices.append((min(edge, LARGEST), columns))
    edge, columns = max(choices)
    if edge < SMALLEST:
        return max(1, room.width() // (SMALLEST + 3 * FRAME + 2)), SMALLEST
    return columns, edge


def _label(view: PicturesView, row: int, width: int, font: QFont) -> str:
    """Return the longest wording of the verdict that fits into ``width`` pixels."""
    metrics = QFontMetrics(font)
    true, predicted = (shown_name(view.class_names[number[row]]) for number in (view.true, view.predicted))
    verdict = predicted if true == predicted else f"{true} → {predicted}"
    wordings = [f"{verdict}, {percent(view.confidence[row])}", verdict]
    if true != predicted:
        wordings.append(f"→ {predicted}")
    # Whether a text fits is asked where it is cut: whole pixels are too rough for that.
    cut = [metrics.elidedText(text, Qt.TextElideMode.ElideRight, width) for text in wordings]
    return next((text for text in wordings if text in cut), cut[-1])


def _said(view: PicturesView) -> NDArray[np.int64]:
    """Return a number for what is said of each picture: other words have another one."""
    return view.predicted.astype(np.int64) * 1000 + np.rint(
        np.nan_to_num(view.confidence, nan=-1) * 100
    ).astype(np.int64)


def _frame(painter: QPainter, place: QRect, pen: QPen) -> None:
    painter.setPen(pen)
    painter.drawRect(place.adjusted(-2, -2, 1, 1))


def _image(picture: Floats) -> QImage:
    """Return a grey picture of an array ``(height, width)`` with values from 0 to 1."""
    levels = np.ascontiguousarray(np.clip(np.nan_to_num(picture), 0, 1) * 255, dtype=np.uint8)
    height, width = levels.shape
    return QImage(levels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
