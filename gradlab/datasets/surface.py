import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.experiment.rows import Rows
from gradlab.experiment.sections.data import Data
from gradlab.language import mark


@source(
    "surface",
    label=mark("Surface to move on"),
    help=mark(
        "There is nothing to predict: each row tilts, at random, the surface that a point moves on. "
        "With a noise of 0 none of them does."
    ),
    uses=("samples", "noise"),
    rank=70,
    ignores=("data.standardize", "training.loss"),
    classes=False,
    gives=Rows.TILTS,
)
def surface(data: Data, random: np.random.Generator) -> Dataset:
    """Return how much each row adds to the slopes along x and y: normal with deviation ``noise``."""
    return Dataset(
        inputs=random.normal(0, data.noise, (data.samples, 2)).astype(np.float32),
        targets=np.zeros(data.samples, dtype=np.float32),
        target_name="nothing",
        input_names=(mark("tilt along x"), mark("tilt along y")),
        has_targets=False,
    )
