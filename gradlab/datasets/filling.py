"""Fills missing values in with what the training rows say: the validation rows must not leak into them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradlab.datasets.base import Dataset, Doubles
from gradlab.errors import InputError
from gradlab.language import tr

Rows = NDArray[np.int64]


def filled(dataset: Dataset, train: Rows) -> Dataset:
    """Return the data without NaN: numbers become the median of the training rows, words their most frequent one.

    Raises:
        InputError: with the key ``data.missing``, where no training row has a value.
    """
    if dataset.inputs.dtype != np.float64 or not np.isnan(dataset.inputs.sum()):
        return dataset
    inputs = dataset.inputs.astype(np.float64)
    gaps = np.isnan(inputs)
    of_words = {place for first, end in dataset.words for place in range(first, end)}
    for place in np.flatnonzero(gaps.any(axis=0)).tolist():
        if place not in of_words:
            known = _known(inputs[train, place], dataset.input_names[place])
            inputs[gaps[:, place], place] = np.median(known)
    for first, end in dataset.words:
        if gaps[:, first].any():
            _fill_words(inputs[:, first:end], gaps[:, first], train, dataset.input_names[first])
    return replace(dataset, inputs=inputs)


def _fill_words(coded: Doubles, gap: NDArray[np.bool_], train: Rows, name: str) -> None:
    known = coded[train][~gap[train]]
    if not len(known):
        raise _nothing_known(name)
    coded[gap] = np.eye(coded.shape[1])[np.argmax(known.sum(axis=0))]


def _known(values: Doubles, name: str) -> Doubles:
    known = values[~np.isnan(values)]
    if not len(known):
        raise _nothing_known(name)
    return known


def _nothing_known(name: str) -> InputError:
    text = tr(
        '"{name}" has no value in any training row to fill gaps with; allowed: to leave it out (data.ignore)'
    )
    return InputError(text.format(name=name), "data.missing")
