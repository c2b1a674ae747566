"""Hand-outs as PDF files: Qt sets the text and writes the pages."""

from pathlib import Path

from PySide6.QtCore import QMarginsF, QUrl
from PySide6.QtGui import QPageSize, QPdfWriter, QTextDocument

from gradlab import __version__
from gradlab.window.theme.fonts import with_all_letters

POINTS = 11.0
NO_HTML = QTextDocument.MarkdownFeature.MarkdownNoHTML
STYLE = "h1 { margin-bottom: 6px } h2 { margin-top: 18px } code { font-family: monospace }"


def write_pdf(markdown: str, pictures: Path, path: Path) -> None:
    """Write Markdown as pages of A4, numbered at the bottom; there must be a QGuiApplication.

    Args:
        markdown: the text; HTML in it is not shown.
        pictures: the folder in which the text's pictures lie.
        path: the PDF file, which is replaced.

    Raises:
        OSError: where the file cannot be written.
    """
    path.open("wb").close()  # Qt would only warn
    writer = QPdfWriter(str(path))
    writer.setCreator(f"GradLab {__version__}")
    writer.setTitle(markdown.partition("\n")[0].lstrip("# "))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))  # Qt leaves 2 cm by itself
    document = QTextDocument()
    font = with_all_letters(document.defaultFont())
    font.setPointSizeF(POINTS)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet(STYLE)
    document.setBaseUrl(QUrl.fromLocalFile(f"{pictures.resolve()}/"))
    document.setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownDialectGitHub | NO_HTML)
    document.print_(writer)
