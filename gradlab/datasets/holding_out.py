"""Chooses the rows to hold out: the same ones as scikit-learn's ``train_test_split`` for the same seed.

It is done here because loading that part of scikit-learn takes a third of the time before the first update. A test
compares the two.
"""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def hold_out(rows: int, held_out: int, classes: NDArray[np.int64] | None, seed: int) -> tuple[Rows, Rows]:
    """Choose the rows to train on and the rows to hold out, each in random order.

    Args:
        rows: how many there are.
        held_out: how many to hold out, from 1 to ``rows`` − 1.
        classes: the class of each row, to split every class in the same proportion; None for no classes.
        seed: from 0 to 2³² − 1.
    """
    chance = np.random.RandomState(seed)  # the old kind, as scikit-learn has it
    if classes is None:
        shuffled = chance.permutation(rows)
        return shuffled[held_out:], shuffled[:held_out]
    _, members, counts = np.unique(classes, return_inverse=True, return_counts=True)
    to_train = apportioned(counts, rows - held_out, chance)
    # The result is already certain, but scikit-learn draws here, and that changes everything drawn later.
    apportioned(counts - to_train, held_out, chance)
    of_classes = [np.flatnonzero(members == number) for number in range(len(counts))]
    shuffled_classes = [of_class[chance.permutation(len(of_class))] for of_class in of_classes]
    pairs = list(zip(shuffled_classes, to_train, strict=True))
    train = np.concatenate([of_class[:count] for of_class, count in pairs])
    rest = np.concatenate([of_class[count:] for of_class, count in pairs])
    return chance.permutation(train), chance.permutation(rest)


def apportioned(counts: Rows, total: int, chance: np.random.RandomState) -> Rows:
    """Divide ``total`` among the classes in proportion to their ``counts``.

    The largest remainders are rounded up; chance decides between equal ones.
    """
    exact = counts / counts.sum() * total
    given: Rows = np.floor(exact).astype(np.int64)
    remainders = exact - given
    left = int(total - given.sum())
    for remainder in sorted(set(remainders.tolist()), reverse=True):
        if left == 0:
            break
        equal = np.flatnonzero(remainders == remainder)
        lucky = chance.choice(equal, size=min(left, len(equal)), replace=False)
        given[lucky] += 1
        left -= len(lucky)
    return given
