"""A text shows pictures of its own folder, and none from anywhere else, whatever the Markdown says."""

import pytest
from PySide6.QtGui import QColor, QImage

from gradlab.window.lessons.text_view import TextView

RED = QColor("#ff0000")


@pytest.fixture
def folder(tmp_path):
    picture = QImage(40, 40, QImage.Format.Format_RGB32)
    picture.fill(RED)
    (tmp_path / "lesson").mkdir()
    picture.save(str(tmp_path / "outside.png"))
    picture.save(str(tmp_path / "lesson" / "inside.png"))
    return tmp_path / "lesson"


def shows_red(qtbot, markdown, folder):
    view = TextView()
    qtbot.addWidget(view)
    view.show_text(markdown, folder)
    view.resize(300, 100)
    view.show()
    drawn = view.grab().toImage()
    return any(drawn.pixelColor(x, y) == RED for x in range(0, 100, 5) for y in range(0, drawn.height(), 5))


def test_a_picture_of_the_lesson_is_drawn(qtbot, folder):
    assert shows_red(qtbot, "![x](inside.png)", folder)


@pytest.mark.parametrize(
    "markdown",
    ["![x]({})", "> [a]: {}\n\n![x][a]", "- [a]: {}\n\n![x][a]", "[a]:\n{}\n\n![x][a]", "![x](file://{})"],
)
def test_a_picture_from_elsewhere_is_not(qtbot, folder, markdown):
    assert not shows_red(qtbot, markdown.format(folder.parent / "outside.png"), folder)
