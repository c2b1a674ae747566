import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

INPUT_NAMES = (
    mark("age"),
    mark("sex"),
    mark("body mass index"),
    mark("blood pressure"),
    mark("total cholesterol"),
    mark("LDL cholesterol"),
    mark("HDL cholesterol"),
    mark("total / HDL cholesterol"),
    mark("log triglycerides"),
    mark("blood sugar"),
)


@source(
    "diabetes",
    label=mark("Diabetes"),
    help=mark("442 patients: predict how far the illness has gone a year later, from 10 measurements."),
    rank=50,
    drawn=True,
    classes=False,
)
def diabetes(data: Data, random: np.random.Generator) -> Dataset:
    """Return 442 rows of 10 measurements in their own units, not yet scaled as scikit-learn usually does."""
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    return Dataset(
        inputs=bunch.data.astype(np.float32),
        targets=bunch.target.astype(np.float32),
        target_name=mark("progression"),
        input_names=INPUT_NAMES,
    )
