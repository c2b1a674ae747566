import numpy as np
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QImage, QPainter

from gradlab.window.charts.drawn_words import DrawnWords

PLACE = QRect(10, 5, 60, 30)


def drawn(draw):
    """Return where there is ink after ``draw(painter, font)``: shape (rows, columns)."""
    image = QImage(80, 40, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    font = QFont("DejaVu Sans", 10)
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.black)
    draw(painter, font)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(40, image.bytesPerLine())[:, :80]
    return pixels < 128


def in_words(font, painter):
    words = DrawnWords()
    words.begin(painter, font)
    return words


def middle(ink):
    rows, columns = np.nonzero(ink)
    return (rows.min() + rows.max()) / 2, (columns.min() + columns.max()) / 2


@pytest.mark.parametrize("text", ["7", "45", "0.98", "100"])
def test_words_stand_where_qt_would_centre_them(qapp, text):
    ours = drawn(lambda painter, font: in_words(font, painter).draw_centred(painter, PLACE, text))
    qts = drawn(lambda painter, font: painter.drawText(PLACE, Qt.AlignmentFlag.AlignCenter, text))
    assert ours.any()
    np.testing.assert_allclose(middle(ours), middle(qts), atol=1)


def test_each_text_is_drawn_as_itself(qapp):
    def pair(painter, font):
        words = in_words(font, painter)
        for text in ("1", "8", "1"):
            words.draw_centred(painter, PLACE, text)

    only_8 = drawn(lambda painter, font: in_words(font, painter).draw_centred(painter, PLACE, "8"))
    assert (drawn(pair) >= only_8).all()
    assert (drawn(pair) != only_8).any()


def test_in_a_larger_font_the_same_words_are_larger(qapp):
    def enlarged(painter, font):
        words = in_words(font, painter)
        words.draw_centred(painter, PLACE, "8")
        painter.eraseRect(0, 0, 80, 40)
        words.begin(painter, QFont("DejaVu Sans", 20))
        words.draw_centred(painter, PLACE, "8")

    usual = drawn(lambda painter, font: in_words(font, painter).draw_centred(painter, PLACE, "8"))
    assert drawn(enlarged).sum() > 2 * usual.sum()
