"""The gradient buffer: what was left over, what this batch adds, and what the optimizer uses."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QBrush, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedLayout,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from gradlab.export.tables import Table, buffer_table, table_of
from gradlab.instruments.records import (
    BufferWish,
    Curves,
    Frame,
    Gradients,
    Timeline,
)
from gradlab.language import mark, sentences, tr
from gradlab.window import theme
from gradlab.window.charts.colorbar import LegendEntry
from gradlab.window.charts.heat_colors import hatch
from gradlab.window.panels.base import Panel
from gradlab.window.panels.bus import Desk
from gradlab.window.panels.gradients.buffer_view import BufferView
from gradlab.window.panels.gradients.layer_row import EXTRAS
from gradlab.window.panels.gradients.phase_strip import PhaseStrip
from gradlab.window.panels.gradients.timeline_view import TimelineView
from gradlab.window.panels.gradients.words import facts, place, reading, story
from gradlab.window.panels.phase_words import NAMES, is_harmful, phases_of, sentence
from gradlab.window.widgets.flow_layout import FlowLayout
from gradlab.window.widgets.widgets import QuietComboBox, push_button

ALL_LAYERS = mark("All layers")
_SMALL = QSize(480, 280)  # pixels: a panel below both leaves out what others or its tooltips say as well
_DESCRIBE_EVERY = 500  # milliseconds: a screen reader cannot follow faster


class GradientsPanel(Panel):
    """Per layer *left over + this batch = used*; behind a tab, the size of each layer's gradient over time."""

    name = "gradients"
    title = mark("Gradients")
    help = mark(
        "The gradient says how each weight should change. It is collected in a buffer: what is left over "
        "in it, plus what this batch adds, is what the optimizer uses. Blue is negative, red positive. "
        "Pick a layer to see it large; point at a value to read it."
    )
    watches = frozenset({Gradients, Timeline, Curves})  # curves: for the x-axis
    rest = 0.25

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: int | None = None
        self._gradients: Gradients | None = None
        self._timeline: Timeline | None = None
        self._by_phase = False
        self._level = ""
        self._story = ""
        self._pointed_line = ""
        self._desk: Desk | None = None
        self.buffer = BufferView()
        self.timeline = TimelineView()
        self._make_labels()
        self._make_choices()
        self._arrange()
        self._words = QTimer(self)
        self._words.setSingleShot(True)
        self._words.setInterval(_DESCRIBE_EVERY)
        self._words.timeout.connect(self._describe)
        self.buffer.read.connect(self._read)
        self.buffer.wants_layer.connect(self._want_layer)
        self.timeline.read.connect(self._read)
        self.wear()

    def _make_labels(self) -> None:
        self.strip = PhaseStrip()
        self.strip.hide()
        self.facts = [QLabel() for _ in range(3)]
        for label in self.facts:
            label.setAccessibleName(tr("This update"))
        self.story = QLabel()
        self.story.setAccessibleName(tr("What is in the buffer"))
        self.story.setWordWrap(True)
        self.story.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.empty = QLabel(tr("Press Run, Step phase or Step batch to see the gradients"))
        self.empty.setObjectName("emptyPanel")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.legend = [
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

    def _make_choices(self) -> None:
        self.layer = QuietComboBox()
        self.layer.setObjectName("layer")
        self.layer.setSizeAdjustPolicy(QuietComboBox.SizeAdjustPolicy.AdjustToContents)
        self.layer.setAccessibleName(tr("Layer"))
        self.layer.setToolTip(tr("See one layer large, with the number of every value, or all layers."))
        self.layer.addItem(tr(ALL_LAYERS))
        self.layer.currentTextChanged.connect(self._pick)
        self.back = push_button(f"← {tr(ALL_LAYERS)}")
        self.back.setToolTip(tr("Show all layers again (Escape)."))
        self.back.clicked.connect(lambda: self.layer.setCurrentIndex(0))
        self.axes = QLabel()
        self.axes.setAccessibleName(tr("Rows and columns"))
        self.as_pictures = QCheckBox(tr("As pictures"))
        self.as_pictures.setObjectName("as pictures")
        self.as_pictures.setAccessibleName(tr("As pictures"))
        self.as_pictures.setToolTip(
            tr("Draw each unit's numbers as a picture, one per pixel that it looks at.")
        )
        self.as_pictures.toggled.connect(self._rearrange)
        for widget in (self.back, self.axes, self.as_pictures):
            widget.hide()
        self._make_show_menu()

    def _make_show_menu(self) -> None:
        self.show_button = push_button(tr("Show"))
        self.show_button.setToolTip(tr("Choose what else is shown, and how."))
        menu = QMenu(tr("Show"), self.show_button)
        menu.setToolTipsVisible(True)
        self.show_button.setMenu(menu)
        self.extras = {
            "weights": self._action(
                tr("Weights"), tr("A further row per layer: its weights and biases now.")
            ),
            "update": self._action(
                tr("Updates"),
                tr("A further row per layer: what the latest update really added to its weights."),
            ),
        }
        self.common_scale = self._action(
            tr("One colour scale for all layers"),
            tr("On: layers can be compared. Off: each layer's largest value is its strongest colour."),
        )
        self.animated = self._action(tr("Animate phases"), tr("While stepping: show how the buffer changes."))
        self.animated.setChecked(True)
        for name, action in self.extras.items():
            action.setObjectName(name)
            action.toggled.connect(self._rearrange)
        self.common_scale.setObjectName("common scale")
        self.animated.setObjectName("animated")
        self.common_scale.toggled.connect(self._rescale)
        self.animated.toggled.connect(self._animate)
        menu.addActions([*self.extras.values()])
        menu.addSeparator()
        menu.addActions([self.common_scale, self.animated])

    def _action(self, text: str, help: str) -> QAction:
        action = QAction(text, self)
        action.setCheckable(True)
        action.setToolTip(help)
        return action

    def _arrange(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setObjectName("view")
        self.tabs.setAccessibleName(tr("View of the gradients"))
        self.tabs.setWhatsThis(
            tr(
                "Buffer: what the gradient buffer holds now. "
                "Timeline: how large each layer's gradient was, update by update."
            )
        )
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in (tr("Buffer"), tr("Timeline")):
            self.tabs.addTab(title)
        self.views = QStackedWidget()
        self.views.addWidget(self.buffer)
        self.views.addWidget(self.timeline)
        self.tabs.currentChanged.connect(self._switch)
        head, foot, page = QWidget(), QWidget(), QWidget()
        line = FlowLayout(head, spacing=10)
        for widget in (
            self.tabs,
            self.back,
            self._choice_of_layer(),
            self.as_pictures,
            self.axes,
            *self.facts,
        ):
            line.addWidget(widget)
        below = FlowLayout(foot, spacing=16)
        for entry in self.legend:
            below.addWidget(entry)
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 0, 8, 2)
        column.setSpacing(2)
        column.addWidget(self.strip)
        column.addWidget(head)
        column.addWidget(self.story)
        column.addWidget(self.views, 1)
        column.addWidget(foot)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(page)

    def _choice_of_layer(self) -> QWidget:
        self._choices = QWidget()
        row = QHBoxLayout(self._choices)
        row.setContentsMargins(0, 0, 0, 0)
        self._layer_label = QLabel(tr("Layer"))
        self._layer_label.setBuddy(self.layer)
        for widget in (self._layer_label, self.layer, self.show_button):
            row.addWidget(widget)
        return self._choices

    def look_at(self, view: str) -> None:
        """Show the ``weights`` below the buffer, or the ``buffer`` alone."""
        self.extras["weights"].setChecked(view == "weights")

    def as_table(self) -> Table | None:
        """Return the view in front."""
        if self.tabs.currentIndex() == 1:
            return table_of(self._timeline) if self._timeline is not None else None
        return buffer_table(self._gradients.parameters) if self._gradients is not None else None

    def dress(self) -> None:
        """Take the colour of what is said about the buffer."""
        self._paint_story()

    # ------------------------------------------------------------------- frames

    def show_frame(self, frame: Frame) -> None:
        """Draw what changed in the view in front."""
        self.timeline.axis.follow(frame)
        if frame.run != self._run:
            self._forget(frame.run)
        changed = self._by_phase != frame.progress.by_phase
        self._by_phase = frame.progress.by_phase
        gradients, timeline = frame.get(Gradients), frame.get(Timeline)
        if gradients is not None and gradients is not self._gradients:
            self._gradients = gradients
            changed = True
        if timeline is not None and timeline is not self._timeline:
            self._timeline = timeline
            changed = True
        if changed:
            self._show()

    def _forget(self, run: int) -> None:
        self._run = run
        self._gradients = self._timeline = None
        self.timeline.forget()
        self._stack.setCurrentIndex(0)
        self._ask()  # the instruments of a new run know of no wishes

    def _show(self) -> None:
        gradients = self._gradients
        has_timeline = self._timeline is not None and len(self._timeline.updates) > 0
        self._stack.setCurrentIndex(gradients is not None or has_timeline)
        if gradients is not None:
            self._tell(gradients)
        if self.tabs.currentIndex() == 1 and self._timeline is not None:
            self.timeline.show_timeline(self._timeline)
        elif gradients is not None and self.tabs.currentIndex() == 0:
            self._show_buffer(gradients)
        if not self._words.isActive():
            self._words.start()

    def _tell(self, gradients: Gradients) -> None:
        """Say in words what the buffer holds; phase by phase, what the latest phase did to it."""
        self._story, self._level = story(gradients)
        if self._by_phase:
            names = tuple(tr(NAMES[phase]) for phase in phases_of(gradients.experiment))
            self.strip.show_phase(names, tr(NAMES[gradients.phase]), place(gradients))
            if self._level != "error":
                self._story, self._level = sentence(gradients), "warning" if is_harmful(gradients) else ""
        else:
            for label, text in zip(self.facts, facts(gradients), strict=True):
                label.setText(text)
        self.strip.setVisible(self._by_phase)
        for label in self.facts:
            label.setVisible(not (self._by_phase or self.buffer.picked or self._is_small))
        self._paint_story()

    def _show_buffer(self, gradients: Gradients) -> None:
        self.buffer.show_parameters(gradients.parameters, reading(gradients, self._by_phase))
        titles = [tr(ALL_LAYERS), *self.buffer.titles]
        if titles != [self.layer.itemText(number) for number in range(self.layer.count())]:
            kept = self.layer.currentText()
            with QSignalBlocker(self.layer):
                self.layer.clear()
                self.layer.addItems(titles)
                self.layer.setCurrentText(kept if kept in titles else tr(ALL_LAYERS))
            self._pick(self.layer.currentText())

    def _switch(self, index: int) -> None:
        self.views.setCurrentIndex(index)
        self._choices.setVisible(index == 0)
        self._read("")
        self._show()

    # ------------------------------------------------------------------ choices

    def join(self, desk: Desk) -> None:
        """Tell the instrument from now on what is wanted; show the same part of the run as the other panels."""
        self._desk = desk
        self.timeline.share(desk.x_axis)

    def _ask(self) -> None:
        if self._desk is not None:
            layer = self.buffer.picked_layer
            wish = BufferWish(updates=self.extras["update"].isChecked(), whole=layer)
            self._desk.asked.emit(Gradients, wish)

    def _want_layer(self, title: str) -> None:
        self.layer.setCurrentText(title or tr(ALL_LAYERS))

    def _pick(self, text: str) -> None:
        """Show one layer large, or all of them."""
        title = "" if text == tr(ALL_LAYERS) else text
        if title == self.buffer.picked:
            return
        self.buffer.pick(title)
        self.tabs.setVisible(not title)
        self.back.setVisible(bool(title))
        self.as_pictures.setVisible(self.buffer.takes_pictures)
        self._lay_out_words()
        self._ask()
        self._words.start()

    def _lay_out_words(self) -> None:
        """While a layer is large, keep two lines for its values: nothing must move under the mouse."""
        is_large = bool(self.buffer.picked)
        self.axes.setVisible(is_large and not self._is_small)
        self._layer_label.setVisible(not is_large and not self._is_small)
        self.axes.setText(self.buffer.in_words)
        self.story.setMinimumHeight(2 * self.fontMetrics().lineSpacing() if is_large else 0)
        if self._gradients is not None:
            self._tell(self._gradients)

    @property
    def _is_small(self) -> bool:
        return self.width() < _SMALL.width() and self.height() < _SMALL.height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for the pictures."""
        super().resizeEvent(event)
        self._lay_out_words()

    def _rearrange(self) -> None:
        self.buffer.extras = tuple(part for part in EXTRAS if self.extras[part].isChecked())
        self.buffer.as_pictures = self.as_pictures.isChecked()
        self.buffer.refresh()
        self._lay_out_words()
        self._ask()
        self._words.start()

    def _rescale(self, on: bool) -> None:
        self.buffer.common_scale = on
        self.buffer.rescale()

    def _animate(self, on: bool) -> None:
        self.buffer.animated = on

    def _describe(self) -> None:
        (self.buffer if self.tabs.currentIndex() == 0 else self.timeline).describe()

    # -------------------------------------------------------------------- words

    def _read(self, line: str) -> None:
        """Show the value that is pointed at in the story's place, or the story again."""
        self._pointed_line = line
        self._paint_story()

    def _paint_story(self) -> None:
        hint = tr("Point at a value to read it.") if self.buffer.picked and not self._level else ""
        text = self._pointed_line or sentences((self._story, hint))
        token = "text.normal" if self._pointed_line or not self._level else f"status.{self._level}"
        color = theme.color(token).name()
        sheet = f"color: {color}"
        if self._level and not self._pointed_line:
            sheet += "; font-weight: 600"
        if text != self.story.text():
            self.story.setText(text)
            self.story.setAccessibleDescription(text)
        if sheet != self.story.styleSheet():
            self.story.setStyleSheet(sheet)
