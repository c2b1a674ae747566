"""The words beside the pictures of the buffer: a strip of phases or a few facts, and a sentence."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget
from typing_extensions import override

from gradlab.instruments.records import BufferState
from gradlab.language import sentences, tr
from gradlab.window import theme
from gradlab.window.panels.gradients.nothing_comes import why_nothing_comes
from gradlab.window.panels.gradients.phase_strip import PhaseStrip
from gradlab.window.panels.gradients.words import Level, caption, facts, place
from gradlab.window.panels.phase_words import NAMES, is_harmful, phases_of, sentence
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.still_label import StillLabel

_ENDLESS = 1 << 16
_FIRST_WITHOUT_SPACES = "\u2e80"  # letters from here on, such as Chinese ones, stand without spaces


class BufferCaption(Themed, QLabel):
    """A sentence about the buffer, in the colour of how bad it is; or the value that is pointed at."""

    def __init__(self) -> None:
        super().__init__()
        self._sentence = self._line = ""
        self._level: Level = ""
        self._is_large = False
        self._lines: int | None = None
        self._shown: object = None
        self.setAccessibleName(tr("What is in the buffer"))
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.wear()

    def show_sentence(self, sentence: str, level: Level) -> None:
        """Show a sentence, unless something is pointed at."""
        self._sentence, self._level = sentence, level
        self._show()

    def show_reading(self, line: str) -> None:
        """Show the value that is pointed at; empty: the sentence again."""
        self._line = line
        self._show()

    def be_above_large(self, on: bool) -> None:
        """While a layer is large, keep two lines for its values: nothing must move under the mouse."""
        self._is_large = on
        self.setMinimumHeight(2 * self.fontMetrics().lineSpacing() if on else 0)
        self._show()

    def limit(self, lines: int | None) -> None:
        """Show no more lines than this, or all; the tooltip and screen readers have all."""
        if lines != self._lines:
            self._lines = lines
            self._show()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._lines is not None and event.size().width() != event.oldSize().width():
            self._show()

    def _cut(self, text: str) -> str:
        """Return as many words as there are lines for, with an ellipsis for the others."""
        metrics = self.fontMetrics()
        room = QRect(0, 0, max(self.width(), 1), _ENDLESS)
        for cut in _shorter_and_shorter(text):
            height = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), cut).height()
            if height <= (self._lines or _ENDLESS) * metrics.lineSpacing():
                return cut
        return text

    @override
    def dress(self) -> None:
        is_loud = bool(self._level and not self._line)
        color = theme.color(f"status.{self._level}" if is_loud else "text.normal").name()
        sheet = f"color: {color}; font-weight: 600" if is_loud else f"color: {color}"
        if sheet != self.styleSheet():
            self.setStyleSheet(sheet)

    def _show(self) -> None:
        hint = tr("Point at a value to read it.") if self._is_large and not self._level else ""
        text = self._line or sentences((self._sentence, hint))
        self.dress()  # bold words are wider
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
        shown = text, self._lines, self.width() if self._lines else 0, self.font()
        if shown != self._shown:
            self._shown = shown
            cut = self._cut(text) if self._lines and not self._line else text
            self.setText(cut)
            self.setToolTip("" if cut == text else text)


def _shorter_and_shorter(text: str) -> Iterator[str]:
    yield text
    for end in range(len(text) - 1, 0, -1):
        if text[end] == " " or text[end] > _FIRST_WITHOUT_SPACES:
            yield text[:end].rstrip(",;:.") + "…"


class BufferWords(QObject):
    """The strip, the facts and the caption; the panel finds room for each.

    Attributes:
        strip: the phases of an update, while it is stepped through.
        facts: three facts about an update, else.
        caption: the sentence.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.strip = PhaseStrip()
        self.strip.hide()
        self.facts = [StillLabel() for _ in range(3)]
        for label in self.facts:
            label.setAccessibleName(tr("This update"))
        self.caption = BufferCaption()

    def show_gradients(self, gradients: BufferState, *, by_phase: bool, has_room: bool) -> None:
        """Say what the buffer holds; phase by phase, what the latest phase did to it."""
        said, level = caption(gradients)
        if by_phase:
            names = tuple(tr(NAMES[phase]) for phase in phases_of(gradients.experiment))
            self.strip.show_phase(names, tr(NAMES[gradients.phase]), place(gradients))
            if level != "error":
                why = why_nothing_comes(gradients)
                said = sentences((sentence(gradients), why))
                level = "warning" if why or is_harmful(gradients) else ""
        else:
            for label, text in zip(self.facts, facts(gradients), strict=True):
                label.setText(text)
        self.strip.setVisible(by_phase)
        for label in self.facts:
            label.setVisible(has_room and not by_phase)
        self.caption.show_sentence(said, level)
