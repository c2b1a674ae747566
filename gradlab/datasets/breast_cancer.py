from dataclasses import replace

import numpy as np

from gradlab.datasets.base import Dataset, sources
from gradlab.datasets.bundled import measured_classes
from gradlab.experiment.schema import Data
from gradlab.language import mark


@sources.register(
    "breast_cancer",
    label=mark("Breast cancer"),
    help=mark("569 tissue samples: malignant or benign, by 30 measurements of the cells in a picture."),
    rank=40,
)
def breast_cancer(data: Data, random: np.random.Generator) -> Dataset:
    """Return 569 rows of 30 measurements; class 1 is *malignant*, which is what one looks for."""
    from sklearn.datasets import load_breast_cancer

    dataset = measured_classes(load_breast_cancer(), "diagnosis")
    # scikit-learn numbers them the other way round, and precision and recall are those of class 1.
    return replace(dataset, targets=1 - dataset.targets, class_names=dataset.class_names[::-1])
