"""The gradient buffer: what was left over, what this batch adds, and what the optimizer uses."""

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QStackedLayout,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key
from gradlab.instruments.records import Floats, Frame, Gradients, ParameterGradient, State, Timeline
from gradlab.window.desk import Desk
from gradlab.window.panels.base import Panel
from gradlab.window.phases import NAMES, is_harmful, phases_of, sentence
from gradlab.window.plots.buffer_view import HEADINGS, BufferView, Reading
from gradlab.window.plots.colorbar import LegendEntry
from gradlab.window.plots.flow import FlowLayout
from gradlab.window.plots.formatting import short
from gradlab.window.plots.phase_strip import PhaseStrip
from gradlab.window.plots.pictures import hatch
from gradlab.window.plots.timeline_view import TimelineView
from gradlab.window.theme.tokens import Theme

_DESCRIBE_EVERY = 500  # milliseconds: a screen reader cannot follow faster


class GradientsPanel(Panel):
    """Per layer *left over + this batch = used*; behind a tab, the size of each layer's gradient over time."""

    name = "gradients"
    title = "Gradients"
    help = (
        "The gradient says how each weight should change. It is collected in a buffer: what is left over "
        "in it, plus what this batch adds, is what the optimizer uses. Blue is negative, red positive."
    )
    watches = frozenset({"gradients", "timeline", "curves"})  # curves: for the x-axis

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._run: int | None = None
        self._gradients: Gradients | None = None
        self._timeline: Timeline | None = None
        self._by_phase = False
        self._level = ""
        self._story = ""
        self.buffer = BufferView(theme)
        self.timeline = TimelineView(theme)
        self._make_labels()
        self._arrange()
        self._words = QTimer(self)
        self._words.setSingleShot(True)
        self._words.setInterval(_DESCRIBE_EVERY)
        self._words.timeout.connect(self._describe)
        self.buffer.read.connect(self._read)
        self.timeline.read.connect(self._read)
        self.apply_theme(theme)

    def _make_labels(self) -> None:
        self.strip = PhaseStrip(self.theme)
        self.strip.hide()
        self.facts = QLabel()
        self.facts.setAccessibleName("This update")
        self.story = QLabel()
        self.story.setAccessibleName("What is in the buffer")
        self.story.setWordWrap(True)
        self.empty = QLabel("Press Run, Step phase or Step batch to see the gradients")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.legend = [
            LegendEntry("None", "There is no gradient: the optimizer skips these weights."),
            LegendEntry("exactly zero", "There is a gradient, and it is 0: these weights get no push."),
            LegendEntry(
                "not a number", "NaN or infinity: the numbers have become too large to compute with."
            ),
        ]
        self.scale = QComboBox()
        self.scale.addItems(["per layer", "all layers"])
        self.scale.setAccessibleName("Color scale")
        self.scale.setToolTip(
            "Per layer: each layer's largest value is the strongest color. "
            "All layers: one scale, so that layers can be compared."
        )
        self.scale.currentIndexChanged.connect(self._rescale)

    def _arrange(self) -> None:
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("View of the gradients")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for title in ("Buffer", "Timeline"):
            self.tabs.addTab(title)
        self.views = QStackedWidget()
        self.views.addWidget(self.buffer)
        self.views.addWidget(self.timeline)
        self.tabs.currentChanged.connect(self._switch)
        head, foot, page = QWidget(), QWidget(), QWidget()
        line = FlowLayout(head, spacing=16)
        line.addWidget(self.tabs)
        line.addWidget(self.facts)
        top = QHBoxLayout()
        top.addWidget(head, 1)
        top.addWidget(self._scale_choice())
        below = FlowLayout(foot, spacing=16)
        for entry in self.legend:
            below.addWidget(entry)
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 0, 8, 2)
        column.setSpacing(2)
        column.addWidget(self.strip)
        column.addLayout(top)
        column.addWidget(self.story)
        column.addWidget(self.views, 1)
        column.addWidget(foot)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(page)

    def _scale_choice(self) -> QWidget:
        self._scale_box = QWidget()
        row = QHBoxLayout(self._scale_box)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel("Color scale")
        label.setBuddy(self.scale)
        row.addWidget(label)
        row.addWidget(self.scale)
        return self._scale_box

    def apply_theme(self, theme: Theme) -> None:
        """Take every colour anew."""
        super().apply_theme(theme)
        self.buffer.apply_theme(theme)
        self.timeline.apply_theme(theme)
        self.strip.apply_theme(theme)
        solid = [QBrush(theme.color(f"signed.{name}")) for name in ("exact_zero", "nan")]
        for entry, brush in zip(self.legend, [hatch(theme), *solid], strict=True):
            entry.paint_with(brush, theme)
        self.empty.setStyleSheet(f"color: {theme.color('text.muted').name()}")
        self._paint_story()

    def join(self, desk: Desk) -> None:
        """Show the same part of the run as the other panels."""
        self.timeline.share(desk.x_axis)

    # ------------------------------------------------------------------- frames

    def show_frame(self, frame: Frame) -> None:
        """Draw what changed in the view in front."""
        self.timeline.axis.follow(frame)
        if frame.run != self._run:
            self._forget(frame.run)
        changed = self._by_phase != frame.progress.by_phase
        self._by_phase = frame.progress.by_phase
        if frame.gradients is not None and frame.gradients is not self._gradients:
            self._gradients = frame.gradients
            changed = True
        if frame.timeline is not None and frame.timeline is not self._timeline:
            self._timeline = frame.timeline
            changed = True
        if changed:
            self._show()

    def _forget(self, run: int) -> None:
        self._run = run
        self._gradients = self._timeline = None
        self.timeline.forget()
        self._stack.setCurrentIndex(0)

    def _show(self) -> None:
        gradients = self._gradients
        has_timeline = self._timeline is not None and len(self._timeline.updates) > 0
        self._stack.setCurrentIndex(gradients is not None or has_timeline)
        if gradients is not None:
            self._tell(gradients)
        if self.tabs.currentIndex() == 1 and self._timeline is not None:
            self.timeline.show_timeline(self._timeline)
        elif gradients is not None and self.tabs.currentIndex() == 0:
            self.buffer.show_parameters(gradients.parameters, reading(gradients, self._by_phase))
        if not self._words.isActive():
            self._words.start()

    def _tell(self, gradients: Gradients) -> None:
        """Say in words what the buffer holds; phase by phase, what the latest phase did to it."""
        self._story, self._level = story(gradients)
        if self._by_phase:
            names = tuple(NAMES[phase] for phase in phases_of(gradients.experiment))
            self.strip.show_phase(names, NAMES[gradients.phase], place(gradients))
            if self._level != "error":
                self._story, self._level = sentence(gradients), "warning" if is_harmful(gradients) else ""
        else:
            self.facts.setText(facts(gradients))
        self.strip.setVisible(self._by_phase)
        self.facts.setVisible(not self._by_phase)
        self._paint_story()

    def _switch(self, index: int) -> None:
        self.views.setCurrentIndex(index)
        self._scale_box.setVisible(index == 0)
        self._read("")
        self._show()

    def _rescale(self, index: int) -> None:
        self.buffer.common_scale = index == 1
        self.buffer.rescale()

    def _describe(self) -> None:
        (self.buffer if self.tabs.currentIndex() == 0 else self.timeline).describe()

    # -------------------------------------------------------------------- words

    def _read(self, line: str) -> None:
        """Show the value that is pointed at in the story's place, or the story again."""
        self._pointed_line = line
        self._paint_story()

    _pointed_line = ""

    def _paint_story(self) -> None:
        text = self._pointed_line or self._story
        token = "text.normal" if self._pointed_line or not self._level else f"status.{self._level}"
        color = self.theme.color(token).name()
        sheet = f"color: {color}"
        if self._level and not self._pointed_line:
            sheet += "; font-weight: 600"
        if text != self.story.text():
            self.story.setText(text)
            self.story.setAccessibleDescription(text)
        if sheet != self.story.styleSheet():
            self.story.setStyleSheet(sheet)


def place(gradients: Gradients) -> str:
    """Return the update and the batch that the buffer belongs to."""
    parts = [f"Update {gradients.update:,}"]
    if gradients.accumulate > 1:
        parts.append(f"batch {gradients.micro_batch} of {gradients.accumulate}")
    if gradients.chunks > 1:
        parts.append(f"chunk {gradients.chunk} of {gradients.chunks}")
    return " · ".join(parts)


def reading(gradients: Gradients, by_phase: bool) -> Reading:
    """Return what the three pictures are; ``by_phase``: at this moment, before all of the update is done."""
    shortened = is_clipped(gradients)
    emptied = gradients.zeroing == "after_backward" and gradients.phase not in ("forward", "backward")
    sign = "→" if not gradients.awaited and (shortened or emptied) else "="
    if not by_phase:
        return Reading(sign=sign, warned=gradients.stale)
    headings = ("Left over", HEADINGS[1], _third_heading(gradients))
    return Reading(headings, sign, gradients.awaited, gradients.stale, _changed(gradients))


def _changed(gradients: Gradients) -> frozenset[int]:
    """Return the numbers of the pictures that the latest phase changed."""
    if gradients.phase == "zeroed":
        return frozenset({0, 2}) if gradients.awaited else frozenset({2})
    if gradients.phase == "backward":
        return frozenset({1, 2})
    return frozenset({2}) if gradients.phase == "clipped" and is_clipped(gradients) else frozenset()


def _third_heading(gradients: Gradients) -> str:
    if gradients.phase == "updated":
        return "The optimizer used"
    ready = gradients.phase in ("backward", "clipped") and gradients.micro_batch == gradients.accumulate
    return HEADINGS[2] if ready else "In the buffer now"


def is_clipped(gradients: Gradients) -> bool:
    """Return whether clipping shortened what is used."""
    return gradients.clipped < gradients.norm * (1 - 1e-6)


def facts(gradients: Gradients) -> str:
    """Return what the buffer belongs to, in one line."""
    clipped = f" (clipped to {short(gradients.clipped)})" if is_clipped(gradients) else ""
    parts = [place(gradients), f"norm {short(gradients.norm)}{clipped}"]
    labels = {choice.value: choice.label for choice in by_key(Experiment)["gradients.zero"].choices}
    parts.append(f"zeroed: {labels.get(gradients.zeroing, gradients.zeroing).lower()}")
    return " · ".join(parts)


def story(gradients: Gradients) -> tuple[str, str]:
    """Return what the buffer holds in plain words, and how bad that is: ``""``, ``warning`` or ``error``."""
    if not np.isfinite(gradients.norm) or _has_bad_numbers(gradients.parameters):
        return (
            "Some gradients are no longer numbers: every weight they touch is lost. Reset to go on.",
            "error",
        )
    nothing_used = gradients.parameters and all(part.used is None for part in gradients.parameters)
    if nothing_used or gradients.zeroing == "after_backward":
        return "The buffer is emptied before the optimizer can use it: nothing is learned.", "warning"
    if gradients.stale:
        return (
            "Gradients of earlier updates are still in the buffer: the optimizer uses them again.",
            "warning",
        )
    if gradients.zeroing == "every_batch" and gradients.accumulate > 1:
        return (
            f"The buffer is emptied before every batch: only the last of {gradients.accumulate} counts.",
            "warning",
        )
    if gradients.micro_batch > 1:
        return f"The buffer collects the batches of this update: {gradients.micro_batch} so far.", ""
    return "The buffer was empty before this batch: the optimizer uses this batch alone.", ""


def _has_bad_numbers(parameters: tuple[ParameterGradient, ...]) -> bool:
    used = (parameter.used for parameter in parameters if parameter.used is not None)
    return any(not np.isfinite(picture).all() for picture in used)


def examples(
    shapes: tuple[tuple[int, int], ...] = ((32, 64), (10, 32)), zeroing: str = "every_update"
) -> list[Frame]:
    """Return the frames of a made-up run of layers with these shapes: outputs × inputs."""
    chance = np.random.default_rng(0)
    layers = [*(f"hidden{number}" for number in range(1, len(shapes))), "output"]
    old: dict[str, Floats] = {}
    frames, rms = [], []
    for update in range(1, 61):
        parameters = []
        for layer, shape in zip(layers, shapes, strict=True):
            for part, size in (("weight", shape), ("bias", (1, shape[0]))):
                name = f"{layer}.{part}"
                quiet = np.arange(shape[0]) % 7 == 3  # dead units
                batch = (0.3 * chance.standard_normal(size) ** 3 / (1 + update / 10)).astype(np.float32)
                batch *= ~quiet[:, None] if part == "weight" else ~quiet
                left = old.get(name) if zeroing == "never" else None
                used = batch if left is None else left + batch
                old[name] = used
                real = size if part == "weight" else (shape[0],)
                parameters.append(ParameterGradient(name, real, left, batch, used))
        weights = [parameter.used for parameter in parameters if parameter.name.endswith("weight")]
        rms.append([float(np.sqrt(np.mean(np.square(used)))) for used in weights if used is not None])
        gradients = Gradients(
            update, 1, 1, 0.53, 0.5, zeroing, tuple(parameters), stale=zeroing == "never" and update > 1
        )
        timeline = Timeline(tuple(layers), np.arange(1.0, update + 1), np.array(rms).T)
        frames.append(Frame(serial=update, state=State.RUNNING, gradients=gradients, timeline=timeline))
    return frames


if __name__ == "__main__":
    from gradlab.window.panels.preview import preview

    preview(GradientsPanel, examples(), milliseconds=200)
