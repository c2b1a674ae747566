import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.generated import class_counts, points_in_plane, seed_from
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

CENTRES = np.array([[-1.0, -0.5], [1.0, -0.5], [0.0, 1.0]])


@source(
    "blobs",
    label=mark("Three clouds"),
    help=mark("Three round clouds of points: easy, until noise makes them overlap."),
    uses=("samples", "noise"),
    rank=63,
    drawn=True,
)
def blobs(data: Data, random: np.random.Generator) -> Dataset:
    """Return points around three fixed centres; ``noise`` is the deviation of each cloud."""
    from sklearn.datasets import make_blobs

    points, classes = make_blobs(
        class_counts(data.samples, len(CENTRES)),
        centers=CENTRES,
        cluster_std=data.noise,
        random_state=seed_from(random),
    )
    return points_in_plane(points, classes, (mark("left"), mark("right"), mark("top")))
