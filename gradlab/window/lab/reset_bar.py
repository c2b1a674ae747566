"""The bar that offers a reset."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from gradlab.language import tr
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import label, push_button


class ResetBar(QWidget):
    """Says that some changes wait for a reset; hidden while none do.

    Attributes:
        pressed: *Reset now* was pressed.
    """

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        bar = QFrame()
        bar.setObjectName("resetBar")
        fill(QVBoxLayout(self), bar, margins=(12, 4, 12, 8))
        button = push_button(tr("Reset now"), "primary")
        button.setToolTip(tr("Starts anew with the changed settings. What was learned so far is let go."))
        button.clicked.connect(self.pressed)
        words = label(tr("What you changed takes effect after a reset"), "fieldLabel", wrap=True)
        fill(QVBoxLayout(bar), words, button, spacing=8, margins=(12, 8, 12, 10))
        self.hide()
