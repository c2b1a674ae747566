"""The hint in an empty panel."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


class Hint(QLabel):
    """A line in the middle of an empty panel: why there is nothing yet, and what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setMargin(24)
        self.setTextFormat(Qt.TextFormat.PlainText)
