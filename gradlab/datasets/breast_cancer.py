from dataclasses import replace

import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.bundled import measured_classes
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

INPUT_NAMES = (
    mark("mean radius"),
    mark("mean texture"),
    mark("mean perimeter"),
    mark("mean area"),
    mark("mean smoothness"),
    mark("mean compactness"),
    mark("mean concavity"),
    mark("mean concave points"),
    mark("mean symmetry"),
    mark("mean fractal dimension"),
    mark("radius error"),
    mark("texture error"),
    mark("perimeter error"),
    mark("area error"),
    mark("smoothness error"),
    mark("compactness error"),
    mark("concavity error"),
    mark("concave points error"),
    mark("symmetry error"),
    mark("fractal dimension error"),
    mark("worst radius"),
    mark("worst texture"),
    mark("worst perimeter"),
    mark("worst area"),
    mark("worst smoothness"),
    mark("worst compactness"),
    mark("worst concavity"),
    mark("worst concave points"),
    mark("worst symmetry"),
    mark("worst fractal dimension"),
)


@source(
    "breast_cancer",
    label=mark("Breast cancer"),
    help=mark("569 tissue samples: malignant or benign, by 30 measurements of the cells in a picture."),
    rank=40,
)
def breast_cancer(data: Data, random: np.random.Generator) -> Dataset:
    """Return 569 rows of 30 measurements; class 1 is *malignant*, the class to detect."""
    from sklearn.datasets import load_breast_cancer

    names = (mark("benign"), mark("malignant"))
    dataset = measured_classes(load_breast_cancer(), mark("diagnosis"), INPUT_NAMES, names)
    # scikit-learn numbers them the other way round, and precision and recall are those of class 1.
    return replace(dataset, targets=1 - dataset.targets)
