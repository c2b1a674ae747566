"""What matters is whole in the sizes, languages and looks in which the lab is shown."""

from dataclasses import replace

import numpy as np
import pytest
from findings import THREE
from hands import deliver
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from gradlab.diagnosis.findings import Findings
from gradlab.experiment import files
from gradlab.instruments.records import (
    Answers,
    BufferState,
    Confusion,
    Frame,
    ParameterGradient,
    PicturesView,
    Progress,
    State,
)
from gradlab.resources import resource
from gradlab.window.panels.catalogue import make_panels as all_panels
from gradlab.window.panels.gradients.buffer_words import BufferCaption
from gradlab.window.shell.speech import speak
from gradlab.window.shell.welcome import question

DIGITS = tuple("0123456789")
DEEP = [("hidden1", (64, 64)), ("hidden2", (128, 64)), ("hidden3", (128, 128)), ("output", (10, 128))]
CONVOLUTIONS = [
    *(("conv1", (64, 1, 3, 3)), ("conv2", (64, 64, 3, 3)), ("conv3", (64, 64, 3, 3))),
    ("output", (10, 64)),
]
MOONS = [("hidden1", (32, 2)), ("hidden2", (32, 32)), ("output", (2, 32))]
SIZES = [(1280, 720), (1366, 768), (1024, 700)]
LANGUAGES = ["en", "zh_CN", "hi"]


@pytest.fixture
def make_panels():
    """The real ones."""
    return all_panels


@pytest.fixture
def open_digits(open_window, trainer, appearance, qtbot):
    """Open the first experiment, with its question above the panels, and show a frame of it."""

    def open_digits(size, layers=DEEP, language="en", *, large=False, findings=(), state=State.PAUSED):
        speak(language)
        appearance.enlarge(large)
        window = open_window(size)
        path = resource("experiments", "1-digits.toml")
        experiment = files.load(path)
        window.experiments.open(experiment, experiment.name, question(path))
        lab = window.lab
        assert lab.message.isVisible()
        found = Findings(findings[:1]), Findings(findings)  # one after the other, as they come in a run
        for each in found:
            shown = replace(frame(layers).holding(each), state=state, progress=Progress(update=9))
            deliver(lab, trainer, shown)
        qtbot.wait(80)  # docks find their sizes in several rounds
        assert (window.width(), window.height()) == size
        return lab

    yield open_digits
    appearance.enlarge(False)


def frame(layers):
    chance = np.random.default_rng(0)
    parameters = []
    for name, shape in layers:
        for part, size in (("weight", shape), ("bias", shape[:1])):
            values = chance.standard_normal(size).astype(np.float32)
            parameters.append(ParameterGradient(f"{name}.{part}", size, None, values, values))
    buffer = BufferState(5, 1, 1, 0.5, 0.5, "every_update", tuple(parameters))
    true = np.repeat(np.arange(10), 45)
    guess = np.where(chance.random(450) < 0.9, true, chance.integers(0, 10, 450)).astype(np.uint16)
    said = Answers(3, np.full(450, 0.5, np.float32), guess)
    confusion = Confusion(3, DIGITS, np.arange(450), true, (said,))
    pictures = PicturesView(
        DIGITS, chance.random((36, 8, 8)), true[:36], guess[:36], np.full(36, 0.75, np.float32)
    )
    return Frame(run=1, state=State.PAUSED, train_loss=1.0, val_loss=1.0).holding(buffer, confusion, pictures)


def seen(lab, name):
    return lab.panels.docks[name].panel


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("layers", [DEEP, CONVOLUTIONS, MOONS])
def test_every_layer_is_whole_with_a_picture_and_its_norm(open_digits, size, language, layers):
    buffer = seen(open_digits(size, layers, language), "gradients").buffer
    assert buffer.isVisible()
    assert buffer.verticalScrollBar().maximum() == 0
    assert len(buffer.rows.all) == len(layers)
    for row in buffer.rows:
        for tile in row.tiles.all:
            bottom = tile.mapTo(buffer, tile.rect().bottomLeft()).y()
            assert bottom <= buffer.height()
        batch = row.tiles.all[1]
        assert batch.pictures.rect.height() >= 13
    headings, metrics = buffer.headings, buffer.headings.fontMetrics()
    assert headings.height() < 2 * metrics.height() + 6  # each in one line
    for room, text in zip(headings.rooms(headings.width()), headings.texts, strict=True):
        assert metrics.horizontalAdvance(text) <= room.width()


def show_left_over(lab, trainer, layers=DEEP):
    """Show a frame of a run that is never zeroed, in which most units are dead: there is much to say."""
    shown = frame(layers)
    buffer = shown.get(BufferState)
    parts = tuple(
        replace(part, left_over=part.used, batch=np.zeros_like(part.batch)) for part in buffer.parameters
    )
    left_over = replace(buffer, parameters=parts, stale=True, zeroing="never")
    deliver(lab, trainer, replace(shown, run=2).holding(left_over))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES[:2])
def test_every_layer_is_in_sight_on_a_projector_too_also_with_something_left_over(
    open_digits, trainer, size, language, qtbot
):
    lab = open_digits(size, language=language, large=True)
    panel = seen(lab, "gradients")
    for _ in range(2):
        assert len(panel.buffer.rows.all) == len(DEEP)
        assert panel.buffer.verticalScrollBar().maximum() == 0
        show_left_over(lab, trainer)
        qtbot.wait(80)


def test_a_sentence_that_has_no_room_is_whole_in_its_tooltip(show_widget):
    caption = show_widget(BufferCaption(), 300, 40)
    said = "Gradients of earlier updates are still in the buffer: the optimizer uses them again."
    caption.show_sentence(said, "warning")
    assert (caption.text(), caption.toolTip()) == (said, "")
    caption.limit(1)
    assert caption.text().endswith("…")
    assert said.startswith(caption.text()[:-1])
    assert (caption.toolTip(), caption.accessibleDescription()) == (said, said)
    assert caption.heightForWidth(300) < 2 * caption.fontMetrics().height()
    caption.resize(3000, 40)
    assert (caption.text(), caption.toolTip()) == (said, "")


@pytest.mark.parametrize(
    ("size", "language", "large"),
    [
        *((size, language, False) for size in SIZES for language in LANGUAGES),
        *((size, language, True) for size in SIZES[:2] for language in LANGUAGES),
    ],
)
def test_ten_classes_are_whole_and_named(open_digits, size, language, large):
    table = seen(open_digits(size, language=language, large=large), "confusion").page.table
    assert table.isVisible()
    assert (table.verticalScrollBar().maximum(), table.horizontalScrollBar().maximum()) == (0, 0)
    metrics = QFontMetrics(table.look.header)
    for number, name in enumerate(DIGITS):
        assert table.columnWidth(number) > metrics.horizontalAdvance(name)
        digits = QFontMetrics(table.look.cell)
        assert digits.capHeight() < table.rowHeight(number)
        assert digits.horizontalAdvance("45") < table.columnWidth(number)
    for number in range(4):
        column = 10 + number
        if not table.isColumnHidden(column):
            room = table.columnWidth(column) - table.look.gap(column)
            assert metrics.horizontalAdvance(table.look.measure_label(number)) <= room
    assert table.verticalHeader().width() > metrics.horizontalAdvance("0") + metrics.height()


def test_a_projector_has_larger_digits_than_the_smallest(open_digits):
    usual = seen(open_digits((1366, 768)), "confusion").page.table.look.cell.pointSizeF()
    large = seen(open_digits((1366, 768), large=True), "confusion").page.table.look.cell.pointSizeF()
    assert large >= usual > 8


@pytest.mark.parametrize("size", SIZES[:2])
def test_pictures_of_digits_are_there_with_what_the_network_says_of_them(open_digits, size):
    grid = seen(open_digits(size), "data").pictures.views.currentWidget()
    assert grid.isVisible()
    assert grid.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff


@pytest.mark.parametrize("size", SIZES)
def test_no_panel_is_cut_off_by_its_dock(open_digits, size):
    docks = open_digits(size).panels.docks
    for name in ("loss", "gradients", "confusion", "data"):
        dock = docks[name]
        assert dock.panel.width() <= dock.width()
        assert dock.parentWidget().rect().contains(dock.geometry())
        content = dock.panel.layout().currentWidget()
        inside = content.minimumSizeHint()
        assert inside.width() <= content.width(), name


@pytest.mark.parametrize("state", [State.PAUSED, State.FINISHED])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES[:2])
def test_what_is_found_takes_no_room_from_the_panels(open_digits, size, language, state):
    lab = open_digits(size, language=language, findings=THREE, state=state)
    bar = lab.end_bar if state is State.FINISHED else lab.message
    assert bar.isVisible()
    assert lab.strip.isVisible()
    assert lab.strip.height() == bar.height()
    assert lab.strip.height() <= 3 * lab.strip.fontMetrics().height()
    buffer, table = seen(lab, "gradients").buffer, seen(lab, "confusion").page.table
    assert buffer.verticalScrollBar().maximum() == 0
    assert (table.verticalScrollBar().maximum(), table.horizontalScrollBar().maximum()) == (0, 0)
