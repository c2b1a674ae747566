"""The lab, which takes a moment to build: when it is first needed, or piece by piece before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from gradlab.runs.speed import speed_named
from gradlab.window.services.settings_store import SettingsStore
from gradlab.window.shell.panels_ahead import MakePanels, PanelsAhead
from gradlab.window.training.trainer import Trainer

if TYPE_CHECKING:
    from gradlab.window.lab.memory import LabMemory
    from gradlab.window.lab.page import LabPage

# The keys under which these are kept: the free lab's layout, and the speed.
LAYOUT = "layout"
SPEED = "speed"


class LateLab(QObject):
    """Builds the lab inside the stack of pages.

    Attributes:
        built: emitted with each new LabPage.
    """

    built = Signal(object)

    def __init__(
        self, trainer: Trainer, make_panels: MakePanels, store: SettingsStore, pages: QStackedWidget
    ) -> None:
        super().__init__(pages)
        self._trainer = trainer
        self._make_panels = make_panels
        self._store = store
        self._pages = pages
        self._page: LabPage | None = None
        self._panels = PanelsAhead(self._make_panels)

    @property
    def page(self) -> LabPage:
        """The lab, built on first use."""
        if self._page is None:
            self._page = self._build()
            self.built.emit(self._page)
        return self._page

    @property
    def is_built(self) -> bool:
        """Whether there is a lab."""
        return self._page is not None

    def preparations(self) -> Iterator[Callable[[], object]]:
        """Yield steps that together build the lab; the window answers between them."""
        while self._page is None and not self._panels.are_made:
            yield self._panels.make_one
        yield lambda: self.page

    def pause(self) -> None:
        """Pause the run, if there is one."""
        if self._page is not None:
            self._page.pause()

    def leave(self) -> LabMemory | None:
        """Remove the lab; return what the next one needs to go on in its place."""
        page, self._page = self._page, None
        self._panels = PanelsAhead(self._make_panels)
        if page is None:
            return None
        from gradlab.window.lab.memory import leave

        memory = leave(page)
        self._pages.removeWidget(page)
        page.hide()
        page.deleteLater()
        return memory

    def keep_layout(self) -> None:
        """Remember the layout for the next start."""
        if self._page is not None:
            self._store.put(LAYOUT, self._page.panels.layouts.free())

    def _build(self) -> LabPage:
        from gradlab.window.lab.page import LabPage

        lab = LabPage(self._trainer, self._panels.all(), self._pages)
        layout = self._store.get(LAYOUT)
        if isinstance(layout, str):
            lab.panels.layouts.restore(layout)
        speed = speed_named(self._store.get(SPEED))
        if speed is not None:
            lab.control.choose_speed(speed)
        lab.control.speed_kept.connect(lambda speed: self._store.put(SPEED, speed.name))
        self._pages.addWidget(lab)
        return lab
