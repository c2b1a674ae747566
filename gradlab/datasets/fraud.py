import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.generated import classes_of
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

INPUT_NAMES = (
    mark("clue 1"),
    mark("clue 2"),
    mark("clue 3"),
    mark("clue 4"),
    mark("clue 5"),
    mark("clue 6"),
    mark("clue 7"),
    mark("clue 8"),
)
FEATURES = len(INPUT_NAMES)
SHIFT = 1.91  # between the centres of the classes, in deviations
LEAST_POSITIVES = 2  # one to train on and one to hold out


@source(
    "fraud",
    label=mark("Fraud (rare class)"),
    help=mark("Payments, of which very few are fraud: a model that never says fraud is nearly always right."),
    uses=("samples", "positive"),
    rank=66,
    suggests={"data.samples": 5000},  # of the rare class 25 are then held out: enough to move the threshold
)
def fraud(data: Data, random: np.random.Generator) -> Dataset:
    """Return normal rows; exactly a share of ``positive`` is class 1, shifted by 1.91 deviations."""
    positives = max(round(data.positive * data.samples), LEAST_POSITIVES)
    classes = classes_of([data.samples - positives, positives])
    values = random.standard_normal((data.samples, FEATURES))
    values += classes[:, np.newaxis] * SHIFT / np.sqrt(FEATURES)
    return Dataset(
        inputs=values.astype(np.float32),
        targets=classes.astype(np.int64),
        target_name=mark("payment"),
        input_names=INPUT_NAMES,
        class_names=(mark("genuine"), mark("fraud")),
    )
