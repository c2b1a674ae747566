import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.bundled import measured_classes
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

INPUT_NAMES = (
    mark("sepal length (cm)"),
    mark("sepal width (cm)"),
    mark("petal length (cm)"),
    mark("petal width (cm)"),
)


@source(
    "iris",
    label=mark("Iris flowers"),
    help=mark("150 flowers of 3 species: tell them apart by the length and width of sepals and petals."),
    rank=20,
)
def iris(data: Data, random: np.random.Generator) -> Dataset:
    """Return 150 rows of 4 lengths in cm."""
    from sklearn.datasets import load_iris

    return measured_classes(load_iris(), mark("species"), INPUT_NAMES)
