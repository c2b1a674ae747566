import numpy as np

from gradlab.datasets.base import Dataset, sources
from gradlab.experiment.schema import Data
from gradlab.language import mark

BRIGHTEST = 16


@sources.register(
    "digits",
    label=mark("Digits"),
    help=mark("1,797 small pictures of handwritten digits, 8 × 8 grey pixels each."),
    rank=10,
)
def digits(data: Data, random: np.random.Generator) -> Dataset:
    """Return ``(1797, 1, 8, 8)`` pictures, 0 (paper) … 1 (ink)."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return Dataset(
        inputs=(bunch.images[:, np.newaxis] / BRIGHTEST).astype(np.float32),
        targets=bunch.target.astype(np.int64),
        task="classification",
        input_names=(),
        class_names=tuple(str(digit) for digit in bunch.target_names),
        target_name=mark("digit"),
    )
