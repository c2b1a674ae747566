import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.generated import class_counts, points_in_plane, seed_from
from gradlab.experiment.sections.data import Data
from gradlab.language import mark


@source(
    "moons",
    label=mark("Two moons"),
    help=mark("Points on two half circles that reach into each other: no straight line separates them."),
    uses=("samples", "noise"),
    rank=60,
    drawn=True,
)
def moons(data: Data, random: np.random.Generator) -> Dataset:
    """Return points on half circles of radius 1, blurred by ``noise``."""
    from sklearn.datasets import make_moons

    upper, lower = class_counts(data.samples, 2)
    points, classes = make_moons((upper, lower), noise=data.noise, random_state=seed_from(random))
    return points_in_plane(points, classes, (mark("upper"), mark("lower")))
