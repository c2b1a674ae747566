import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.generated import class_counts, points_in_plane, seed_from
from gradlab.experiment.sections.data import Data
from gradlab.language import mark


@source(
    "circles",
    label=mark("Circle in a circle"),
    help=mark("Points on a large circle and on one inside it: a network needs a closed border."),
    uses=("samples", "noise"),
    rank=61,
    drawn=True,
)
def circles(data: Data, random: np.random.Generator) -> Dataset:
    """Return points on circles of radius 1 and 0.5, blurred by ``noise``."""
    from sklearn.datasets import make_circles

    outer, inner = class_counts(data.samples, 2)
    points, classes = make_circles(
        (outer, inner), factor=0.5, noise=data.noise, random_state=seed_from(random)
    )
    return points_in_plane(points, classes, (mark("outer"), mark("inner")))
