"""Runs slow actions one by one once the window is painted, so that it answers in between."""

import logging
import time
from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

# Not 0: Qt handles events that are posted while it handles posted events in the same go.
TURN_MS = 1
log = logging.getLogger(__name__)


class FirstPaint(QObject):
    """Waits until a widget is painted for the first time. A widget that is only shown may still be blank.

    Attributes:
        happened: emitted once, as soon as the picture is on its way to the screen.
    """

    happened = Signal()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice the first painting."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.happened.emit)
        return False


def when_painted(widget: QWidget, action: Callable[[], None]) -> None:
    """Run an action as soon as a widget can be seen."""
    first = FirstPaint(widget)
    first.happened.connect(action)
    widget.installEventFilter(first)


def in_turns(owner: QObject, actions: Iterator[Callable[[], object]]) -> None:
    """Run actions one by one; the window answers in between. Those left when ``owner`` is deleted are dropped."""
    action = next(actions, None)
    if action is not None:
        # The next turn is set before this one is done: where one fails, the others still follow.
        QTimer.singleShot(TURN_MS, owner, partial(in_turns, owner, actions))
        begun = time.perf_counter()
        action()
        log.debug("%s took %.0f ms", action, 1000 * (time.perf_counter() - begun))
