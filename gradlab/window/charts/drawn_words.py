"""Short texts that are drawn again and again."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QPainter, QStaticText, QTransform

_MOST = 2000


class DrawnWords:
    """Words in one font: each is laid out once, however often it is drawn."""

    def __init__(self) -> None:
        self._font = QFont()
        self._kept: dict[str, tuple[QStaticText, float, float]] = {}

    def begin(self, painter: QPainter, font: QFont) -> None:
        """Draw in this font from now on; in another one than before, all is laid out again."""
        if font != self._font:
            self._font = QFont(font)
            self._kept.clear()
        painter.setFont(font)

    def draw_centred(self, painter: QPainter, rect: QRect, text: str) -> None:
        """Draw a text in the middle of a rectangle, with the painter's pen."""
        words, width, height = self._kept.get(text) or self._keep(text)
        left = rect.left() + (rect.width() - width) // 2
        painter.drawStaticText(int(left), int(rect.top() + (rect.height() - height) // 2), words)

    def _keep(self, text: str) -> tuple[QStaticText, float, float]:
        if len(self._kept) >= _MOST:
            self._kept.clear()
        words = QStaticText(text)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.prepare(QTransform(), self._font)
        size = words.size()
        self._kept[text] = kept = words, size.width(), size.height()
        return kept
