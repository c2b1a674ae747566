import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.bundled import bundled_file
from gradlab.experiment.rows import Rows
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

BRIGHTEST, SIDE = 16, 8


@source(
    "digits",
    label=mark("Digits"),
    help=mark("1,797 small pictures of handwritten digits, 8 × 8 grey pixels each."),
    rank=10,
    drawn=True,
    gives=Rows.PICTURES,
)
def digits(data: Data, random: np.random.Generator) -> Dataset:
    """Return ``(1797, 1, 8, 8)`` pictures, 0 (paper) … 1 (ink)."""
    table = np.loadtxt(bundled_file("digits.csv.gz"), delimiter=",")
    return Dataset(
        inputs=(table[:, :-1].reshape(-1, 1, SIDE, SIDE) / BRIGHTEST).astype(np.float32),
        targets=table[:, -1].astype(np.int64),
        target_name=mark("digit"),
        class_names=tuple(map(str, range(10))),
    )
