"""Missing values are filled in with what the training rows alone say."""

import numpy as np
import pytest
from own_tables import written
from sklearn.impute import SimpleImputer

from gradlab.datasets.base import Dataset
from gradlab.datasets.filling import filled
from gradlab.datasets.split import prepare
from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment


@pytest.fixture
def split(tmp_path):
    """Return a function that writes a table and splits it as a run does."""

    def of(columns, **settings):
        path = tmp_path / "table.csv"
        path.write_text(written(columns), encoding="utf-8")
        data = {"source": "csv", "path": str(path), "missing": "fill", **settings}
        return prepare(Experiment(data=data))

    return of


def with_gaps(values, every):
    return ["" if place % every == 0 else value for place, value in enumerate(values)]


def test_numbers_are_filled_with_the_median_of_the_training_rows(split):
    random = np.random.default_rng(3)
    numbers = with_gaps([f"{number:.3f}" for number in random.normal(size=60)], 7)
    made = split({"x": numbers, "z": range(60, 0, -1), "y": ["a", "b"] * 30})
    raw = np.array([[float(number) if number else np.nan] for number in numbers])
    imputer = SimpleImputer(strategy="median").fit(raw[made.train_rows])
    np.testing.assert_array_equal(made.dataset.inputs[:, :1], imputer.transform(raw))
    assert np.isfinite(made.train_inputs).all()
    assert np.isfinite(made.validation_inputs).all()


def test_words_are_filled_with_the_most_frequent_one_of_the_training_rows(split):
    random = np.random.default_rng(4)
    words = with_gaps(random.choice(["red", "green", "blue"], 60, p=[0.5, 0.3, 0.2]).tolist(), 5)
    made = split({"x": words, "z": range(60, 0, -1), "y": ["a", "b"] * 30})
    raw = np.array([[word or None] for word in words], dtype=object)
    imputer = SimpleImputer(strategy="most_frequent", missing_values=None).fit(raw[made.train_rows])
    names = [name.removeprefix("x=") for name in made.dataset.input_names[:3]]
    assert [names[place] for place in made.dataset.inputs[:, :3].argmax(axis=1)] == imputer.transform(raw)[
        :, 0
    ].tolist()
    assert (made.dataset.inputs[:, :3].sum(axis=1) == 1).all()


def test_a_row_without_a_target_is_left_out(split):
    made = split({"x": range(40, 0, -1), "y": ["", *[f"{place}.5" for place in range(39)]]})
    assert (len(made.dataset.inputs), made.dataset.left_out) == (39, 1)
    assert any("1 row is left out" in notice.text for notice in made.dataset.notices)


def test_how_many_values_were_filled_in_is_said(split):
    made = split({"x": with_gaps(range(40, 0, -1), 10), "y": ["a", "b"] * 20})
    assert '4 missing values are filled in, as data.missing says: "x" (4)' in [
        notice.text for notice in made.dataset.notices
    ]


@pytest.mark.parametrize("coded", [(), ((0, 1),)])
def test_a_column_that_no_training_row_has_a_value_in_is_refused(coded):
    dataset = Dataset(np.array([[np.nan], [np.nan], [1.0]]), np.zeros(3), "y", ("x",), words=coded)
    with pytest.raises(InputError, match='"x" has no value in any training row') as caught:
        filled(dataset, np.array([0, 1]))
    assert caught.value.key == "data.missing"
    assert filled(dataset, np.array([1, 2])).inputs.tolist() == [[1], [1], [1]]
