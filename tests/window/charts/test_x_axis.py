"""The shared x-axis: one part of the run, whatever it is counted in."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import loss_frames
from shiboken6 import Shiboken

from gradlab.instruments.records import Curves, Frame, Progress
from gradlab.window.charts.x_axis import UNITS, XAxis

FRAMES = loss_frames(epochs=10, updates=20)  # batches of 32, 2 milliseconds each


@pytest.fixture
def axis(qapp):
    made = XAxis()
    made.follow(FRAMES[-1])
    return made


@pytest.mark.parametrize(
    ("unit", "place"), [("epochs", 5), ("updates", 100), ("samples", 3200), ("seconds", 0.2)]
)
def test_an_update_lies_where_its_counters_stand(axis, unit, place):
    axis.choose(unit)
    assert axis.place(100) == pytest.approx(place)
    assert axis.update_at(place) == pytest.approx(100)
    assert axis.place(0) == 0


@pytest.mark.parametrize("unit", UNITS)
def test_ends_of_epochs_lie_where_their_last_update_does(axis, unit):
    axis.choose(unit)
    rows = FRAMES[-1].get(Curves).epochs
    np.testing.assert_allclose(axis.of_epochs(rows), axis.places(np.array([row.update for row in rows])))


@settings(deadline=None)
@given(st.floats(-10, 400), st.sampled_from(list(UNITS)))
def test_places_can_be_turned_back_into_updates(update, unit):
    axis = XAxis()
    axis.follow(FRAMES[-1])
    axis.choose(unit)
    assert axis.update_at(axis.place(update)) == pytest.approx(update, abs=1e-6)


def test_another_unit_shows_the_same_part_of_the_run(axis):
    axis.show(2, 5)
    axis.choose("samples")
    assert axis.visible == pytest.approx((2 * 20 * 32, 5 * 20 * 32))
    assert axis.is_zoomed
    axis.show_whole_run()
    assert axis.visible == axis.bounds


def test_a_part_stays_in_view_while_the_run_goes_on(qapp):
    axis = XAxis()
    axis.follow(FRAMES[4])
    axis.show(1, 3)
    axis.follow(FRAMES[-1])
    assert axis.visible == pytest.approx((1, 3))


def test_a_new_run_is_shown_whole(axis):
    axis.choose("updates")
    axis.show(2, 5)
    axis.follow(Frame(run=1))
    assert not axis.is_zoomed
    assert axis.unit == "updates"
    assert axis.place(7) == 7


@pytest.mark.parametrize(
    ("unit", "end"), [("epochs", 10), ("updates", 200), ("samples", 6400), ("seconds", 0.4)]
)
def test_the_axis_of_a_finished_run_ends_with_it(axis, unit, end):
    axis.choose(unit)
    assert axis.end == pytest.approx(end)


@pytest.mark.parametrize("unit", UNITS)
def test_the_axis_grows_in_few_steps_and_never_ends_before_the_run(qapp, unit):
    axis = XAxis()
    axis.choose(unit)
    ends = set()
    for frame in loss_frames(epochs=100, updates=10):
        axis.follow(replace(frame, progress=Progress(epochs=100)))
        assert axis.end >= axis.place(frame.get(Curves).update[-1])
        ends.add(round(axis.end, 9))
    assert len(ends) < 20


def test_only_what_somebody_changes_is_announced(axis, qtbot):
    with qtbot.assertNotEmitted(axis.changed):
        axis.follow(FRAMES[-1])
        axis.choose(axis.unit)
    for change in (lambda: axis.show(1, 2), lambda: axis.choose("seconds"), axis.show_whole_run):
        with qtbot.waitSignal(axis.changed):
            change()


def test_axes_of_two_runs_can_show_the_same_updates(axis, qtbot):
    other = XAxis()
    slower = loss_frames(epochs=10, updates=40)[-1]  # its updates make half as much of an epoch
    other.follow(slower)
    axis.choose("seconds")
    other.link(axis)
    assert other.unit == "seconds"
    axis.choose("epochs")
    with qtbot.waitSignal(other.changed):
        axis.show(2, 4)
    assert other.visible == pytest.approx((1, 2))
    other.show_whole_run()
    assert not axis.is_zoomed


def test_an_axis_outlives_those_it_was_linked_with(axis):
    other = XAxis()
    other.link(axis)
    Shiboken.delete(other)
    axis.choose("samples")
    axis.show(0, 100)
    assert axis.is_zoomed
