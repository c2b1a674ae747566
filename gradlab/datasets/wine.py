import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.bundled import measured_classes
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

INPUT_NAMES = (
    mark("alcohol"),
    mark("malic acid"),
    mark("ash"),
    mark("alcalinity of ash"),
    mark("magnesium"),
    mark("total phenols"),
    mark("flavanoids"),
    mark("nonflavanoid phenols"),
    mark("proanthocyanins"),
    mark("color intensity"),
    mark("hue"),
    mark("od280/od315 of diluted wines"),
    mark("proline"),
)


@source(
    "wine",
    label=mark("Wine"),
    help=mark("178 wines from 3 kinds of grape: tell them apart by 13 chemical measurements."),
    rank=30,
)
def wine(data: Data, random: np.random.Generator) -> Dataset:
    """Return 178 rows of 13 measurements in the laboratory's units, from about 0.1 to over 1,000."""
    from sklearn.datasets import load_wine

    names = (mark("grape 1"), mark("grape 2"), mark("grape 3"))
    return measured_classes(load_wine(), mark("grape"), INPUT_NAMES, names)
