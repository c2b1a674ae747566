"""Which of two classes is the positive one."""

import numpy as np
import pytest

from gradlab.datasets.base import Dataset
from gradlab.datasets.positive_class import with_positive_class
from gradlab.errors import InputError
from gradlab.experiment.sections.data import Data


def dataset(*counts, names=("cancer", "healthy", "unclear")):
    targets = np.repeat(np.arange(len(counts)), counts)
    return Dataset(np.zeros((len(targets), 1)), targets, "state", class_names=names[: len(counts)])


def chosen(data, positive=""):
    return with_positive_class(data, Data(positive_class=positive))


@pytest.mark.parametrize(
    ("counts", "positive", "names"),
    [
        ((1, 9), "", ("healthy", "cancer")),
        ((9, 1), "", ("cancer", "healthy")),
        ((5, 5), "", ("cancer", "healthy")),
        ((1, 9), "healthy", ("cancer", "healthy")),
        ((9, 1), "cancer", ("healthy", "cancer")),
        ((9, 1), " cancer ", ("healthy", "cancer")),
    ],
)
def test_the_second_of_two_classes_is_the_chosen_or_the_rarer_one(counts, positive, names):
    before = dataset(*counts)
    after = chosen(before, positive)
    assert after.class_names == names
    assert [after.class_names[row] for row in after.targets] == [
        before.class_names[row] for row in before.targets
    ]


def test_more_classes_keep_their_order():
    after = chosen(dataset(9, 1, 5))
    assert after.class_names == ("cancer", "healthy", "unclear")
    assert after.notices == ()


def test_which_one_is_taken_is_said_with_the_way_to_the_other():
    (notice,) = chosen(dataset(1, 9)).notices
    assert notice.text == (
        '"cancer" is taken as the positive class, since it is the rarer one; data.positive_class chooses'
    )
    assert [dict(remedy.changes) for remedy in notice.remedies] == [{"data.positive_class": "healthy"}]
    assert chosen(dataset(1, 9), "healthy").notices == ()


@pytest.mark.parametrize("names", [("no", "yes"), ("0", "1"), ("-1", "1"), ("FALSE", "TRUE"), ("nein", "ja")])
def test_nothing_is_said_where_everybody_knows(names):
    assert chosen(dataset(9, 1, names=names)).notices == ()
    assert len(chosen(dataset(1, 9, names=names)).notices) == 1


def test_a_class_that_does_not_exist_is_refused_with_the_two_there_are():
    with pytest.raises(InputError) as caught:
        chosen(dataset(5, 5), "Cancer")
    assert caught.value.key == "data.positive_class"
    assert str(caught.value) == (
        'data.positive_class = "Cancer" is no class (did you mean "cancer"?); allowed: "cancer", "healthy"'
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (dataset(3, 3, 3), "needs two classes, and there are 3"),
        (Dataset(np.zeros((3, 1)), np.zeros(3), "y"), "needs two classes, and a number is predicted"),
    ],
)
def test_without_two_classes_none_is_positive(data, reason):
    with pytest.raises(InputError, match=reason) as caught:
        chosen(data, "cancer")
    assert caught.value.key == "data.positive_class"
