"""The line above the panels that says whether something is wrong."""

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from gradlab.language import sentences, tr
from gradlab.window import theme
from gradlab.window.panels.diagnosis.words import Line, line
from gradlab.window.theme import icons
from gradlab.window.widgets.ground import RADIUS
from gradlab.window.widgets.widgets import tooltip

KEY = "D"
ICON, GAP, MARGIN = 16, 7, 10  # pixels
SHORTEST = 160
WIDEST = 0.3  # of the row, beside a message


class DiagnosisStrip(QAbstractButton):
    """One line: the leading finding, and how many others there are; pressed, it opens or closes the panel.

    It paints its words itself: a label would have the page laid out again for each new one. Beside a message it is
    as narrow as its short words, else it takes the whole row.

    Attributes:
        action: the entry of the menu that does the same.
    """

    def __init__(self) -> None:
        super().__init__()
        self._line = line((), begun=False)
        self._neighbours: tuple[QWidget, ...] = ()
        self._is_open = False
        self.setObjectName("diagnosisStrip")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        self.action = QAction(tr("&Diagnosis"), self)
        self.action.setShortcut(QKeySequence(KEY))
        self.action.setStatusTip(
            tr("Says what is wrong with the run, and what to try; once more closes it again.")
        )
        self.clicked.connect(self.action.trigger)
        self._fit()
        self._describe()

    def stand_beside(self, *neighbours: QWidget) -> None:
        """Leave room for these while one of them is there."""
        self._neighbours = neighbours
        for each in neighbours:
            each.installEventFilter(self)
        self._fit()

    def show_line(self, said: Line) -> None:
        """Say something else."""
        if said == self._line:
            return
        was, self._line = self._line, said
        if said.short != was.short or said.more != was.more:
            self._fit()
        self._describe()
        self.update()

    def show_open(self, is_open: bool) -> None:
        """Show whether the panel is there."""
        if is_open != self._is_open:
            self._is_open = is_open
            self._describe()
            self.update()

    @property
    def words(self) -> str:
        """Everything that it says."""
        return sentences((_worded(self._line, self._line.full), self._line.more))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._fit()
        return False

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Swallow the second click, which would undo the first."""

    @override
    def sizeHint(self) -> QSize:
        row = self.parentWidget()
        widest = round(WIDEST * row.width()) if row is not None else SHORTEST
        width = max(SHORTEST, min(self._width_with(self._line.short), widest))
        return QSize(width, self.fontMetrics().height() + 10)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(SHORTEST, self.sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border = "accent.focus" if self.hasFocus() else "surface.border"
        painter.setPen(QPen(theme.color(border), 2 if self.hasFocus() else 1))
        painter.setBrush(theme.color("surface.hover" if self.underMouse() else "surface.panel"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        self._paint_line(painter)

    def _paint_line(self, painter: QPainter) -> None:
        badge, said, inner = self._line.badge, self._line, self.rect().adjusted(MARGIN, 0, -MARGIN, 0)
        icons.icon(badge.glyph, badge.token).paint(painter, _square(inner, inner.left()))
        caret = "ph.caret-up-bold" if self._is_open else "ph.caret-down-bold"
        icons.icon(caret, "text.muted").paint(painter, _square(inner, inner.right() - ICON + 1))
        text = inner.adjusted(ICON + GAP, 0, -ICON - GAP, 0)
        painter.setPen(theme.color("text.normal"))
        metrics = self.fontMetrics()
        more = f" – {said.more}" if said.more else ""
        room = text.width() - metrics.horizontalAdvance(more)
        words = _worded(said, said.full)
        if metrics.horizontalAdvance(words) > room:
            words = metrics.elidedText(_worded(said, said.short), Qt.TextElideMode.ElideRight, room)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words + more)

    def _width_with(self, words: str) -> int:
        more = f" – {self._line.more}" if self._line.more else ""
        said = self.fontMetrics().horizontalAdvance(_worded(self._line, words) + more)
        return said + 2 * (MARGIN + ICON + GAP) + 4

    def _fit(self) -> None:
        is_beside = any(not each.isHidden() for each in self._neighbours)
        policy = QSizePolicy.Policy.Maximum if is_beside else QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, QSizePolicy.Policy.Preferred)
        self.updateGeometry()

    def _describe(self) -> None:
        self.setAccessibleName(tr("Diagnosis: {words}").format(words=self.words))
        self.setAccessibleDescription(
            tr("Press to close the findings.") if self._is_open else tr("Press to see the findings.")
        )
        keys = tr("Shortcut: {keys}").format(keys=KEY)
        advice = tr("To try: {advice}").format(advice=self._line.advice) if self._line.advice else ""
        self.setToolTip(tooltip(self.words, advice, self.accessibleDescription(), keys))
        self.setWhatsThis(self.action.statusTip())


def _worded(said: Line, words: str) -> str:
    word = tr(said.badge.word) if said.badge.word else ""
    return tr("{level}: {sentence}").format(level=word, sentence=words) if word else words


def _square(inner: QRect, left: int) -> QRect:
    return QRect(left, inner.center().y() - ICON // 2 + 1, ICON, ICON)
