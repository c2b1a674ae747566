"""A caption that says in plain words what a picture shows."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel


class Caption(QLabel):
    """A sentence above a picture; a line about what is pointed at takes its place for a while.

    The room stays as it is meanwhile: a picture must not move away from under the mouse.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self._sentence = self._line = ""
        self.setAccessibleName(name)
        self.setWordWrap(True)

    def minimumSizeHint(self) -> QSize:
        """Make no panel larger: Qt would ask for the room of a narrow column of words."""
        return QSize(16 * self.fontMetrics().averageCharWidth(), self.fontMetrics().lineSpacing())

    def show_sentence(self, sentence: str) -> None:
        """Show this sentence from now on."""
        self._sentence = sentence
        self._show()

    def show_reading(self, line: str) -> None:
        """Show a line about what is pointed at; an empty one brings the sentence back."""
        if bool(line) != bool(self._line):
            self.setMinimumHeight(self.height() if line else 0)
        self._line = line
        self._show()

    def _show(self) -> None:
        text = self._line or self._sentence
        if text != self.text():
            self.setText(text)
            self.setAccessibleDescription(text)
