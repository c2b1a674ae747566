"""The base classes of all panels, and of those that show one run."""

from typing import ClassVar, TypeVar

from PySide6.QtWidgets import QBoxLayout, QStackedLayout, QWidget
from typing_extensions import override

from gradlab.instruments.records import Frame, Mark, Record, Snapshot, State, Table
from gradlab.language import tr
from gradlab.panel_info import PanelInfo
from gradlab.window.charts.layer_names import LayerMarks, worst_marks
from gradlab.window.charts.legend import CurveKey
from gradlab.window.panels.bus import PanelBus
from gradlab.window.theme.themed import Themed
from gradlab.window.widgets.ground import Ground
from gradlab.window.widgets.hint import Hint

R = TypeVar("R", bound=Record)


class Panel(Themed, Ground):
    """A view of the run. It gets frames on the window's thread, at display rate, newest only.

    Attributes:
        about: what menus, layouts and lessons know of it.
        title: what people read; also the accessible name.
        help: *What is this?* in plain words.
    """

    about: ClassVar[PanelInfo]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.title, self.help = tr(self.about.title), tr(self.about.help)
        self.setAccessibleName(self.title)
        self.setWhatsThis(self.help)

    def join(self, bus: PanelBus) -> None:
        """Connect with what the panels share; called once, before the first frame."""

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the run that a snapshot shows. Panels that compare runs override this."""
        self.show_frame(snapshot.shown)

    def show_frame(self, frame: Frame) -> None:
        """Draw a frame. Cheap where nothing changed; a new ``frame.run`` forgets what was shown."""
        raise NotImplementedError

    def look_at(self, view: str) -> None:
        """Show the view of this name, where the panel has several: the one that a lesson's text is about."""

    def put_back(self) -> None:
        """Show what it shows at first: nothing hidden, nothing enlarged. A lesson's text is written for that."""
        for key in self.findChildren(CurveKey):
            key.put_back()

    def as_table(self) -> Table | None:
        """Return the data that is shown, in its own units, to be saved; None while there is none."""
        return None


class RunPanel(Panel):
    """A panel that draws records of one run: it knows the newest ones, and shows a hint before the first.

    ::

        class ToyPanel(RunPanel):
            about = ABOUT
            nothing_yet = mark("Press Run to see the gradients flow.")
            saves = Flow

            def __init__(self, parent=None):
                super().__init__(parent)
                self.chart = ToyChart()
                self.set_content(self.chart)

            def forget(self):
                self.chart.clear()

            def follow(self, frame):
                if flow := self.take_new(frame.get(Flow)):
                    self.chart.show_flow(flow)

    Attributes:
        nothing_yet: what an empty panel says; marked, not yet translated.
        saves: the kind of record whose table is saved; a panel with several tables overrides ``as_table``.
        hint: the label that says it.
    """

    nothing_yet: ClassVar[str] = ""
    saves: ClassVar[type[Record] | None] = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hint = Hint(tr(type(self).nothing_yet))
        self._pages = QStackedLayout()
        self._run: int | None = None
        self._newest: dict[type, object] = {}
        self._marks: tuple[Mark, ...] = ()

    def set_content(self, content: QWidget, below: QBoxLayout | None = None) -> None:
        """Place the content, with the hint in front of it: in the whole panel, or as the last row of a layout."""
        if below is None:
            self.setLayout(self._pages)
        else:
            below.addLayout(self._pages, 1)
        self._pages.addWidget(self.hint)
        self._pages.addWidget(content)

    @override
    def show_frame(self, frame: Frame) -> None:
        if frame.run != self._run:
            self._run = frame.run
            self._newest.clear()
            self.forget()
        if frame.marks != self._marks:
            self._marks = frame.marks
            self.show_marks(worst_marks(frame.marks))
        self.follow(frame)
        self.show_hint(self._why_empty(frame) or self.hint_for(frame))

    def _why_empty(self, frame: Frame) -> str:
        """Return why there is nothing of this run, whatever the panel shows; empty where there may be."""
        if self._newest:
            return ""
        if frame.state is State.FAILED:
            return tr("Nothing to show: the run could not begin. The message above says why.")
        is_being_built = frame.state is State.LOADING and frame.experiment is not None
        return tr("Loading…") if is_being_built else ""

    def forget(self) -> None:
        """Clear what was shown of the previous run; its records are already forgotten."""

    def show_marks(self, marks: LayerMarks) -> None:
        """Show the marks of instruments beside the names of layers, if the panel has any."""

    def follow(self, frame: Frame) -> None:
        """Draw what is new in a frame of this run."""
        raise NotImplementedError

    def take_new(self, record: R | None) -> R | None:
        """Keep a record as the newest of its kind, and return it; return None if it is there already."""
        if record is None or self._newest.get(record.kind()) is record:
            return None
        self._newest[record.kind()] = record
        return record

    def newest(self, kind: type[R]) -> R | None:
        """Return the newest record of a kind that ``take_new`` took; None before the first of this run."""
        record = self._newest.get(kind)
        return record if isinstance(record, kind) else None

    @override
    def as_table(self) -> Table | None:
        record = self.newest(self.saves) if self.saves else None
        return record.as_table() if record is not None else None

    def hint_for(self, frame: Frame) -> str:
        """Return what the panel says in place of its content; empty where there is something to show."""
        return "" if self._newest else tr(type(self).nothing_yet)

    def show_hint(self, hint: str) -> None:
        """Show a hint in place of the content; an empty one shows the content."""
        if hint:
            self.hint.setText(hint)
        self._pages.setCurrentIndex(0 if hint else 1)
