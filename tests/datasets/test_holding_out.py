import numpy as np
from fresh_python import printed_by
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from gradlab.datasets.holding_out import hold_out
from gradlab.datasets.split import prepare
from gradlab.experiment.files import loads

SEEDS = st.integers(0, 2**32 - 1)


@given(counts=st.lists(st.integers(2, 40), min_size=2, max_size=6), share=st.floats(0.05, 0.95), seed=SEEDS)
def test_the_same_rows_are_held_out_as_by_scikit_learn_class_by_class(counts, share, seed):
    classes = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    rows, least = len(classes), len(counts)
    held_out = min(max(round(share * rows), least), rows - least)
    theirs = train_test_split(np.arange(rows), test_size=held_out, stratify=classes, random_state=seed)
    for ours, wanted in zip(hold_out(rows, held_out, classes, seed), theirs, strict=True):
        np.testing.assert_array_equal(ours, wanted)


@given(rows=st.integers(2, 300), share=st.floats(0, 1), seed=SEEDS)
def test_the_same_rows_are_held_out_as_by_scikit_learn_without_classes(rows, share, seed):
    held_out = min(max(round(share * rows), 1), rows - 1)
    theirs = train_test_split(np.arange(rows), test_size=held_out, random_state=seed)
    for ours, wanted in zip(hold_out(rows, held_out, None, seed), theirs, strict=True):
        np.testing.assert_array_equal(ours, wanted)


def test_the_digits_are_those_of_scikit_learn():
    bunch = load_digits()
    dataset = prepare(loads('[data]\nsource = "digits"')).dataset
    np.testing.assert_array_equal(dataset.inputs[:, 0], (bunch.images / 16).astype(np.float32))
    np.testing.assert_array_equal(dataset.targets, bunch.target)
    assert dataset.class_names == tuple(map(str, bunch.target_names))


def test_the_first_update_of_what_people_begin_with_needs_no_scikit_learn():
    code = """
import sys
from gradlab.experiment.files import loads
from gradlab.runs.observed_run import ObservedRun
session = ObservedRun(loads('[data]\\nsource = "digits"'))
session.step_epoch()
session.frame(at_rest=True)
print(sorted({"sklearn", "scipy", "torch"} & set(sys.modules)))
"""
    assert printed_by(code) == "['torch']\n"
