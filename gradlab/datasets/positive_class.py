"""Numbers the classes of a data set so that the second of two is the positive one."""

from dataclasses import replace

import numpy as np

from gradlab.datasets.base import Dataset
from gradlab.errors import InputError
from gradlab.experiment.sections.data import Data
from gradlab.tables.positive import order_of_classes
from gradlab.tables.remarks import Level


def with_positive_class(dataset: Dataset, data: Data) -> Dataset:
    """Return the data set with its classes in order, and with a notice where the choice is not obvious.

    Raises:
        InputError: with the key ``data.positive_class``, where that is none of the two classes.
    """
    counts = np.bincount(dataset.targets, minlength=len(dataset.class_names)) if dataset.class_names else ()
    order, remarks = order_of_classes(dataset.class_names, [int(count) for count in counts], data)
    for remark in remarks:
        if remark.level is Level.ERROR:
            raise InputError(remark.text, remark.key)
    return replace(_in_order(dataset, order), notices=(*dataset.notices, *remarks))


def _in_order(dataset: Dataset, order: tuple[int, ...]) -> Dataset:
    if order == tuple(range(len(order))):
        return dataset
    names = tuple(dataset.class_names[place] for place in order)
    return replace(dataset, class_names=names, targets=np.argsort(order)[dataset.targets])
