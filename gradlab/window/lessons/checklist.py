"""A list of what there is to see in a step, which ticks itself off."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradlab.language import tr
from gradlab.window.lessons.text_view import plain_words, rich_label
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.widgets import ActionButton, label

SEEN = ("ph.check-circle-fill", "status.right")
OPEN = ("ph.circle-dashed", "text.muted")


class ObservationList(QFrame):
    """The list, with a button that starts the run.

    Attributes:
        run: the button for the command that leads to what there is to see.
    """

    def __init__(self, items: Sequence[str], run: QAction, kind: str) -> None:
        """List the items; ``run`` gets a button that looks like ``kind``."""
        super().__init__()
        self.setObjectName("question")
        caption = tr("Observe")
        self.setAccessibleName(caption)
        # Where it steps through phases, double clicks are fine.
        self.run = ActionButton(run, kind, once=bool(kind))
        self._first = label(tr("First answer the question above. Then run it, and see."), "hint", wrap=True)
        self._marks = [IconLabel() for _ in items]
        self._texts = [rich_label(item, "answerText") for item in items]
        self._items = [plain_words(item) for item in items]
        self._list = QWidget()
        fill(QVBoxLayout(self._list), *map(_row, self._marks, self._texts), spacing=6)
        top = fill(QHBoxLayout(), (label(caption, "caption"), 1), self.run)
        fill(QVBoxLayout(self), top, self._first, self._list, spacing=8, margins=(12, 10, 12, 12))

    def show_seen(self, seen: Sequence[bool]) -> None:
        """Tick off the items that were seen."""
        for mark, text, item, is_seen in zip(self._marks, self._texts, self._items, seen, strict=True):
            mark.show_icon(icons.icon(*(SEEN if is_seen else OPEN)))
            text.setAccessibleName(
                (tr("Seen: {what}") if is_seen else tr("Not seen yet: {what}")).format(what=item)
            )

    def offer(self, on: bool) -> None:
        """Show the list and the button, or else ask for the prediction first."""
        self._first.setVisible(not on)
        self._list.setVisible(on)
        self.run.setVisible(on)


def _row(mark: QLabel, text: QLabel) -> QHBoxLayout:
    mark.setFixedSize(24, 24)
    return fill(QHBoxLayout(), (mark, 0, Qt.AlignmentFlag.AlignTop), (text, 1), spacing=8)
