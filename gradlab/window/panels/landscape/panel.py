"""The loss landscape: how the loss changes around the weights, and how training walked there."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gradlab.export.tables import Table, table_of
from gradlab.instruments.records import (
    CancelLandscape,
    ComputeLandscape,
    Directions,
    Frame,
    Landscape,
    LossSurface,
    State,
    SurfaceRows,
)
from gradlab.language import mark, sentences, tr, trn
from gradlab.window.charts.formatting import whole
from gradlab.window.language import numbers
from gradlab.window.language.numbers import duration
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import Desk
from gradlab.window.panels.landscape.landscape_plot import LandscapeView
from gradlab.window.widgets.hint import Hint
from gradlab.window.widgets.menu_choice import MenuChoice
from gradlab.window.widgets.widgets import push_button, tooltip

BEFORE = mark(
    "Press Compute to see the loss around the weights, like a map of hills and valleys. "
    "Train for a few epochs first: then the map also shows the way that training took."
)
AT_REST = (State.READY, State.PAUSED, State.FINISHED)
# From which height on there is room for more words: in lines of text, so that it follows the font.
ROOMY_LINES = 19
ROUNDING = 1e-5  # of a share that was computed in single precision
DIRECTIONS: dict[Directions, tuple[str, str]] = {
    "path": (
        mark("training path"),
        mark("The two directions along which the weights moved most: so the path really lies in the map."),
    ),
    "random": (
        mark("random"),
        mark(
            "Two random directions, as long in every filter as the weights are (filter-normalized): "
            "so maps of different networks can be compared."
        ),
    ),
}
_SPAN_HELP = mark(
    "How far the map goes. Normal: as far as the path went, "
    "or in random directions as far as the weights are large."
)
SPANS = {
    0.25: mark("very near"),
    0.5: mark("near"),
    1.0: mark("normal"),
    2.0: mark("wide"),
    4.0: mark("very wide"),
}
DETAILS = {
    17: mark("coarse ({side} × {side} points)"),
    33: mark("medium ({side} × {side} points)"),
    65: mark("fine ({side} × {side} points)"),
}
ROWS: dict[SurfaceRows, tuple[str, str]] = {
    "training": (
        mark("training"),
        mark("The loss on rows that are trained on, or on some of them if they are many."),
    ),
    "validation": (mark("validation"), mark("The loss on rows that are held out, where there are any.")),
}


class LandscapePanel(Panel):
    """A map of the loss on a slice through the space of all weights; computed when it is asked for."""

    name = "landscape"
    title = mark("Loss landscape")
    help = mark(
        "All weights of a network together are one place in a space with as many directions as there are "
        "weights. This map shows a flat slice through that space: at each point the network gets other weights, "
        "and the colour says how large its loss would be. The line is the way that training took. A slice leaves "
        "nearly all directions out: what looks like a wall may have a way round it."
    )
    watches = frozenset({Landscape})

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk: Desk | None = None
        self._pointed = ""
        self._is_roomy = False
        self._frame = Frame()
        self._landscape: Landscape | None = None
        self._followed = -1
        self._is_awaited = False
        self._is_whole = False
        self.view = LandscapeView()
        self._make_controls()
        self._make_labels()
        self._arrange()
        self.view.read.connect(self._read)
        self.wear()
        self._show_state()

    # ---------------------------------------------------------------- building

    def _make_controls(self) -> None:
        self.button = push_button(tr("Compute"), "primary")
        self.button.clicked.connect(self._press)
        self.options = push_button(tr("Options"))
        self.options.setToolTip(tr("What the map shows, and how it is drawn."))
        self.options.setMenu(self._make_menu())

    def _make_menu(self) -> QMenu:
        wish = ComputeLandscape()
        spans = {span: (tr(text), tr(_SPAN_HELP)) for span, text in SPANS.items()}
        help = tr("More points take longer.")
        details = {side: (tr(text).format(side=side), help) for side, text in DETAILS.items()}
        self.directions = MenuChoice(tr("&Directions"), _in_words(DIRECTIONS), wish.directions, self)
        self.directions.setObjectName("directions")
        self.span = MenuChoice(tr("&Span"), spans, wish.span, self)
        self.span.setObjectName("span")
        self.detail = MenuChoice(tr("D&etail"), details, wish.side, self)
        self.detail.setObjectName("detail")
        self.rows = MenuChoice(tr("&Rows"), _in_words(ROWS), wish.rows, self)
        self.rows.setObjectName("rows")
        menu = QMenu(tr("Options"), self)
        menu.setToolTipsVisible(True)
        for choice in (self.directions, self.span, self.detail, self.rows):
            menu.addMenu(choice)
        self.log_scale = menu.addAction(tr("&Log scale"))
        self.log_scale.setObjectName("log scale")
        self.log_scale.setToolTip(
            tr("Each colour step multiplies the loss: shows small losses as clearly as big ones.")
        )
        self.follow = menu.addAction(tr("&Follow"))
        self.follow.setObjectName("follow")
        self.follow.setToolTip(tr("Computes the map again by itself whenever training rests."))
        for switch in (self.log_scale, self.follow):
            switch.setCheckable(True)
        self.log_scale.setChecked(True)
        self.log_scale.toggled.connect(self.view.set_logarithmic)
        self.follow.toggled.connect(self._follow)
        return menu

    def _make_labels(self) -> None:
        self.status = QLabel(wordWrap=True)
        self.status.setAccessibleName(tr("State of the map"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 100)
        self.bar.setAccessibleName(tr("Progress of the map"))
        self.caption = QLabel(wordWrap=True)
        self.caption.setAccessibleName(tr("What the map shows"))
        self.legend = QLabel(wordWrap=True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.hint = Hint(tr(BEFORE))

    def _arrange(self) -> None:
        middle = QWidget()
        middle.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        lines = QVBoxLayout(middle)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(2)
        lines.addWidget(self.status)
        lines.addWidget(self.bar)
        top = QHBoxLayout()
        top.addWidget(self.button)
        top.addWidget(middle, 1)
        top.addWidget(self.options)
        map_ = QWidget()
        column = QVBoxLayout(map_)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.caption)
        column.addWidget(self.view, 1)
        column.addWidget(self.legend)
        self._pages = QStackedLayout()
        self._pages.addWidget(self.hint)
        self._pages.addWidget(map_)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 2, 8, 2)
        whole.setSpacing(4)
        whole.addLayout(top)
        whole.addLayout(self._pages, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say more where there is room."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        self._is_roomy = self.height() >= ROOMY_LINES * self.fontMetrics().height()
        self.view.show_x_label(self._is_roomy)
        self._show_caption()

    # ---------------------------------------------------------------- the lab

    def join(self, desk: Desk) -> None:
        """Connect with what the panels share."""
        self._desk = desk

    def show_frame(self, frame: Frame) -> None:
        """Draw what changed; a new run starts without a map."""
        if frame.run != self._frame.run:
            self._landscape = None
            self._followed = -1
            self._is_awaited = False
            self.view.forget()
        self._frame = frame
        landscape = frame.get(Landscape)
        if landscape is not None and landscape is not self._landscape:
            if self._landscape is None or landscape.surface is not self._landscape.surface:
                self._is_awaited = False
            self._landscape = landscape
            self._choose_scale(landscape.surface)
            self.view.show_landscape(landscape)
        self._show_state()
        self._follow()

    def _choose_scale(self, surface: LossSurface) -> None:
        """Show heights as they are where there are only two weights: that is how a saddle looks like one."""
        is_whole = surface.directions == "weights"
        if is_whole != self._is_whole:
            self._is_whole = is_whole
            self.log_scale.setChecked(not is_whole)

    def as_table(self) -> Table | None:
        """Return the path and the losses of the map."""
        return table_of(self._landscape) if self._landscape is not None else None

    def dress(self) -> None:
        """Write the legend in the colours."""
        if self._landscape is not None:
            self._show_state()

    @property
    def wish(self) -> ComputeLandscape:
        """What the options ask for."""
        return ComputeLandscape(
            directions=self.directions.value,
            span=self.span.value,
            side=self.detail.value,
            rows=self.rows.value,
        )

    @property
    def is_complete(self) -> bool:
        """Whether every point of the map is computed."""
        return self._landscape is not None and self._landscape.progress == 1

    def _press(self) -> None:
        if self._is_computing:
            self._is_awaited = False
            self._ask(CancelLandscape())
        else:
            self._compute()

    def _compute(self) -> None:
        self._is_awaited = True
        self._ask(self.wish)
        self._show_state()

    def _ask(self, wish: ComputeLandscape | CancelLandscape) -> None:
        if self._desk is not None:
            self._desk.asked.emit(Landscape, wish)

    def _follow(self) -> None:
        """Compute again where that is wanted, once after each rest."""
        update = self._frame.progress.update
        is_due = self._landscape is None or not (self._landscape.is_current or self._landscape.computing)
        if self.follow.isChecked() and self._frame.state in AT_REST and is_due and update != self._followed:
            self._followed = update
            self._compute()

    # ---------------------------------------------------------------- words

    @property
    def _is_computing(self) -> bool:
        """Whether there is something to cancel; a busy trainer may be late to say so."""
        return self._is_awaited or (self._landscape is not None and self._landscape.computing)

    def _show_state(self) -> None:
        landscape = self._landscape
        self._pages.setCurrentIndex(0 if landscape is None else 1)
        self._name_button()
        self.button.setEnabled(self._frame.state not in (State.LOADING, State.FAILED))
        self.bar.setVisible(self._is_computing)
        if self._is_awaited:
            self.bar.setValue(0)
            _set_text(self.status, tr("Starting …"))
        elif landscape is None:
            _set_text(self.status, "")
        else:
            self.bar.setValue(round(100 * landscape.progress))
            _set_text(self.status, status(landscape, self._frame.progress.update))
        if landscape is not None:
            _set_text(self.legend, self.view.legend())
            self._show_caption()

    def _read(self, line: str) -> None:
        """Show the value that is pointed at in the caption's place, or the caption again."""
        self._pointed = line
        self._show_caption()

    def _show_caption(self) -> None:
        if self._landscape is not None:
            whole = sentences((headline(self._landscape), details(self._landscape)))
            short = headline(self._landscape)
            _set_text(self.caption, self._pointed or (whole if self._is_roomy else short))
            self.caption.setToolTip(tooltip(whole))

    def _name_button(self) -> None:
        if self._is_computing:
            text, help = tr("Cancel"), tr("Stops here; what is computed so far stays.")
        else:
            text = tr("Compute") if self._landscape is None else tr("Compute again")
            help = tr("Computes the map around the weights as they are now. Training may go on meanwhile.")
        if text != self.button.text():
            self.button.setText(text)
            self.button.setAccessibleName(text)
        self.button.setToolTip(tooltip(help))


def status(landscape: Landscape, update: int) -> str:
    """Return how far the map is, or how old."""
    if landscape.computing:
        seconds, progress = landscape.seconds_left, numbers.percent(landscape.progress, 0)
        if seconds is None:
            return progress
        return tr("{progress} · {time} left").format(progress=progress, time=duration(seconds))
    then = landscape.surface.update
    if landscape.surface.directions == "weights":
        said = ""
    elif landscape.is_current:
        said = tr("At update {then}, up to date")
    elif update != then:
        said = tr("At update {then}; now {now}")
    else:
        said = tr("At update {then}; the weights have moved since")
    text = said.format(then=whole(then), now=whole(update))
    return text if landscape.progress == 1 else tr("Unfinished. {text}").format(text=text)


def headline(landscape: Landscape) -> str:
    """Return the one line that is always shown: how much of the path the slice holds."""
    surface, share = landscape.surface, landscape.share
    if surface.directions == "weights":
        return tr("There are only two weights: this is the whole landscape.")
    if surface.directions != surface.wanted:
        return tr("The path is still too short: two random directions for now.")
    if share is None:
        return tr("A slice through the space of all weights.")
    said = (
        tr("Random slice: it holds {percent} of the path’s movement.")
        if surface.directions == "random"
        else tr("This slice holds {percent} of the path’s movement.")
    )
    return said.format(percent=percent(share))


def details(landscape: Landscape) -> str:
    """Return what the slice is, and which loss it shows."""
    surface = landscape.surface
    along = {
        "weights": mark("To the right the first of them, upwards the second."),
        "path": mark("It goes through the weights along the two main directions of the training path."),
        "random": mark(
            "It goes through the weights in two random directions "
            "that are as long, filter by filter, as the weights."
        ),
    }[surface.directions]
    count = surface.row_count
    shows = (
        trn(
            "Each point shows the loss on {count} training row.",
            "Each point shows the loss on {count} training rows.",
            count,
        )
        if surface.rows == "training"
        else trn(
            "Each point shows the loss on {count} validation row.",
            "Each point shows the loss on {count} validation rows.",
            count,
        )
    )
    return sentences((tr(along), shows.format(count=whole(count))))


def percent(share: float) -> str:
    """Return a share in percent; rounding never makes it all or nothing."""
    if 0 < share < 0.001:
        return tr("less than 0.1 %")
    if 0.999 < share < 1 - ROUNDING:
        return tr("more than 99.9 %")
    near_an_end = share < 0.1 or 0.99 < share < 1 - ROUNDING
    return numbers.percent(share, 1 if near_an_end else 0)


def _in_words(choices: Mapping[Any, tuple[str, str]]) -> dict[Any, tuple[str, str]]:
    return {value: (tr(text), tr(help)) for value, (text, help) in choices.items()}


def _set_text(label: QLabel, text: str) -> None:
    if text != label.text():
        label.setText(text)
