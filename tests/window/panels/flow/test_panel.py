from dataclasses import replace
from math import nan

import numpy as np
import pytest
from made_up import flow_frames
from PySide6.QtCore import QPoint, Qt

from gradlab.instruments.records import Course, Flow, Frame, LayerSizes, SizeHistogram
from gradlab.panel_info import lesson_panels
from gradlab.window.charts.formatting import short
from gradlab.window.panels.bus import SettingChange
from gradlab.window.panels.flow.layer_bars import decades
from gradlab.window.panels.flow.panel import FlowPanel
from gradlab.window.panels.flow.words import VIEWS, bars_caption, noise_caption, norms_caption
from gradlab.window.theme.tokens import Theme

LIGHT = Theme.load("light")
TITLES = [view.title for view in VIEWS]
BARS, HEAT, RATIO, DIRECTIONS, NOISE, NORM = range(6)


@pytest.fixture(scope="module")
def frames():
    return flow_frames()


@pytest.fixture
def panel(show_widget, bus):
    made = FlowPanel()
    made.join(bus)
    return show_widget(made, 900, 400)


def showing(panel, frame, view):
    panel.show_frame(frame)
    panel.view.setCurrentIndex(view)
    return panel.views.currentWidget()


def with_flow(frame: Frame, **changes) -> Frame:
    return frame.holding(replace(frame.get(Flow), **changes))


def color_at(widget, point) -> str:
    image = widget.grab().toImage()
    scale = widget.devicePixelRatioF()
    return image.pixelColor(int(point.x() * scale), int(point.y() * scale)).name()


def row_middle(bars, row):
    """Where the first pixels of a row of the bars lie."""
    place = bars.mapFromScene(
        bars.view.mapToScene(6, (row + 0.5) * bars.view.height() / len(bars.sizes.mean))
    )
    return QPoint(place.x(), place.y())


# --- every view -----------------------------------------------------------------------------------------


def test_before_the_first_update_it_says_what_to_do(panel):
    assert panel.hint.isVisible()
    assert "Press Run" in panel.hint.text()


def test_it_has_a_name_and_an_explanation_in_plain_words(panel):
    assert panel.accessibleName() == panel.title == "Gradient flow"
    assert "optimizer's own" in panel.help


@pytest.mark.parametrize("size", [(420, 230), (1200, 700)])
@pytest.mark.parametrize("view", range(6), ids=TITLES)
def test_every_view_shows_something_in_every_size_and_theme(panel, frames, view, size, theme):
    panel.resize(*size)
    plot = showing(panel, frames[-1], view)
    image = plot.grab().toImage()
    colors = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colors) > 3
    assert plot.height() > size[1] / 3
    assert panel.caption.text() == VIEWS[view].caption(frames[-1].get(Flow))


def test_every_control_is_named_as_it_is_labelled_and_explained(panel):
    for control in (panel.view, panel.layer, panel.whole_run, panel.accumulate):
        assert control.accessibleName()
        assert control.toolTip()
    assert panel.accumulate.accessibleName() == panel.accumulate.text()


def test_views_are_chosen_with_the_keyboard(panel, qtbot, frames):
    panel.show_frame(frames[-1])
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.views.currentWidget() is panel.views.heat
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.views.currentWidget() is panel.views.charts[0]


def test_a_new_run_begins_empty_and_may_have_other_layers(panel, frames):
    showing(panel, frames[-1], RATIO)
    panel.show_frame(Frame(run=1))
    assert panel.hint.isVisible()
    [*_, other] = flow_frames(layers=("rnn", "output"), updates=60)
    panel.show_frame(replace(other, run=1))
    assert [curve.name.name for curve in panel.views.charts[0].curves] == ["rnn", "output"]
    assert [panel.layer.itemText(index) for index in range(panel.layer.count())] == [
        "All layers",
        "rnn",
        "output",
    ]
    assert not panel.hint.isVisible()


def test_only_the_view_in_front_is_drawn(panel, frames, monkeypatch):
    showing(panel, frames[0], NORM)
    monkeypatch.setattr(panel.views.heat, "show_histogram", lambda *_: pytest.fail("it is not in front"))
    panel.show_frame(frames[1])
    assert panel.views.charts[3].curves[0].line.getData()[0].size


# --- layers now -----------------------------------------------------------------------------------------


def special(frame, *means):
    sizes = LayerSizes(np.array(means), np.where(np.array(means) == -1, -1, 2 * np.array(means)), 7)
    return with_flow(frame, layers=("a", "b", "c", "d")[: len(means)], sizes=sizes)


def test_none_zero_nan_and_small_sizes_look_different(panel, frames):
    bars = showing(panel, special(frames[-1], -1.0, 0.0, nan, 1e-3), BARS)
    seen = [color_at(bars, row_middle(bars, row)) for row in range(4)]
    assert len(set(seen)) == 4
    assert seen[0] in {LIGHT.color("signed.none").name(), LIGHT.color("signed.none_hatch").name()}
    assert seen[1] == LIGHT.color("signed.exact_zero").name()
    assert seen[2] == LIGHT.color("signed.nan").name()
    assert seen[3] == LIGHT.color("series.train").name()


def test_they_are_also_said_in_words(panel, frames, qtbot):
    bars = showing(panel, special(frames[-1], -1.0, 0.0, nan, 1e-3), BARS)
    words = ["a: None, no gradient", "b: exactly zero", "c: not a number"]
    words.append("d: mean size 0.00100, largest 0.00200")
    assert [bars.in_words(row) for row in range(4)] == words
    qtbot.waitUntil(lambda: bars.accessibleDescription() == "; ".join(words), timeout=2000)


def test_the_mouse_and_the_keys_read_a_layer_off(panel, frames, qtbot):
    bars = showing(panel, frames[-1], BARS)
    qtbot.wait(20)
    qtbot.mouseMove(bars, row_middle(bars, 1))
    qtbot.waitUntil(lambda: panel.caption.text().startswith("hidden2: mean size"), timeout=1000)
    bars.setFocus()
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    assert panel.caption.text().startswith("hidden3: ")
    qtbot.keyClick(bars, Qt.Key.Key_Up)
    assert panel.caption.text().startswith("hidden2: ")
    qtbot.keyClick(bars, Qt.Key.Key_Escape)
    assert panel.caption.text() == bars_caption(frames[-1].get(Flow))


def test_bars_lie_between_whole_powers_of_ten():
    sizes = LayerSizes(np.array([-1.0, 0.0, nan, 0.02, 3e-4]), np.array([-1.0, 0.0, nan, 0.3, 2e-3]), 1)
    assert decades(sizes) == (-4, 0)
    nothing = LayerSizes(np.array([-1.0]), np.array([-1.0]), 1)
    assert decades(nothing) == (-6, 0)


def test_the_story_tells_where_the_gradient_vanishes(frames):
    flow = frames[-1].get(Flow)
    assert bars_caption(flow) == "What update 900 used. In hidden1 it is 316 times smaller than in output."
    even = replace(flow, sizes=LayerSizes(np.full(4, 0.1), np.full(4, 0.2), 3, batches=1, accumulate=2))
    assert bars_caption(even).startswith("In the buffer now, for update 3: batch 1 of 2.")
    assert "much the same" in bars_caption(even)


# --- sizes over the run ---------------------------------------------------------------------------------


def one_bin(row, columns=4):
    shares = np.zeros((1, 49, columns), dtype=np.float32)
    shares[0, row] = 1
    return SizeHistogram(
        np.arange(1.0, columns + 1), float(columns), np.linspace(-12, 4, 49), shares, np.ones(1)
    )


def test_the_picture_says_how_many_values_have_a_size(panel, frames):
    heat = showing(panel, with_flow(frames[-1], histogram=one_bin(1 + 30)), HEAT)
    place = heat.plot.axis.place(1.5)
    assert heat.in_words(place, -1.9) == "update 2 · 100% from 0.010 to 0.022"
    assert heat.in_words(place, -1.5) == "update 2 · 0% from 0.022 to 0.046"
    assert heat.in_words(place, heat.sizes.zero) == "update 2 · 0% exactly zero"
    assert heat.in_words(place, None) == "update 2 · 100% from 0.010 to 0.022"


def test_exact_zeros_have_a_row_of_their_own(panel, frames):
    heat = showing(panel, with_flow(frames[-1], histogram=one_bin(0)), HEAT)
    bottom, top = heat.plot.view.viewRange()[1]
    assert bottom < heat.sizes.zero < heat.picture.mapRectToParent(heat.picture.boundingRect()).top() < top
    ticks = heat.sizes.tickValues(bottom, top, 300)[0][1]
    labels = heat.sizes.tickStrings(ticks, 1, 1)
    assert labels[0] == "0"
    assert labels.count("0") == 1
    assert heat.in_words(heat.plot.axis.place(0.5), None).endswith("100% exactly zero")


def test_a_layer_can_be_looked_at_alone(panel, frames):
    small, zero = one_bin(31), one_bin(0)
    shares = np.concatenate([small.shares, zero.shares, small.shares, small.shares])
    histogram = replace(small, shares=shares, sizes=np.ones(4))
    heat = showing(panel, with_flow(frames[-1], histogram=histogram), HEAT)
    place = heat.plot.axis.place(1.5)
    assert heat.in_words(place, None) == "update 2 · 75% from 0.010 to 0.022"
    panel.layer.setCurrentText("hidden2")
    assert heat.in_words(place, None) == "update 2 · 100% exactly zero"


def test_where_nobody_looked_the_picture_says_so(panel, frames):
    histogram = one_bin(31)
    histogram.shares[:, :, 2] = 0
    heat = showing(panel, with_flow(frames[-1], histogram=histogram), HEAT)
    assert heat.in_words(heat.plot.axis.place(2.5), None) == "update 3 · nothing measured"


# --- curves ---------------------------------------------------------------------------------------------


def drawn(curve):
    x, y = curve.line.getData()
    return x, y


def test_curves_show_what_was_recorded_in_powers_of_ten(panel, frames):
    chart = showing(panel, frames[-1], RATIO)
    for number, curve in enumerate(chart.curves):
        _, y = drawn(curve)
        recorded = np.log10(frames[-1].get(Flow).ratios.high[number])
        assert np.nanmax(y) == pytest.approx(recorded.max())
        assert np.nanmin(y) == pytest.approx(recorded.min())


def test_the_guide_line_is_always_in_view(panel, frames):
    chart = showing(panel, frames[-1], RATIO)
    bottom, top = chart.view.viewRange()[1]
    assert bottom < -4 < -2 < top
    high = frames[-1].get(Flow).ratios
    panel.show_frame(with_flow(frames[-1], ratios=Course(high.updates, high.low * 1e5, high.high * 1e5)))
    bottom, top = chart.view.viewRange()[1]
    assert bottom < -4
    assert top > 2


def test_a_chosen_layer_is_drawn_alone(panel, frames):
    chart = showing(panel, frames[-1], RATIO)
    panel.layer.setCurrentText("hidden3")
    assert [curve.line.isVisible() for curve in chart.curves] == [False, False, True, False]
    assert [curve.key.isVisible() for curve in chart.curves] == [False, False, True, False]


def test_the_course_of_a_long_run_keeps_its_lowest_and_highest_values(panel, frames):
    updates = np.arange(100.0, 1100, 100)
    low, high = np.full((3, 10), 0.5), np.full((3, 10), 0.6)
    high[0, 4], low[0, 7] = 9.0, 0.01
    chart = showing(panel, with_flow(frames[-1], norms=Course(updates, low, high)), NORM)
    _, y = drawn(chart.curves[0])
    assert np.nanmax(y) == pytest.approx(np.log10(9))
    assert np.nanmin(y) == pytest.approx(-2)
    chart.pointed.emit(chart, (chart.axis.place(500), 0.0))
    assert chart.curves[0].key.value == "0.500 to 9.00"
    assert chart.overlay.cursor.label == "updates 401–500"


def test_the_cursor_reads_exact_values(panel, frames):
    chart = showing(panel, frames[-1], DIRECTIONS)
    chart.pointed.emit(chart, (chart.axis.place(450), 0.3))
    at = frames[-1].get(Flow).directions.high[:, 449]
    assert [curve.key.value for curve in chart.curves] == [short(value) for value in at]
    assert chart.overlay.cursor.label == "update 450"
    chart.pointed.emit(chart, None)
    latest = frames[-1].get(Flow).directions.high[:, -1]
    assert chart.curves[0].key.value == short(latest[0])


def test_without_keys_the_cursor_names_the_nearest_curve(panel):
    [*_, frame] = flow_frames(layers=tuple(f"hidden{number}" for number in range(1, 25)), updates=60)
    panel.resize(420, 230)
    chart = showing(panel, frame, RATIO)
    assert not any(curve.key.isVisible() for curve in chart.curves)
    y = float(np.log10(frame.get(Flow).ratios.high[4, 29]))
    chart.pointed.emit(chart, (chart.axis.place(30), y))
    assert chart.overlay.cursor.label.startswith("update 30 · hidden5 ")


def test_what_is_unknown_is_a_gap(panel, frames):
    chart = showing(panel, frames[-1], NOISE)
    assert np.isnan(frames[-1].get(Flow).noise.high[0, :9]).all()
    _, y = drawn(chart.curves[0])
    assert np.isnan(y[:9]).all()


def test_a_single_update_can_be_seen(panel, frames):
    norms = Course(np.ones(1), np.ones((3, 1)), np.ones((3, 1)))
    chart = showing(panel, with_flow(frames[0], norms=norms), NORM)
    assert chart.curves[0].dots.isVisible()


def test_all_charts_show_the_part_of_the_run_that_the_others_show(panel, frames, bus):
    chart = showing(panel, frames[-1], NORM)
    assert not panel.whole_run.isVisible()
    bus.x_axis.show(5.0, 10.0)
    assert chart.visible() == pytest.approx((5, 10))
    assert panel.whole_run.isVisible()
    panel.view.setCurrentIndex(HEAT)
    assert panel.views.heat.plot.visible() == pytest.approx((5, 10))
    panel.whole_run.click()
    assert not bus.x_axis.is_zoomed
    assert not panel.whole_run.isVisible()


def test_the_axis_counts_in_what_was_chosen(panel, frames, bus):
    chart = showing(panel, frames[-1], NORM)
    bus.x_axis.choose("updates")
    x, _ = drawn(chart.curves[0])
    assert x.max() == pytest.approx(900)


# --- words and wishes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("view", [DIRECTIONS, NOISE])
def test_with_single_batches_it_says_how_to_compare_them_and_does_it(panel, frames, qtbot, bus, view):
    showing(panel, with_flow(frames[-1], accumulate=1), view)
    assert "Set Accumulate batches to 2" in panel.caption.text().replace("set A", "Set A")
    with qtbot.waitSignal(bus.setting_wanted) as asked:
        panel.accumulate.click()
    assert asked.args == [SettingChange("gradients.accumulate", 2)]
    panel.show_frame(with_flow(frames[-1], accumulate=2))
    assert not panel.accumulate.isVisible()


@pytest.mark.parametrize(
    ("scale", "rows", "words"),
    [
        (500.0, 64.0, "most of each step is chance"),
        (10.0, 64.0, "steps are sure"),
        (70.0, 64.0, "good balance"),
    ],
)
def test_the_noise_scale_is_put_into_a_sentence(frames, scale, rows, words):
    values = np.array([[scale] * 5, [rows] * 4 + [3.0]])
    flow = replace(frames[-1].get(Flow), noise=Course(np.arange(1.0, 6), values, values))
    sentence = noise_caption(flow)
    assert words in sentence.lower()
    assert "uses 64:" in sentence  # not the rows of an epoch's small last update


def test_until_the_noise_scale_is_known_it_asks_for_patience(frames):
    values = np.array([[nan], [64.0]])
    flow = replace(frames[-1].get(Flow), noise=Course(np.ones(1), values, values))
    assert "some more updates" in noise_caption(flow)


def test_it_says_whether_clipping_is_on(frames):
    flow = frames[-1].get(Flow)
    assert "longer than 1.00" in norms_caption(flow)
    values = np.array([[1.0], [1.0], [nan]])
    assert "Clipping is off" in norms_caption(replace(flow, norms=Course(np.ones(1), values, values)))


def test_the_view_in_front_can_be_saved_as_a_table(panel, frames):
    assert panel.as_table() is None
    flow = frames[-1].get(Flow)
    showing(panel, frames[-1], BARS)
    header, rows = panel.as_table()
    assert header == ("layer", "mean", "largest")
    assert list(rows)[1] == ("hidden2", flow.sizes.mean[1], flow.sizes.largest[1])
    panel.view.setCurrentIndex(HEAT)
    panel.layer.setCurrentText("output")
    header, rows = panel.as_table()
    first = next(iter(rows))
    assert len(header) == len(first) == 50
    np.testing.assert_allclose([float(share) for share in first[1:]], flow.histogram.shares[3, :, 0])
    panel.view.setCurrentIndex(NOISE)
    header, rows = panel.as_table()
    rows = list(rows)
    assert header[:3] == ("update", "Noise scale (lowest)", "Noise scale (highest)")
    assert rows[0] == (1, None, None, 64.0, 64.0)
    assert rows[-1][1] == flow.noise.low[0, -1]


def test_a_layer_without_a_gradient_is_an_empty_cell(panel, frames):
    showing(panel, special(frames[-1], -1.0, 0.0, 0.5), BARS)
    assert list(panel.as_table().rows) == [("a", None, None), ("b", 0.0, 0.0), ("c", 0.5, 1.0)]


def test_each_view_of_the_flow_panel_has_a_name_for_lessons():
    assert len(lesson_panels()["flow"].views) == len(VIEWS)
