import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.generated import class_counts, classes_of, points_in_plane
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

TURNS = 1.5
RADIUS = 3.0  # puts the arms 1 apart, so that noise 0.1 is little and 0.5 is too much


@source(
    "spirals",
    label=mark("Two spirals"),
    help=mark("Two arms wound around each other: hard for small networks."),
    uses=("samples", "noise"),
    rank=62,
    drawn=True,
)
def spirals(data: Data, random: np.random.Generator) -> Dataset:
    """Return points on two Archimedean spirals, half a turn apart, blurred by ``noise``."""
    classes = classes_of(class_counts(data.samples, 2))
    outward = random.uniform(size=data.samples)
    angle = 2 * np.pi * TURNS * outward + np.pi * classes
    points = RADIUS * outward[:, np.newaxis] * np.column_stack([np.cos(angle), np.sin(angle)])
    return points_in_plane(
        points + random.normal(0, data.noise, points.shape), classes, (mark("first"), mark("second"))
    )
