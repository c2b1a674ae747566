"""Finding words that have no room."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QMainWindow,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QWidget,
)

SLACK = 1  # pixels: fonts round


def clipped_texts(root):
    """Return a line for each label, button, tab and list in sight that is smaller than what it says."""
    return [
        f"{type(widget).__name__} “{text}”: {lack}"
        for widget in root.findChildren(QWidget)
        if widget.isVisible() and not _is_behind(widget)
        for text, lack in _lacks(widget)
    ]


def _is_behind(widget):
    """Tell whether a widget is in a panel behind another one: Qt puts those far outside."""
    while widget is not None and not hasattr(widget, "in_sight"):
        widget = widget.parentWidget()
    return widget is not None and not widget.in_sight


def _lacks(widget):
    if isinstance(widget, QLabel) and widget.text() and widget.pixmap().isNull():
        yield from _label(widget)
    elif isinstance(widget, QComboBox):
        yield from _combo(widget)
    elif isinstance(widget, QTabBar) and not isinstance(widget.parent(), QMainWindow):  # those have tooltips
        for tab in range(widget.count()):
            if widget.isTabVisible(tab) and widget.tabRect(tab).width() < widget.tabSizeHint(tab).width():
                yield widget.tabText(tab), "elided tab"
    elif isinstance(widget, QAbstractButton) and widget.text():
        wanted, has = widget.minimumSizeHint(), widget.size()
        if has.width() + SLACK < wanted.width() or has.height() + SLACK < wanted.height():
            yield widget.text(), f"{has.toTuple()} of {wanted.toTuple()}"
    lack = _outside(widget)
    if lack and _says(widget):
        yield _says(widget), lack


def _says(widget):
    if isinstance(widget, QLabel | QAbstractButton):
        return widget.text()
    return widget.currentText() if isinstance(widget, QComboBox) else ""


def _label(label):
    if type(label).__name__ == "TitleLabel":  # elides itself, with the whole title in its tooltip
        return
    room = label.contentsRect()
    if label.wordWrap():
        needed = label.heightForWidth(label.width())
        if label.height() + SLACK < needed:
            yield label.text(), f"{label.height()} of {needed} pixels high"
    elif label.width() + SLACK < label.minimumSizeHint().width():
        yield label.text(), f"{room.width()} of {label.minimumSizeHint().width()} pixels wide"
    elif label.height() + SLACK < label.minimumSizeHint().height():
        yield label.text(), f"{label.height()} of {label.minimumSizeHint().height()} pixels high"


def _combo(combo):
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    room = combo.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, combo
    )
    needed = combo.fontMetrics().horizontalAdvance(combo.currentText())
    if room.width() + SLACK < needed:
        yield combo.currentText(), f"{room.width()} of {needed} pixels wide"


def _outside(widget):
    """Say how far a widget reaches beyond what can be seen of it; scrolling up and down is fine."""
    place = QRect(widget.mapTo(widget.window(), widget.rect().topLeft()), widget.size())
    parent = widget.parentWidget()
    while parent is not None and not parent.isWindow():
        if isinstance(parent.parentWidget(), QScrollArea) or not isinstance(parent, QScrollArea):
            seen = QRect(parent.mapTo(parent.window(), parent.rect().topLeft()), parent.size())
            beyond = max(place.right() - seen.right(), seen.left() - place.left())
            if beyond > SLACK and _cannot_scroll(parent):
                return f"{beyond} pixels beyond its {type(parent).__name__}"
        parent = parent.parentWidget()
    return ""


def _cannot_scroll(viewport):
    area = viewport.parentWidget()
    if not isinstance(area, QScrollArea):
        return True
    return area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
