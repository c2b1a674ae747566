import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, recall_score

from gradlab.datasets.base import SOURCES
from gradlab.datasets.split import prepare
from gradlab.experiment.in_force import SettingsInForce
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data

DIRECTION = np.full(8, 1 / np.sqrt(8))


def fraud(**values):
    return SOURCES["fraud"].build(Data(source="fraud", **values), np.random.default_rng(0))


@given(samples=st.integers(4, 5000), positive=st.floats(0.0001, 0.5))
@settings(max_examples=50, deadline=None)
def test_the_share_of_positives_is_exact_and_both_classes_can_be_split(samples, positive):
    genuine, positives = np.bincount(fraud(samples=samples, positive=positive).targets, minlength=2)
    assert positives == max(2, round(positive * samples))
    assert genuine + positives == samples
    assert genuine >= 2


def test_both_classes_are_normal_and_apart_by_the_shift_in_one_direction_only():
    dataset = fraud(samples=40_000, positive=0.5)
    classes = dataset.targets
    along = dataset.inputs @ DIRECTION
    assert stats.kstest(along[classes == 0], "norm").pvalue > 0.001
    assert stats.kstest(along[classes == 1] - 1.91, "norm").pvalue > 0.001
    shift = dataset.inputs[classes == 1].mean(axis=0) - dataset.inputs[classes == 0].mean(axis=0)
    np.testing.assert_allclose(shift, 1.91 * DIRECTION, atol=5 * np.sqrt(2 / 20_000))
    centred = dataset.inputs - 1.91 * DIRECTION * classes[:, None]
    np.testing.assert_allclose(np.cov(centred.T), np.eye(8), atol=0.04)


def test_the_best_linear_model_is_nearly_always_right_and_misses_most_of_the_fraud():
    split = prepare(Experiment(data=Data(source="fraud", samples=100_000, validation=0.5)))
    assert np.bincount(split.train_targets).tolist() == [49_000, 1000]
    model = LogisticRegression().fit(split.train_inputs, split.train_targets)
    predicted = model.predict(split.validation_inputs)
    # Bayes' rule for two normal distributions with equal spread
    border = (1.91**2 / 2 + np.log(0.98 / 0.02)) / 1.91
    best_recall = stats.norm.sf(border - 1.91)
    assert recall_score(split.validation_targets, predicted) == pytest.approx(best_recall, abs=0.035)
    assert accuracy_score(split.validation_targets, predicted) == pytest.approx(0.9815, abs=0.001)


def test_by_its_own_settings_enough_of_the_rare_class_is_held_out():
    settings = SettingsInForce()
    settings.take("data.source", "fraud")
    assert np.bincount(prepare(settings.shown).validation_targets)[1] >= 20


def test_a_file_that_says_nothing_of_its_rows_means_what_it_meant():
    assert len(fraud().targets) == 500
