import numpy as np
import pytest

from gradlab import language
from gradlab.instruments.records import Mark
from gradlab.window.charts.chart import Chart
from gradlab.window.charts.overlay import placed
from gradlab.window.charts.x_axis import XAxis


@pytest.fixture
def chart(show_widget):
    return show_widget(Chart(XAxis()), 500, 200)


@pytest.fixture
def overlay(chart):
    return chart.overlay


def show(overlay, left, right):
    overlay.view.setRange(xRange=(left, right), padding=0)


def test_ends_of_epochs_in_view_are_marked_where_they_are(overlay):
    numbers = np.arange(6.0)
    overlay.set_epochs(43 * numbers, numbers)
    show(overlay, 40, 140)
    assert overlay.marked_epochs(60) == [(43.0, 1), (86.0, 2), (129.0, 3)]


@pytest.mark.parametrize("count", [30, 1000, 100_000])
def test_of_many_epochs_round_numbers_are_marked(overlay, count):
    numbers = np.arange(count + 1.0)
    overlay.set_epochs(10 * numbers, numbers)
    show(overlay, 0, 10 * count)
    marked = overlay.marked_epochs(60)
    assert 2 <= len(marked) <= overlay.view.width() / 60 + 1
    steps = np.diff([number for _, number in marked])
    assert len(set(steps)) == 1
    assert str(steps[0]).rstrip("0") in {"1", "2", "5"}


def test_the_start_is_no_end_of_an_epoch(overlay):
    overlay.set_epochs(np.array([0.0]), np.array([0.0]))
    show(overlay, -1, 1)
    assert overlay.marked_epochs(60) == []


def test_the_end_of_a_run_is_named_in_the_language_that_is_spoken_when_it_is_shown():
    language.use("zh_CN")
    try:
        (shown,) = placed((Mark(3, "diverged", "diverged"),), XAxis())
    finally:
        language.use("en")
    assert shown.text == "发散"


def test_marks_are_in_the_colour_of_their_level(overlay, chart, theme):
    levels = {"info": "plot.mark", "warning": "status.warning", "error": "status.error"}
    for level, token in levels.items():
        overlay.set_marks(placed((Mark(0, "", level=level),), XAxis()))
        show(overlay, -1, 1)
        line = chart.grab().toImage()
        middle = overlay.to_pixels(0, 0).x() + chart.mapFromScene(overlay.pos()).x()
        colors = {
            line.pixelColor(round(middle) + step, row).name() for step in (-1, 0, 1) for row in range(60)
        }
        assert theme.color(token).name() in colors, level


def test_a_mark_that_stands_for_no_update_is_not_on_the_curves():
    assert placed((Mark(None, "dying", layer="hidden1"),), XAxis()) == ()
