"""Two minutes to look around: a bubble goes from place to place in the window, and does there what it tells of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gradlab.language import mark, tr
from gradlab.window.widgets.widgets import label, on_key, push_button

if TYPE_CHECKING:
    from gradlab.window.shell.main_window import MainWindow

FOLLOW_MS = 100  # the place may move: panels open, the window gets another size
BUBBLE_WIDTH = 380
GAP = 12  # between the bubble and what it tells of
SHADE = QColor(0, 0, 0, 110)
Act = Callable[["MainWindow"], object]


@dataclass(frozen=True)
class Stop:
    """A place in the window.

    Attributes:
        find: returns the widget that is told of.
        arrive: what is done before, so that there is something to see.
    """

    title: str
    text: str
    find: Callable[[MainWindow], QWidget]
    arrive: Act = lambda _: None


def _lessons(window: MainWindow) -> QWidget:
    return window.welcome.lessons


def _panel(name: str) -> Callable[[MainWindow], QWidget]:
    return lambda window: window.lab.bench.docks[name]


def _show(name: str) -> Act:
    return lambda window: window.lab.bench.show_panel(name)


def _button(name: str) -> Callable[[MainWindow], QWidget]:
    return lambda window: window.lab.transport.buttons[name]


def _pause(window: MainWindow) -> None:
    window.lab.pause()
    window.lab.bench.show_panel("gradients")


STOPS = (
    Stop(
        mark("Welcome"),
        mark(
            "Here everything begins: lessons that take you by the hand, a free lab to try things yourself, "
            "and some experiments to begin with. Let us go into the lab."
        ),
        _lessons,
        lambda window: window.show_welcome(),
    ),
    Stop(
        mark("What is trained"),
        mark(
            "A small neural network is going to learn to read handwritten digits. Here you choose the "
            "data, the network and how it learns. Rest the mouse on a field to read what it means. "
            "Nothing can be broken."
        ),
        _panel("experiment"),
        lambda window: window.open_lab(),
    ),
    Stop(
        mark("Run and pause"),
        mark(
            "This button starts the training, and holds it. Beside it you go step by step: one epoch, one "
            "update, or one phase of an update. At the next stop of this tour the training runs."
        ),
        _button("run"),
    ),
    Stop(
        mark("The network learns"),
        mark(
            "The loss says how wrong the answers are. It falls: the network gets better. The second curve "
            "is for pictures that it never learns from. That is the one that counts."
        ),
        _panel("loss"),
        lambda window: window.lab.run_on(),
    ),
    Stop(
        mark("Right and wrong"),
        mark(
            "A row for each true digit, a column for each answer. What is right gathers on the diagonal. "
            "Click on a number to see the pictures behind it."
        ),
        _panel("confusion"),
        _show("confusion"),
    ),
    Stop(
        mark("The heart of the lab"),
        mark(
            "Each update is made of gradients. Here is what is in the gradient buffer, layer by layer: "
            "what was left over, what this batch added, and what the optimizer will use. They are "
            "the real numbers."
        ),
        _panel("gradients"),
        _pause,
    ),
    Stop(
        mark("Phase by phase"),
        mark(
            "Press this again and again, and watch one update in slow motion: the buffer is emptied, "
            "filled, and used. Then set Zero gradients to Never, and see what becomes of it."
        ),
        _button("step_phase"),
    ),
    Stop(
        mark("Whenever you wonder"),
        mark(
            "Every panel has a question mark. The menu Help has a glossary of all words, and this tour. "
            "Lessons are the best place to go on: they ask you to predict, let you see, and ask you why."
        ),
        lambda window: window.menuBar(),
    ),
)


class Tour(QObject):
    """Goes from stop to stop until it is finished or skipped.

    Attributes:
        over: emitted when it has ended, whichever way.
    """

    over = Signal()

    def __init__(self, window: MainWindow, stops: tuple[Stop, ...] = STOPS) -> None:
        super().__init__(window)
        self._window = window
        self._stops = stops
        self._number = 0
        self.shade = Shade(window)
        self.bubble = Bubble(window)
        self.bubble.next.clicked.connect(lambda: self.go(self._number + 1))
        self.bubble.back.clicked.connect(lambda: self.go(self._number - 1))
        self.bubble.skip.clicked.connect(self.end)
        on_key(self.bubble, "Esc", self.end)
        self._timer = QTimer(self, interval=FOLLOW_MS)
        self._timer.timeout.connect(self._follow)
        window.installEventFilter(self)

    def begin(self) -> None:
        """Show the first stop."""
        self._timer.start()
        self.go(0)

    def go(self, number: int) -> None:
        """Show a stop; behind the last one the tour is over."""
        if number >= len(self._stops):
            self.end()
            return
        self._number = number
        stop = self._stops[number]
        stop.arrive(self._window)
        self.bubble.tell(stop, number + 1, len(self._stops))
        self.shade.show()
        self.bubble.show()
        self._follow()
        self.bubble.next.setFocus()

    def end(self) -> None:
        """Take bubble and shade away."""
        self._timer.stop()
        self._window.removeEventFilter(self)
        self.shade.hide()
        self.bubble.hide()
        self.shade.deleteLater()
        self.bubble.deleteLater()
        self.over.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize:
            self._follow()
        return False

    def _follow(self) -> None:
        target = self._stops[self._number].find(self._window)
        corner = target.mapTo(self._window, QPoint(0, 0))
        room = self._window.rect()
        place = QRect(corner, target.size()).intersected(room)
        self.shade.cut_out(room, place)
        self.bubble.setGeometry(beside(place, self.bubble.sizeHint(), room))
        self.shade.raise_()
        self.bubble.raise_()


def beside(place: QRect, size: QSize, room: QRect) -> QRect:
    """Return where a bubble of a size has most room beside a place: below, above, right, left, or else on it."""
    x = min(max(place.left(), GAP), room.right() - size.width() - GAP)
    y = min(max(place.top(), GAP), room.bottom() - size.height() - GAP)
    candidates = [
        QPoint(x, place.bottom() + GAP),
        QPoint(x, place.top() - GAP - size.height()),
        QPoint(place.right() + GAP, y),
        QPoint(place.left() - GAP - size.width(), y),
    ]
    for corner in candidates:
        if room.contains(QRect(corner, size)):
            return QRect(corner, size)
    return QRect(QPoint(x, max(GAP, min(place.bottom(), room.bottom()) - size.height() - GAP)), size)


class Shade(QWidget):
    """Darkens everything but one place. The mouse goes through it: what is told of can be tried."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hole = QRect()

    def cut_out(self, room: QRect, hole: QRect) -> None:
        """Cover ``room``, but for ``hole``."""
        if (room, hole) != (self.geometry(), self._hole):
            self._hole = hole
            self.setGeometry(room)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Darken."""
        path = QPainterPath()
        path.addRect(self.rect())
        light = QPainterPath()
        light.addRoundedRect(self._hole.adjusted(-3, -3, 3, 3), 8, 8)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(path.subtracted(light), SHADE)


class Bubble(QFrame):
    """Title, text, and the way on, back and out."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("bubble")
        self.setFixedWidth(BUBBLE_WIDTH)
        self.title = label("", "heading", wrap=True)
        self.text = label("", "helpText", wrap=True)
        self.count = label("", "muted")
        self.skip = push_button(tr("Skip the tour"), "flat")
        self.back = push_button(tr("Back"))
        self.next = push_button(tr("Next"), "primary")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.skip)
        row.addStretch(1)
        row.addWidget(self.count)
        row.addWidget(self.back)
        row.addWidget(self.next)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addLayout(row)

    def tell(self, stop: Stop, number: int, count: int) -> None:
        """Show the words of a stop."""
        self.title.setText(tr(stop.title))
        self.text.setText(tr(stop.text))
        self.count.setText(tr("{number} of {count}").format(number=number, count=count))
        self.setAccessibleName(tr(stop.title))
        self.next.setAccessibleDescription(f"{tr(stop.title)}. {tr(stop.text)}")
        self.back.setVisible(number > 1)
        self.skip.setVisible(number < count)
        self.next.setText(tr("Next") if number < count else tr("Done"))
        self.next.setAccessibleName(self.next.text())

    def sizeHint(self) -> QSize:
        """As high as the wrapped words need."""
        return QSize(BUBBLE_WIDTH, self._column.totalHeightForWidth(BUBBLE_WIDTH))
