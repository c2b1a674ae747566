"""Chooses which of the racing runs the panels show."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QPushButton

from gradlab.instruments.records import Snapshot
from gradlab.language import shown_name, tr
from gradlab.window.theme import icons
from gradlab.window.widgets.flow_layout import FlowLayout
from gradlab.window.widgets.widgets import label, push_button


class LaneBar(QFrame):
    """A button for each racing run, in its colour.

    Attributes:
        chosen: emitted with the name of a run.
        wanted: whether the panels of the step depend on the run.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("laneBar")
        self.setAccessibleName(tr("Runs to look at"))
        self.wanted = False
        self.buttons: dict[str, QPushButton] = {}
        self._tokens: dict[str, str] = {}
        self._flow = FlowLayout(self, spacing=6)
        self._flow.addWidget(label(tr("Show the run:"), "muted"))
        self.hide()

    def show_snapshot(self, snapshot: Snapshot, *, side_by_side: bool = False) -> None:
        """Offer the runs of a race, with the one shown marked; hide while all are side by side."""
        tokens = {lane.name: lane.token for lane in snapshot.lanes}
        if tokens != self._tokens:
            self._tokens = tokens
            self._make_buttons()
        for lane in snapshot.lanes:
            self.buttons[lane.name].setChecked(lane.frame.run == snapshot.shown.run)
        self.setVisible(self.wanted and len(tokens) > 1 and not side_by_side)

    def _make_buttons(self) -> None:
        for button in self.buttons.values():
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {name: self._button(name) for name in self._tokens}

    def _button(self, name: str) -> QPushButton:
        button = push_button(shown_name(name))
        button.setProperty("small", True)
        button.setCheckable(True)
        button.setIcon(icons.square(self._tokens[name]))
        button.setIconSize(QSize(12, 12))
        button.clicked.connect(lambda: self._choose(name))
        self._flow.addWidget(button)
        button.show()
        return button

    def _choose(self, name: str) -> None:
        for other, button in self.buttons.items():
            button.setChecked(other == name)
        self.chosen.emit(name)
