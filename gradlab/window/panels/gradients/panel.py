"""The gradient buffer: what was left over, what this batch adds, and what the optimizer uses."""

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QBrush, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from gradlab.instruments.records import BufferState, BufferWish, Frame, State, Table, Timeline
from gradlab.language import mark, tr
from gradlab.window import theme
from gradlab.window.charts.colorbar import LegendEntry
from gradlab.window.charts.heat_colors import hatch
from gradlab.window.charts.layer_names import LayerMarks
from gradlab.window.panels.base import RunPanel
from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.gradients import ABOUT
from gradlab.window.panels.gradients.buffer_head import BufferHead
from gradlab.window.panels.gradients.buffer_view import BufferView
from gradlab.window.panels.gradients.buffer_words import BufferWords
from gradlab.window.panels.gradients.timeline_view import TimelineView
from gradlab.window.panels.gradients.words import reading
from gradlab.window.widgets.boxes import fill
from gradlab.window.widgets.flow_layout import FlowLayout

_SMALL = QSize(480, 280)  # pixels: a panel below both leaves out what others or its tooltips say as well
# In lines of text.
_FACTS_WIDTH = 50  # of a panel in which the facts stand in one line with the controls
_SENTENCE_WIDTH = 32  # of the room that a sentence needs beside the legend
_TALL = 20  # height of a panel in which the facts and the legend may have lines of their own: layers go first
_WIDE = 34  # of a low panel in which a sentence has a single line
_LOW = 15  # height of a low panel; a narrow one has two lines for the sentence
_DESCRIBE_EVERY = 500  # milliseconds: a screen reader cannot follow faster


class GradientsPanel(RunPanel):
    """Per layer *left over + this batch = used*; behind a tab, the size of each layer's gradient over time."""

    about = ABOUT
    nothing_yet = mark("Press Run, Phase or Batch to see the gradients")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._by_phase = False
        self._may_close = True  # what is left over: not while it may come and go many times a second
        self._bus: PanelBus | None = None
        self.head = BufferHead()
        self.words = BufferWords(self)
        self.buffer = BufferView()
        self.timeline = TimelineView()
        self._description = QTimer(self, singleShot=True, interval=_DESCRIBE_EVERY)
        self.hint.setObjectName("emptyPanel")
        self._connect()
        self._arrange()

    def _connect(self) -> None:
        self._description.timeout.connect(self._describe)
        self.buffer.read.connect(self.words.caption.show_reading)
        self.timeline.read.connect(self.words.caption.show_reading)
        self.buffer.wants_layer.connect(self.head.choose)
        self.head.picked.connect(self._pick)
        self.head.changed.connect(self._rearrange)
        self.head.tabs.currentChanged.connect(self._switch)

    def _arrange(self) -> None:
        self.views = QStackedWidget()
        self.views.addWidget(self.buffer)
        self.views.addWidget(self.timeline)
        self._legend, page = QWidget(), QWidget()
        for label in self.words.facts:
            self.head.add(label)
        entries = FlowLayout(self._legend, spacing=16)
        for entry in _legend():
            entries.addWidget(entry)
        self._said = fill(QBoxLayout(QBoxLayout.Direction.LeftToRight), (self.words.caption, 1), self._legend)
        rows = self.words.strip, self.head, self._said, (self.views, 1)
        fill(QVBoxLayout(page), *rows, spacing=1, margins=(8, 0, 8, 0))
        self.set_content(page)

    @override
    def join(self, bus: PanelBus) -> None:
        self._bus = bus
        self.timeline.share(bus.x_axis)
        for view in (self.buffer, self.timeline):
            view.pointed.connect(bus.layer_pointed)

    @override
    def look_at(self, view: str) -> None:
        """Show the ``weights`` below the buffer, or the ``buffer`` alone."""
        self.head.show_menu.extras["weights"].setChecked(view == "weights")

    @override
    def put_back(self) -> None:
        super().put_back()
        self.head.choose("")
        self.head.tabs.setCurrentIndex(0)

    @override
    def as_table(self) -> Table | None:
        if self.head.shows_timeline:
            timeline = self.newest(Timeline)
            return timeline.as_table() if timeline is not None else None
        gradients = self.newest(BufferState)
        return gradients.as_table() if gradients is not None else None

    # ------------------------------------------------------------------- frames

    @override
    def forget(self) -> None:
        self.timeline.forget()
        self.buffer.open_first(False)
        self._ask()  # the instruments of a new run do not know the wish yet

    @override
    def show_marks(self, marks: LayerMarks) -> None:
        self.buffer.rows.show_marks(marks)
        self.timeline.plot.names.show_marks(marks)

    @override
    def follow(self, frame: Frame) -> None:
        self.timeline.axis.follow(frame)
        is_new = [self.take_new(frame.get(kind)) is not None for kind in (BufferState, Timeline)]
        by_phase, gradients = frame.progress.by_phase, self.newest(BufferState)
        collects = gradients is not None and (gradients.accumulate > 1 or gradients.chunks > 1)
        self._may_close = frame.state is not State.RUNNING and not by_phase and not collects
        if any(is_new) or self._by_phase != by_phase:
            self._by_phase = by_phase
            self._show()
        elif self._may_close and self.buffer.is_first_open and gradients is not None:
            self.buffer.open_first(gradients.has_left_over)

    @override
    def hint_for(self, frame: Frame) -> str:
        timeline = self.newest(Timeline)
        has_timeline = timeline is not None and len(timeline.updates) > 0
        return "" if has_timeline or self.newest(BufferState) is not None else tr(self.nothing_yet)

    def _show(self) -> None:
        gradients, timeline = self.newest(BufferState), self.newest(Timeline)
        self._show_words()
        if self.head.shows_timeline and timeline is not None:
            self.timeline.show_timeline(timeline)
        elif gradients is not None and not self.head.shows_timeline:
            self._make_room_for_left_over(gradients)
            self.buffer.show_parameters(gradients.parameters, reading(gradients, self._by_phase))
            self.head.show_titles(self.buffer.titles)
        if not self._description.isActive():
            self._description.start()

    def _make_room_for_left_over(self, gradients: BufferState) -> None:
        """Open its column as soon as something is left over; close it at rest, or with a new run."""
        if gradients.has_left_over:
            self.buffer.open_first(True)
        elif self._may_close:
            self.buffer.open_first(False)

    def _show_words(self) -> None:
        gradients = self.newest(BufferState)
        if gradients is not None:
            line = self.fontMetrics().height()
            has_room = self.width() >= _FACTS_WIDTH * line or self.height() >= _TALL * line
            has_room = has_room and not (self.buffer.picked or self._is_small)
            self.words.show_gradients(gradients, by_phase=self._by_phase, has_room=has_room)

    def _describe(self) -> None:
        if self.head.shows_timeline:
            self.timeline.describe()
        else:
            self.buffer.rows.describe()

    # ------------------------------------------------------------------ choices

    def _switch(self, view: int) -> None:
        self.views.setCurrentIndex(view)
        self.words.caption.show_reading("")
        self._show()

    def _pick(self, title: str) -> None:
        """Show one layer large, or all of them."""
        if title == self.buffer.picked:
            return
        self.buffer.pick(title)
        large = self.buffer.large
        self.head.show_large(self.buffer.in_words, takes_pictures=bool(large and large.weight.pixels))
        self._lay_out_words()
        self._ask()
        self._description.start()

    def _rearrange(self) -> None:
        self.buffer.show_wanted(self.head.wanted)
        self._lay_out_words()
        self._ask()
        self._description.start()

    def _ask(self) -> None:
        if self._bus is not None:
            large = self.buffer.large
            wish = BufferWish(updates="update" in self.head.wanted.extras, whole=large.layer if large else "")
            self._bus.ask(BufferState, wish)

    # --------------------------------------------------------------------- room

    @property
    def _is_small(self) -> bool:
        return self.width() < _SMALL.width() and self.height() < _SMALL.height()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out_words()

    def _lay_out_legend(self) -> None:
        """Put the legend beside the sentence; else below it, unless the layers need the room."""
        line = self.fontMetrics().height()
        entries = self._legend.findChildren(LegendEntry)
        width = sum(entry.sizeHint().width() + 16 for entry in entries)
        is_beside = self.width() >= width + _SENTENCE_WIDTH * line
        self._legend.setMinimumWidth(width if is_beside else 0)
        self._legend.setVisible(is_beside or self.height() >= _TALL * line)
        ways = QBoxLayout.Direction
        self._said.setDirection(ways.LeftToRight if is_beside else ways.TopToBottom)

    def _lay_out_words(self) -> None:
        self._lay_out_legend()
        self.head.show_axes(self.buffer.in_words, is_small=self._is_small)
        self.words.caption.be_above_large(bool(self.buffer.picked))
        line = self.fontMetrics().height()
        is_low = self.height() < _LOW * line and not self.buffer.picked and not self._by_phase
        self.words.caption.limit((1 if self.width() >= _WIDE * line else 2) if is_low else None)
        self._show_words()


def _legend() -> list[LegendEntry]:
    return [
        LegendEntry(tr("None"), tr("There is no gradient: the optimizer skips these weights."), hatch),
        LegendEntry(
            tr("exactly zero"),
            tr("There is a gradient, and it is 0: these weights get no push."),
            lambda: QBrush(theme.color("signed.exact_zero")),
        ),
        LegendEntry(
            tr("not a number"),
            tr("NaN or infinity: the numbers have become too large to compute with."),
            lambda: QBrush(theme.color("signed.nan")),
        ),
    ]
