"""A language in which every text stands in ⟦brackets⟧, and what of a window's texts does not stand in any."""

import gettext
import re
from collections.abc import Iterator
from typing import Any

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QObject, Qt
from PySide6.QtGui import QAction, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)

OPEN, CLOSE = "⟦", "⟧"
# Names of code and of measures, symbols, numbers, units and keys are the same in every language.
SAME = re.compile(
    r"\b(?:(?:hidden|recurrent|conv|pool)\d*|output|inputs?|flatten|weight(?:_\w+)?|bias(?:_\w+)?|NaN|F1|nbsp|"
    r"(?:Leaky )?ReLU|tanh|PC \d|GradLab|PyTorch|TN|TP|FN|FP)\b|\d+(?:\.\d+)?e?[+-]?\d*"
)
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)


class Brackets(gettext.NullTranslations):
    """Translates by putting brackets around."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


def outside_brackets(text: str) -> str:
    """Return the words of a text that are not translated; what is cut off counts as closed."""
    text = re.sub(r"<[^<>]*>|&\w+;", " ", text)
    depth, rest = 0, []
    for letter in text:
        if letter == CLOSE:
            depth = max(0, depth - 1)
        if depth == 0 and letter not in (OPEN, CLOSE):
            rest.append(letter)
        if letter == OPEN:
            depth += 1
    left = SAME.sub(" ", "".join(rest))
    return " ".join(re.findall(r"[A-Za-z]{2,}", left))


OF_QT = {"ScrollLeftButton", "ScrollRightButton"}  # Qt translates its own


def texts_of(root: QWidget) -> Iterator[tuple[str, str]]:
    """Yield where each text of a widget and of all in it stands, and the text."""
    for widget in (root, *root.findChildren(QWidget)):
        if widget.objectName() in OF_QT or _is_never_offered(widget):
            continue
        where = f"{type(widget).__name__} {widget.objectName()}".strip()
        for kind in ("accessibleName", "accessibleDescription", "toolTip", "whatsThis", "statusTip"):
            yield f"{where}.{kind}", getattr(widget, kind)()
        yield from ((f"{where}: {kind}", text) for kind, text in _own_texts(widget))
    for action in root.findChildren(QAction):
        if _is_never_offered(action):
            continue
        for kind in ("text", "toolTip", "statusTip", "whatsThis"):
            yield f"QAction.{kind}", getattr(action, kind)()


def _is_never_offered(part: QObject | None) -> bool:
    """Whether something is of the menus that pyqtgraph has, and that the lab switches off."""
    while part is not None:
        if isinstance(part, pg.GraphicsScene) or (isinstance(part, QMenu) and part.title() == "Plot Options"):
            return True
        part = part.parent()
    return False


def _own_texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    for kind in (QLabel, QAbstractButton, QLineEdit):
        if isinstance(widget, kind):
            yield "text", widget.text()
    if isinstance(widget, QLineEdit):
        yield "placeholder", widget.placeholderText()
    if isinstance(widget, QMenu):
        yield "title", widget.title()
    if isinstance(widget, QComboBox):
        yield from (("item", widget.itemText(number)) for number in range(widget.count()))
    if isinstance(widget, QTabBar):
        yield from (("tab", widget.tabText(number)) for number in range(widget.count()))
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _cells(widget.model())
    if isinstance(widget, QGraphicsView) and widget.scene() is not None:
        for item in widget.scene().items():
            if isinstance(item, pg.AxisItem):
                yield "axis", item.labelText or ""
            if hasattr(item, "toPlainText"):
                yield type(item).__name__, item.toPlainText()


def _cells(model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for role in ROLES:
        for row in range(min(model.rowCount(), 3)):
            for column in range(columns):
                yield f"cell {row}, {column}", _text(model.data(model.index(row, column), role))
        for side, count in (
            (Qt.Orientation.Horizontal, columns),
            (Qt.Orientation.Vertical, min(model.rowCount(), 3)),
        ):
            for section in range(count):
                yield f"header {section}", _text(model.headerData(section, side, role))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


class Painted:
    """Notes every text that is drawn by code in Python."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        draw = QPainter.drawText

        def note(painter: QPainter, *values: Any) -> Any:
            self.texts += [value for value in values if isinstance(value, str)]
            return draw(painter, *values)

        monkeypatch.setattr(QPainter, "drawText", note)
