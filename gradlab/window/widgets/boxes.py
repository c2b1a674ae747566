"""Fills rows and columns."""

from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

Box = TypeVar("Box", bound=QBoxLayout)
Item = QWidget | QLayout | int | None
Part = Item | tuple[Item, int] | tuple[Item, int, Qt.AlignmentFlag]


def fill(
    box: Box, *parts: Part, spacing: int | None = None, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> Box:
    """Add widgets and layouts to a row or a column, one after the other; return it.

    Args:
        box: the row or the column.
        parts: each a widget or a layout, a gap in pixels, or None for a gap that takes all room that is left; in
            a tuple with its stretch factor, and then its alignment.
        spacing: pixels between the parts; by default what the style has.
        margins: pixels around all of them: left, top, right, bottom.
    """
    box.setContentsMargins(*margins)
    if spacing is not None:
        box.setSpacing(spacing)
    options: list[Any]  # what addWidget and addLayout take besides
    for part in parts:
        item, *options = part if isinstance(part, tuple) else (part,)
        match item:
            case None:
                box.addStretch(*options or [1])
            case int():
                box.addSpacing(item)
            case QLayout():
                box.addLayout(item, *options)
            case QWidget():
                box.addWidget(item, *options)
    return box
