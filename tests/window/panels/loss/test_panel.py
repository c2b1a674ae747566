import warnings
from dataclasses import replace

import numpy as np
import pytest
from eyes import colors_in
from made_up import loss_frames
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible

from gradlab.instruments.records import Curves, Frame, Mark, Progress
from gradlab.instruments.thinning import ThinnedPoints
from gradlab.window.charts.formatting import short
from gradlab.window.charts.legend import CurveKey
from gradlab.window.language.numbers import percent
from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.loss.panel import LossPanel
from gradlab.window.theme.tokens import Theme

LIGHT, DARK = Theme.load("light"), Theme.load("dark")


@pytest.fixture
def panel(show_widget):
    return show_widget(LossPanel(), 700, 500)


@pytest.fixture(scope="module")
def frame():
    return loss_frames()[-1]


def with_losses(frame: Frame, losses: np.ndarray, serial: int = 99) -> Frame:
    return frame.holding(replace(frame.get(Curves), update_loss=losses))


def test_before_the_first_update_it_says_what_to_do(panel):
    assert panel.hint.isVisible()
    assert panel.hint.text() == "Press Run to see the loss fall"
    assert not panel.charts.loss.isVisible()


def test_the_curves_show_what_was_recorded(panel, frame):
    panel.show_frame(frame)
    x, y = panel.charts.losses[1].line.getData()
    assert x.tolist() == [row.epoch for row in frame.get(Curves).epochs]
    assert y.tolist() == [row.val_loss for row in frame.get(Curves).epochs]
    _, raw = panel.charts.updates.raw.getData()
    assert raw.max() == frame.get(Curves).update_loss.max()
    assert raw.min() == frame.get(Curves).update_loss.min()


def test_a_logarithmic_scale_draws_powers_of_ten(panel, frame):
    panel.show_frame(frame)
    panel.menu.log_scale.trigger()
    _, y = panel.charts.losses[0].line.getData()
    np.testing.assert_allclose(y, np.log10([row.train_loss for row in frame.get(Curves).epochs]))
    bottom, top = panel.charts.loss.view.viewRange()[1]
    ticks = panel.charts.loss.y_axis.tickValues(bottom, top, 300)[0][1]
    assert {"0.1", "1"} <= set(panel.charts.loss.y_axis.tickStrings(ticks, 1, 1))


def test_a_loss_of_zero_or_less_is_a_gap_on_a_logarithmic_scale(panel, frame):
    losses = frame.get(Curves).update_loss.copy()
    losses[5:8] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel.show_frame(with_losses(frame, losses))
        panel.menu.log_scale.trigger()
        panel.grab()
    assert np.isfinite(panel.charts.loss.view.viewRange()[1]).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("log", [False, True])
def test_a_loss_that_is_no_number_is_a_gap_and_a_mark(panel, frame, bad, log):
    losses = frame.get(Curves).update_loss.copy()
    losses[600:] = bad
    rows = tuple(row._replace(val_loss=bad) if row.epoch > 13 else row for row in frame.get(Curves).epochs)
    broken = with_losses(frame, losses)
    panel.menu.log_scale.setChecked(log)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel.show_frame(broken.holding(replace(broken.get(Curves), epochs=rows)))
        panel.grab()
    x, y = panel.charts.updates.raw.getData()
    assert np.isfinite(y[x < frame.get(Curves).update_epoch[590]]).all()
    assert np.isnan(y[x >= frame.get(Curves).update_epoch[610]]).all()
    mark = panel.charts.loss.overlay.marks[-1]
    assert mark.loud
    assert mark.x == frame.get(Curves).update_epoch[600]


def test_a_run_without_a_single_number_does_not_crash(panel, frame):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel.show_frame(with_losses(frame, np.full_like(frame.get(Curves).update_loss, np.nan)))
        panel.menu.log_scale.trigger()
        panel.grab()
    assert panel.charts.updates.key.value == "NaN"


def test_a_new_run_forgets_the_old_one(panel, frame):
    panel.show_frame(frame)
    panel.show_frame(Frame(run=1))
    assert panel.hint.isVisible()
    assert not panel.charts.loss.overlay.marks
    first = loss_frames()[0]
    panel.show_frame(replace(first, run=1))
    assert panel.charts.losses[0].line.getData()[0].tolist() == [0, 1]


def test_frames_that_bring_nothing_new_are_not_drawn(panel, frame, monkeypatch):
    panel.show_frame(frame)
    monkeypatch.setattr(panel.charts, "draw", lambda *_, **__: pytest.fail("drawn again"))
    panel.show_frame(replace(frame))
    panel.show_frame(replace(frame, parts={}))


def test_regression_has_no_metrics(panel, frame):
    rows = tuple(
        row._replace(train_accuracy=None, val_accuracy=None, val_precision=None, val_recall=None, val_f1=None)
        for row in frame.get(Curves).epochs
    )
    panel.show_frame(replace(frame, task="regression").holding(replace(frame.get(Curves), epochs=rows)))
    assert panel.charts.loss.isVisible()
    assert not panel.charts.metric.isVisible()


def test_without_validation_rows_there_is_no_key_for_them(panel, frame):
    rows = tuple(row._replace(val_loss=None) for row in frame.get(Curves).epochs)
    panel.show_frame(frame.holding(replace(frame.get(Curves), epochs=rows)))
    assert panel.charts.losses[0].key.isVisible()
    assert not panel.charts.losses[1].key.isVisible()


def test_marks_stand_where_their_update_is(panel, frame):
    marks = (Mark(43, "Learning rate 0.1 → 0.05"),)
    panel.show_frame(frame.holding(replace(frame.get(Curves), marks=marks)))
    [mark] = panel.charts.loss.overlay.marks
    assert mark.x == 1
    assert mark.text == "Learning rate 0.1 → 0.05"


def test_the_cursor_reads_off_every_curve_at_the_same_place(panel, frame):
    panel.show_frame(frame)
    panel.charts.loss.pointed.emit(panel.charts.loss, (7.1, 1.0))
    row = frame.get(Curves).epochs[7]
    assert panel.charts.losses[0].key.value == f"{row.train_loss:.3f}"
    assert panel.charts.metrics[0].key.value == f"{100 * row.val_accuracy:.1f}%"
    assert panel.charts.loss.overlay.cursor.label == "epoch 7.10 · update 305"
    assert panel.charts.metric.overlay.cursor.x == 7.1
    panel.charts.loss.pointed.emit(panel.charts.loss, None)
    assert panel.charts.losses[0].key.value == f"{frame.get(Curves).epochs[-1].train_loss:.4f}"
    assert panel.charts.loss.overlay.cursor is None


def test_the_keys_tell_of_the_weights_that_are_back(panel, frame):
    curves = frame.get(Curves)
    panel.show_frame(frame.holding(replace(curves, now=curves.epochs[19])))
    keys = [curve.key.value for curve in (*panel.charts.losses, panel.charts.metrics[0])]
    best = curves.epochs[19]
    assert keys == [short(best.train_loss), short(best.val_loss), percent(best.val_accuracy)]
    panel.charts.loss.pointed.emit(panel.charts.loss, (7.1, 1.0))
    assert panel.charts.losses[0].key.value == short(curves.epochs[7].train_loss)


def test_the_smoothing_is_named_and_ends_where_its_line_does(panel, frame):
    curves = frame.get(Curves)
    panel.menu.smoothing.choose(50)
    panel.show_frame(frame)
    updates = panel.charts.updates
    end = updates.smooth.getData()[1][-1]
    assert updates.key.value == short(curves.update_loss[-1])
    assert (updates.mean_key.text(), updates.mean_key.value) == ("Mean of 50", short(end))
    assert end == pytest.approx(curves.update_loss[-50:].mean(), rel=0.2)
    assert updates.mean_key.isVisible()
    panel.menu.smoothing.choose(1)
    assert not updates.mean_key.isVisible()


def test_in_a_narrow_panel_the_name_of_the_smoothing_gives_way(panel, frame, qtbot):
    panel.show_frame(frame)
    assert panel.charts.updates.mean_key.isVisible()
    panel.resize(200, 400)
    qtbot.waitUntil(lambda: not panel.charts.updates.mean_key.isVisible())


def test_the_smoothed_line_has_a_switch_of_its_own(panel, frame, click):
    panel.show_frame(frame)
    updates = panel.charts.updates
    click(updates.mean_key)
    assert (updates.raw.isVisible(), updates.smooth.isVisible()) == (True, False)
    click(updates.key)
    click(updates.mean_key)
    assert (updates.raw.isVisible(), updates.smooth.isVisible()) == (False, True)


def test_the_axis_of_shares_counts_in_percent(panel, frame):
    panel.show_frame(frame)
    axis = panel.charts.metric.y_axis
    assert axis.tickStrings([0.0, 0.5, 1.0], 1, 0.5) == ["0%", "50%", "100%"]
    rows = tuple(row._replace(reward=0.5) for row in frame.get(Curves).epochs)
    panel.show_frame(frame.holding(replace(frame.get(Curves), epochs=rows)))
    assert axis.tickStrings([0.0, 0.5], 1, 0.5) == ["0.0", "0.5"]


def test_one_update_an_epoch_has_nothing_to_smooth(panel):
    panel.show_frame(loss_frames(epochs=30, updates=1)[-1])
    updates = panel.charts.updates
    assert not updates.smooth.isVisible()
    assert not updates.mean_key.isVisible()
    assert updates.raw.isVisible()
    assert updates.key.value == short(updates.series.y[-1])


def with_spike(frame, value, at=700):
    curves = frame.get(Curves)
    losses = curves.update_loss.copy()
    losses[at : at + 3] = value / 2, value, value / 3
    return frame.holding(replace(curves, update_loss=losses))


def test_one_spike_leaves_the_curve_its_height_and_is_named_at_the_top(panel, frame):
    panel.show_frame(frame)
    usual = panel.charts.loss.view.viewRange()[1][1]
    panel.show_frame(with_spike(frame, 60))
    assert panel.charts.loss.view.viewRange()[1][1] < 2 * usual
    [spike] = [mark for mark in panel.charts.loss.overlay.marks if mark.spike]
    assert spike.text == "60.0"
    assert spike.x == pytest.approx(702 / 43, abs=0.1)
    assert not any(mark.spike for mark in panel.charts.metric.overlay.marks)


def test_the_whole_height_shows_a_spike_to_its_top(panel, frame):
    panel.show_frame(with_spike(frame, 60))
    panel.menu.whole_height.trigger()
    assert panel.charts.loss.view.viewRange()[1][1] > 60
    assert not any(mark.spike for mark in panel.charts.loss.overlay.marks)


def test_an_arrow_is_drawn_for_a_spike(panel, frame, theme):
    panel.show_frame(with_spike(frame, 60))
    overlay = panel.charts.loss.overlay
    [spike] = [mark for mark in overlay.marks if mark.spike]
    overlay.set_marks((spike,))
    top = panel.charts.loss.mapFromScene(overlay.mapToScene(QPointF(overlay.to_pixels(spike.x, 0).x(), 0)))
    picture = panel.charts.loss.grab().toImage()
    assert picture.pixelColor(top.x(), top.y() + 6) == theme.color("plot.mark")


def test_arrow_keys_move_the_cursor_and_home_shows_the_whole_run(panel, frame, qtbot):
    panel.show_frame(frame)
    qtbot.keyClick(panel.charts.loss, Qt.Key.Key_Right)
    first = panel.charts.loss.overlay.cursor.x
    qtbot.keyClick(panel.charts.loss, Qt.Key.Key_Right)
    assert panel.charts.loss.overlay.cursor.x > first
    whole = panel.charts.loss.visible()
    qtbot.keyClick(panel.charts.loss, Qt.Key.Key_Plus)
    assert panel.charts.loss.visible() != whole
    assert panel.charts.metric.visible() == panel.charts.loss.visible()
    assert panel.whole_run.isVisible()
    qtbot.keyClick(panel.charts.loss, Qt.Key.Key_Home)
    assert panel.charts.loss.visible() == whole
    assert not panel.whole_run.isVisible()


def test_a_zoomed_view_stays_while_the_run_goes_on(panel):
    frames = loss_frames()
    panel.show_frame(frames[9])
    panel.axis.show(2, 5)
    panel.show_frame(frames[20])
    assert panel.charts.loss.visible() == pytest.approx((2, 5))


def test_switching_a_key_off_hides_its_curve(panel, frame):
    panel.show_frame(frame)
    panel.charts.losses[1].key.click()
    assert not panel.charts.losses[1].line.isVisible()
    panel.charts.updates.key.click()
    assert not panel.charts.updates.raw.isVisible()


def test_smoothing_can_be_switched_off(panel, frame):
    panel.show_frame(frame)
    assert panel.charts.updates.smooth.isVisible()
    panel.menu.smoothing.choose(1)
    assert not panel.charts.updates.smooth.isVisible()


def test_a_million_updates_are_drawn_with_a_few_points_per_pixel(panel):
    count = 1_000_000
    update = np.arange(1, count + 1, dtype=float)
    losses = np.random.default_rng(0).uniform(0, 1, count)
    losses[654_321] = 5
    curves = Curves(update, update / 1000, update, update, losses, losses, losses)
    panel.show_frame(Frame(progress=Progress(epochs=1000)).holding(curves))
    x, y = panel.charts.updates.raw.getData()
    assert len(x) <= 4 * panel.charts.loss.columns() + 4
    assert y.max() == 5


def test_every_control_is_named_as_it_reads(panel):
    keys = [curve.key for curve in (*panel.charts.losses, *panel.charts.metrics)] + [panel.charts.updates.key]
    controls = [*keys, panel.menu.button, panel.whole_run]
    for control in controls:
        assert control.accessibleName() == control.text()
        assert control.toolTip()
    assert panel.accessibleName() == "Loss and metrics"


def test_in_a_small_panel_short_keys_leave_the_chart_its_room(panel, frame, qtbot):
    panel.show_frame(frame)
    panel.resize(282, 170)
    keys = [panel.charts.updates.key, *(curve.key for curve in panel.charts.losses)]
    qtbot.waitUntil(lambda: panel.charts.loss.height() > 0.6 * panel.height())
    assert [key.text() for key in keys] == [key.accessibleName() for key in keys]
    assert {key.text() for key in keys} == {"Updates", "Training", "Validation"}
    panel.resize(600, 600)
    assert {key.text() for key in keys} == {"Each update", "Training loss", "Validation loss"}


def test_a_theme_recolors_what_is_already_drawn(panel, frame, wear):
    panel.show_frame(frame)
    light = colors_in(panel.charts.loss)
    wear("dark")
    dark = colors_in(panel.charts.loss)
    for token in ("series.train", "series.validation", "plot.background"):
        assert LIGHT.color(token).name() in light
        assert DARK.color(token).name() in dark
        assert LIGHT.color(token).name() not in dark


SIZES = [(496, 258), (560, 345), (980, 300), (600, 400), (1280, 720)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tab", [0, 1])
def test_nothing_is_cut_off_at_usual_sizes(panel, frame, size, tab, qtbot):
    panel.show_frame(frame)
    panel.resize(*size)
    panel.page.tabs.setCurrentIndex(tab)
    panel.axis.show(2, 5)
    qtbot.wait(20)
    keys = [curve.key for curve in (*panel.charts.losses, *panel.charts.metrics, panel.charts.updates)]
    for control in (*keys, panel.page.tabs, panel.menu.button, panel.whole_run):
        if control.isVisible():
            assert panel.rect().contains(control.mapTo(panel, control.rect().bottomRight()))
            assert control.width() >= control.sizeHint().width()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tab", [0, 1])
def test_the_plots_get_most_of_the_room(panel, frame, size, tab, qtbot):
    panel.show_frame(frame)
    panel.resize(*size)
    panel.page.tabs.setCurrentIndex(tab)

    def has_room() -> None:
        shown = [chart for chart in (panel.charts.loss, panel.charts.metric) if chart.isVisible()]
        beside = len({chart.mapTo(panel, chart.rect().topLeft()).x() for chart in shown}) > 1
        heights = [chart.height() for chart in shown]
        assert (max(heights) if beside else sum(heights)) >= 0.7 * panel.height()
        assert min(chart.view.height() for chart in shown) > 60

    qtbot.waitUntil(has_room)  # the layout takes several turns


def test_a_low_panel_shows_loss_or_metrics_behind_tabs(panel, frame, qtbot):
    panel.show_frame(frame)
    panel.resize(496, 258)
    assert panel.charts.loss.isVisible()
    assert not panel.charts.metric.isVisible()
    panel.page.tabs.setFocus()
    qtbot.keyClick(panel.page.tabs, Qt.Key.Key_Right)
    assert not panel.charts.loss.isVisible()
    assert panel.charts.metric.isVisible()
    assert [mark.text for mark in panel.charts.metric.overlay.marks] == [
        m.text for m in frame.get(Curves).marks
    ]
    panel.resize(600, 400)
    assert not panel.page.tabs.isVisible()
    assert panel.charts.loss.isVisible()
    assert panel.charts.metric.isVisible()


def test_a_low_panel_without_metrics_needs_no_tabs(panel, frame):
    panel.page.tabs.setCurrentIndex(1)
    panel.resize(496, 258)
    panel.show_frame(replace(frame, task="regression"))
    assert not panel.page.tabs.isVisible()
    assert panel.charts.loss.isVisible()


@pytest.mark.parametrize(
    ("kind", "loud"), [("change", False), ("note", False), ("end", False), ("diverged", True)]
)
def test_only_what_went_wrong_is_loud(panel, frame, kind, loud):
    panel.show_frame(frame.holding(replace(frame.get(Curves), marks=(Mark(43, "some words", kind),))))
    assert [mark.loud for mark in panel.charts.loss.overlay.marks] == [loud]


def test_keys_are_check_boxes_for_the_keyboard_and_for_screen_readers(panel, frame, qtbot):
    panel.show_frame(frame)
    key = panel.charts.losses[1].key
    key.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(key, Qt.Key.Key_Space)
    assert not panel.charts.losses[1].line.isVisible()
    spoken = QAccessible.queryAccessibleInterface(key)
    assert spoken.role() == QAccessible.Role.CheckBox
    assert not spoken.state().checked
    assert spoken.text(QAccessible.Text.Name) == "Validation loss"
    assert spoken.text(QAccessible.Text.Description).startswith(f"{key.value}. ")


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    ("size", "text"), [(3e19, "3.00×10¹⁹"), (3e38, "3.00×10³⁸"), (1e-30, "1.00×10⁻³⁰"), (0.0, "0")]
)
def test_huge_tiny_and_no_losses_are_drawn_and_read_off(panel, frame, size, text, log):
    rows = tuple(row._replace(train_loss=size, val_loss=size) for row in frame.get(Curves).epochs)
    losses = np.full_like(frame.get(Curves).update_loss, size)
    panel.menu.log_scale.setChecked(log)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        panel.show_frame(frame.holding(replace(frame.get(Curves), update_loss=losses, epochs=rows)))
        panel.grab()
    assert panel.charts.updates.key.value == text
    bottom, top = panel.charts.loss.view.viewRange()[1]
    if size or not log:
        assert bottom < (np.log10(size) if log else size) < top


@pytest.mark.parametrize(("unit", "place"), [("updates", 43), ("samples", 43 * 32), ("seconds", 0.086)])
def test_marks_and_ends_of_epochs_are_right_in_every_unit(panel, frame, unit, place):
    marks = (Mark(43, "Learning rate 0.1 → 0.05"),)
    panel.show_frame(frame.holding(replace(frame.get(Curves), marks=marks)))
    panel.menu.units.choose(unit)
    [mark] = panel.charts.loss.overlay.marks
    assert mark.x == pytest.approx(place)
    places = [place for place, _ in panel.charts.loss.overlay.marked_epochs(1)]
    assert places[0] == pytest.approx(place)
    x, y = panel.charts.losses[0].line.getData()
    assert x[1] == pytest.approx(place)
    assert y.tolist() == [row.train_loss for row in frame.get(Curves).epochs]
    assert panel.charts.loss.visible() == pytest.approx(panel.axis.bounds)


def test_a_chosen_unit_is_told_where_the_numbers_are(panel, frame):
    panel.show_frame(frame)
    panel.menu.units.choose("samples")
    assert panel.menu.units.title() == "&Horizontal axis: Samples"
    assert panel.charts.metric.x_label == "Samples trained on"
    panel.charts.loss.pointed.emit(panel.charts.loss, (43 * 32, 1.0))
    assert panel.charts.loss.overlay.cursor.label.startswith("1,376 samples · update 43")
    panel.resize(496, 258)
    panel.menu.units.choose("seconds")
    assert panel.charts.loss.overlay.note == "Seconds"


def test_frames_after_a_change_of_unit_are_drawn_in_it(panel):
    frames = loss_frames()
    panel.show_frame(frames[3])
    panel.menu.units.choose("updates")
    panel.show_frame(frames[4])
    assert panel.charts.updates.series.x[-1] == frames[4].get(Curves).update[-1]
    assert panel.charts.losses[0].line.getData()[0].tolist() == [43.0 * epoch for epoch in range(6)]


def test_panels_on_one_bus_show_the_same_part_of_the_run(panel, frame, qtbot):
    other = LossPanel()
    qtbot.addWidget(other)
    bus = PanelBus(panel)
    for each in (panel, other):
        each.join(bus)
        each.show_frame(frame)
    panel.menu.units.choose("updates")
    panel.charts.loss.view.setXRange(100, 200, padding=0)
    panel.charts.loss.view.sigRangeChangedManually.emit([True, False])
    assert other.charts.loss.visible() == pytest.approx((100, 200))
    assert not other.whole_run.isHidden()
    other.whole_run.click()
    assert panel.charts.loss.visible() == panel.axis.bounds
    assert panel.whole_run.isHidden()


def test_old_updates_that_were_thinned_out_are_smoothed_as_if_they_were_all_there(panel):
    count = 200_000
    losses = np.random.default_rng(0).exponential(1.0, count)  # their mean is not midway between extremes
    points = ThinnedPoints(4096)
    for update, loss in enumerate(losses, start=1):
        points.append((update, update / 1000, update, update / 1e4, loss, loss))
    kept = points.so_far()
    curves = Curves(kept.update, kept.epoch, kept.samples, kept.seconds, kept.loss, kept.total / kept.finite,
                    kept.norm)  # fmt: skip
    panel.menu.smoothing.choose(1000)
    panel.show_frame(Frame(progress=Progress(epochs=200)).holding(curves))
    _, smooth = panel.charts.updates.smooth.getData()
    assert np.nanmax(np.abs(smooth[1:] - 1)) < 0.2
    _, raw = panel.charts.updates.raw.getData()
    assert raw.max() == losses.max()


def test_put_back_it_shows_the_usual_curves_whatever_was_switched(panel):
    keys = panel.findChildren(CurveKey)
    before = [key.isChecked() for key in keys]
    for key in keys:
        key.toggle()
    panel.put_back()
    assert [key.isChecked() for key in keys] == before
    assert any(before) and not all(before)  # some are off unless one wants them
