import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_data import own_data
from sklearn.preprocessing import StandardScaler

from gradlab.datasets.base import SOURCES, Dataset, Source
from gradlab.datasets.split import prepare
from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data

NAMES = SOURCES.names()
REGRESSIONS = ("diabetes", "line", "sequence", "surface")


def experiment(source="iris", seed=0, **settings):
    return Experiment(seed=seed, data=Data(source=source, **own_data(source) | settings))


def hand_over(patch, inputs, targets, class_names=()):
    """Make the source hand over the given rows."""
    dataset = Dataset(
        inputs=np.asarray(inputs, dtype=np.float32),
        targets=np.asarray(targets, dtype=np.int64 if class_names else np.float32),
        target_name="target",
        input_names=tuple(f"input {place}" for place in range(np.shape(inputs)[1])),
        class_names=tuple(class_names),
    )
    entry = Source("iris", "Rows", "Given rows.", lambda data, random: dataset)
    patch.setattr("gradlab.datasets.split.SOURCES", {"iris": entry})


@pytest.mark.parametrize("source", NAMES)
def test_what_goes_into_training_has_the_promised_shapes_and_types(source):
    split = prepare(experiment(source))
    expected = np.int64 if split.dataset.task == "classification" else np.float32
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


# A maze is trained on what was played in it, and checked against its right ways.
@pytest.mark.parametrize("source", sorted({*NAMES} - {"maze"}))
@pytest.mark.parametrize("validation", [0.1, 0.25, 0.9])
def test_training_and_validation_share_no_row_and_leave_none_out(source, validation):
    split = prepare(experiment(source, validation=validation))
    rows = np.concatenate([split.train_rows, split.validation_rows])
    np.testing.assert_array_equal(np.sort(rows), np.arange(len(split.dataset.inputs)))
    assert len(split.validation_rows) == int(np.ceil(validation * len(rows)))


@pytest.mark.parametrize("source", sorted({*NAMES} - {*REGRESSIONS}))
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


@pytest.mark.parametrize("source", [name for name in NAMES if name not in ("sequence", "surface")])
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


def test_tilts_of_a_surface_are_taken_as_they_are():
    split = prepare(experiment("surface"))
    np.testing.assert_array_equal(split.train_inputs, split.dataset.inputs[split.train_rows])
    assert not split.train_targets.any()


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


# Exact numbers of rows


@pytest.mark.parametrize(("train", "validation"), [(1200, 500), (300, 600), (1000, 500), (0, 600), (10, 10)])
@pytest.mark.parametrize("seed", [0, 7])
def test_exactly_as_many_rows_as_asked_for_with_every_class_in_its_share(train, validation, seed):
    split = prepare(experiment("digits", seed, train_rows=train, validation_rows=validation))
    assert len(split.train_rows) == (train or 1797 - validation)
    assert len(split.validation_rows) == validation
    assert len({*split.train_rows} & {*split.validation_rows}) == 0
    counts = np.bincount(split.dataset.targets)
    for targets in (split.train_targets, split.validation_targets):
        assert np.abs(np.bincount(targets) - len(targets) * counts / 1797).max() < 1.5


def test_a_generated_set_is_split_exactly():
    split = prepare(experiment("moons", samples=580, train_rows=80, validation_rows=500))
    assert np.bincount(split.train_targets).tolist() == [40, 40]
    assert np.bincount(split.validation_targets).tolist() == [250, 250]


def test_a_number_of_validation_rows_means_the_share_that_holds_out_as_many():
    by_share, by_number = (
        prepare(experiment("iris", **how)) for how in ({"validation": 0.3}, {"validation_rows": 45})
    )
    np.testing.assert_array_equal(by_share.train_rows, by_number.train_rows)
    np.testing.assert_array_equal(by_share.validation_rows, by_number.validation_rows)
    assert len(prepare(experiment("iris", validation=0.0, validation_rows=45)).validation_rows) == 45


@pytest.mark.parametrize("source", ["digits", "diabetes", "fraud"])
@given(sizes=st.lists(st.integers(10, 300), min_size=2, max_size=2))
@settings(max_examples=15, deadline=None)
def test_fewer_training_rows_are_part_of_more_and_validation_stays(source, sizes):
    everything = prepare(experiment(source))
    few, many = (prepare(experiment(source, train_rows=rows)) for rows in sorted(sizes))
    for smaller, larger in ((few, many), (many, everything)):
        kept = np.isin(larger.train_rows, smaller.train_rows)
        np.testing.assert_array_equal(smaller.train_rows, larger.train_rows[kept])
        np.testing.assert_array_equal(smaller.validation_rows, larger.validation_rows)
    assert set(few.train_targets) == set(everything.train_targets) or source == "diabetes"


@given(counts=st.lists(st.integers(2, 60), min_size=2, max_size=6), share=st.floats(0, 1))
@settings(max_examples=40, deadline=None)
def test_few_training_rows_hold_every_class_and_nearly_its_share(counts, share):
    classes = np.repeat(np.arange(len(counts)), counts)
    wanted = max(len(counts), round(share * len(classes)))
    with pytest.MonkeyPatch.context() as patch:
        hand_over(patch, np.arange(len(classes))[:, None], classes, "abcdef"[: len(counts)])
        split = prepare(experiment(validation=0.0, train_rows=wanted))
    got = np.bincount(split.train_targets, minlength=len(counts))
    fair = wanted * np.array(counts) / len(classes)
    assert got.sum() == wanted
    assert got.min() >= 1
    assert (got < np.maximum(fair, 1) + 1.5).all()
    assert (got > fair - len(counts)).all()  # the first row of each other class may go before


def test_standardization_measures_only_the_rows_that_are_trained_on():
    split = prepare(experiment("wine", train_rows=20))
    raw = split.dataset.inputs[split.train_rows].astype(float)
    np.testing.assert_allclose(split.input_mean, raw.mean(axis=0))
    np.testing.assert_allclose(split.input_deviation, raw.std(axis=0))


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (
            {"train_rows": 113},
            "data.train_rows = 113: 112 of 150 rows are not held out; "
            "allowed: 0 for all of them, or 3 to 112",
        ),
        (
            {"train_rows": 2},
            "data.train_rows = 2: 112 of 150 rows are not held out; allowed: 0 for all of them, or 3 to 112",
        ),
        (
            {"train_rows": 60, "validation_rows": 100},
            "data.train_rows = 60: 50 of 150 rows are not held out; allowed: 0 for all of them, or 3 to 50",
        ),
        (
            {"validation_rows": 1_000_000},
            "data.validation_rows = 1000000 holds out 1000000 of 150 rows; allowed: 0, or 3 to 147 of them",
        ),
        (
            {"validation_rows": 2},
            "data.validation_rows = 2 holds out 2 of 150 rows; allowed: 0, or 3 to 147 of them",
        ),
    ],
)
def test_more_rows_than_there_are_or_fewer_than_classes_are_refused(asked, line):
    with pytest.raises(InputError) as caught:
        prepare(experiment(**asked))
    assert str(caught.value) == line
    assert caught.value.key == line.split(" ")[0].rstrip(":")


def test_patience_is_satisfied_with_a_number_of_validation_rows():
    data = {"validation": 0.0, "validation_rows": 10}
    assert Experiment(data=data, training={"patience": 3}).data.holds_out
    with pytest.raises(ValueError, match="needs a validation set"):
        Experiment(data=data | {"validation_rows": 0}, training={"patience": 3})


# Wrong labels


@pytest.mark.parametrize("source", ["digits", "moons", "fraud"])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.333, 1.0])
def test_exactly_the_asked_share_of_training_rows_gets_another_class(source, share):
    honest, split = (prepare(experiment(source, label_noise=noise)) for noise in (0.0, share))
    np.testing.assert_array_equal(split.train_rows, honest.train_rows)
    np.testing.assert_array_equal(split.train_inputs, honest.train_inputs)
    wrong = split.train_targets != honest.train_targets
    assert wrong.sum() == round(share * len(wrong))
    assert split.train_targets.min() >= 0
    assert split.train_targets.max() < split.classes
    np.testing.assert_array_equal(split.validation_targets, honest.validation_targets)
    np.testing.assert_array_equal(split.dataset.targets[split.train_rows], split.train_targets)


def test_wrong_labels_are_any_other_class_alike():
    honest, split = (prepare(experiment("digits", label_noise=noise)) for noise in (0.0, 1.0))
    steps = (split.train_targets - honest.train_targets) % 10
    assert np.abs(np.bincount(steps, minlength=10)[1:] - len(steps) / 9).max() < 5 * np.sqrt(len(steps) / 9)


def test_leaked_copies_keep_their_wrong_labels_and_honest_rows_the_right_ones():
    right = prepare(experiment("digits")).dataset.targets
    split = prepare(experiment("digits", label_noise=0.5, leak=0.5))
    leaked = np.isin(split.validation_rows, split.train_rows)
    np.testing.assert_array_equal(split.validation_targets[~leaked], right[split.validation_rows[~leaked]])
    place = {row: number for number, row in enumerate(split.train_rows)}
    copied = [place[row] for row in split.validation_rows[leaked]]
    np.testing.assert_array_equal(split.validation_targets[leaked], split.train_targets[copied])
    assert (split.validation_targets != right[split.validation_rows]).sum() > 50


def test_numbers_to_predict_cannot_be_mislabelled():
    with pytest.raises(
        InputError, match=r"data.label_noise = 0.2 needs classes, .*; allowed here: 0"
    ) as caught:
        prepare(experiment("diabetes", label_noise=0.2))
    assert caught.value.key == "data.label_noise"


def test_a_single_row_cannot_be_split(monkeypatch):
    hand_over(monkeypatch, [[1.0]], [2.0])
    with pytest.raises(InputError, match="holds out 1 of 1 rows; allowed: 0 with so few rows"):
        prepare(experiment())
    assert len(prepare(experiment(validation=0.0)).train_rows) == 1


# Own tables: float64 until they are standardized


def own(patch, inputs, targets, **settings):
    """Split rows of doubles."""
    names = tuple(f"x{place}" for place in range(np.shape(inputs)[1]))
    dataset = Dataset(np.asarray(inputs, dtype=np.float64), np.asarray(targets, dtype=np.float64), "y", names)
    entry = Source("iris", "Rows", "Given rows.", lambda data, random: dataset)
    patch.setattr("gradlab.datasets.split.SOURCES", {"iris": entry})
    return prepare(experiment(**settings))


def test_times_in_milliseconds_stay_apart_and_are_as_scikit_learn_has_them(monkeypatch):
    times = 1.7e12 + 500.0 * np.arange(200)[:, None]
    split = own(monkeypatch, times, 4e15 + np.arange(200.0))
    assert len(np.unique(np.concatenate([split.train_inputs, split.validation_inputs]))) == 200
    assert len(np.unique(np.concatenate([split.train_targets, split.validation_targets]))) == 200
    scaler = StandardScaler().fit(times[split.train_rows])
    np.testing.assert_allclose(split.train_inputs, scaler.transform(times[split.train_rows]), rtol=1e-5)
    assert split.train_inputs.dtype == split.train_targets.dtype == np.float32


def test_places_on_earth_stay_apart(monkeypatch):
    places = 51.1234567 + 1e-7 * np.arange(300)[:, None]
    split = own(monkeypatch, places, np.arange(300.0))
    assert len(np.unique(np.concatenate([split.train_inputs, split.validation_inputs]))) == 300


@pytest.mark.parametrize("constant", [0.1, 1e-300, -7.3e37, 1.7e12 + 0.1, 0.0])
@pytest.mark.parametrize("rows", [13, 1001])
def test_constants_become_exactly_zero_whatever_their_sum_is(monkeypatch, constant, rows):
    split = own(monkeypatch, np.full((rows, 1), constant), np.full(rows, constant))
    assert (split.train_inputs == 0).all()
    assert (split.train_targets == 0).all()
    assert (split.input_deviation[0], split.target_deviation) == (1, 1)


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e37])
def test_tiny_and_large_numbers_are_standardized(monkeypatch, scale):
    numbers = np.arange(40.0)[:, None] * scale
    split = own(monkeypatch, numbers, np.arange(40.0))
    expected = StandardScaler().fit(numbers[split.train_rows] / scale).transform(numbers / scale)
    np.testing.assert_allclose(split.train_inputs, expected[split.train_rows], rtol=1e-5)


def test_values_that_only_standardizing_keeps_apart_are_refused_without_it(monkeypatch):
    times = 1.7e12 + 500.0 * np.arange(200)[:, None]
    with pytest.raises(InputError, match='the values of "x0" differ by so little') as caught:
        own(monkeypatch, times, np.arange(200.0), standardize=False)
    assert caught.value.key == "data.standardize"
    with pytest.raises(InputError, match='the values of "y" differ by so little') as caught:
        own(monkeypatch, np.arange(200.0)[:, None], times[:, 0], standardize_target=False)
    assert caught.value.key == "data.standardize_target"
    ordinary = own(monkeypatch, np.arange(200.0)[:, None] / 7, np.arange(200.0) / 3, standardize=False)
    assert ordinary.train_inputs.dtype == np.float32
