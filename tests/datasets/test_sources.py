import numpy as np
import pytest
from fresh_python import printed_by
from hypothesis import given
from hypothesis import strategies as st
from own_data import own_data

from gradlab.datasets.base import SOURCES, source
from gradlab.datasets.generated import class_counts
from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.experiment.settings import by_key

NAMES = SOURCES.names()
PLANE = ("moons", "circles", "spirals", "blobs", "xor")
FIGURES = (*PLANE, "line")
GENERATED = (*FIGURES, "fraud", "spam", "sequence", "surface")


def build(name, seed=0, **settings):
    settings = own_data(name) | settings
    return SOURCES[name].build(Data(source=name, **settings), np.random.default_rng(seed))


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_is_what_its_description_promises(name):
    dataset = build(name)
    rows = len(dataset.inputs)
    assert dataset.inputs.dtype == (np.float64 if name == "csv" else np.float32)  # own times may be long
    assert np.isfinite(dataset.inputs).all()
    assert dataset.targets.shape == (rows,)
    assert len(np.unique(dataset.inputs)) > 1
    assert dataset.target_name
    if dataset.task == "classification":
        assert dataset.targets.dtype == np.int64
        assert set(dataset.targets) == set(range(len(dataset.class_names)))
        assert len(set(dataset.class_names)) == len(dataset.class_names) >= 2
    else:
        assert dataset.targets.dtype == np.float32
        assert np.isfinite(dataset.targets).all()
        assert dataset.class_names == ()
    if dataset.inputs.ndim == 4:
        assert dataset.input_names == ()
    else:
        assert len(set(dataset.input_names)) == dataset.inputs.shape[-1]


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_gives_the_same_rows_again(name):
    first, second = build(name, seed=3), build(name, seed=3)
    np.testing.assert_array_equal(first.inputs, second.inputs)
    np.testing.assert_array_equal(first.targets, second.targets)


@pytest.mark.parametrize("name", GENERATED)
def test_another_seed_gives_other_generated_rows(name):
    assert not np.array_equal(build(name, seed=3).inputs, build(name, seed=4).inputs)


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(GENERATED)))
def test_measured_rows_do_not_depend_on_the_seed(name):
    np.testing.assert_array_equal(build(name, seed=3).inputs, build(name, seed=4).inputs)


@pytest.mark.parametrize("name", GENERATED)
@pytest.mark.parametrize("samples", [4, 5, 101, 1000])
def test_exactly_as_many_rows_as_asked_for_are_generated(name, samples):
    dataset = build(name, samples=samples)
    assert len(dataset.inputs) == len(dataset.targets) == samples
    if dataset.task == "classification" and name != "fraud":
        counts = np.bincount(dataset.targets)
        assert counts.max() - counts.min() <= 1


@given(samples=st.integers(1, 500), classes=st.integers(1, 20))
def test_classes_are_equally_large_or_refused(samples, classes):
    if samples < classes:
        with pytest.raises(InputError, match=rf"data.samples = {samples} .* at least {classes}") as caught:
            class_counts(samples, classes)
        assert caught.value.key == "data.samples"
    else:
        counts = class_counts(samples, classes)
        assert sum(counts) == samples
        assert len(counts) == classes
        assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize("name", FIGURES)
def test_noise_moves_rows_and_none_leaves_them_on_their_figure(name):
    quiet = build(name, noise=0.0, samples=1000)
    noisy = build(name, noise=0.3, samples=1000)
    assert np.isfinite(quiet.inputs).all()
    off = np.array([distance_from_figure(name, quiet), distance_from_figure(name, noisy)])
    assert off[0] < 1e-5
    assert off[1] > 0.1


def distance_from_figure(name, dataset):
    """The mean distance of the rows from where they would lie without noise."""
    x, y = dataset.inputs[:, 0], dataset.targets if name == "line" else dataset.inputs[:, 1]
    second = dataset.targets == 1
    radius = np.hypot(x, y)
    match name:
        case "line":
            off = y - (2 * x + 1)
        case "circles":
            off = radius - np.where(second, 0.5, 1.0)
        case "moons":
            off = np.where(second, np.hypot(x - 1, y - 0.5), radius) - 1
        case "blobs":
            centres = np.array([[-1, -0.5], [1, -0.5], [0, 1]])
            off = np.hypot(*(dataset.inputs - centres[dataset.targets]).T)
        case "xor":
            off = np.maximum(0, np.where(second, x * y, -x * y))
            return 10 * off.mean()  # most noise leaves a point in its quarter
        case "spirals":
            turned = np.angle(np.exp(1j * (3 * np.pi * radius / 3 + np.pi * second - np.arctan2(y, x))))
            off = turned * radius / np.hypot(1, np.pi * radius)
    return np.abs(off).mean()


def test_digits_are_pictures_from_zero_to_one_with_their_digit():
    dataset = build("digits")
    assert dataset.inputs.shape == (1797, 1, 8, 8)
    assert (dataset.inputs.min(), dataset.inputs.max()) == (0, 1)
    assert dataset.class_names == tuple("0123456789")


def test_diabetes_is_in_its_own_units():
    dataset = build("diabetes")
    age = dataset.inputs[:, dataset.input_names.index("age")]
    assert 18 <= age.min() < age.max() < 100
    assert (dataset.targets.min(), dataset.targets.max()) == (25, 346)


def test_the_positive_class_of_breast_cancer_is_malignant():
    dataset = build("breast_cancer")
    assert dataset.class_names == ("benign", "malignant")
    assert np.bincount(dataset.targets).tolist() == [357, 212]  # as its description counts them
    area = dataset.inputs[:, dataset.input_names.index("mean area")]
    assert area[dataset.targets == 1].mean() > area[dataset.targets == 0].mean()  # cancer cells are larger


def test_menus_show_the_bundled_then_the_generated_then_the_own_data():
    assert NAMES[:5] == ("digits", "iris", "wine", "breast_cancer", "diabetes")
    assert set(NAMES[5:-2]) == {*GENERATED, "maze"}
    assert NAMES[-2:] == ("csv", "images")


@pytest.mark.parametrize("name", NAMES)
def test_a_source_explains_itself_and_names_only_settings_that_exist(name):
    entry = SOURCES[name]
    assert entry.label
    assert entry.help.endswith(".")
    assert {f"data.{key}" for key in entry.uses} <= set(by_key(Experiment))


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_that_a_source_does_not_use_changes_nothing(name):
    other = {"samples": 77, "noise": 0.7, "target": "edge", "task": "classification"}
    other |= {"positive": 0.3, "pattern": "chirp", "length": 7, "image_size": 9}
    unused = {key: value for key, value in other.items() if key not in SOURCES[name].uses}
    np.testing.assert_array_equal(build(name).inputs, build(name, **unused).inputs)


def test_a_name_cannot_be_registered_twice():
    with pytest.raises(ValueError, match="already a data source called 'iris'"):
        source("iris", label="Other", help="Other.")(SOURCES["wine"].build)
    assert SOURCES["iris"].label == "Iris flowers"


def test_listing_the_sources_imports_nothing_heavy():
    code = (
        "import sys; from gradlab.datasets.base import SOURCES; assert len(SOURCES.names()) >= 16; "
        "import gradlab.datasets.split; "
        "heavy = ('sklearn', 'scipy', 'pandas', 'torch', 'PIL', 'PySide6'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    assert printed_by(code) == "[]\n"
