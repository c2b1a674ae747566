"""Labels whose words change many times a second."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override


class StillLabel(QLabel):
    """One line of words that grows and never shrinks while its words change.

    Each new text of a label makes all layouts around it lay out again, up to the window. A widget of a fixed size
    does not; so this one fixes its size, and takes more room only where words need more than any before.
    """

    def __init__(self, text: str = "", name: str = "", parent: QWidget | None = None) -> None:
        """``name`` is that of its looks in the style sheet."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setIndent(0)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    @override
    def setText(self, text: str) -> None:
        if text != self.text():
            super().setText(text)
            self._grow(self.size() if self._is_fixed else QSize())

    def forget(self) -> None:
        """Give back the room that earlier words took."""
        text = self.text()
        self.setMinimumSize(0, 0)  # a label asks for no less than its minimum …
        super().setText("")  # … and asks itself again only with another text
        super().setText(text)
        self._grow(QSize())

    @property
    def _is_fixed(self) -> bool:
        return self.minimumSize() == self.maximumSize()

    def _grow(self, least: QSize) -> None:
        needed = super().sizeHint().expandedTo(least)
        if needed != self.size() or not self._is_fixed:
            self.setFixedSize(needed)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.forget()


class StillText(QWidget):
    """Words that wrap, with the same calm: room for more lines is taken once they are needed, and then kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel(self, wordWrap=True)
        self._height = 0
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)

    def text(self) -> str:
        """Return the words."""
        return self._label.text()

    def setText(self, text: str) -> None:
        """Show other words."""
        if text != self._label.text():
            self._label.setText(text)
            self._fit(self._height)

    def forget(self) -> None:
        """Give back the room that earlier words took."""
        self._fit(0)

    def _fit(self, least: int) -> None:
        height = max(least, self._label.heightForWidth(max(self.width(), 1)))
        self._label.setGeometry(0, 0, self.width(), height)
        if height != self._height:
            self._height = height
            self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._label.minimumSizeHint().width(), self._height)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._height)

    @override
    def resizeEvent(self, event: QEvent) -> None:
        self._fit(0)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "_label"):
            self.forget()
