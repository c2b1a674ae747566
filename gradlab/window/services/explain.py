"""*What is this?* for everything in the window: finds an explanation, and shows it.

A control is explained by its tooltip, or by its ``setWhatsThis`` where a tooltip would get too long; an entry of a
menu by its status tip. What has no words of its own is explained by what it is in, in the end by its panel.
"""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QHelpEvent, QTextDocumentFragment
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHeaderView,
    QMenu,
    QMenuBar,
    QTabBar,
    QVBoxLayout,
    QWhatsThis,
    QWidget,
)

from gradlab.language import tr
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label, plain

_WIDTH = 340  # pixels of a line of explanation


class Explainer(QObject):
    """Explains what is clicked on, or what has the keyboard focus.

    Attributes:
        click, focused: the actions for both.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.click = QAction(tr("What is &this?"), self)
        self.click.setShortcut("Shift+F1")
        self.click.setStatusTip(
            tr("Then click on anything, or choose anything in a menu, to read what it is.")
        )
        self.click.triggered.connect(self.enter)
        self.focused = QAction(tr("What has the keyboard &focus?"), self)
        self.focused.setShortcut("F1")
        self.focused.setStatusTip(tr("Explains the control that the keyboard acts on now."))
        self.focused.triggered.connect(self.explain_focused)

    def enter(self) -> None:
        """Explain what is clicked on next; Escape cancels it."""
        for action in self._window.findChildren(QAction):
            action.setWhatsThis(words_of_entry(action))
        # Only meanwhile: every event of the program passes through here.
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        QWhatsThis.enterWhatsThisMode()

    def explain_focused(self) -> None:
        """Explain the control that has the keyboard focus."""
        if (widget := QApplication.focusWidget()) is not None:
            explain(widget, widget.rect().center())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer Qt, which asks about one widget after another, from the innermost outwards."""
        kind = event.type()
        if kind == QEvent.Type.LeaveWhatsThisMode:
            QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        if not isinstance(event, QHelpEvent) or not isinstance(watched, QWidget):
            return False
        if isinstance(watched, QMenu | QMenuBar):  # Qt knows best which of their actions is meant
            return False
        if kind not in (QEvent.Type.QueryWhatsThis, QEvent.Type.WhatsThis) or not words_of(
            watched, event.pos()
        ):
            return False
        event.accept()
        if kind == QEvent.Type.WhatsThis:
            QWhatsThis.leaveWhatsThisMode()
            explain(watched, event.pos())
        return True


def words_of_entry(action: QAction) -> str:
    """Return the explanation of an entry of a menu, or an empty text."""
    # An action without a tooltip of its own returns its text, without the dots at its end.
    has_tip = not plain(action.text()).startswith(action.toolTip().rstrip("…."))
    return action.statusTip() or (action.toolTip() if has_tip else "")


def words_of(widget: QWidget, place: QPoint) -> str:
    """Return the explanation of a widget itself, or of what lies at a place in it; empty if there is none."""
    tip = _tip_at(widget, place) or widget.toolTip()
    says_more = tip not in (widget.accessibleName(), widget.windowTitle())
    return widget.whatsThis() or (tip if says_more else "")


def _tip_at(widget: QWidget, place: QPoint) -> str:
    """Return the tooltip of the cell, the heading or the tab at a place."""
    role, owner = Qt.ItemDataRole.ToolTipRole, widget.parentWidget()
    if isinstance(widget, QTabBar):
        return widget.tabToolTip(widget.tabAt(place))
    if isinstance(owner, QHeaderView) and owner.model() is not None:
        along = place.x() if owner.orientation() == Qt.Orientation.Horizontal else place.y()
        return owner.model().headerData(owner.logicalIndexAt(along), owner.orientation(), role) or ""
    if isinstance(owner, QAbstractItemView) and owner.model() is not None:
        return owner.indexAt(place).data(role) or ""
    return ""


def explain(widget: QWidget, place: QPoint) -> None:
    """Explain a widget or, if it has no words of its own, the nearest widget around it that has."""
    part: QWidget | None = widget
    while part is not None:
        if words := words_of(part, place):
            HelpPopup(name_of(part), words, part, place).popup()
            return
        place, part = part.mapToParent(place), part.parentWidget()


def name_of(widget: QWidget) -> str:
    """Return a widget's own name, that of a control in it, or that of the nearest widget around it."""
    part: QWidget | None = widget
    while part is not None:
        named = (inner.accessibleName() for inner in (part, *part.findChildren(QWidget)))
        if name := next(filter(None, named), ""):
            return name
        part = part.parentWidget()
    return ""


class HelpPopup(QFrame):
    """An explanation below a place in a widget; any click outside closes it, and so does Escape."""

    def __init__(self, title: str, words: str, anchor: QWidget, place: QPoint) -> None:
        super().__init__(anchor.window(), Qt.WindowType.Popup)
        self.setObjectName("helpPopup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(tr("What is this? {title}").format(title=title))
        self.setAccessibleDescription(QTextDocumentFragment.fromHtml(words).toPlainText())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._anchor, self._place = anchor, place
        heading, text = label(title, "heading", wrap=True), label(words, "helpText", wrap=True)
        heading.setFixedWidth(_WIDTH)
        text.setFixedWidth(_WIDTH)
        text.setTextFormat(Qt.TextFormat.AutoText)
        fill(QVBoxLayout(self), heading, text, spacing=8, margins=(16, 12, 16, 16))

    def popup(self) -> None:
        """Show it, moved so that all of it is on the screen."""
        self.adjustSize()
        corner = self._anchor.mapToGlobal(self._place) + QPoint(0, 4)
        screen = self._anchor.screen().availableGeometry()
        corner.setX(max(screen.left() + 8, min(corner.x(), screen.right() - self.width() - 8)))
        corner.setY(max(screen.top() + 8, min(corner.y(), screen.bottom() - self.height() - 8)))
        self.move(corner)
        self.show()
        self.setFocus()
