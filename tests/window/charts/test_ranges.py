import numpy as np
import pytest

from gradlab.window.charts.ranges import height_of, spikes_above
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


FALLING = (2.0, 1.6, 1.4, 1.2, 1.0, 0.9, 0.8, 0.7, 0.6, 0.6, 0.5, 0.5)


def test_a_spike_is_cut_off_where_that_is_asked_for():
    spiky = curve(*FALLING, 60, 0.5)
    assert height_of([spiky], log=False)[1] > 60
    assert 2 < height_of([spiky], log=False, cuts_spikes=True)[1] < 3
    assert height_of([spiky], log=True, cuts_spikes=True)[1] > np.log10(60)


@pytest.mark.parametrize("values", [FALLING, (*FALLING, 4), (2, 60, 1), 12 * (2, 50), (60, *FALLING)])
def test_what_is_no_spike_is_not_cut_off(values):
    assert height_of([curve(*values)], log=False, cuts_spikes=True)[1] >= max(values)


def test_spikes_near_each_other_count_as_the_highest():
    shape = curve(1, 1, 9, 20, 8, 1, 1, 1, 1, 7)
    assert spikes_above([None, shape], 3, width=2.5) == [(3.0, 20.0), (9.0, 7.0)]
    assert spikes_above([None, shape], 3, width=2.5, most=1) == [(3.0, 20.0)]
