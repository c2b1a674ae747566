import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from gradlab.instruments.records import Curves, Frame, Progress, Timeline
from gradlab.window.charts.x_axis import XAxis
from gradlab.window.panels.gradients.timeline_view import TimelineView, columns_of, encode_magnitudes, in_view


def timeline(rms, updates=None):
    rms = np.atleast_2d(np.array(rms, dtype=float))
    if updates is None:
        updates = np.arange(1, rms.shape[1] + 1)
    return Timeline(tuple(f"layer{n}" for n in range(len(rms))), np.array(updates, dtype=float), rms)


def test_regular_measurements_get_a_column_each():
    merged, span = columns_of(timeline([[1, 2, 3]], [10, 20, 30]))
    assert merged.tolist() == [[1, 2, 3]]
    assert span == (10, 40)


def test_a_measurement_holds_until_the_next_one():
    merged, _ = columns_of(timeline([[1, 2, 3]], [1, 2, 6]))
    assert merged.tolist() == [[1, 2, 2, 2, 2, 3]]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 500), st.integers(1, 40), st.data())
def test_merging_columns_keeps_the_largest(count, most, data):
    rms = np.random.default_rng(0).uniform(0, 1, (2, count))
    rms[1, data.draw(st.integers(0, count - 1))] = 9
    merged, _ = columns_of(timeline(rms), most)
    assert merged.shape[1] <= most
    assert merged[1].max() == 9


def test_merging_columns_keeps_what_went_wrong():
    rms = np.ones((1, 100))
    rms[0, 37] = np.nan
    assert np.isnan(columns_of(timeline(rms), 5)[0]).sum() == 1


def test_zero_none_and_broken_differ_from_every_size():
    codes = encode_magnitudes(np.array([[1e-6, 1.0, 0.0, -1.0, np.nan, np.inf]]), -6, 0)
    low, high, zero, none, nan, infinite = codes[0]
    assert (low, high) == (0, 239)
    assert len({low, high, zero, none, nan}) == 5
    assert nan == infinite


COURSE = Timeline(
    ("hidden1", "output"), np.arange(1.0, 1001), np.random.default_rng(0).uniform(0.1, 1, (2, 1000))
)


def frame_with_curves() -> Frame:
    """Ten updates per epoch; the second half of the run takes four times as long."""
    update = np.arange(1.0, 1001)
    seconds = np.cumsum(np.where(update <= 500, 0.01, 0.04))
    losses = np.ones(1000)
    curves = Curves(update, update / 10, 32 * update, seconds, losses, losses, losses)
    return Frame(progress=Progress(epochs=100)).holding(curves, COURSE)


@pytest.fixture
def axis(qapp):
    made = XAxis()
    made.follow(frame_with_curves())
    return made


@pytest.fixture
def view(show_widget, axis):
    made = TimelineView()
    made.share(axis)
    show_widget(made, 500, 200)
    made.show_timeline(COURSE)
    return made


@pytest.mark.parametrize(
    ("unit", "middle"), [("epochs", 50), ("updates", 500), ("samples", 16_000), ("seconds", 5)]
)
def test_measurements_lie_where_the_loss_of_their_update_does(axis, unit, middle):
    axis.choose(unit)
    assert in_view(COURSE, axis).updates[499] == pytest.approx(middle)


def test_zooming_shows_more_of_a_shorter_part(axis):
    axis.choose("updates")
    axis.show(200.5, 300.5)
    shown = in_view(COURSE, axis)
    assert shown.updates.tolist() == list(range(200, 302))
    np.testing.assert_array_equal(shown.rms, COURSE.rms[:, 199:301])


def test_the_picture_follows_the_axis_and_moves_it(view, axis, qtbot):
    axis.choose("updates")
    axis.show(100, 200)
    assert view.plot.visible() == pytest.approx((100, 200))
    assert view.whole_run.isVisible()
    view.plot.setFocus()
    qtbot.keyClick(view.plot, Qt.Key.Key_Plus)
    left, right = axis.visible
    assert 100 < left < right < 200
    view.whole_run.click()
    assert view.plot.visible() == axis.bounds
    assert not view.whole_run.isVisible()


def test_colors_mean_the_same_in_every_part_of_the_run(view, axis):
    before = view.range
    axis.show(20, 21)
    assert view.range == before


def test_places_are_read_off_in_every_unit(view, axis, qtbot):
    axis.choose("seconds")
    with qtbot.waitSignal(view.read) as read:
        view.point(5.001, 0.5)
    assert read.args[0].startswith("hidden1 at update 500: typical size")


def test_the_keyboard_reads_off_all_layers(view, axis, qtbot):
    axis.choose("updates")
    view.plot.setFocus()
    with qtbot.waitSignal(view.read) as read:
        qtbot.keyClick(view.plot, Qt.Key.Key_Right)
    assert read.args[0].startswith("At update 5")
    assert "hidden1" in read.args[0]
    assert "output" in read.args[0]
