"""The curves over all thresholds are scikit-learn's."""

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from gradlab.instruments.thresholds import spread_out, tidy_threshold, tradeoff

rows = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20)), min_size=2, max_size=60).filter(
    lambda pairs: {true for true, _ in pairs} == {0, 1}
)


def of(pairs):
    true, scores = np.array(pairs).T
    return true.astype(np.int64), (scores / 20).astype(np.float32)


@given(rows)
def test_precision_recall_and_rates_are_scikit_learns(pairs):
    true, scores = of(pairs)
    ours = tradeoff(true, scores)
    precision, recall, _ = sklearn.metrics.precision_recall_curve(true, scores)
    np.testing.assert_allclose(ours.precision, precision[::-1], rtol=1e-12)
    np.testing.assert_allclose(ours.recall, recall[::-1], rtol=1e-12)
    false_rate, true_rate, thresholds = sklearn.metrics.roc_curve(true, scores, drop_intermediate=False)
    np.testing.assert_allclose(ours.false_positive_rate, false_rate, rtol=1e-12)
    np.testing.assert_allclose(ours.recall, true_rate, rtol=1e-12)
    np.testing.assert_allclose(ours.thresholds, thresholds)
    assert ours.average_precision == pytest.approx(sklearn.metrics.average_precision_score(true, scores))
    assert ours.area == pytest.approx(sklearn.metrics.roc_auc_score(true, scores))


@given(rows)
def test_a_tidy_threshold_predicts_the_same_with_few_digits(pairs):
    true, scores = of(pairs)
    thresholds = tradeoff(true, scores).thresholds
    for place in range(1, len(thresholds)):
        tidy = tidy_threshold(thresholds, place)
        np.testing.assert_array_equal(scores >= np.float32(tidy), scores >= thresholds[place])
        assert 0 <= tidy <= 1


@given(st.floats(0.5, 1.0, width=32, exclude_max=True))
def test_between_scores_that_are_as_close_as_can_be_the_threshold_is_the_score_itself(score):
    high = np.float32(score)
    low = np.nextafter(high, np.float32(0))
    tidy = tidy_threshold(np.array([np.inf, high, low], dtype=np.float64), 1)
    assert [low >= np.float32(tidy), high >= np.float32(tidy)] == [False, True]
    assert tidy <= high


def test_one_class_alone_and_scores_that_are_lost_break_nothing():
    alone = tradeoff(np.zeros(4, np.int64), np.array([0.1, 0.2, 0.3, 0.4], np.float32))
    assert alone.average_precision == 0
    lost = tradeoff(np.array([0, 1]), np.array([np.nan, np.nan], np.float32))
    assert len(lost.thresholds) == 2
    assert np.isfinite(lost.precision).all()
    assert tradeoff(np.empty(0, np.int64), np.empty(0, np.float32)).area == 0


def test_a_long_curve_is_drawn_with_few_points_that_lie_on_it():
    chance = np.random.default_rng(0)
    true = (chance.random(50_000) < 0.02).astype(np.int64)
    curve = tradeoff(true, (chance.random(50_000) + 0.5 * true).astype(np.float32))
    kept = spread_out(curve.recall, curve.precision, 500)
    assert kept[0] == 0
    assert kept[-1] == len(curve.recall) - 1
    assert len(kept) < 10_000
    gaps = np.abs(np.interp(np.arange(len(curve.recall)), kept, curve.precision[kept]) - curve.precision)
    assert gaps.max() < 0.02
