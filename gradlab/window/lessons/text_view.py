"""A lesson's Markdown text, in the theme's colours."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QFontDatabase,
    QImage,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QTextBrowser

from gradlab.lessons.text import PICTURES
from gradlab.window import theme
from gradlab.window.theme.themed import Themed

DIALECT = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
LESSON = "lesson"  # links to other lessons begin with it
WIDEST_PICTURE = 360
LINE_HEIGHT = 118  # percent


class TextView(Themed, QTextBrowser):
    """Text at its full height; the page around it scrolls.

    Attributes:
        wants_lesson: emitted with the id of a lesson whose link was pressed.
    """

    wants_lesson = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("lessonText")
        self._markdown = ""
        self._folder = Path()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.anchorClicked.connect(self._follow)
        self.wear()

    def show_text(self, markdown: str, folder: Path) -> None:
        """Show a text; its pictures lie in ``folder``."""
        self._markdown, self._folder = markdown, folder
        self._render()
        self.setVisible(bool(markdown))

    def dress(self) -> None:
        """Render again in the colours of the theme in force."""
        self._render()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Load a picture from the lesson's folder, and nothing from anywhere else."""
        path = (self._folder / (name.toString() if isinstance(name, QUrl) else name)).resolve()
        if path.suffix.lower() not in PICTURES or not path.is_relative_to(self._folder.resolve()):
            return QImage()  # for None, Qt would look for the name itself
        picture = QImage(str(path))
        if picture.width() > WIDEST_PICTURE:
            picture = picture.scaledToWidth(WIDEST_PICTURE, Qt.TransformationMode.SmoothTransformation)
        return picture

    def minimumSizeHint(self) -> QSize:
        """Return the height of the text."""
        return QSize(0, self.height())

    def _render(self) -> None:
        document = self.document()
        document.setMarkdown(self._markdown, DIALECT)
        _space(document)
        _color_code(document)
        for frame in document.rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                _rule(frame)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(int(self.document().size().height()) + 4)

    def _follow(self, link: QUrl) -> None:
        if link.scheme() == LESSON:
            self.wants_lesson.emit(link.path())


def rich_label(markdown: str, name: str) -> QLabel:
    """Return a label with a few words of Markdown, which wrap."""
    made = QLabel(markdown)
    made.setObjectName(name)
    made.setTextFormat(Qt.TextFormat.MarkdownText)
    made.setWordWrap(True)
    made.setIndent(0)
    return made


def plain_words(markdown: str) -> str:
    """Return the plain words of Markdown, as a screen reader says them."""
    document = QTextDocument()
    document.setMarkdown(markdown, DIALECT)
    return " ".join(document.toPlainText().split())


def _space(document: QTextDocument) -> None:
    """Set the line spacing."""
    cursor = QTextCursor(document)
    cursor.select(QTextCursor.SelectionType.Document)
    air = QTextBlockFormat()
    air.setLineHeight(LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    cursor.mergeBlockFormat(air)


def _color_code(document: QTextDocument) -> None:
    """Give code a background that sets it off."""
    marked = QTextCharFormat()
    marked.setBackground(QBrush(theme.color("surface.raised")))
    marked.setFontFamilies([QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()])
    block = document.begin()
    while block.isValid():
        pieces = block.begin()
        spans = []
        while not pieces.atEnd():
            piece = pieces.fragment()
            if piece.charFormat().fontFixedPitch():
                spans.append((piece.position(), piece.length()))
            pieces += 1
        for place, length in spans:
            cursor = QTextCursor(document)
            cursor.setPosition(place)
            cursor.setPosition(place + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(marked)
        block = block.next()


def _rule(table: QTextTable) -> None:
    """Draw thin lines between the cells of a table."""
    looks = table.format()
    looks.setBorder(1)
    looks.setBorderCollapse(True)
    looks.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    looks.setBorderBrush(QBrush(theme.color("surface.border")))
    looks.setCellPadding(5)
    looks.setCellSpacing(0)
    looks.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    table.setFormat(looks)
