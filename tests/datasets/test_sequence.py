import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.datasets.base import SOURCES
from gradlab.datasets.split import prepare
from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.instruments.views import data_view
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun


def sequence(seed=0, **values):
    return SOURCES["sequence"].build(Data(source="sequence", **values), np.random.default_rng(seed))


@given(samples=st.integers(4, 200), length=st.integers(4, 60))
@settings(max_examples=30, deadline=None)
def test_the_sum_to_predict_is_that_of_the_two_marked_values(samples, length):
    dataset = sequence(pattern="adding", samples=samples, length=length)
    assert dataset.inputs.shape == (samples, length, 2)
    values, marks = np.moveaxis(dataset.inputs, -1, 0)
    assert ((values >= 0) & (values < 1)).all()
    half = length // 2
    assert (marks[:, :half].sum(axis=1) == 1).all()
    assert (marks[:, half:].sum(axis=1) == 1).all()
    assert np.isin(marks, (0, 1)).all()
    np.testing.assert_allclose(dataset.targets, (values * marks).sum(axis=1), rtol=1e-6)


def test_every_step_but_the_ends_can_be_marked():
    marks = sequence(pattern="adding", samples=2000, length=10).inputs[..., 1]
    np.testing.assert_allclose(marks.mean(axis=0), 0.2, atol=0.05)


@given(samples=st.integers(4, 100), length=st.integers(4, 60), noise=st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_a_chirp_asks_for_the_next_value_at_every_step(samples, length, noise):
    dataset = sequence(pattern="chirp", samples=samples, length=length, noise=noise)
    assert dataset.inputs.shape == (samples, length, 1)
    assert dataset.targets.shape == (samples, length)
    np.testing.assert_array_equal(dataset.targets[:, :-1], dataset.inputs[:, 1:, 0])


def test_a_chirp_is_a_wave_that_rises_in_pitch():
    values = sequence(pattern="chirp", samples=500, length=400, noise=0.0).targets
    assert np.abs(values).max() == pytest.approx(1, abs=1e-3)
    # All phases of one tone are mixtures of its sine and its cosine.
    assert np.linalg.matrix_rank(values, tol=1e-2) == 2
    signs = np.diff(np.sign(values), axis=1) != 0
    quarters = [part.sum(axis=1).mean() for part in np.array_split(signs, 4, axis=1)]
    assert quarters == sorted(quarters)
    # Halfway the pitch is the mean of both ends: 2¼ periods in all, and two zeros in each.
    assert sum(quarters) == pytest.approx(4.5, abs=0.1)


def test_noise_is_added_to_the_same_chirp():
    quiet, noisy = (sequence(pattern="chirp", samples=500, noise=noise).inputs for noise in (0.0, 0.3))
    assert (noisy - quiet).std() == pytest.approx(0.3, rel=0.03)


@pytest.mark.parametrize("pattern", ["adding", "chirp"])
def test_sequences_are_standardized_by_feature_over_all_training_rows_and_steps(pattern):
    split = prepare(Experiment(data=Data(source="sequence", pattern=pattern)))
    raw = split.dataset.inputs[split.train_rows].astype(float)
    for feature in range(raw.shape[-1]):
        values = raw[..., feature]
        assert split.input_mean[:, feature] == pytest.approx(values.mean())
        assert split.input_deviation[:, feature] == pytest.approx(values.std())
    assert split.train_inputs.mean(axis=(0, 1), dtype=float) == pytest.approx(0, abs=1e-5)
    assert split.train_inputs.std(axis=(0, 1), dtype=float) == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(
        split.standardize(split.dataset.inputs[split.train_rows]), split.train_inputs
    )
    targets = split.dataset.targets[split.train_rows].astype(float)
    assert (split.target_mean, split.target_deviation) == pytest.approx((targets.mean(), targets.std()))
    back = split.target_in_units(split.validation_targets)
    np.testing.assert_allclose(back, split.dataset.targets[split.validation_rows], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["linear", "mlp"])
def test_models_without_memory_can_be_trained_on_sums_and_looked_at(kind):
    settings = {
        "data": {"source": "sequence", "pattern": "adding", "length": 6},
        "model": {"kind": kind},
        "training": {"epochs": 3, "device": "cpu"},
    }
    run = TrainingRun(build(settings))
    look = data_view(run)
    before = run.measure_untouched()
    assert list(train(run))[-1].reason == "finished"
    assert run.measure(0, None).val_loss < before.val_loss
    shown = look()
    assert shown.true.shape == shown.predicted.shape == (12, 1)
