"""A finding with its evidence, and what can be done about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from gradlab.diagnosis.finding import Advice, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.language import tr
from gradlab.panel_info import panels
from gradlab.window.panels.diagnosis.words import BADGES, Badge, heading, since
from gradlab.window.theme import icons
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.icon_label import IconLabel
from gradlab.window.widgets.widgets import icon_button, label, push_button, tooltip

ICON = 18
INDENT, DEEPEST = 26, 2  # pixels; a symptom of a symptom's symptom stands no further to the right


class FindingRow(QWidget):
    """One finding; symptoms are indented below their cause.

    Attributes:
        tried: emitted with an Advice; ``shown`` and ``explained``: the buttons were pressed.
        finding: what is shown; nesting: how deep it hangs below a cause.
        try_first, show_me, explain: the buttons; ``others``: more to try, if there is.
    """

    tried = Signal(object)
    shown = Signal()
    explained = Signal()

    def __init__(self, finding: Finding, nesting: int) -> None:
        super().__init__()
        self.finding = finding
        self.nesting = nesting
        self._badge: Badge | None = None
        self._icon = IconLabel(size=ICON)
        self._text = label("", "findingText", wrap=True)
        self._evidence = label("", "muted", wrap=True)
        self._advice = label("", "findingAdvice", wrap=True)
        self.try_first = push_button(tr("Try this"), glyph="ph.flask")
        self.others = icon_button(tr("Other things to try"), "ph.caret-down-bold")
        self.others.setWhatsThis(
            tr("Offers what else may help against it; a click trains it in the same way.")
        )
        self.show_me = push_button(tr("Show me"), glyph="ph.eye")
        self.explain = push_button(tr("Explain"), glyph="ph.book-open")
        self._lay_out()
        self._connect()
        self.show_finding(finding)

    def show_finding(self, finding: Finding) -> None:
        """Show the newest state of the same finding."""
        self.finding = finding
        badge, said = BADGES[finding.level], finding.text
        if badge is not self._badge:  # a label lays out again for each picture
            self._badge = badge
            self._icon.show_icon(icons.icon(badge.glyph, badge.token))
        words = tr("{level} · it leads to: {sentence}") if self.nesting else tr("{level}: {sentence}")
        self._text.setText(words.format(level=tr(badge.word), sentence=said))
        self._evidence.setText(since(finding))
        self._show_advice()
        self._describe()

    def _show_advice(self) -> None:
        first = to_try(self.finding) or next(iter(self.finding.advice), None)
        self._advice.setText(first.text if first else "")
        self._advice.setVisible(first is not None)
        self.try_first.setVisible(first is not None and bool(first.changes))
        self.others.setVisible(len(self.finding.advice) > 1)

    def _describe(self) -> None:
        """Tell screen readers which finding a button belongs to."""
        name = heading(self.finding)
        for button in (self.try_first, self.show_me, self.explain, self.others):
            button.setAccessibleDescription(name)
        self.try_first.setToolTip(
            tooltip(
                self._advice.text(),
                tr(
                    "Trains this run once more beside itself with that change, from the same start, and says "
                    "which way it came out."
                ),
            )
        )
        self.explain.setVisible(bool(self.finding.lesson))
        self.setAccessibleName(self._text.text())

    def _lay_out(self) -> None:
        indent = INDENT * min(self.nesting, DEEPEST)
        self.show_me.setToolTip(tooltip(_where(self.finding)))
        self.explain.setToolTip(
            tooltip(tr("Opens the lesson about it. Your experiment comes back after the lesson."))
        )
        for button in (self.try_first, self.show_me, self.explain):
            button.setProperty("small", "true")
            button.setFocusPolicy(
                Qt.FocusPolicy.TabFocus
            )  # after a click Space goes on meaning Run and Pause
        what = fill(QVBoxLayout(), self._text, self._evidence, spacing=1)
        aside = fill(QHBoxLayout(), self.show_me, self.explain, spacing=6)
        top = fill(QHBoxLayout(), self._icon, (what, 1), aside, spacing=8)
        act = fill(QHBoxLayout(), ICON + 8, self.try_first, self.others, (self._advice, 1), spacing=6)
        fill(QVBoxLayout(self), top, act, spacing=4, margins=(indent, 4, 0, 6))

    def _connect(self) -> None:
        self.try_first.clicked.connect(self._try_first)
        self.others.clicked.connect(self._offer_others)
        self.show_me.clicked.connect(self.shown)
        self.explain.clicked.connect(self.explained)

    def _try_first(self) -> None:
        self.tried.emit(to_try(self.finding))

    def _offer_others(self) -> None:
        menu = other_advice(self.finding, self)
        menu.triggered.connect(lambda action: self.tried.emit(action.data()))
        menu.popup(self.others.mapToGlobal(self.others.rect().bottomLeft()))


def to_try(finding: Finding) -> Advice | None:
    """Return the best advice that a setting carries out; None where there is none."""
    return next((advice for advice in finding.advice if advice.changes), None)


def other_advice(finding: Finding, parent: QWidget) -> QMenu:
    """Return a menu with all advice but the one beside the button; what no setting does is only said."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.setAccessibleName(tr("Other things to try"))
    first = to_try(finding) or next(iter(finding.advice), None)
    for advice in finding.advice:
        if advice is not first:
            _add(menu, advice)
    return menu


def _add(menu: QMenu, advice: Advice) -> None:
    action = menu.addAction(advice.text)
    action.setData(advice)
    action.setEnabled(bool(advice.changes))


def _where(finding: Finding) -> str:
    title = next(tr(info.title) for info in panels() if info.name == RULES[finding.id].seen_in)
    return tr("Brings the panel “{panel}” forward, and marks where it is seen.").format(panel=title)
