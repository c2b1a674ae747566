"""A field for one number: how the number is read, written, and stepped with arrows."""

import math
import re
import unicodedata

from PySide6.QtCore import Property, Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox

from gradlab.experiment.settings import Setting
from gradlab.window.language.numbers import number

SMALLEST_STEP = 1e-6


class StepBox(QAbstractSpinBox):
    """A field for one number. It accepts any text, so that the form can say what is wrong with it.

    Attributes:
        stepped: the arrows, the arrow keys or the wheel were used.
    """

    stepped = Signal()

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._setting = setting
        # The style sheet's padding does not reach the text in here.
        self.lineEdit().setTextMargins(8, 0, 0, 0)
        # Screen readers read the range from these, and the number from ``value``.
        self.setProperty("minimum", setting.minimum)
        self.setProperty("maximum", setting.maximum)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _get_value(self) -> float:
        try:
            return float(parse_number(self._setting, self.text()))
        except ValueError:
            return math.nan

    def _set_value(self, value: float) -> None:
        whole = self._setting.kind == "integer"
        self.lineEdit().setText(number_text(round(value) if whole else value))
        self.stepped.emit()

    value = Property(float, _get_value, _set_value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the form, which scrolls, unless this field has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept anything; the form explains what is not a number."""
        return QValidator.State.Acceptable, text, position

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        """Allow both directions; the range keeps the value within its ends."""
        return (
            QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        )

    def stepBy(self, steps: int) -> None:
        """Step up or down; a text that is not a number stays."""
        try:
            value = parse_number(self._setting, self.text())
        except ValueError:
            return
        for _ in range(abs(steps)):
            value = step_number(self._setting, value, 1 if steps > 0 else -1)
        self.lineEdit().setText(number_text(value))
        self.stepped.emit()


def parse_number(setting: Setting, text: str) -> int | float:
    """Return the number that a text means. A decimal comma counts as a point; digits may be of any script.

    Raises:
        ValueError: if it is not a number of the setting's kind.
    """
    # Input methods for Chinese type digits and signs as wide as their other characters.
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    if setting.kind == "integer":
        return int(re.sub(r"(?<=\d)[ ,](?=(\d{2,3}[ ,])*\d{3}$)", "", plain))
    value = float(plain.replace(",", "."))
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the number: ``0.003``, ``1e-05``, ``20``."""
    return number(value, "d" if isinstance(value, int) else ".12g")


def step_number(setting: Setting, value: float, direction: int) -> int | float:
    """Return the next number up (1) or down (-1), within the setting's range.

    Whole numbers go by 1, shares by 0.05, and everything else along 1 – 3 – 10 – 30, because a learning
    rate matters by its order of magnitude.
    """
    if setting.kind == "integer":
        stepped = value + direction
    elif setting.maximum is not None and setting.maximum <= 1:
        stepped = round(value + 0.05 * direction, 10)
    else:
        stepped = _next_magnitude(value, direction)
    low = -math.inf if setting.minimum is None else setting.minimum
    high = math.inf if setting.maximum is None else setting.maximum
    bounded = min(high, max(low, stepped))
    return int(bounded) if setting.kind == "integer" else float(bounded)


def _next_magnitude(value: float, direction: int) -> float:
    if value == 0:
        return 1e-4 * direction
    if value < 0:
        return 0.0 - _next_magnitude(-value, -direction)
    exponent = math.floor(math.log10(value))
    ladder = [float(f"{digit}e{power}") for power in range(exponent - 1, exponent + 2) for digit in (1, 3)]
    if direction > 0:
        return next(rung for rung in ladder if rung > value * (1 + 1e-9))
    below = next(rung for rung in reversed(ladder) if rung < value * (1 - 1e-9))
    return below if below >= SMALLEST_STEP else 0.0
