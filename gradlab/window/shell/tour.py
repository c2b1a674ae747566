"""Two minutes to look around: a bubble goes from place to place in the window and shows what each is for."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPainterPath, QPaintEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gradlab.language import tr
from gradlab.window.shell.experiments import Experiments
from gradlab.window.shell.pages import Pages
from gradlab.window.shell.tour_stops import STOPS, TourStop
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label, push_button

FOLLOW_MS = 100  # the place may move: panels open, the window gets another size
BUBBLE_WIDTH = 380
GAP = 12  # between the bubble and what it is about
SHADE = QColor(0, 0, 0, 110)


class Tour(QObject):
    """Goes from stop to stop until it is finished or skipped.

    Attributes:
        over: emitted at the end, also where it was skipped.
    """

    over = Signal()

    def __init__(self, pages: Pages, experiments: Experiments) -> None:
        super().__init__(pages)
        self._pages = pages
        self._experiments = experiments
        self._window = window = pages.window()
        self._number = 0
        self._found_lab = pages.late_lab.is_built and pages.lab.begun
        self.shade = Shade(window)
        self.bubble = Bubble(window)
        self.bubble.next.clicked.connect(lambda: self.go(self._number + 1))
        self.bubble.back.clicked.connect(lambda: self.go(self._number - 1))
        self.bubble.skip.clicked.connect(self.end)
        self.bubble.first_lesson.clicked.connect(self._open_first_lesson)
        self.bubble.free_lab.clicked.connect(self._open_free_lab)
        self._escape = QShortcut(QKeySequence("Esc"), window, self.end)
        self._timer = QTimer(self, interval=FOLLOW_MS)
        self._timer.timeout.connect(self._follow)
        window.installEventFilter(self)

    def begin(self) -> None:
        """Show the first stop."""
        self._timer.start()
        self.go(0)

    def go(self, number: int) -> None:
        """Show the stop of this number, from 0; after the last one the tour ends."""
        if number >= len(STOPS):
            self.end()
            return
        self._number = number
        stop = STOPS[number]
        stop.arrive(self._pages, self._experiments)
        stop.make_ready(self._pages)
        self.bubble.show_stop(stop, number + 1, len(STOPS))
        self.shade.show()
        self.bubble.show()
        self._follow()
        (self.bubble.next if number + 1 < len(STOPS) else self.bubble.first_lesson).setFocus()

    def end(self) -> None:
        """Remove bubble and shade."""
        self._timer.stop()
        self._window.removeEventFilter(self)
        self._escape.setEnabled(False)
        self._escape.deleteLater()
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

    def _open_first_lesson(self) -> None:
        self.end()
        lessons = self._pages.lessons
        lessons.open(lessons.catalogue.lessons[0].id)

    def _open_free_lab(self) -> None:
        self.end()
        if self._found_lab:  # what was there before the tour stays
            self._experiments.return_to_lab()
        else:
            self._experiments.new()

    def _follow(self) -> None:
        stop = STOPS[self._number]
        target = stop.find(self._pages)
        if not target.isEnabled():
            stop.make_ready(self._pages)
        corner = target.mapTo(self._window, QPoint(0, 0))
        room = self._window.rect()
        place = QRect(corner, target.size()).intersected(room)
        # What cannot be pressed yet stays in the dark, for the moment that it takes.
        self.shade.cut_out(room, place if target.isEnabled() else QRect())
        self.bubble.setGeometry(beside(place, self.bubble.sizeHint(), room))
        self.shade.raise_()
        self.bubble.raise_()


def beside(place: QRect, size: QSize, room: QRect) -> QRect:
    """Return the first place with room for the bubble: below, above, right or left of ``place``, or else on it."""
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
    """Darkens everything but one place. The mouse goes through it, so that what is shown can be tried.

    Attributes:
        hole: the place that it leaves light.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hole = QRect()

    def cut_out(self, room: QRect, hole: QRect) -> None:
        """Cover ``room`` except ``hole``."""
        if (room, hole) != (self.geometry(), self.hole):
            self.hole = hole
            self.setGeometry(room)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Darken all but the hole."""
        path = QPainterPath()
        path.addRect(self.rect())
        light = QPainterPath()
        light.addRoundedRect(self.hole.adjusted(-3, -3, 3, 3), 8, 8)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(path.subtracted(light), SHADE)


class Bubble(QFrame):
    """Title and text of a stop, with buttons to go on, back and out."""

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
        self.free_lab = push_button(tr("Free lab"))
        self.first_lesson = push_button(tr("First lesson"), "primary")
        self.free_lab.setToolTip(tr("Choose data, model and settings yourself, and watch."))
        self.first_lesson.setToolTip(tr("Follow step by step: what to look at, and what to think about."))
        onward = fill(QHBoxLayout(), None, self.free_lab, self.first_lesson, spacing=8)
        row = fill(QHBoxLayout(), self.skip, None, self.count, self.back, self.next, spacing=8)
        parts = self.title, self.text, onward, row
        self._column = fill(QVBoxLayout(self), *parts, spacing=8, margins=(16, 12, 16, 12))

    def show_stop(self, stop: TourStop, number: int, count: int) -> None:
        """Show the words of stop ``number``, from 1."""
        self.title.setText(tr(stop.title))
        self.text.setText(tr(stop.text))
        self.count.setText(tr("{number} of {count}").format(number=number, count=count))
        self.setAccessibleName(tr(stop.title))
        self.next.setAccessibleDescription(f"{tr(stop.title)}. {tr(stop.text)}")
        self.first_lesson.setAccessibleDescription(self.next.accessibleDescription())
        self.back.setVisible(number > 1)
        is_last = number == count
        self.skip.setText(tr("Done") if is_last else tr("Skip the tour"))
        self.skip.setAccessibleName(self.skip.text())
        self.next.setVisible(not is_last)
        for button in (self.free_lab, self.first_lesson):
            button.setVisible(is_last)

    def sizeHint(self) -> QSize:
        """Return the height that the wrapped words need."""
        return QSize(BUBBLE_WIDTH, self._column.totalHeightForWidth(BUBBLE_WIDTH))
