"""Figures: what a panel draws, under a title and without the controls beside it.

A figure is put together from the parts of the panel that are drawn and read: plots, pictures, tables, words, keys
of curves. Buttons, sliders, lists and tabs are left out, and the room that they took is closed. What they chose is
written beneath the title.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QRegion
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QFrame,
    QGraphicsItem,
    QGraphicsView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QScrollArea,
    QSlider,
    QSplitterHandle,
    QTabBar,
    QTableView,
    QWidget,
)

from gradlab.window import theme
from gradlab.window.widgets.ground import Ground

MARGIN = 16
GAP = 10  # what is left of the room that controls took
TITLE_SIZE = 1.3  # times the font of the panel
_ROUNDS = 4  # in which a widget grows: what is in it takes some of the new room for itself
_LARGEST = QSize(6000, 12_000)  # pixels that a figure may have
CONTROLS = (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QProgressBar,
    QSplitterHandle,
    QTabBar,
)


@dataclass
class FigurePart:
    """A widget to draw.

    Attributes:
        place: where it stands in the figure, below its head.
        seen: the part of the widget that is seen there, in its own coordinates.
        line: the height of its middle on the screen.
    """

    widget: QWidget
    place: QRect
    seen: QRect
    line: int


class Figure:
    """A figure of a panel, or of a plot in it, as it looks now.

    Attributes:
        size: in pixels of the screen.
        title: what it shows; ``choices``: which of the views, scales and parts of it.
        parts: what is drawn below both.
    """

    def __init__(self, target: QWidget) -> None:
        self._target = target
        self.parts = _Collection(target).parts
        self.title = target.accessibleName() or target.windowTitle()
        self.choices = " · ".join(_choices(target))
        self._bold = QFont(target.font())
        self._bold.setBold(True)
        self._bold.setPointSizeF(max(1.0, self._bold.pointSizeF()) * TITLE_SIZE)
        self.size = QSize(target.width() + 2 * MARGIN, self._top() + self._height() + MARGIN)

    def paint(self, painter: QPainter) -> None:
        """Draw it from (0, 0) on."""
        painter.fillRect(QRect(QPoint(), self.size), theme.color("surface.panel"))
        self._paint_words(painter)
        with _as_lines(self._target):
            for part in self.parts:
                corner = part.place.topLeft() + QPoint(MARGIN, self._top())
                # Without the widgets in it: those among them that belong to the figure are parts of their own.
                part.widget.render(painter, corner, QRegion(part.seen), QWidget.RenderFlag(0))

    def _paint_words(self, painter: QPainter) -> None:
        painter.save()
        place = QRect(MARGIN, MARGIN, self.size.width() - 2 * MARGIN, self._top())
        painter.setPen(theme.color("text.normal"))
        painter.setFont(self._bold)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self.title)
        painter.setPen(theme.color("text.muted"))
        painter.setFont(self._target.font())
        place.adjust(0, self._title_height(), 0, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self.choices)
        painter.restore()

    def _title_height(self) -> int:
        return round(self._target.fontMetrics().height() * TITLE_SIZE) + 2

    def _top(self) -> int:
        choices = self._target.fontMetrics().height() + 2 if self.choices else 0
        return MARGIN + self._title_height() + choices + GAP

    def _height(self) -> int:
        return max((part.place.bottom() + 1 for part in self.parts), default=0)


@dataclass(frozen=True)
class _Unrolled:
    """An area of which more is drawn than is seen: where it ends on the screen, and how much it grows."""

    bottom: int
    more: int
    parts: range


class _Collection:
    """Collects what is drawn of a widget and of what is in it, and closes up the room between.

    Attributes:
        parts: what was found, at its place in the figure.
    """

    def __init__(self, target: QWidget) -> None:
        self._target = target
        self._left_out: list[QRect] = []
        self.parts: list[FigurePart] = []
        self._unrolled: list[_Unrolled] = []
        self._collect(target, target.rect(), QPoint())
        self._make_room()
        self._move_left()
        self._move_up()
        edge = min((part.place.left() for part in self.parts), default=0)
        for part in self.parts:
            part.place.translate(-edge, 0)  # in line with the title

    def _collect(self, widget: QWidget, window: QRect, moved: QPoint) -> None:
        """Take what is seen of a widget in ``window``; ``moved`` is how far from its place on the screen it is."""
        corner = widget.mapTo(self._target, moved)
        place = QRect(corner, widget.size()).intersected(window)
        if place.isEmpty():
            return
        inner = [child for child in widget.children() if isinstance(child, QWidget)]
        wanted = [child for child in inner if _belongs(child, self._target)]
        if not isinstance(widget, QAbstractScrollArea):  # nothing makes up for its bars and its corner
            self._left_out += [_place(child, self._target) for child in inner if child not in wanted]
        if _draws(widget):
            self.parts.append(FigurePart(widget, place, place.translated(-corner), place.center().y()))
        for child in wanted:
            if isinstance(widget, QScrollArea) and child is widget.viewport():
                self._unroll(widget, window, moved)
            else:
                self._collect(child, window, moved)

    def _unroll(self, area: QScrollArea, window: QRect, moved: QPoint) -> None:
        """Take all that can be scrolled to."""
        seen, whole = _place(area.viewport(), self._target).translated(moved), area.widget()
        if whole is None:
            return
        more = max(0, whole.height() - seen.height())
        window = window.adjusted(0, 0, 0, more).intersected(seen.adjusted(0, 0, 0, more))
        first = len(self.parts)
        self._collect(whole, window, moved + QPoint(0, area.verticalScrollBar().value()))
        self._unrolled.append(_Unrolled(seen.bottom(), more, range(first, len(self.parts))))

    def _make_room(self) -> None:
        """Move down what is below something that was unrolled."""
        for number, part in enumerate(self.parts):
            above = [each for each in self._unrolled if part.line > each.bottom and number not in each.parts]
            part.place.translate(0, sum(each.more for each in above))

    def _move_up(self) -> None:
        """Move up what has an empty row above it that is higher than GAP."""
        raised, bottom = 0, -GAP
        for part in sorted(self.parts, key=lambda part: part.place.top()):
            place = QRect(part.place)
            raised += max(0, place.top() - bottom - GAP)
            bottom = max(bottom, place.bottom() + 1)
            part.place.translate(0, -raised)

    def _move_left(self) -> None:
        """Move to the left what has a control to its left that is left out."""
        for part in self.parts:
            before = [
                rect
                for rect in self._left_out
                if rect.top() <= part.line <= rect.bottom() and rect.right() < part.place.left()
            ]
            if before:
                first = min(rect.left() for rect in before)
                part.place.translate(
                    -min(part.place.left() - first, sum(rect.width() + 8 for rect in before)), 0
                )


def _place(widget: QWidget, target: QWidget) -> QRect:
    return QRect(widget.mapTo(target, QPoint()), widget.size()) if widget.isVisibleTo(target) else QRect()


def _belongs(widget: QWidget, target: QWidget) -> bool:
    if widget.isWindow() or not widget.isVisibleTo(target):
        return False
    if isinstance(widget, CONTROLS):
        return bool(getattr(widget, "in_figures", False))
    return not _is_about_control(widget) and _slider_in(widget) is None


def _is_about_control(widget: QWidget) -> bool:
    return isinstance(widget, QLabel) and isinstance(widget.buddy(), CONTROLS)


def _slider_in(widget: QWidget) -> QSlider | None:
    """Return the slider of a row that consists of a slider and what belongs to it."""
    children = [child for child in widget.children() if isinstance(child, QWidget)]
    sliders = [child for child in children if isinstance(child, QSlider)]
    return sliders[0] if sliders and all(isinstance(each, (*CONTROLS, QLabel)) for each in children) else None


def _draws(widget: QWidget) -> bool:
    """Return whether a widget draws something itself, and not only the ground for what is in it."""
    owner = widget.parentWidget()
    if isinstance(owner, QAbstractScrollArea) and widget is owner.viewport():
        return not isinstance(owner, QScrollArea)
    if type(widget).paintEvent in (Ground.paintEvent, QWidget.paintEvent, QFrame.paintEvent):
        return False
    if isinstance(widget, QLabel):
        return bool(widget.text()) or not widget.pixmap().isNull()
    return not isinstance(widget, QAbstractScrollArea)


def _choices(target: QWidget) -> Iterator[str]:
    """Yield in words what is chosen in the panel."""
    for widget in target.findChildren(QWidget):
        if not widget.isVisibleTo(target):
            continue
        if isinstance(widget, QTabBar):
            yield widget.tabText(widget.currentIndex()).replace("&", "")
        elif isinstance(widget, QComboBox) and widget.accessibleName():
            yield f"{widget.accessibleName()}: {widget.currentText()}"
        elif (slider := _slider_in(widget)) is not None:
            values = [each.text() for each in widget.findChildren(QLabel) if each.buddy() is None]
            yield f"{slider.accessibleName()}: {' '.join(values)}"


@contextmanager
def _as_lines(widget: QWidget) -> Iterator[None]:
    """Make plots draw symbols and axes as lines and text; normally they reuse cached bitmaps."""
    views = [
        view for view in (widget, *widget.findChildren(QGraphicsView)) if isinstance(view, QGraphicsView)
    ]
    items = [item for view in views for item in view.scene().items()]
    caches = [(item, item.cacheMode()) for item in items]
    exported = [item for item in items if hasattr(item, "setExportMode")]
    for item in items:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    for item in exported:
        item.setExportMode(True, {"antialias": True, "resolutionScale": 1.0})
    try:
        yield
    finally:
        for item in exported:
            item.setExportMode(False)
        for item, mode in caches:
            item.setCacheMode(mode)


@contextmanager
def unscrolled(target: QWidget) -> Iterator[None]:
    """Make a widget so large, for a moment, that tables, lists and texts in it need not scroll."""
    size = target.size()
    bars = [
        bar for area in _scrolling(target) for bar in (area.verticalScrollBar(), area.horizontalScrollBar())
    ]
    values = [bar.value() for bar in bars]
    for _ in range(_ROUNDS):
        lack = [_lack(area) for area in _scrolling(target)]
        wider, higher = (max(each, default=0) for each in zip(*lack, strict=True)) if lack else (0, 0)
        if wider <= 0 and higher <= 0:
            break
        target.resize((target.size() + QSize(max(wider, 0), max(higher, 0))).boundedTo(_LARGEST))
    try:
        yield
    finally:
        if target.size() != size:
            target.resize(size)
            for bar, value in zip(bars, values, strict=True):
                bar.setValue(value)


def _scrolling(target: QWidget) -> list[QAbstractScrollArea]:
    """Return what can scroll, apart from what a figure unrolls itself, and from plots."""
    areas = [target, *target.findChildren(QAbstractScrollArea)]
    return [
        area
        for area in areas
        if isinstance(area, QAbstractScrollArea)
        and not isinstance(area, QScrollArea | QGraphicsView | QHeaderView)
        if area.isVisibleTo(target)
    ]


def _lack(area: QAbstractScrollArea) -> tuple[int, int]:
    """Return how many pixels an area is too narrow, and too low, to show all that is in it."""
    if isinstance(area, QTableView):
        across, down, seen = area.horizontalHeader().length(), area.verticalHeader().length(), area.viewport()
        return across - seen.width(), down - seen.height()
    return area.horizontalScrollBar().maximum(), area.verticalScrollBar().maximum() * _step(area)


def _step(area: QAbstractScrollArea) -> int:
    """Return how many pixels a step of an area's vertical bar scrolls."""
    if isinstance(area, QPlainTextEdit):
        return area.fontMetrics().lineSpacing()
    by_item = QAbstractItemView.ScrollMode.ScrollPerItem
    if isinstance(area, QAbstractItemView) and area.verticalScrollMode() == by_item:
        return max(1, area.sizeHintForRow(0))
    return 1
