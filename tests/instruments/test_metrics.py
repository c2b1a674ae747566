import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support, r2_score

from gradlab.instruments.metrics import per_class, r_squared, shares, summary


@st.composite
def labelled(draw):
    """Rows of (true, predicted) over some classes, of which some may never occur on either side."""
    classes = draw(st.integers(2, 6))
    label = st.integers(0, classes - 1)
    rows = draw(st.lists(st.tuples(label, label), min_size=1, max_size=40))
    true, predicted = (np.array(column) for column in zip(*rows, strict=True))
    return classes, true, predicted


@given(labelled())
def test_each_class_is_measured_as_scikit_learn_does(rows):
    classes, true, predicted = rows
    counts = confusion_matrix(true, predicted, labels=range(classes))
    expected = precision_recall_fscore_support(true, predicted, labels=range(classes), zero_division=0)
    for measured, reference in zip(per_class(counts), expected, strict=True):
        np.testing.assert_allclose(measured, reference, rtol=1e-12)


@given(labelled())
def test_summary_is_the_positive_class_with_two_classes_and_the_macro_average_with_more(rows):
    classes, true, predicted = rows
    counts = confusion_matrix(true, predicted, labels=range(classes))
    average = {"average": "binary"} if classes == 2 else {"average": "macro", "labels": range(classes)}
    *expected, _ = precision_recall_fscore_support(true, predicted, zero_division=0, **average)
    measured = summary(counts)
    assert measured.accuracy == pytest.approx(accuracy_score(true, predicted), rel=1e-12)
    assert measured[1:] == pytest.approx(expected, rel=1e-12)


def test_a_class_that_is_never_predicted_has_precision_0_and_no_warning():
    measured = per_class(np.array([[3, 0, 0], [2, 0, 0], [0, 0, 4]]))
    assert measured.precision.tolist() == [3 / 5, 0, 1]
    assert measured.recall.tolist() == [1, 0, 1]
    assert measured.f1[1] == 0


def test_no_rows_measure_as_zero():
    assert summary(np.zeros((3, 3), np.int64)) == (0, 0, 0, 0)


@given(st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4), min_size=4, max_size=4))
def test_shares_of_each_row_sum_to_one_or_to_nothing(rows):
    counts = np.array(rows)
    sums = shares(counts, counts.sum(axis=1, keepdims=True)).sum(axis=1)
    np.testing.assert_allclose(sums, (counts.sum(axis=1) > 0).astype(float))


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=2, max_size=30))
def test_r_squared_is_that_of_scikit_learn(rows):
    true, predicted = (np.round(np.array(column), 2) for column in zip(*rows, strict=True))
    assert r_squared(true, predicted) == pytest.approx(r2_score(true, predicted), rel=1e-6, abs=1e-9)
