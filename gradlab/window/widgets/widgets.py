"""Small widgets that several pages share."""

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Literal, TypeVar

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QMouseEvent, QShortcut, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradlab.language import tr
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill

Control = TypeVar("Control", bound=QWidget)

GAP_BESIDE_ICON = 4  # pixels, as Qt has it on buttons
PAGE_WIDTH = 1160  # pixels: lines of text that are longer are hard to read


def label(text: str, name: str, *, wrap: bool = False) -> QLabel:
    """Return a label whose looks the style sheet gives to ``name``."""
    made = QLabel(text)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    made.setIndent(0)  # else a style sheet's box moves the text away from the edge
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def rule() -> QFrame:
    """Return a thin horizontal line."""
    line = QFrame()
    line.setObjectName("rule")
    return line


def push_button(text: str, kind: Literal["", "primary", "flat"] = "", glyph: str = "") -> QPushButton:
    """Return a button; its accessible name is its text. Enter presses it as Space does."""
    button = QPushButton(text)
    button.setAccessibleName(text)
    button.setAutoDefault(True)
    button.setProperty("kind", kind)
    if glyph:
        button.setIcon(icons.icon(glyph, "text.on_accent" if kind == "primary" else "text.normal"))
    return button


def icon_button(name: str, glyph: str) -> QToolButton:
    """Return a button that shows an icon only; ``name`` is its tooltip and accessible name."""
    button = QToolButton()
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIcon(icons.icon(glyph, "text.muted"))
    return button


def named(control: Control, key: str, name: str, help: str) -> Control:
    """Name a control, and return it; ``key`` is the same in every language, ``help`` is the tooltip."""
    control.setObjectName(key)
    control.setAccessibleName(name)
    control.setToolTip(help)
    return control


def slider(key: str, name: str, help: str) -> QSlider:
    """Return a horizontal slider; for the arguments see :func:`named`."""
    made = named(QSlider(Qt.Orientation.Horizontal), key, name, help)
    made.setMinimumHeight(22)  # else the handle is cut off
    return made


def dismiss_button(dismiss: Callable[[], object]) -> QToolButton:
    """Return the button that takes a message away."""
    button = icon_button(tr("Dismiss message"), "ph.x")
    button.setWhatsThis(tr("Takes the message away. Nothing else changes."))
    button.clicked.connect(dismiss)
    return button


def tooltip(*lines: str) -> str:
    """Return text for a tooltip: wrapped, every line its own paragraph."""
    return "".join(f"<p style='margin: 2px 0'>{escape(line)}</p>" for line in lines if line)


def plain(text: str) -> str:
    """Return a menu text without its mnemonic mark, and without the letter that some languages add for it."""
    return re.sub(r"\s*\(&\w\)", "", text).replace("&", "")


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a property that it depends on has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class WordsButton(QPushButton):
    """A button whose words wrap: they are labels in a layout of its own."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAutoDefault(True)  # Enter presses it, too
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def let_clicks_through(self) -> None:
        """Make the labels pass clicks on to the button; to be called when all of them are in it."""
        for inner in self.findChildren(QLabel):
            inner.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    # A plain button would only measure its own text, which is empty.

    def sizeHint(self) -> QSize:
        """Return the size that the words need."""
        return self._inside().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the size that the longest word needs."""
        return self._inside().minimumSize()

    def hasHeightForWidth(self) -> bool:
        """Return True: the words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the wrapped words."""
        return self._inside().heightForWidth(width)

    def _inside(self) -> QLayout:
        layout = self.layout()
        assert layout is not None
        return layout


class QuietComboBox(QComboBox):
    """A list that the mouse wheel changes only while it has the keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setMaxVisibleItems(16)
        # The form decides the width, not the longest choice; the open list is as wide as it needs to be.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the scrolling form unless this list is in use."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def replace_entries(box: QComboBox, texts: Sequence[str]) -> bool:
    """Offer these entries without a signal; return whether they differ from those before."""
    if list(texts) == [box.itemText(number) for number in range(box.count())]:
        return False
    with QSignalBlocker(box):
        box.clear()
        box.addItems(texts)
    return True


class ActionButton(QPushButton):
    """A button that is an action's second face: same text, state, explanation and effect.

    The mouse does not give it the keyboard focus, so that Space goes on meaning Run and Pause.
    """

    def __init__(self, action: QAction, kind: str = "", *, once: bool = False) -> None:
        """Show ``action``; with ``once`` the second half of a double click does nothing."""
        super().__init__()
        self._action = action
        self._once = once
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(True)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Swallow the second click of a double click where it would undo the first."""
        if not self._once:
            super().mouseDoubleClickEvent(event)

    def _follow(self) -> None:
        text = plain(self._action.text())
        keys = self._action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(self._action.statusTip())
        self.setToolTip(
            tooltip(self._action.statusTip(), tr("Shortcut: {keys}").format(keys=keys) if keys else "")
        )
        self.setEnabled(self._action.isEnabled())
        self.setIcon(self._action.icon())


class ShortButton(ActionButton):
    """A small button: an icon, and the short words of its action where there is room for them."""

    def __init__(self, action: QAction, *, once: bool = False) -> None:
        self._has_words = False
        super().__init__(action, once=once)
        self.setProperty("small", "icon")

    def show_words(self, on: bool) -> None:
        """Show words, or the icon only."""
        if on != self._has_words:
            self._has_words = on
            self._follow()

    def width_with(self, words: bool) -> int:
        """Return the width that the button needs, with or without words."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = plain(self._action.iconText()) if words else ""
        text = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, option.text)
        room = self.iconSize() + QSize(GAP_BESIDE_ICON + text.width(), 0)
        return self.style().sizeFromContents(QStyle.ContentsType.CT_PushButton, option, room, self).width()

    def _follow(self) -> None:
        super()._follow()
        self.setText(plain(self._action.iconText()) if self._has_words else "")
        name = plain(self._action.text())
        keys = self._action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        shortcut = tr("Shortcut: {keys}").format(keys=keys) if keys else ""
        self.setToolTip(tooltip(name, self._action.statusTip(), shortcut))


def on_key(panel: QWidget, key: str, do: Callable[[], object]) -> None:
    """Make a key do something while the keyboard focus is in a panel."""
    shortcut = QShortcut(QKeySequence(key), panel, do)
    # Given to the constructor it would be forgotten, and the key taken from all other panels as well.
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)


def keeps_key(event: QEvent) -> bool:
    """Return whether the control with the keyboard focus needs this key more than a shortcut does.

    Text fields claim their keys themselves. Buttons and lists do not: without this, Space would run
    the training instead of pressing the focused button, and a letter would not search an open list.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    modifiers = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
    if modifiers != Qt.KeyboardModifier.NoModifier:
        return False
    focused = QApplication.focusWidget()
    if isinstance(focused, QComboBox | QAbstractItemView):
        return True
    return isinstance(focused, QAbstractButton) and event.key() == Qt.Key.Key_Space


def show_page(body: QWidget, place: QWidget) -> None:
    """Fill a place with a page: in the middle, not too wide, and scrolled where it is too high.

    Fill the page afterwards: a widget that gets another parent is styled again, with all its children.
    """
    area = QScrollArea(place)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    fill(QVBoxLayout(place), area)
    centre = QWidget()
    area.setWidget(centre)
    fill(QHBoxLayout(centre), None, (body, 1000), None)
    body.setObjectName("pageBody")
    body.setMaximumWidth(PAGE_WIDTH)


def show_in_scroll(body: QWidget) -> QScrollArea:
    """Return an area that scrolls what is too high for it; the Tab key goes straight to what is in it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(body)
    return area
