import warnings
from dataclasses import replace

import numpy as np
import pytest
from made_up import gradient_frames
from plain_pytorch import experiment
from PySide6.QtCore import QPoint, QRect, Qt

from gradlab.instruments.records import (
    BufferState,
    BufferWish,
    Frame,
    ParameterGradient,
    Progress,
    State,
    Timeline,
)
from gradlab.runs.observed_run import ObservedRun
from gradlab.window.charts.colorbar import LegendEntry
from gradlab.window.charts.formatting import short
from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.gradients.pair_pictures import Cell
from gradlab.window.panels.gradients.panel import GradientsPanel
from gradlab.window.panels.gradients.tile_painter import special_word
from gradlab.window.panels.gradients.words import caption, facts, reading
from gradlab.window.theme.tokens import Theme
from gradlab.window.widgets.animation import is_wanted

LIGHT = Theme.load("light")


@pytest.fixture
def panel(show_widget):
    return show_widget(GradientsPanel(), 980, 300)


def weight(left_over, batch, used, name="hidden1.weight"):
    parts = [None if part is None else np.array(part, dtype=np.float32) for part in (left_over, batch, used)]
    shape = next(part.shape for part in parts if part is not None)
    return ParameterGradient(name, shape, *parts)


def frame_of(*parameters, zeroing="every_update", update=5, **rest) -> Frame:
    values = {"micro_batch": 1, "accumulate": 1, "norm": 0.53, "clipped": 0.53} | rest
    return Frame().holding(BufferState(update=update, zeroing=zeroing, parameters=parameters, **values))


def cell_of(tile, row, column, bias=False) -> Cell:
    """The value in a row and column of the picture."""
    picture = tile.pictures.bias if bias else tile.pictures.weight
    return Cell(bias, int(picture.cells.grid.order[row, column]))


def pixel(tile, row, column) -> str:
    image = tile.grab().toImage()  # it also lays the tile out
    cell = tile.pictures.cell_rect(cell_of(tile, row, column))
    above_words = QPoint(int(cell.center().x()), int(cell.top()) + 3)
    return image.pixelColor(above_words * tile.devicePixelRatioF()).name()


def test_before_the_first_update_it_says_what_to_do(panel):
    assert panel.hint.isVisible()
    assert "Run" in panel.hint.text()


def test_all_three_pictures_share_one_scale_so_that_equal_values_look_equal(panel):
    left = [[0.2, -0.4, 0.1]]
    batch = [[0.2, 0.8, -0.4]]
    used = np.add(left, batch)
    panel.show_frame(frame_of(weight(left, batch, used)))
    [row] = panel.buffer.rows
    first, second, third = row.tiles.all
    assert pixel(first, 0, 0) == pixel(second, 0, 0)
    assert pixel(first, 0, 1) == pixel(second, 0, 2)
    assert pixel(third, 0, 0) == pixel(third, 0, 1)  # 0.2 + 0.2 = −0.4 + 0.8
    assert row.tiles.limits[0] >= 0.8


def test_each_layer_has_its_own_scale_or_all_share_one(panel):
    small = weight(None, [[0.01, 0.02]], [[0.01, 0.02]])
    large = weight(None, [[1.0, 2.0]], [[1.0, 2.0]], "output.weight")
    panel.show_frame(frame_of(small, large))
    assert [row.tiles.limits for row in panel.buffer.rows] == [[0.02], [2]]
    panel.head.show_menu.common_scale.trigger()
    assert [row.tiles.limits for row in panel.buffer.rows] == [[2], [2]]


def test_none_zero_tiny_and_broken_values_look_different(panel):
    values = [[0.0, 1e-9, np.nan, 1.0]]
    panel.show_frame(frame_of(weight(None, values, values)))
    none, batch, _ = panel.buffer.rows.all[0].tiles.all
    seen = [pixel(batch, 0, column) for column in range(4)]
    assert len(set(seen)) == 4
    assert seen[0] == LIGHT.color("signed.exact_zero").name()
    assert seen[2] == LIGHT.color("signed.nan").name()
    image = none.grab().toImage()
    hatched = {image.pixelColor(x, 8).name() for x in range(4, 40)}
    assert LIGHT.color("signed.none").name() in hatched
    assert LIGHT.color("signed.none_hatch").name() in hatched


def test_what_is_special_is_also_said_in_words(panel):
    zeros = np.zeros((2, 3))
    broken = np.array([[np.nan, 1, 1], [np.nan, np.inf, 0]])
    panel.show_frame(frame_of(weight(None, zeros, broken)))
    none, zero, bad = panel.buffer.rows.all[0].tiles.all
    assert [special_word(tile.pictures, tile.awaited)[0] for tile in (none, zero, bad)] == [
        "None",
        "all zero",
        "2 NaN, 1 ∞",
    ]


def test_pictures_are_described_for_those_who_do_not_see_them(panel, qtbot):
    panel.show_frame(frame_of(weight(None, [[0.0, 3.0]], [[0.0, -4.0]])))
    left, _, used = panel.buffer.rows.all[0].tiles.all
    assert used.accessibleName() == "hidden1.weight: The optimizer uses"
    qtbot.waitUntil(lambda: bool(used.accessibleDescription()), timeout=2000)
    expected = "hidden1.weight, The optimizer uses: largest 4.00, norm 4.00, 50% exact zeros"
    assert used.accessibleDescription() == expected
    assert left.accessibleDescription() == "hidden1.weight, Left over: None, no gradient"


def test_a_bias_stands_beside_its_weight(panel):
    panel.show_frame(gradient_frames()[-1])
    assert len(panel.buffer.rows.all) == 2
    [tile, *_] = panel.buffer.rows.all[0].tiles.all
    assert tile.pictures.weight.cells.grid.order.shape == (32, 64)
    assert tile.pictures.bias.cells.grid.order.shape == (32, 1)


@pytest.mark.parametrize("shape", [(3, 8), (8, 3)])
def test_the_mouse_reads_off_the_value_it_points_at(panel, qtbot, shape):
    batch = np.arange(24, dtype=np.float32).reshape(shape) + 1
    left = np.full(shape, 0.5, dtype=np.float32)
    bias = ParameterGradient("hidden1.bias", shape[:1], *[np.arange(shape[0], dtype=np.float32)] * 3)
    panel.show_frame(frame_of(weight(left, batch, left + batch), bias))
    qtbot.wait(20)
    tile = panel.buffer.rows.all[0].tiles.all[1]
    for index in range(24):
        assert tile.spot_at(tile.pictures.cell_rect(Cell(False, index)).center()) == Cell(False, index)
    for unit in range(shape[0]):
        assert tile.spot_at(tile.pictures.cell_rect(Cell(True, unit)).center()) == Cell(True, unit)
    cell = Cell(False, 2 * shape[1] + 1)
    qtbot.mouseMove(tile, tile.pictures.cell_rect(cell).center().toPoint())
    added = short(batch[2, 1])
    expected = f"hidden1.weight[2, 1]: left over 0.500 + batch {added} = used {short(batch[2, 1] + 0.5)}"
    qtbot.waitUntil(lambda: panel.words.caption.text() == expected, timeout=1000)
    assert all(other.marked == cell for other in panel.buffer.rows.all[0].tiles.all)


def test_arrow_keys_walk_over_the_values(panel, qtbot):
    values = [[1.0, 2.0], [3.0, 4.0]]
    panel.show_frame(frame_of(weight(None, values, values)))
    tile = panel.buffer.rows.all[0].tiles.all[2]
    tile.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down):  # the first one only begins
        qtbot.keyClick(tile, key)
    assert panel.words.caption.text() == "hidden1.weight[1, 1]: left over None + batch 4.00 = used 4.00"


@pytest.mark.parametrize("shape", [(2, 3), (3, 2)])
def test_arrow_keys_go_on_to_the_bias_and_around(panel, qtbot, shape):
    values = np.ones(shape, dtype=np.float32)
    bias = ParameterGradient("hidden1.bias", shape[:1], None, *[np.ones(shape[0], np.float32)] * 2)
    panel.show_frame(frame_of(weight(None, values, values), bias))
    tile = panel.buffer.rows.all[0].tiles.all[1]
    tile.setFocus()
    towards = Qt.Key.Key_Right if shape == (2, 3) else Qt.Key.Key_Down
    seen = []
    for _ in range(6):
        qtbot.keyClick(tile, towards)
        seen.append(tile.marked)
    order = tile.pictures.weight.cells.grid.order
    line = order[0] if towards == Qt.Key.Key_Right else order[:, 0]
    around = [*(Cell(False, int(index)) for index in line), Cell(True, 0)]
    assert seen == (around * 3)[:6]


def test_the_line_about_a_value_follows_the_frames(panel):
    panel.show_frame(frame_of(weight(None, [[1.0]], [[1.0]])))
    panel.buffer.rows.all[0].tiles.all[0].pointed.emit(Cell(False, 0))
    panel.show_frame(frame_of(weight(None, [[2.0]], [[2.0]]), update=6))
    assert panel.words.caption.text().endswith("batch 2.00 = used 2.00")


def test_facts_are_in_plain_words():
    gradients = BufferState(123, 4, 4, 0.53, 0.5, "every_update")
    assert facts(gradients) == (
        "Update 123 · batch 4 of 4",
        "norm 0.530 (clipped to 0.500)",
        "zeroed: every update",
    )


@pytest.mark.parametrize(
    ("zeroing", "accumulate", "stale", "level", "word"),
    [
        ("every_update", 1, False, "", "alone"),
        ("every_update", 4, False, "", "collects"),
        ("never", 1, True, "warning", "earlier updates"),
        ("every_epoch", 4, True, "warning", "earlier updates"),
        ("every_epoch", 4, False, "", "collects"),
        ("every_epoch", 1, False, "", "alone"),
        ("every_batch", 4, False, "warning", "last of 4"),
        ("after_backward", 1, False, "warning", "nothing is learned"),
    ],
)
def test_the_story_warns_of_what_is_wrong_in_the_buffer(zeroing, accumulate, stale, level, word):
    parameter = weight([[1.0]], [[1.0]], [[2.0]])
    gradients = BufferState(7, accumulate, accumulate, 1.0, 1.0, zeroing, (parameter,), stale)
    text, found = caption(gradients)
    assert found == level
    assert word in text


def test_a_batch_that_never_came_to_its_backward_pass_is_not_said_to_be_lost():
    session = ObservedRun(
        experiment(data={"source": "diabetes"}, optimizer={"lr": 1000.0}, training={"device": "cpu"})
    )
    session.instruments.watch(frozenset({BufferState}))
    while session.ending is None:
        session.step_epoch()
    assert session.ending.reason == "diverged"
    text, level = caption(session.frame(at_rest=True).get(BufferState))
    assert (text, level) == ("Zero: the buffer was emptied; nothing is left over.", "")


def test_broken_numbers_are_an_error():
    gradients = BufferState(7, 1, 1, float("nan"), float("nan"), "every_update", ())
    assert caption(gradients)[1] == "error"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_broken_numbers_draw_without_a_warning(panel, bad):
    values = np.full((4, 4), bad)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel.show_frame(frame_of(weight(values, values, values), norm=bad, clipped=bad))
        panel.grab()


def test_a_new_run_forgets_the_old_one(panel):
    panel.show_frame(gradient_frames()[-1])
    panel.show_frame(Frame(run=1))
    assert panel.hint.isVisible()


def test_another_model_gets_its_own_rows(panel):
    panel.show_frame(gradient_frames()[-1])
    panel.show_frame(gradient_frames(((5, 4),))[-1])
    assert [row.pair.weight.shape for row in panel.buffer.rows] == [(5, 4)]


def test_rows_are_made_once_and_then_only_repainted(panel):
    first, *_, last = gradient_frames()
    panel.show_frame(first)
    rows = panel.buffer.rows.all
    panel.show_frame(last)
    assert panel.buffer.rows.all is rows


@pytest.mark.parametrize("size", [(980, 300), (970, 210)])
def test_two_layers_fit_and_many_scroll(panel, qtbot, size):
    panel.resize(*size)

    def scrolls() -> bool:
        return panel.buffer.verticalScrollBar().maximum() > 0

    panel.show_frame(gradient_frames()[-1])
    qtbot.wait(30)
    assert not scrolls()
    panel.show_frame(gradient_frames(((32, 32),) * 20)[-1])
    qtbot.waitUntil(scrolls, timeout=1000)


def test_a_theme_recolors_what_is_already_drawn(panel, wear):
    values = [[0.0, np.nan]]
    panel.show_frame(frame_of(weight(None, values, values)))
    dark = wear("dark")
    tile = panel.buffer.rows.all[0].tiles.all[1]
    assert pixel(tile, 0, 0) == dark.color("signed.exact_zero").name()
    assert pixel(tile, 0, 1) == dark.color("signed.nan").name()


def test_large_layers_say_largest_instead_of_a_norm_they_do_not_know(panel, qtbot):
    picture = np.ones((250, 200), dtype=np.float32)
    parameter = ParameterGradient("hidden1.weight", (1000, 800), None, picture, picture)
    panel.show_frame(frame_of(parameter))
    tile = panel.buffer.rows.all[0].tiles.all[1]
    qtbot.waitUntil(lambda: bool(tile.accessibleDescription()), timeout=2000)
    assert tile.accessibleDescription() == "hidden1.weight, This batch adds: largest 1.00"


def test_the_timeline_shows_none_zero_and_broken_in_their_own_colors(panel, qtbot):
    rms = np.array([[1.0, -1.0, 0.0, np.nan]])
    timeline = Timeline(("hidden1",), np.arange(1.0, 5), rms)
    panel.show_frame(Frame().holding(timeline))
    panel.head.tabs.setCurrentIndex(1)
    image = panel.timeline.image.image
    wide = image.shape[1] // 4
    colors = [tuple(image[0, column * wide + wide // 2, :3]) for column in (0, 2, 3)]
    expected = [
        LIGHT.colors("magnitude.stops")[-1],
        LIGHT.color("signed.exact_zero"),
        LIGHT.color("signed.nan"),
    ]
    assert colors == [color.getRgb()[:3] for color in expected]
    hatched = {tuple(value) for value in image[:, wide : 2 * wide, :3].reshape(-1, 3)}
    assert hatched == {LIGHT.color(f"signed.{name}").getRgb()[:3] for name in ("none", "none_hatch")}


def test_the_timeline_reads_off_a_measurement(panel):
    timeline = Timeline(("hidden1", "output"), np.array([10.0, 20.0]), np.array([[0.1, 0.0], [-1.0, 0.25]]))
    panel.show_frame(Frame().holding(timeline))
    panel.head.tabs.setCurrentIndex(1)
    panel.timeline.point(21, 1.5)
    assert panel.words.caption.text() == "output at update 20: typical size 0.250"
    panel.timeline.point(15, 1.5)
    assert panel.words.caption.text() == "output at update 10: None, no gradient"
    panel.timeline.point(25, 0.5)
    assert panel.words.caption.text() == "hidden1 at update 20: exactly zero"


def test_every_layer_is_named_beside_the_timeline(panel, qtbot):
    panel.show_frame(gradient_frames()[-1])
    panel.head.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: bool(panel.timeline.plot.accessibleDescription()), timeout=2000)
    assert panel.timeline.plot.accessibleDescription().startswith("At update 60: hidden1 typical size")
    assert panel.timeline.bar.labels[0] != panel.timeline.bar.labels[-1]


def test_only_the_view_in_front_is_drawn(panel, monkeypatch):
    panel.head.tabs.setCurrentIndex(1)
    monkeypatch.setattr(panel.buffer, "show_parameters", lambda *_, **__: pytest.fail("drawn behind"))
    panel.show_frame(gradient_frames()[-1])
    assert panel.words.facts[0].text() == "Update 60"


def test_pointing_beside_the_pictures_reads_nothing(panel, qtbot):
    panel.show_frame(gradient_frames()[-1])
    tile = panel.buffer.rows.all[0].tiles.all[0]
    assert tile.spot_at(QPoint(5, tile.height() - 1).toPointF()) is None


STEPPED = Progress(by_phase=True)


def test_what_a_batch_has_not_added_yet_looks_neither_like_none_nor_like_a_number(panel, qtbot):
    left = [[0.2, -0.4]]
    frame = frame_of(weight(left, None, left), phase="forward", awaited=True)
    panel.show_frame(replace(frame, progress=STEPPED))
    first, awaited, now = panel.buffer.rows.all[0].tiles.all
    assert special_word(awaited.pictures, awaited.awaited)[0] == "not yet"
    image = awaited.grab().toImage()
    seen = {image.pixelColor(x, 8).name() for x in range(4, 40)}
    assert LIGHT.color("signed.none_hatch").name() not in seen
    assert pixel(first, 0, 1) == pixel(now, 0, 1)
    assert now.accessibleName() == "hidden1.weight: In the buffer now"
    qtbot.waitUntil(lambda: bool(awaited.accessibleDescription()), timeout=2000)
    assert awaited.accessibleDescription() == "hidden1.weight, This batch adds: not yet"
    now.pointed.emit(Cell(False, 1))
    expected = "hidden1.weight[0, 1]: −0.400 in the buffer; this batch has added nothing yet"
    assert panel.words.caption.text() == expected


def test_a_clipped_gradient_is_not_called_the_sum(panel):
    batch, used = np.array([[3.0, 4.0]]), np.array([[0.6, 0.8]])
    panel.show_frame(frame_of(weight(None, batch, used), norm=5.0, clipped=1.0))
    assert (
        panel.buffer.headings.accessibleName() == "Nothing left over + This batch adds → The optimizer uses"
    )
    panel.buffer.rows.all[0].tiles.all[2].pointed.emit(Cell(False, 0))
    assert "batch 3.00 → used 0.600" in panel.words.caption.text()


@pytest.mark.parametrize(
    ("phase", "lit"), [("zeroed", {0, 2}), ("forward", set()), ("backward", {1, 2}), ("updated", set())]
)
def test_the_pictures_that_a_phase_changed_are_marked(phase, lit):
    awaited = phase in ("zeroed", "forward")
    frame = frame_of(weight(None, [[1.0]], [[1.0]]), phase=phase, awaited=awaited)
    assert reading(frame.get(BufferState), by_phase=True).lit == lit
    assert reading(frame.get(BufferState), by_phase=False).lit == set()


def test_the_strip_is_there_only_while_phases_are_stepped(panel):
    frame = frame_of(weight(None, [[1.0]], [[1.0]]), phase="backward")
    panel.show_frame(replace(frame, progress=STEPPED))
    assert panel.words.strip.isVisible()
    assert panel.words.strip.accessibleDescription() == "Backward was just done; Update 5"
    assert not panel.words.facts[0].isVisible()
    panel.show_frame(frame)
    assert not panel.words.strip.isVisible()
    assert panel.words.facts[0].isVisible()
    assert panel.words.caption.text().startswith("The buffer was empty before this batch")


def test_the_strip_lights_the_latest_phase_in_both_themes(panel, wear):
    frame = frame_of(weight(None, [[1.0]], [[1.0]]), phase="backward")
    for name in ("light", "dark"):
        theme = wear(name)
        panel.show_frame(replace(frame, progress=STEPPED))
        image = panel.words.strip.grab().toImage()
        accent = theme.color("accent.normal").name()
        lit = [x for x in range(image.width()) if image.pixelColor(x, 5).name() == accent]
        zero, forward, backward, _ = panel.words.strip.widths
        assert zero + forward < lit[0]
        assert lit[-1] - lit[0] <= backward


# --- one layer, large ------------------------------------------------------------------------------------------


@pytest.fixture
def large(panel, qtbot):
    """The panel with hidden1 of a made-up run seen large."""
    panel.show_frame(gradient_frames()[-1])
    panel.head.layer.setCurrentText("hidden1")
    qtbot.wait(20)
    return panel


def test_the_list_of_layers_follows_the_model(panel):
    panel.show_frame(gradient_frames()[-1])
    assert [panel.head.layer.itemText(number) for number in range(panel.head.layer.count())] == [
        "All layers",
        "hidden1",
        "output",
    ]


def test_a_picked_layer_stands_alone_with_a_way_back(large, click):
    assert [row.pair.title for row in large.buffer.rows] == ["hidden1"]
    assert large.head.back.isVisible()
    assert large.head.axes.text() == "Rows: units. Columns: inputs."
    click(large.head.back)
    assert [row.pair.title for row in large.buffer.rows] == ["hidden1", "output"]
    assert large.head.layer.currentText() == "All layers"
    assert not large.head.back.isVisible()


def test_a_click_on_a_picture_or_on_the_name_picks_the_layer(panel, qtbot, click):
    panel.show_frame(gradient_frames()[-1])
    qtbot.wait(20)
    click(panel.buffer.rows.all[1].tiles.all[2])
    assert panel.head.layer.currentText() == "output"
    panel.head.layer.setCurrentIndex(0)
    qtbot.wait(20)
    click(panel.buffer.rows.all[0], QPoint(5, 10))
    assert panel.head.layer.currentText() == "hidden1"


def test_enter_picks_a_layer_and_escape_goes_back_with_the_keyboard(panel, qtbot):
    panel.show_frame(gradient_frames()[-1])
    tile = panel.buffer.rows.all[1].tiles.all[0]
    tile.setFocus()
    qtbot.keyClick(tile, Qt.Key.Key_Return)
    assert panel.buffer.picked == "output"
    tile = panel.buffer.rows.all[0].tiles.all[0]
    qtbot.waitUntil(tile.hasFocus, timeout=1000)
    qtbot.keyClick(tile, Qt.Key.Key_Right)
    assert panel.words.caption.text().startswith("output.weight[0, 0] = ")
    qtbot.keyClick(tile, Qt.Key.Key_Escape)
    assert panel.buffer.picked == ""
    qtbot.waitUntil(panel.buffer.rows.all[1].tiles.all[0].hasFocus, timeout=1000)


def test_a_large_layer_tells_every_value_exactly(panel):
    numbers = {
        "left_over": 0.1,
        "batch": -0.0034127,
        "used": 0.0965873,
        "weights": 0.12,
        "update": 1e-7,
    }
    arrays = {name: np.full((2, 3), value, dtype=np.float32) for name, value in numbers.items()}
    panel.show_frame(frame_of(ParameterGradient("hidden1.weight", (2, 3), **arrays)))
    panel.head.layer.setCurrentText("hidden1")
    panel.buffer.rows.all[0].tiles.all[0].pointed.emit(Cell(False, 5))
    assert panel.words.caption.text() == (
        "hidden1.weight[1, 2] = 0.12 (unit 1, input 2). Gradient 0.0965873: left over 0.1 + batch −0.0034127 "
        "= 0.0965873. The update added 1×10⁻⁷."
    )


def test_none_zero_and_broken_values_look_different_in_a_large_layer_too(panel, qtbot):
    values = [[0.0, 1e-9, np.nan, 1.0]]
    panel.show_frame(frame_of(weight(None, values, values)))
    panel.head.layer.setCurrentText("hidden1")
    none, batch, _ = panel.buffer.rows.all[0].tiles.all
    assert len({pixel(batch, 0, column) for column in range(4)}) == 4
    assert special_word(none.pictures, none.awaited)[0] == "None"
    assert all(entry.isVisible() for entry in panel.findChildren(LegendEntry))


def test_units_that_look_at_pictures_are_shown_as_pictures(large, qtbot):
    assert large.head.as_pictures.isVisible()
    large.head.as_pictures.click()
    tile = large.buffer.rows.all[0].tiles.all[1]
    assert tile.pictures.weight.cells.grid.order.shape == (4 * 9 - 1, 8 * 9 - 1)
    first = [cell_of(tile, row, column).index for row in range(8) for column in range(8)]
    assert first == list(range(64))
    large.head.layer.setCurrentText("output")
    assert not large.head.as_pictures.isVisible()
    assert large.buffer.rows.all[0].tiles.all[1].pictures.weight.cells.grid.order.shape == (10, 32)


def test_a_layer_that_the_new_model_lacks_is_left(large):
    large.show_frame(gradient_frames(((5, 4),))[-1])
    assert large.head.layer.currentText() == "All layers"
    assert [row.pair.weight.shape for row in large.buffer.rows] == [(5, 4)]


# --- weights and updates ---------------------------------------------------------------------------------------


def test_weights_and_updates_are_further_rows_with_scales_of_their_own(panel, qtbot):
    panel.show_frame(gradient_frames()[-1])
    for action in panel.head.show_menu.extras.values():
        action.trigger()
    _, extra, *_ = panel.buffer.rows
    assert len(panel.buffer.rows.all) == 4
    assert extra.tiles.parts == ("weights", "update")
    shown = gradient_frames()[-1].get(BufferState).parameters[0]
    for limit, tile, values in zip(
        extra.tiles.limits, extra.tiles.all, (shown.weights, shown.update), strict=True
    ):
        assert limit >= tile.pictures.largest >= np.abs(values).max()
        assert limit <= 1.6 * tile.pictures.largest
    assert extra.tiles.limits[0] > extra.tiles.limits[1]
    names = [tile.accessibleName() for tile in extra.tiles.all]
    assert names == ["hidden1.weight: Weights now", "hidden1.weight: The update added"]


def test_a_lesson_chooses_whether_weights_are_shown(panel):
    for view, are_shown in (("weights", True), ("buffer", False)):
        panel.look_at(view)
        assert panel.head.show_menu.extras["weights"].isChecked() == are_shown


def test_pointing_marks_the_same_value_in_every_row_of_its_layer(panel):
    panel.show_frame(gradient_frames()[-1])
    panel.head.show_menu.extras["weights"].trigger()
    panel.buffer.rows.all[1].tiles.all[0].pointed.emit(Cell(False, 70))
    assert [row.tiles.all[0].marked for row in panel.buffer.rows] == [Cell(False, 70)] * 2 + [None] * 2
    assert panel.words.caption.text().startswith("hidden1.weight[1, 6]: left over")


def test_an_update_that_has_not_come_yet_is_not_called_none(panel):
    panel.show_frame(frame_of(weight(None, [[1.0]], [[1.0]])))
    panel.head.show_menu.extras["update"].trigger()
    [tile] = panel.buffer.rows.all[1].tiles.all
    assert special_word(tile.pictures, tile.awaited)[0] == "after the next update"


def test_what_is_wanted_reaches_the_instrument_and_is_asked_anew_of_every_run(panel):
    bus, asked = PanelBus(), []
    bus.asked.connect(lambda ask: asked.append((ask.kind, ask.wish)))
    panel.join(bus)
    panel.show_frame(gradient_frames()[-1])
    panel.head.show_menu.extras["update"].trigger()
    assert asked[-1] == (BufferState, BufferWish(updates=True))
    panel.head.layer.setCurrentText("output")
    assert asked[-1] == (BufferState, BufferWish(updates=True, whole="output"))
    asked.clear()
    panel.show_frame(replace(gradient_frames()[-1], run=1))
    assert asked == [(BufferState, BufferWish(updates=True, whole="output"))]


# --- the change of a phase is animated ---------------------------------------------------------------------------


def stepped(phase, value, **rest) -> Frame:
    awaited = phase in ("zeroed", "forward")
    batch = None if awaited else np.array([[value]], dtype=np.float32)
    used = None if phase == "zeroed" else np.array([[value]], dtype=np.float32)
    parameter = ParameterGradient("hidden1.weight", (1, 1), None, batch, used)
    return replace(frame_of(parameter, phase=phase, awaited=awaited, **rest), progress=STEPPED)


def plays(panel) -> bool:
    return panel.buffer.motion.is_playing


@pytest.mark.parametrize("phase", ["zeroed", "backward", "updated"])
def test_a_stepped_phase_is_animated_and_the_animation_ends(panel, qtbot, phase):
    panel.show_frame(stepped("forward", 1.0))
    assert not plays(panel)
    panel.show_frame(stepped(phase, 2.0))
    assert plays(panel)
    assert panel.buffer.motion.duration() <= 300
    qtbot.waitUntil(lambda: not plays(panel), timeout=2000)
    assert all(tile.change.progress == 1 for tile in panel.buffer.rows.all[0].tiles.all)


def test_while_it_flows_in_the_old_is_on_the_right_and_the_new_on_the_left(panel, qtbot):
    panel.show_frame(stepped("forward", 1.0))
    panel.show_frame(stepped("backward", 1.0))
    panel.buffer.motion.pause()
    panel.buffer.rows.show_change(0.5)
    batch = panel.buffer.rows.all[0].tiles.all[1]
    image = batch.grab().toImage()
    left, right = image.pixelColor(10, 12), image.pixelColor(image.width() - 10, 12)
    assert left == LIGHT.color("signed.positive")
    assert right == LIGHT.color("surface.panel")


def test_the_same_phase_again_a_run_and_a_second_phase_at_once_are_not_animated(panel):
    panel.show_frame(stepped("forward", 1.0))
    panel.show_frame(stepped("forward", 1.0))
    assert not plays(panel)
    panel.show_frame(stepped("backward", 1.0))
    assert plays(panel)
    panel.show_frame(stepped("updated", 1.0))
    assert not plays(panel)
    panel.show_frame(frame_of(weight(None, [[1.0]], [[1.0]]), update=6))
    panel.show_frame(frame_of(weight(None, [[1.0]], [[1.0]]), update=7))
    assert not plays(panel)


def test_nothing_moves_where_it_is_switched_off_here_or_in_the_system(panel, monkeypatch):
    panel.show_frame(stepped("forward", 1.0))
    panel.head.show_menu.animated.trigger()
    panel.show_frame(stepped("backward", 1.0))
    assert not plays(panel)
    panel.head.show_menu.animated.trigger()
    monkeypatch.setattr("gradlab.window.panels.gradients.buffer_view.is_wanted", lambda widget: False)
    panel.show_frame(stepped("updated", 1.0))
    assert not plays(panel)


def test_the_system_says_whether_motion_is_wanted(panel):
    assert is_wanted(panel)
    panel.setStyleSheet("* { widget-animation-duration: 0; }")
    assert not is_wanted(panel)


@pytest.mark.parametrize("size", [(420, 230), (540, 346)])
def test_a_small_panel_keeps_a_layer_and_its_controls_inside(large, qtbot, size):
    large.resize(*size)
    qtbot.wait(50)
    assert large.width() == size[0]
    for widget in (
        large.head.back,
        large.head.layer,
        large.head.show_menu,
        large.head.as_pictures,
        *large.findChildren(LegendEntry),
    ):
        assert large.rect().contains(QRect(widget.mapTo(large, QPoint()), widget.size()))
    for tile in large.buffer.rows.all[0].tiles.all:
        assert tile.pictures.weight.cells.rect.height() >= 12


NEW = [[1.0, 2.0]]


def at(state, left_over=None, **rest):
    """A frame of a run in a state, with something left over in the buffer or nothing."""
    used = NEW if left_over is None else np.add(left_over, NEW)
    return replace(frame_of(weight(left_over, NEW, used), **rest), run=1, state=state)


def test_what_is_left_over_has_room_only_while_something_is(panel):
    panel.show_frame(at(State.RUNNING))
    left, batch, _ = panel.buffer.rows.all[0].tiles.all
    assert left.width() < batch.width() / 2
    assert panel.buffer.headings.texts[0] == "Nothing left over"
    panel.show_frame(at(State.RUNNING, [[0.0, 3.0]], update=6))
    assert left.width() == batch.width()
    assert panel.buffer.headings.texts[0] == "Left over"


def test_zeros_are_nothing(panel):
    panel.show_frame(at(State.RUNNING, [[0.0, 0.0]]))
    assert not panel.buffer.is_first_open


def test_the_room_for_what_is_left_over_does_not_flicker(panel):
    panel.show_frame(at(State.RUNNING, NEW))
    panel.show_frame(at(State.RUNNING, update=6))
    assert panel.buffer.is_first_open
    resting = at(State.PAUSED, update=7)
    panel.show_frame(resting)
    assert not panel.buffer.is_first_open
    panel.show_frame(at(State.RUNNING, NEW, update=8))
    last = at(State.RUNNING, update=9)
    panel.show_frame(last)
    panel.show_frame(replace(last, state=State.FINISHED))  # no other buffer
    assert not panel.buffer.is_first_open


def test_a_buffer_that_collects_batches_keeps_its_room_at_rest_until_a_new_run(panel):
    panel.show_frame(at(State.PAUSED, NEW, accumulate=2, micro_batch=2))
    panel.show_frame(at(State.PAUSED, accumulate=2, update=6))
    assert panel.buffer.is_first_open
    panel.show_frame(replace(at(State.READY, accumulate=2), run=2))
    assert not panel.buffer.is_first_open


def test_a_low_row_has_a_readable_picture_its_name_and_its_norm(panel, qtbot):
    panel.resize(980, 200)
    panel.show_frame(gradient_frames(((64, 64),) * 12)[-1])
    qtbot.wait(30)
    for row in panel.buffer.rows:
        tile = row.tiles.all[1]
        assert tile.pictures.rect.height() >= 13
        assert tile.height() - tile.pictures.rect.bottom() >= row.fontMetrics().ascent() - 2
        assert row.height() >= row.fontMetrics().height()


def test_put_back_it_shows_all_layers_and_the_buffer(large):
    large.head.tabs.setCurrentIndex(1)
    large.put_back()
    assert [row.pair.title for row in large.buffer.rows] == ["hidden1", "output"]
    assert not large.head.shows_timeline
