import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

SLOPE = 2.0
INTERCEPT = 1.0


@source(
    "line",
    label=mark("Straight line"),
    help=mark("Points near the line y = 2·x + 1: predict y from x."),
    uses=("samples", "noise"),
    rank=65,
    drawn=True,
    classes=False,
)
def line(data: Data, random: np.random.Generator) -> Dataset:
    """Return x, uniform in −1 … 1, and y = 2·x + 1 plus normal ``noise``."""
    x = random.uniform(-1, 1, data.samples)
    y = SLOPE * x + INTERCEPT + random.normal(0, data.noise, data.samples)
    return Dataset(
        inputs=x[:, np.newaxis].astype(np.float32),
        targets=y.astype(np.float32),
        target_name="y",
        input_names=("x",),
    )
