"""The terms of the field, each with the panels in which it is seen and the lessons that teach it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QShowEvent, QTextDocument
from PySide6.QtWidgets import QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from gradlab.instruments.records import Frame
from gradlab.language import current, listed, tr
from gradlab.panel_info import panels
from gradlab.window import theme
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.glossary import ABOUT
from gradlab.window.widgets.boxes import fill

if TYPE_CHECKING:  # the start does not wait for what reads lessons
    from gradlab.lessons.glossary import Term

PANEL, LESSON = "panel", "lesson"  # what a link leads to


class GlossaryPanel(Panel):
    """All terms in one searchable text. It shows no run, and reads the text when it is first seen."""

    about = ABOUT

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._terms: list[Term] = []
        self._titles: dict[str, str] = {}
        self._panels = {info.name: tr(info.title) for info in panels()}
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search for a word"))
        self.search.setAccessibleName(tr("Search for a word"))
        self.search.setToolTip(tr("Shows the terms in whose explanation these words occur."))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._write)
        self.text = QTextBrowser()
        self.text.setObjectName("glossary")
        self.text.setAccessibleName(tr("Terms and their explanations"))
        self.text.setWhatsThis(tr("What the words mean. A link leads to a panel or to a lesson."))
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        fill(QVBoxLayout(self), self.search, (self.text, 1), spacing=6, margins=(12, 4, 12, 6))
        self.join(PanelBus(self))
        self.wear()

    def join(self, bus: PanelBus) -> None:
        """Make links lead to other panels and to lessons."""
        self._bus = bus

    def show_frame(self, frame: Frame) -> None:
        """Do nothing: the panel shows no run."""

    def dress(self) -> None:
        """Write the text in the theme's colours."""
        if self._terms:
            self._write()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the text when the panel is first seen."""
        super().showEvent(event)
        if not self._terms:
            self._read()
            self._write()

    def _read(self) -> None:
        from gradlab.lessons.files import titles
        from gradlab.lessons.glossary import terms

        self._terms = terms(current())
        self._titles = titles(current())

    @Slot()
    def _write(self) -> None:
        words = self.search.text()
        found = [term for term in self._terms if term.is_about(words)]
        found.sort(key=lambda term: words.casefold() not in term.title.casefold())
        none = tr("Nothing is found for “{words}”.").format(words=words)
        body = "".join(map(self._term, found)) or f"<p>{escape(none)}</p>"
        muted, link = (theme.color(token).name() for token in ("text.muted", "text.link"))
        self.text.document().setDefaultStyleSheet(
            "h3 { margin: 14px 0 2px 0 } p { margin: 2px 0 }"
            f"code, .muted {{ color: {muted} }} a {{ color: {link}; text-decoration: none }}"
        )
        self.text.setHtml(body)

    def _term(self, term: Term) -> str:
        code = f" &nbsp;<code>{escape(term.place.code)}</code>" if term.place.code else ""
        return f"<h3>{escape(term.title)}</h3>{_html(term.text)}<p>{code}</p>{self._where(term)}"

    def _where(self, term: Term) -> str:
        lines = []
        panels = list(_links(PANEL, term.place.panels, self._panels))
        lessons = list(_links(LESSON, term.place.lessons, self._titles))
        if panels:
            lines.append(escape(tr("Seen in: {panels}")).format(panels=listed(panels)))
        if lessons:
            lines.append(escape(tr("Lessons: {lessons}")).format(lessons=listed(lessons)))
        return "".join(f"<p class='muted'>{line}</p>" for line in lines)

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        if link.scheme() == PANEL:
            self._bus.panel_wanted.emit(link.path())
        elif link.scheme() == LESSON:
            self._bus.lesson_wanted.emit(link.path())


def _links(scheme: str, names: Iterable[str], titles: dict[str, str]) -> Iterator[str]:
    for name in names:
        if name in titles:
            yield f"<a href='{scheme}:{name}'>{escape(titles[name])}</a>"


def _html(markdown: str) -> str:
    """Return Markdown as the part of an HTML page that stands in its body."""
    document = QTextDocument()
    document.setMarkdown(markdown, QTextDocument.MarkdownFeature.MarkdownNoHTML)
    html = document.toHtml()
    return html[html.index(">", html.index("<body")) + 1 : html.index("</body>")]
