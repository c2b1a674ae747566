"""Short animations of what a phase did, unless the system switches them off."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation
from PySide6.QtWidgets import QStyle, QWidget

# What was there fades, something flows in, or a frame lights up for a moment.
Motion = Literal["", "fade", "flow", "pulse"]
MILLISECONDS = 280


def is_wanted(widget: QWidget) -> bool:
    """Return whether the system's settings allow animations."""
    return widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget) > 0


class Animation(QVariantAnimation):
    """Counts from 0 to 1 and calls ``show`` with each number; the last one is always 1."""

    def __init__(self, show: Callable[[float], None], parent: QObject) -> None:
        super().__init__(parent)
        self._show = show
        self.setStartValue(0.0)
        self.setEndValue(1.0)
        self.setDuration(MILLISECONDS)
        self.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self.valueChanged.connect(self._pass_on)

    @property
    def is_playing(self) -> bool:
        """Whether the animation is running."""
        return self.state() == QVariantAnimation.State.Running

    def skip(self) -> None:
        """Go to the end at once."""
        if self.is_playing:
            self.stop()
            self._show(1.0)

    def _pass_on(self, value: float) -> None:
        self._show(value)
