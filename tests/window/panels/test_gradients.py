import warnings
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from gradlab.instruments.records import Frame, Gradients, ParameterGradient, Progress, Timeline
from gradlab.window.panels.gradients import GradientsPanel, examples, facts, reading, story
from gradlab.window.plots.tile import Cell
from gradlab.window.theme.tokens import Theme

LIGHT, DARK = Theme.load("light"), Theme.load("dark")


@pytest.fixture
def panel(qtbot):
    made = GradientsPanel(LIGHT)
    qtbot.addWidget(made)
    made.resize(980, 300)
    with qtbot.waitExposed(made):
        made.show()
    return made


def weight(left_over, batch, used, name="hidden1.weight"):
    parts = [None if part is None else np.array(part, dtype=np.float32) for part in (left_over, batch, used)]
    shape = next(part.shape for part in parts if part is not None)
    return ParameterGradient(name, shape, *parts)


def frame_of(*parameters, zeroing="every_update", update=5, **rest) -> Frame:
    values = {"micro_batch": 1, "accumulate": 1, "norm": 0.53, "clipped": 0.53} | rest
    return Frame(gradients=Gradients(update=update, zeroing=zeroing, parameters=parameters, **values))


def pixel(tile, row, column) -> str:
    center = tile.cell_rect(Cell(False, row, column)).center().toPoint()
    return tile.grab().toImage().pixelColor(center * tile.devicePixelRatioF()).name()


def test_before_the_first_update_it_says_what_to_do(panel):
    assert panel.empty.isVisible()
    assert "Run" in panel.empty.text()


def test_all_three_pictures_share_one_scale_so_that_equal_values_look_equal(panel):
    left = [[0.2, -0.4, 0.1]]
    batch = [[0.2, 0.8, -0.4]]
    used = np.add(left, batch)
    panel.show_frame(frame_of(weight(left, batch, used)))
    [row] = panel.buffer.rows
    first, second, third = row.tiles
    assert pixel(first, 0, 0) == pixel(second, 0, 0)
    assert pixel(first, 0, 1) == pixel(second, 0, 2)
    assert pixel(third, 0, 0) == pixel(third, 0, 1)  # 0.2 + 0.2 = −0.4 + 0.8
    assert row.limit >= 0.8


def test_each_layer_has_its_own_scale_or_all_share_one(panel):
    small = weight(None, [[0.01, 0.02]], [[0.01, 0.02]])
    large = weight(None, [[1.0, 2.0]], [[1.0, 2.0]], "output.weight")
    panel.show_frame(frame_of(small, large))
    assert [row.limit for row in panel.buffer.rows] == [0.02, 2]
    panel.scale.setCurrentText("all layers")
    assert [row.limit for row in panel.buffer.rows] == [2, 2]


def test_none_zero_tiny_and_broken_values_look_different(panel):
    values = [[0.0, 1e-9, np.nan, 1.0]]
    panel.show_frame(frame_of(weight(None, values, values)))
    none, batch, _ = panel.buffer.rows[0].tiles
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
    none, zero, bad = panel.buffer.rows[0].tiles
    assert [tile._word()[0] for tile in (none, zero, bad)] == ["None", "all zero", "2 NaN, 1 ∞"]


def test_pictures_are_described_for_those_who_do_not_see_them(panel, qtbot):
    panel.show_frame(frame_of(weight(None, [[0.0, 3.0]], [[0.0, -4.0]])))
    left, _, used = panel.buffer.rows[0].tiles
    assert used.accessibleName() == "hidden1.weight: The optimizer uses"
    qtbot.waitUntil(lambda: bool(used.accessibleDescription()), timeout=2000)
    expected = "hidden1.weight used: largest 4.00, norm 4.00, 50 % exact zeros"
    assert used.accessibleDescription() == expected
    assert left.accessibleDescription() == "hidden1.weight left over: None, no gradient"


def test_a_bias_stands_beside_its_weight(panel):
    panel.show_frame(examples()[-1])
    assert len(panel.buffer.rows) == 2
    [tile, *_] = panel.buffer.rows[0].tiles
    assert tile.weight_shape == (32, 64)
    assert tile.bias_shape == (1, 32)


@pytest.mark.parametrize("shape", [(3, 8), (8, 3)])
def test_the_mouse_reads_off_the_value_it_points_at(panel, qtbot, shape):
    batch = np.arange(24, dtype=np.float32).reshape(shape) + 1
    left = np.full(shape, 0.5, dtype=np.float32)
    bias = ParameterGradient("hidden1.bias", shape[:1], *[np.arange(shape[0], dtype=np.float32)[None]] * 3)
    panel.show_frame(frame_of(weight(left, batch, left + batch), bias))
    qtbot.wait(20)
    tile = panel.buffer.rows[0].tiles[1]
    for row in range(shape[0]):
        for column in range(shape[1]):
            cell = Cell(False, row, column)
            assert tile.cell_at(tile.cell_rect(cell).center()) == cell
        assert tile.cell_at(tile.cell_rect(Cell(True, 0, row)).center()) == Cell(True, 0, row)
    qtbot.mouseMove(tile, tile.cell_rect(Cell(False, 2, 1)).center().toPoint())
    used = batch[2, 1]
    expected = (
        f"hidden1.weight [unit 3, input 2]: left over 0.500 + batch {used:#.3g} = used {used + 0.5:#.3g}"
    )
    qtbot.waitUntil(lambda: panel.story.text() == expected.replace(". ", " "), timeout=1000)
    assert all(other.marked == Cell(False, 2, 1) for other in panel.buffer.rows[0].tiles)


def test_arrow_keys_walk_over_the_values(panel, qtbot):
    values = [[1.0, 2.0], [3.0, 4.0]]
    panel.show_frame(frame_of(weight(None, values, values)))
    tile = panel.buffer.rows[0].tiles[2]
    tile.setFocus()
    qtbot.keyClick(tile, Qt.Key.Key_Right)
    qtbot.keyClick(tile, Qt.Key.Key_Down)
    assert panel.story.text() == "hidden1.weight [unit 2, input 2]: left over None + batch 4.00 = used 4.00"


def test_the_line_about_a_value_follows_the_frames(panel):
    panel.show_frame(frame_of(weight(None, [[1.0]], [[1.0]])))
    panel.buffer.rows[0].tiles[0].pointed.emit(Cell(False, 0, 0))
    panel.show_frame(frame_of(weight(None, [[2.0]], [[2.0]]), update=6))
    assert panel.story.text().endswith("batch 2.00 = used 2.00")


def test_facts_are_in_plain_words():
    gradients = Gradients(123, 4, 4, 0.53, 0.5, "every_update")
    assert facts(gradients) == (
        "Update 123 · batch 4 of 4 · norm 0.530 (clipped to 0.500) · zeroed: every update"
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
    gradients = Gradients(7, accumulate, accumulate, 1.0, 1.0, zeroing, (parameter,), stale)
    text, found = story(gradients)
    assert found == level
    assert word in text


def test_broken_numbers_are_an_error():
    gradients = Gradients(7, 1, 1, float("nan"), float("nan"), "every_update", ())
    assert story(gradients)[1] == "error"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_broken_numbers_draw_without_a_warning(panel, bad):
    values = np.full((4, 4), bad)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel.show_frame(frame_of(weight(values, values, values), norm=bad, clipped=bad))
        panel.grab()


def test_a_new_run_forgets_the_old_one(panel):
    panel.show_frame(examples()[-1])
    panel.show_frame(Frame(run=1))
    assert panel.empty.isVisible()


def test_another_model_gets_its_own_rows(panel):
    panel.show_frame(examples()[-1])
    panel.show_frame(examples(((5, 4),))[-1])
    assert [row.tiles[0].weight_shape for row in panel.buffer.rows] == [(5, 4)]


def test_rows_are_made_once_and_then_only_repainted(panel):
    first, *_, last = examples()
    panel.show_frame(first)
    rows = list(panel.buffer.rows)
    panel.show_frame(last)
    assert panel.buffer.rows == rows


@pytest.mark.parametrize("size", [(980, 300), (970, 210)])
def test_two_layers_fit_and_many_scroll(panel, qtbot, size):
    panel.resize(*size)

    def scrolls() -> bool:
        return panel.buffer.verticalScrollBar().maximum() > 0

    panel.show_frame(examples()[-1])
    qtbot.wait(30)
    assert not scrolls()
    panel.show_frame(examples(((32, 32),) * 6)[-1])
    qtbot.waitUntil(scrolls, timeout=1000)


def test_a_theme_recolors_what_is_already_drawn(panel):
    values = [[0.0, np.nan]]
    panel.show_frame(frame_of(weight(None, values, values)))
    panel.apply_theme(DARK)
    tile = panel.buffer.rows[0].tiles[1]
    assert pixel(tile, 0, 0) == DARK.color("signed.exact_zero").name()
    assert pixel(tile, 0, 1) == DARK.color("signed.nan").name()


def test_large_layers_say_largest_instead_of_a_norm_they_do_not_know(panel, qtbot):
    picture = np.ones((250, 200), dtype=np.float32)
    parameter = ParameterGradient("hidden1.weight", (1000, 800), None, picture, picture)
    panel.show_frame(frame_of(parameter))
    tile = panel.buffer.rows[0].tiles[1]
    qtbot.waitUntil(lambda: bool(tile.accessibleDescription()), timeout=2000)
    assert tile.accessibleDescription() == "hidden1.weight batch: largest 1.00"


def test_the_timeline_shows_none_zero_and_broken_in_their_own_colors(panel, qtbot):
    rms = np.array([[1.0, -1.0, 0.0, np.nan]])
    timeline = Timeline(("hidden1",), np.arange(1.0, 5), rms)
    panel.show_frame(Frame(timeline=timeline))
    panel.tabs.setCurrentIndex(1)
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
    panel.show_frame(Frame(timeline=timeline))
    panel.tabs.setCurrentIndex(1)
    panel.timeline.point(21, 1.5)
    assert panel.story.text() == "output at update 20: typical size 0.250"
    panel.timeline.point(15, 1.5)
    assert panel.story.text() == "output at update 10: None, no gradient"
    panel.timeline.point(25, 0.5)
    assert panel.story.text() == "hidden1 at update 20: exactly zero"


def test_every_layer_is_named_beside_the_timeline(panel, qtbot):
    panel.show_frame(examples()[-1])
    panel.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: bool(panel.timeline.plot.accessibleDescription()), timeout=2000)
    assert panel.timeline.plot.accessibleDescription().startswith("At update 60: hidden1 typical size")
    assert panel.timeline.bar.labels[0] != panel.timeline.bar.labels[-1]


def test_only_the_view_in_front_is_drawn(panel, monkeypatch):
    panel.tabs.setCurrentIndex(1)
    monkeypatch.setattr(panel.buffer, "show_parameters", lambda *_, **__: pytest.fail("drawn behind"))
    panel.show_frame(replace(examples()[-1], serial=1))
    assert panel.facts.text().startswith("Update 60")


def test_pointing_beside_the_pictures_reads_nothing(panel, qtbot):
    panel.show_frame(examples()[-1])
    tile = panel.buffer.rows[0].tiles[0]
    assert tile.cell_at(QPoint(5, tile.height() - 1).toPointF()) is None


STEPPED = Progress(by_phase=True)


def test_what_a_batch_has_not_added_yet_looks_neither_like_none_nor_like_a_number(panel, qtbot):
    left = [[0.2, -0.4]]
    frame = frame_of(weight(left, None, left), phase="forward", awaited=True)
    panel.show_frame(replace(frame, progress=STEPPED))
    first, awaited, now = panel.buffer.rows[0].tiles
    assert awaited._word()[0] == "not yet"
    image = awaited.grab().toImage()
    seen = {image.pixelColor(x, 8).name() for x in range(4, 40)}
    assert LIGHT.color("signed.none_hatch").name() not in seen
    assert pixel(first, 0, 1) == pixel(now, 0, 1)
    assert now.accessibleName() == "hidden1.weight: In the buffer now"
    qtbot.waitUntil(lambda: bool(awaited.accessibleDescription()), timeout=2000)
    assert awaited.accessibleDescription() == "hidden1.weight batch: nothing yet"
    now.pointed.emit(Cell(False, 0, 1))
    expected = "hidden1.weight [unit 1, input 2]: −0.400 in the buffer; this batch has added nothing yet"
    assert panel.story.text() == expected


def test_a_clipped_gradient_is_not_called_the_sum(panel):
    batch, used = np.array([[3.0, 4.0]]), np.array([[0.6, 0.8]])
    panel.show_frame(frame_of(weight(None, batch, used), norm=5.0, clipped=1.0))
    assert panel.buffer._headings.accessibleName() == (
        "Left over from before + This batch adds → The optimizer uses"
    )
    panel.buffer.rows[0].tiles[2].pointed.emit(Cell(False, 0, 0))
    assert "batch 3.00 → used 0.600" in panel.story.text()


@pytest.mark.parametrize(
    ("phase", "lit"), [("zeroed", {0, 2}), ("forward", set()), ("backward", {1, 2}), ("updated", set())]
)
def test_the_pictures_that_a_phase_changed_are_marked(phase, lit):
    awaited = phase in ("zeroed", "forward")
    frame = frame_of(weight(None, [[1.0]], [[1.0]]), phase=phase, awaited=awaited)
    assert reading(frame.gradients, by_phase=True).lit == lit
    assert reading(frame.gradients, by_phase=False).lit == set()


def test_the_strip_is_there_only_while_phases_are_stepped(panel):
    frame = frame_of(weight(None, [[1.0]], [[1.0]]), phase="backward")
    panel.show_frame(replace(frame, progress=STEPPED))
    assert panel.strip.isVisible()
    assert panel.strip.accessibleDescription() == "Backward was just done; Update 5"
    assert not panel.facts.isVisible()
    panel.show_frame(frame)
    assert not panel.strip.isVisible()
    assert panel.facts.isVisible()
    assert panel.story.text().startswith("The buffer was empty before this batch")


def test_the_strip_lights_the_latest_phase_in_both_themes(panel):
    frame = frame_of(weight(None, [[1.0]], [[1.0]]), phase="backward")
    for theme in (LIGHT, DARK):
        panel.apply_theme(theme)
        panel.show_frame(replace(frame, progress=STEPPED))
        image = panel.strip.grab().toImage()
        accent = theme.color("accent.normal").name()
        lit = [x for x in range(image.width()) if image.pixelColor(x, 5).name() == accent]
        zero, forward, backward, _ = panel.strip._widths()
        assert zero + forward < lit[0]
        assert lit[-1] - lit[0] <= backward
