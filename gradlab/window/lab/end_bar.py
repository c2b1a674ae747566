"""The bar above the panels after the end of a run."""

from PySide6.QtWidgets import QFrame, QHBoxLayout

from gradlab.window.lab.transport import RunActions
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import ActionButton, dismiss_button, label, restyle


class EndBar(QFrame):
    """Says what came out of a run, and offers the ways on. Hidden while the run is not over."""

    def __init__(self, actions: RunActions) -> None:
        super().__init__()
        self.setObjectName("endBar")
        self.text = label("", "messageText", wrap=True)
        self.buttons = {
            "train_on": ActionButton(actions.train_on, "primary", once=True),
            "again": ActionButton(actions.again, once=True),
            "reset": ActionButton(actions.reset, once=True),
        }
        close = dismiss_button(self.hide)
        buttons = self.buttons.values()
        fill(QHBoxLayout(self), (self.text, 1), *buttons, close, spacing=8, margins=(12, 4, 6, 4))
        self.hide()

    def show_words(self, words: str, *, failed: bool = False) -> None:
        """Show a sentence about the end or a failure, and the ways on that there are."""
        self.text.setText(words)
        self.setProperty("level", "warning" if failed else "info")
        restyle(self)
        for button in self.buttons.values():
            button.setVisible(button.isEnabled())
        self.show()
