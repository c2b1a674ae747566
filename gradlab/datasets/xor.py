import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.generated import class_counts, classes_of, points_in_plane
from gradlab.experiment.sections.data import Data
from gradlab.language import mark


@source(
    "xor",
    label=mark("Four corners (XOR)"),
    help=mark(
        "Opposite corners belong together: the classic that a network without a hidden layer cannot learn."
    ),
    uses=("samples", "noise"),
    rank=64,
    drawn=True,
)
def xor(data: Data, random: np.random.Generator) -> Dataset:
    """Return points in the square −1 … 1, in classes by the signs of x and y, blurred by ``noise``."""
    classes = classes_of(class_counts(data.samples, 2))
    size = random.uniform(size=(data.samples, 2))
    sign_of_x = random.choice([-1, 1], data.samples)
    sign_of_y = np.where(classes == 0, sign_of_x, -sign_of_x)
    points = size * np.column_stack([sign_of_x, sign_of_y])
    points += random.normal(0, data.noise, points.shape)
    return points_in_plane(points, classes, (mark("same sign"), mark("different signs")))
