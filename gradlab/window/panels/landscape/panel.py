"""The loss landscape: how the loss changes around the weights, and how training walked there."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.instruments.records import CancelLandscape, Frame, Landscape, State
from gradlab.language import mark
from gradlab.window.panels.base import RunPanel
from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.landscape import ABOUT
from gradlab.window.panels.landscape.compute_bar import ComputeBar
from gradlab.window.panels.landscape.map_page import MapPage
from gradlab.window.panels.landscape.options_menu import OptionsMenu
from gradlab.window.widgets.boxes import fill

AT_REST = (State.READY, State.PAUSED, State.FINISHED)
# From which height on there is room for more words: in lines of text, so that it follows the font.
ROOMY_LINES = 19


class LandscapePanel(RunPanel):
    """A map of the loss on a slice through the space of all weights, computed on request."""

    about = ABOUT
    saves = Landscape
    nothing_yet = mark(
        "Press Compute to see the loss around the weights, like a map of hills and valleys. "
        "Train for a few epochs first: then the map also shows the way that training took."
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = Frame()
        self._followed = -1  # the update of the latest rest at which the map was computed by itself
        self._is_awaited = False
        self._is_whole = False
        self.options = OptionsMenu(self)
        self.head = ComputeBar(self.options)
        self.page = MapPage()
        column = fill(QVBoxLayout(self), self.head, spacing=4, margins=(8, 2, 8, 2))
        self.set_content(self.page, column)
        self.head.button.clicked.connect(self._press)
        self.options.log_scale.toggled.connect(self.page.view.set_logarithmic)
        self.options.follow.toggled.connect(self._compute_if_due)
        self.join(PanelBus(self))
        self._show_state()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.page.make_room(is_roomy=self.height() >= ROOMY_LINES * self.fontMetrics().height())

    @override
    def join(self, bus: PanelBus) -> None:
        self._bus = bus

    @property
    def is_complete(self) -> bool:
        """Whether every point of the map is computed."""
        landscape = self.newest(Landscape)
        return landscape is not None and landscape.progress == 1

    # ------------------------------------------------------------------- frames

    @override
    def forget(self) -> None:
        self._followed = -1
        self._is_awaited = False
        self.page.forget()

    @override
    def follow(self, frame: Frame) -> None:
        self._frame = frame
        before = self.newest(Landscape)
        landscape = self.take_new(frame.get(Landscape))
        if landscape is not None:
            if before is None or landscape.surface is not before.surface:
                self._is_awaited = False
            self._choose_scale(is_whole=landscape.surface.directions == "weights")
            self.page.show_landscape(landscape)
        self._show_state()
        self._compute_if_due()

    def _choose_scale(self, *, is_whole: bool) -> None:
        """Choose a linear scale if there are only two weights: it makes a saddle look like one."""
        if is_whole != self._is_whole:
            self._is_whole = is_whole
            self.options.log_scale.setChecked(not is_whole)

    def _show_state(self) -> None:
        self.head.button.setEnabled(self._frame.state not in (State.LOADING, State.FAILED))
        update = self._frame.progress.update
        self.head.show_state(self.newest(Landscape), update, is_awaited=self._is_awaited)

    # ------------------------------------------------------------------ wishes

    def _press(self) -> None:
        landscape = self.newest(Landscape)
        # A busy trainer may be late to say that it computes.
        if self._is_awaited or (landscape is not None and landscape.computing):
            self._is_awaited = False
            self._bus.ask(Landscape, CancelLandscape())
        else:
            self._compute()

    def _compute(self) -> None:
        self._is_awaited = True
        self._bus.ask(Landscape, self.options.wish)
        self._show_state()

    def _compute_if_due(self) -> None:
        """Compute the map again whenever training rests, if *Follow* is on."""
        landscape, update = self.newest(Landscape), self._frame.progress.update
        is_due = landscape is None or not (landscape.is_current or landscape.computing)
        rests = self._frame.state in AT_REST and update != self._followed
        if self.options.follow.isChecked() and rests and is_due:
            self._followed = update
            self._compute()
