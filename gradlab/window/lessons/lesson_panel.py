"""The lesson beside the panels of the lab: its step, where that is in the lesson, Back and Next."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from gradlab.language import tr
from gradlab.window import theme
from gradlab.window.lessons.text_view import plain_words
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import ActionButton, label, push_button

LEAST_WIDTH, USUAL_CHARACTERS = 320, 46
DOT, GAP = 8, 8


class LessonPanel(QFrame):
    """Shows one view after another, a step or the end, and where in the lesson it is.

    Attributes:
        wants_experiment: the lesson's experiment is wanted back.
        wants_back, wants_next: a button was pressed; ``wants_path``: the one for the list of lessons.
        view: what is shown.
    """

    wants_back = Signal()
    wants_next = Signal()
    wants_path = Signal()
    wants_experiment = Signal()

    def __init__(self, form: QAction) -> None:
        """Make an empty panel; ``form`` is the action that shows and hides the experiment's settings."""
        super().__init__()
        self.setObjectName("lessonPanel")
        self.setAccessibleName(tr("Lesson"))
        self.setMinimumWidth(LEAST_WIDTH)
        self.view: QWidget = QWidget()
        self.path = push_button(tr("Lessons"), "flat", "ph.caret-left-bold")
        self.path.setToolTip(tr("Leave this lesson, and see all of them. You can go on here later."))
        self.title = label("", "lessonTitle", wrap=True)
        self.where = label("", "muted")
        self.dots = Dots()
        self.note = label("", "hint", wrap=True)
        self.put_back = push_button(tr("Put it back"), "", "ph.arrow-counter-clockwise-bold")
        self.put_back.setToolTip(tr("Opens the experiment of this step again, as the lesson means it."))
        self.put_back.hide()
        self.put_back.clicked.connect(self.wants_experiment)
        self.back = push_button(tr("Back"), "", "ph.caret-left-bold")
        self.next = push_button(tr("Next"), "primary", "ph.caret-right-bold")
        form.setStatusTip(tr("Shows and hides the settings of the experiment."))
        self.form = ActionButton(form, "flat")
        self._area = _ReadingArea()
        self._lay_out()
        self.path.clicked.connect(self.wants_path)
        self.back.clicked.connect(self.wants_back)
        self.next.clicked.connect(self.wants_next)

    def sizeHint(self) -> QSize:
        """Return a width for lines of text in the current font."""
        return QSize(max(380, USUAL_CHARACTERS * self.fontMetrics().averageCharWidth()), 400)

    def show_view(self, title: str, view: QWidget, step: int, steps: int) -> None:
        """Show a step, from 0, or the end if ``step`` equals ``steps``."""
        self.title.setText(plain_words(title))
        words = tr("Step {number} of {count}").format(number=step + 1, count=steps)
        self.where.setText(words if step < steps else tr("The end"))
        self.dots.show_place(step, steps)
        self.back.setEnabled(step > 0)
        self.next.setVisible(step < steps)
        self.next.setText(tr("Next") if step + 1 < steps else tr("Finish"))
        self.next.setAccessibleName(self.next.text())
        self.view = view
        before = self._area.takeWidget()
        if before is not None:
            before.deleteLater()  # later: what was pressed may be in it
        self._area.setWidget(_padded(view))
        self._area.verticalScrollBar().setValue(0)

    def show_note(self, text: str, *, offers_experiment: bool = False) -> None:
        """Show a note at the bottom about what is still open; hide it if empty.

        ``offers_experiment``: with a button that puts the lesson's experiment back.
        """
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self.put_back.setVisible(offers_experiment)

    def bring(self, part: QWidget) -> None:
        """Scroll to a part of the view."""
        self._area.ensureWidgetVisible(part, 0, 12)

    def _lay_out(self) -> None:
        first = fill(QHBoxLayout(), self.path, None, self.where, self.dots)
        top = fill(QVBoxLayout(), first, self.title, spacing=6, margins=(16, 8, 16, 8))
        buttons = fill(QHBoxLayout(), self.back, None, self.form, None, self.next)
        noted = fill(QHBoxLayout(), (self.note, 1), self.put_back)
        bottom = fill(QVBoxLayout(), noted, buttons, spacing=6, margins=(16, 8, 16, 10))
        fill(QVBoxLayout(self), top, (self._area, 1), bottom, spacing=0, margins=(1, 1, 1, 1))


class _ReadingArea(QScrollArea):
    """Scrolls vertically only. Tab moves on to the buttons; arrow keys scroll while it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Text of the lesson"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


class Dots(QWidget):
    """A dot for each step: filled up to the current one, which is wide."""

    def __init__(self) -> None:
        super().__init__()
        self._step = self._steps = 0

    def show_place(self, step: int, steps: int) -> None:
        """Mark a step, from 0, as the current one."""
        self._step, self._steps = step, steps
        self.setFixedSize((DOT + GAP) * steps + DOT, DOT + 4)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dots."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        x = 0
        for number in range(self._steps):
            is_here = number == self._step
            painter.setBrush(theme.color("accent.normal" if number <= self._step else "surface.border"))
            painter.drawRoundedRect(x, 2, 2 * DOT if is_here else DOT, DOT, DOT / 2, DOT / 2)
            x += DOT + GAP + (DOT if is_here else 0)


def _padded(view: QWidget) -> QWidget:
    page = QWidget()
    fill(QVBoxLayout(page), view, margins=(16, 4, 16, 12))
    return page
