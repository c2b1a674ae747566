"""Opens one panel alone: ``python -m gradlab.window.panels.loss.panel [light|dark]``."""

import itertools
import sys
from collections.abc import Iterable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from gradlab.instruments.records import Frame
from gradlab.window.panels.base import Panel
from gradlab.window.theme.style import Appearance


def preview(panel_class: type[Panel], frames: Iterable[Frame], milliseconds: int = 33) -> None:
    """Show ``frames`` in a panel, one every ``milliseconds``, again and again, until it is closed."""
    app = QApplication(sys.argv)
    Appearance(app, "dark" if "dark" in sys.argv else "light")
    panel = panel_class()
    panel.setWindowTitle(panel.title)
    panel.resize(980, 420)
    panel.show()
    reel = itertools.cycle(list(frames))
    timer = QTimer(panel)
    timer.timeout.connect(lambda: panel.show_frame(next(reel)))
    timer.start(milliseconds)
    app.exec()
