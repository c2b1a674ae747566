"""The words beside the pictures of the buffer: a strip of phases or a few facts, and a sentence."""

from PySide6.QtCore import QObject, Qt
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


class BufferCaption(Themed, QLabel):
    """A sentence about the buffer, in the colour of how bad it is; or the value that is pointed at."""

    def __init__(self) -> None:
        super().__init__()
        self._sentence = self._line = ""
        self._level: Level = ""
        self._is_large = False
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
        if text != self.text():
            self.setText(text)
            self.setAccessibleDescription(text)
        self.dress()


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
