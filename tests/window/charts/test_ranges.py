import numpy as np
import pytest

from gradlab.window.charts.ranges import height_of
from gradlab.window.charts.series import Envelope


def curve(*values):
    y = np.array(values, dtype=float)
    return Envelope(np.arange(len(y), dtype=float), y, y)


def test_all_of_every_curve_is_shown():
    low, high = height_of([curve(2, 1, 0.5), None, curve(2, 30, 7)], log=False)
    assert low <= 0.5
    assert 30 <= high < 33


def test_a_run_that_blows_up_leaves_the_others_readable():
    low, high = height_of([curve(2, 1, 0.5), curve(2, 9, 1e35, np.nan)], log=False)
    assert low <= 0.5
    assert 2 < high < 10


def test_a_run_that_blows_up_is_shown_to_its_end_in_powers_of_ten():
    _, high = height_of([curve(2, 1, 0.5), curve(2, 9, 1e35, np.nan)], log=True)
    assert high >= 35


@pytest.mark.parametrize("log", [False, True])
def test_curves_without_numbers_have_an_axis(log):
    low, high = height_of([curve(np.nan, np.nan)], log)
    assert low < high
