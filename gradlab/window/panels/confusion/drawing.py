"""Text in cells and headers, and fonts that fit."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

CENTER = Qt.AlignmentFlag.AlignCenter
SMALLEST_POINTS = 8.0
AROUND_DIGITS = 4  # pixels above and below them together: digits have nothing below their line


def sized(font: QFont, points: float) -> QFont:
    """Return a font in this size."""
    sized = QFont(font)
    sized.setPointSizeF(points)
    return sized


def fitting(font: QFont, text: str, width: int, height: int, largest: float) -> QFont:
    """Return ``font`` as large as digits allow, between the smallest readable size and ``largest`` points."""
    points = largest
    while points > SMALLEST_POINTS:
        metrics = QFontMetrics(sized(font, points))
        if metrics.horizontalAdvance(text) <= width and metrics.capHeight() + AROUND_DIGITS <= height:
            break
        points -= 0.5
    return sized(font, max(points, SMALLEST_POINTS))


def draw(painter: QPainter, rect: QRect, text: str, align: Qt.AlignmentFlag) -> None:
    """Draw a line of text, with an ellipsis where it is too long."""
    painter.drawText(
        rect, align, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    )


def draw_upright(painter: QPainter, rect: QRect, text: str, align: Qt.AlignmentFlag | None = None) -> None:
    """Draw text that reads from bottom to top."""
    painter.save()
    painter.translate(rect.left(), rect.bottom() + 1)
    painter.rotate(-90)
    turned = QRect(0, 0, rect.height(), rect.width())
    draw(painter, turned, text, align or (Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter))
    painter.restore()


def draw_lines(painter: QPainter, rect: QRect, lines: list[tuple[QFont, str]]) -> None:
    """Draw lines of different sizes, together in the middle of ``rect``."""
    heights = [QFontMetrics(font).height() for font, _ in lines]
    top = rect.top() + (rect.height() - sum(heights)) // 2
    for (font, text), height in zip(lines, heights, strict=True):
        painter.setFont(font)
        painter.drawText(QRect(rect.left(), top, rect.width(), height), CENTER, text)
        top += height
