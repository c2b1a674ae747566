"""The line above the map: a button that computes it, the progress of that, and the options."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from gradlab.instruments.records import Landscape
from gradlab.language import tr
from gradlab.window.panels.landscape.words import status
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.widgets import push_button, tooltip


class ComputeBar(QWidget):
    """Shows whether a map is being computed, and the progress.

    Attributes:
        button: computes, or cancels.
        status, progress: how far the map is, in words and as a bar.
    """

    def __init__(self, options: QMenu) -> None:
        super().__init__()
        self.button = push_button(tr("Compute"), "primary")
        self.status = QLabel(wordWrap=True)
        self.status.setAccessibleName(tr("State of the map"))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 100)
        self.progress.setAccessibleName(tr("Progress of the map"))
        choices = push_button(tr("Options"))
        choices.setToolTip(tr("What the map shows, and how it is drawn."))
        choices.setMenu(options)
        middle = QWidget()
        middle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        fill(QVBoxLayout(middle), self.status, self.progress, spacing=2)
        fill(QHBoxLayout(self), self.button, (middle, 1), choices)

    def show_state(self, landscape: Landscape | None, update: int, *, is_awaited: bool) -> None:
        """Show how far a map is computed; ``is_awaited``: a new one was asked for and has not begun yet."""
        is_computing = is_awaited or (landscape is not None and landscape.computing)
        self._name_button(is_computing=is_computing, is_first=landscape is None)
        self.progress.setVisible(is_computing)
        if is_awaited:
            progress, words = 0.0, tr("Starting …")
        elif landscape is None:
            progress, words = 0.0, ""
        else:
            progress, words = landscape.progress, status(landscape, update)
        self.progress.setValue(round(100 * progress))
        if words != self.status.text():
            self.status.setText(words)

    def _name_button(self, *, is_computing: bool, is_first: bool) -> None:
        if is_computing:
            text, help = tr("Cancel"), tr("Stops here; what is computed so far stays.")
        else:
            text = tr("Compute") if is_first else tr("Compute again")
            help = tr("Computes the map around the weights as they are now. Training may go on meanwhile.")
        if text != self.button.text():
            self.button.setText(text)
            self.button.setAccessibleName(text)
        self.button.setToolTip(tooltip(help))
