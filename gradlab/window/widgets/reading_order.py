"""The order in which the Tab key goes through a window: as people read it, however it was built.

Qt goes in the order in which widgets were made. Panels are made ahead of the lab, move, and come and go; lessons
are inserted beside them. So the order is read off the places where things stand when the key is pressed.
"""

from collections.abc import Callable, Iterator
from itertools import chain, pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenuBar,
    QScrollArea,
    QTabBar,
    QWidget,
)

WHOLE = (QAbstractSpinBox, QComboBox, QLineEdit, QMenuBar, QTabBar)  # nothing in them is for the Tab key
SPACE_AROUND = 40  # pixels that stay in sight around what has the keyboard


def step(window: QWidget, *, forward: bool) -> bool:
    """Give the keyboard to the next control of a window, or the one before; return whether there is one."""
    order = list(reading_order(window))
    if not order:
        return False
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    following = order[_place(order, forward=forward)]
    following.setFocus(reason)
    _bring_into_sight(following)
    return True


def reading_order(widget: QWidget) -> Iterator[QWidget]:
    """Yield the controls in a widget that the Tab key reaches: group by group, row by row, from left to right."""
    if _takes_tab(widget):
        yield widget
    if isinstance(widget, WHOLE):
        return
    inner = [child for child in widget.children() if isinstance(child, QWidget) and _is_seen(child, widget)]
    for child in _read(inner):
        yield from reading_order(child)


def _read(widgets: list[QWidget]) -> list[QWidget]:
    """Sort widgets: cut into rows where a line can pass between them, or else downwards at the widest gap."""
    if len(widgets) < 2:
        return widgets
    rows = _cut(widgets, lambda each: (each.geometry().top(), each.geometry().bottom()))
    if len(rows) > 1:
        return [each for row in rows for each in _read(row)]
    columns = _cut(widgets, lambda each: (each.geometry().left(), each.geometry().right()))
    if len(columns) == 1:
        return sorted(widgets, key=lambda each: (each.y(), each.x()))
    gaps = [_left(right) - _right(left) for left, right in pairwise(columns)]
    widest = gaps.index(max(gaps)) + 1
    return [each for side in (columns[:widest], columns[widest:]) for each in _read([*chain(*side)])]


def _cut(widgets: list[QWidget], extent: Callable[[QWidget], tuple[int, int]]) -> list[list[QWidget]]:
    """Cut wherever nothing is in the way."""
    groups: list[list[QWidget]] = []
    reached = 0
    for each in sorted(widgets, key=extent):
        start, end = extent(each)
        if groups and start <= reached:
            groups[-1].append(each)
            reached = max(reached, end)
        else:
            groups.append([each])
            reached = end
    return groups


def _left(column: list[QWidget]) -> int:
    return min(each.geometry().left() for each in column)


def _right(column: list[QWidget]) -> int:
    return max(each.geometry().right() for each in column)


def _takes_tab(widget: QWidget) -> bool:
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(takes) and widget.isEnabled() and widget.focusProxy() is None


def _is_seen(widget: QWidget, parent: QWidget) -> bool:
    # Qt keeps the tabs of panels that no longer share a place outside of the window.
    return not widget.isWindow() and widget.isVisible() and widget.geometry().intersects(parent.rect())


def _place(order: list[QWidget], *, forward: bool) -> int:
    focused = QApplication.focusWidget()
    if focused in order:
        return (order.index(focused) + (1 if forward else -1)) % len(order)
    return 0 if forward else -1


def _bring_into_sight(widget: QWidget) -> None:
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            # Qt's own ensureWidgetVisible is content with the cursor in a field.
            inside = around.widget() or around
            middle = inside.mapFromGlobal(widget.mapToGlobal(widget.rect().center()))
            width, height = widget.width() // 2, widget.height() // 2 + SPACE_AROUND
            around.ensureVisible(middle.x(), middle.y(), width, height)
        around = around.parentWidget()
