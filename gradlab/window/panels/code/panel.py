"""The training loop as PyTorch code, with the line of the latest phase highlighted."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextCursor, QTextFormat
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from gradlab.experiment.schema import Experiment
from gradlab.export.loop_code import lines_for, text_of
from gradlab.instruments.records import Frame, Phase
from gradlab.language import mark, tr
from gradlab.window import theme
from gradlab.window.panels.base import Panel
from gradlab.window.panels.code import ABOUT
from gradlab.window.panels.code.python_colors import PythonColors
from gradlab.window.panels.phase_words import NAMES
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label, push_button

RESTING = mark("Change a setting, and the code follows. Press Phase to see which line is done.")
COPIED_MS = 1500
FONT_SCALE = 0.9  # most lines then fit beside the gradients


class CodePanel(Panel):
    """Shows the loop as PyTorch code; follows the settings and, while phases are stepped, the phases."""

    about = ABOUT

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._experiment: Experiment | None = None
        self._phases: list[Phase] = []
        self._phase: Phase = ""
        self.now = label("", "muted", wrap=True)
        self.copy = push_button(tr("Copy"), glyph="ph.copy")
        self.copy.setToolTip(tr("Copy the code to the clipboard."))
        self.copy.clicked.connect(self._copy)
        self.code = self._make_code()
        self._colors = PythonColors(self.code.document())
        self._copied = QTimer(self, interval=COPIED_MS, singleShot=True)
        self._copied.timeout.connect(lambda: self.copy.setText(tr("Copy")))
        head = fill(QHBoxLayout(), (self.now, 1), (self.copy, 0, Qt.AlignmentFlag.AlignTop))
        fill(QVBoxLayout(self), head, (self.code, 1), spacing=4, margins=(8, 0, 8, 2))
        self.wear()

    def _make_code(self) -> QPlainTextEdit:
        code = QPlainTextEdit()
        code.setObjectName("code")
        code.setAccessibleName(tr("PyTorch code"))
        code.setWhatsThis(
            tr(
                "The training loop that the settings mean. Change a setting, and the code follows. "
                "You can select and copy it; it is changed by the settings alone."
            )
        )
        code.setReadOnly(True)
        code.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        code.setTabChangesFocus(True)
        code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPointSizeF(FONT_SCALE * code.font().pointSizeF())
        code.setFont(font)
        return code

    def dress(self) -> None:
        """Apply the colours of the code and of its highlighted lines."""
        self._colors.dress()
        self._light()

    def show_frame(self, frame: Frame) -> None:
        """Show the code for the current settings, and highlight where the run is."""
        if frame.experiment is not None and frame.experiment != self._experiment:
            self._experiment = frame.experiment
            self._show_code(frame.experiment)
        phase = frame.progress.phase if frame.progress.by_phase else ""
        if phase != self._phase:
            self._phase = phase
            self._light()

    def _show_code(self, experiment: Experiment) -> None:
        lines = lines_for(experiment)
        self._phases = [line.phase for line in lines]
        text = text_of(lines).rstrip()
        if text != self.code.toPlainText():
            self.code.setPlainText(text)
        self._light()

    def _light(self) -> None:
        """Highlight the lines of the latest phase, and name it."""
        lit = (number for number, phase in enumerate(self._phases) if phase and phase == self._phase)
        marks = [self._mark(number) for number in lit]
        self.code.setExtraSelections(marks)
        if marks:
            self.code.setTextCursor(marks[0].cursor)
            self.code.ensureCursorVisible()
        said = tr("Just done: {phase}").format(phase=tr(NAMES[self._phase])) if self._phase else tr(RESTING)
        if said != self.now.text():
            self.now.setText(said)
        self.code.setAccessibleDescription(said)

    def _mark(self, number: int) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(self.code.document().findBlockByNumber(number))
        mark.format.setBackground(theme.color("surface.selection"))
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        return mark

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.toPlainText() + "\n")
        self.copy.setText(tr("Copied"))
        self._copied.start()
