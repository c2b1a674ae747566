import numpy as np

from gradlab.datasets.base import Dataset, sources
from gradlab.datasets.bundled import measured_classes
from gradlab.experiment.schema import Data
from gradlab.language import mark


@sources.register(
    "wine",
    label=mark("Wine"),
    help=mark("178 wines from 3 kinds of grape: tell them apart by 13 chemical measurements."),
    rank=30,
)
def wine(data: Data, random: np.random.Generator) -> Dataset:
    """Return 178 rows of 13 measurements, in the units of the laboratory: from about 0.1 to over 1,000."""
    from sklearn.datasets import load_wine

    bunch = load_wine()
    names = tuple(name.replace("_", " ") for name in bunch.feature_names)
    return measured_classes(bunch, "grape", names, ("grape 1", "grape 2", "grape 3"))
