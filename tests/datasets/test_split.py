import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from gradlab.datasets.base import Dataset, sources
from gradlab.datasets.split import prepare
from gradlab.errors import InputError
from gradlab.experiment.registry import Entry
from gradlab.experiment.schema import Data, Experiment
from gradlab.resources import resource

NAMES = sources.names()


def experiment(source="iris", seed=0, **settings):
    if source == "csv":
        settings.setdefault("path", str(resource("data", "leaves.csv")))
    return Experiment(seed=seed, data=Data(source=source, **settings))


def hand_over(patch, inputs, targets, class_names=()):
    """Make the source hand over the given rows."""
    task = "classification" if class_names else "regression"
    dataset = Dataset(
        inputs=np.asarray(inputs, dtype=np.float32),
        targets=np.asarray(targets, dtype=np.int64 if class_names else np.float32),
        task=task,
        input_names=tuple(f"input {place}" for place in range(np.shape(inputs)[1])),
        class_names=tuple(class_names),
        target_name="target",
    )
    entry = Entry("iris", "Rows", "Given rows.", (), lambda data, random: dataset)
    patch.setattr("gradlab.datasets.split.sources", {"iris": entry})


@pytest.mark.parametrize("source", NAMES)
def test_what_goes_into_training_has_the_promised_shapes_and_types(source):
    split = prepare(experiment(source))
    expected = np.int64 if split.task == "classification" else np.float32
    for inputs, targets, rows in (
        (split.train_inputs, split.train_targets, split.train_rows),
        (split.validation_inputs, split.validation_targets, split.validation_rows),
    ):
        assert inputs.shape == (len(rows), *split.input_shape)
        assert targets.shape == rows.shape
        assert inputs.dtype == np.float32
        assert targets.dtype == expected
        assert inputs.flags.c_contiguous
        assert targets.flags.c_contiguous
        assert np.isfinite(inputs).all()
    assert split.input_mean.shape == split.input_deviation.shape == split.input_shape
    assert split.classes == len(split.class_names)


@pytest.mark.parametrize("source", NAMES)
@pytest.mark.parametrize("validation", [0.1, 0.25, 0.9])
def test_training_and_validation_share_no_row_and_leave_none_out(source, validation):
    split = prepare(experiment(source, validation=validation))
    rows = np.concatenate([split.train_rows, split.validation_rows])
    np.testing.assert_array_equal(np.sort(rows), np.arange(len(split.dataset.inputs)))
    assert len(split.validation_rows) == int(np.ceil(validation * len(rows)))


@pytest.mark.parametrize("source", [name for name in NAMES if name not in ("diabetes", "line")])
@pytest.mark.parametrize("seed", [0, 7])
def test_each_class_is_held_out_in_its_share_to_within_a_row(source, seed):
    split = prepare(experiment(source, seed=seed, validation=0.3))
    counts = np.bincount(split.dataset.targets)
    held_out = np.bincount(split.validation_targets, minlength=len(counts))
    share = len(split.validation_rows) / counts.sum()
    assert np.abs(held_out - share * counts).max() < 1


def test_a_seed_gives_the_same_split_again_and_another_one_another():
    first, again, other = (prepare(experiment(seed=seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.train_rows, again.train_rows)
    assert set(first.validation_rows) != set(other.validation_rows)


def test_without_validation_every_row_is_trained_on():
    split = prepare(experiment("digits", validation=0.0, leak=0.5))
    assert len(split.train_rows) == 1797
    assert split.validation_inputs.shape == (0, 1, 8, 8)
    assert split.validation_targets.shape == (0,)
    assert split.validation_inputs.dtype == np.float32


@pytest.mark.parametrize("leak", [0.0, 0.1, 0.5, 0.999, 1.0])
def test_exactly_the_asked_share_of_validation_leaks(leak):
    honest = prepare(experiment("digits"))
    split = prepare(experiment("digits", leak=leak))
    np.testing.assert_array_equal(split.train_rows, honest.train_rows)
    assert np.isin(split.validation_rows, split.train_rows).sum() == round(leak * len(honest.validation_rows))
    kept = ~np.isin(split.validation_rows, split.train_rows)
    np.testing.assert_array_equal(split.validation_rows[kept], honest.validation_rows[kept])
    np.testing.assert_array_equal(split.input_mean, honest.input_mean)


def test_leaked_rows_are_copies_of_training_rows_with_their_targets():
    split = prepare(experiment("wine", leak=1.0))
    place = {row: number for number, row in enumerate(split.train_rows)}
    copied = [place[row] for row in split.validation_rows]
    np.testing.assert_array_equal(split.validation_inputs, split.train_inputs[copied])
    np.testing.assert_array_equal(split.validation_targets, split.train_targets[copied])


def test_more_rows_can_leak_than_there_are_to_train_on():
    split = prepare(experiment("iris", validation=0.9, leak=1.0))
    assert len(split.validation_rows) == 135
    assert set(split.validation_rows) <= set(split.train_rows)


@pytest.mark.parametrize("source", NAMES)
def test_inputs_are_standardized_with_the_training_rows_alone(source):
    split = prepare(experiment(source))
    raw = split.dataset.inputs.reshape(len(split.dataset.inputs), -1).astype(float)
    scaler = StandardScaler().fit(raw[split.train_rows])
    for inputs, rows in (
        (split.train_inputs, split.train_rows),
        (split.validation_inputs, split.validation_rows),
    ):
        expected = scaler.transform(raw[rows])
        np.testing.assert_allclose(inputs.reshape(expected.shape), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(
        split.standardize(split.dataset.inputs[split.train_rows]), split.train_inputs
    )


@pytest.mark.parametrize("source", ["diabetes", "line"])
def test_a_regression_target_is_standardized_and_comes_back_in_its_units(source):
    split = prepare(experiment(source))
    raw = split.dataset.targets
    assert split.target_mean == pytest.approx(raw[split.train_rows].astype(float).mean())
    assert split.target_deviation == pytest.approx(raw[split.train_rows].astype(float).std())
    assert split.train_targets.mean() == pytest.approx(0, abs=1e-5)
    assert split.train_targets.std() == pytest.approx(1, abs=1e-5)
    back = split.target_in_units(split.validation_targets)
    np.testing.assert_allclose(back, raw[split.validation_rows], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("source", ["wine", "diabetes"])
def test_nothing_is_standardized_when_not_asked_for(source):
    split = prepare(experiment(source, standardize=False, standardize_target=False))
    np.testing.assert_array_equal(split.train_inputs, split.dataset.inputs[split.train_rows])
    np.testing.assert_array_equal(split.validation_targets, split.dataset.targets[split.validation_rows])
    assert (split.target_mean, split.target_deviation) == (0, 1)
    assert (split.input_mean == 0).all()
    assert (split.input_deviation == 1).all()


def test_class_numbers_are_never_standardized():
    split = prepare(experiment("wine", standardize_target=True))
    np.testing.assert_array_equal(split.train_targets, split.dataset.targets[split.train_rows])
    assert (split.target_mean, split.target_deviation) == (0, 1)


@given(constant=st.floats(-1e6, 1e6, width=32))
@settings(max_examples=25)
def test_constant_inputs_and_targets_become_exactly_zero(constant):
    with pytest.MonkeyPatch.context() as patch:
        hand_over(patch, np.column_stack([np.full(13, constant), np.arange(13)]), np.full(13, constant))
        split = prepare(experiment())
    assert (split.train_inputs[:, 0] == 0).all()
    assert split.input_deviation[0] == 1
    assert (split.train_targets == 0).all()
    assert split.target_deviation == 1


@pytest.mark.parametrize("seed", range(5))
def test_a_class_of_two_rows_is_always_trained_on(monkeypatch, seed):
    hand_over(monkeypatch, np.arange(20)[:, None], [0] * 9 + [1] * 9 + [2] * 2, "abc")
    split = prepare(experiment(seed=seed, validation=0.8))
    assert set(split.train_targets) == {0, 1, 2}
    assert len(split.train_rows) == 4


def test_a_class_that_cannot_be_split_is_named(monkeypatch):
    hand_over(monkeypatch, np.arange(9)[:, None], [0] * 4 + [1] * 4 + [2], ("left", "right", "top"))
    with pytest.raises(InputError, match=r'class "top" has too few rows .*: 1; allowed: two') as caught:
        prepare(experiment())
    assert caught.value.key == "data.validation"
    assert len(prepare(experiment(validation=0.0)).train_rows) == 9


@pytest.mark.parametrize(
    ("validation", "message"),
    [
        (0.1, r"data.validation = 0.1 holds out 1 of 8 rows; allowed: 0, or a share that holds out 2 to 6"),
        (0.85, r"data.validation = 0.85 holds out 7 of 8 rows; allowed: 0, or a share that holds out 2 to 6"),
    ],
)
def test_a_share_that_leaves_no_row_per_class_is_refused(validation, message):
    with pytest.raises(InputError, match=message) as caught:
        prepare(experiment("moons", samples=8, validation=validation))
    assert caught.value.key == "data.validation"


@given(samples=st.integers(4, 60), validation=st.floats(0, 0.9))
@settings(max_examples=60, deadline=None)
def test_small_data_is_either_split_with_every_class_on_both_sides_or_refused(samples, validation):
    try:
        split = prepare(experiment("moons", samples=samples, validation=validation))
    except InputError as error:
        held_out = int(np.ceil(validation * samples))
        assert held_out < 2 or samples - held_out < 2
        assert error.key == "data.validation"
    else:
        assert set(split.train_targets) == {0, 1}
        assert len(split.validation_rows) == 0 or set(split.validation_targets) == {0, 1}


def test_a_single_row_cannot_be_split(monkeypatch):
    hand_over(monkeypatch, [[1.0]], [2.0])
    with pytest.raises(InputError, match="holds out 1 of 1 rows; allowed: 0 with so few rows"):
        prepare(experiment())
    assert len(prepare(experiment(validation=0.0)).train_rows) == 1
