"""Hand-outs as PDF files, typeset by Qt."""

from pathlib import Path

from PySide6.QtCore import QMarginsF, QUrl
from PySide6.QtGui import QPageSize, QPdfWriter, QTextDocument

from gradlab import __version__
from gradlab.window.theme.fonts import with_all_letters

POINTS = 11.0
NO_HTML = QTextDocument.MarkdownFeature.MarkdownNoHTML
STYLE = "h1 { margin-bottom: 6px } h2 { margin-top: 18px } code { font-family: monospace }"


def write_pdf(markdown: str, pictures: Path, path: Path) -> None:
    """Write Markdown as A4 pages, numbered at the bottom. Needs a QGuiApplication.

    Args:
        markdown: the text; HTML in it is not shown.
        pictures: the folder with the text's pictures.
        path: the PDF file; it is overwritten.

    Raises:
        OSError: if the file cannot be written.
    """
    path.open("wb").close()  # raises what Qt would only warn about
    writer = QPdfWriter(str(path))
    writer.setCreator(f"GradLab {__version__}")
    writer.setTitle(markdown.partition("\n")[0].lstrip("# "))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))  # printing adds 2 cm by itself
    document = QTextDocument()
    font = with_all_letters(document.defaultFont())
    font.setPointSizeF(POINTS)
    document.setDefaultFont(font)
    document.setDefaultStyleSheet(STYLE)
    document.setBaseUrl(QUrl.fromLocalFile(f"{pictures.resolve()}/"))
    document.setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownDialectGitHub | NO_HTML)
    document.print_(writer)
