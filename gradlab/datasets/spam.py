import numpy as np
from numpy.typing import NDArray

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.generated import class_counts, classes_of
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

SPAMMY = (
    "winner", "free", "prize", "urgent", "click", "offer", "cash", "guaranteed", "discount", "bonus",
)  # fmt: skip
HAMMY = (
    "meeting", "thanks", "attached", "tomorrow", "lunch", "draft", "question", "minutes", "weekend", "family",
)  # fmt: skip
NEUTRAL = (
    "about", "after", "again", "also", "because", "before", "book", "call", "day", "every",
    "first", "good", "here", "home", "house", "letter", "little", "name", "new", "number",
    "other", "people", "phone", "place", "small", "street", "thing", "time", "week", "year",
)  # fmt: skip
WORDS = (*SPAMMY, *HAMMY, *NEUTRAL)
STRENGTH = 2.5  # how much more frequent a marked word is in its own class
FREQUENCY = 0.32  # how often a message holds a word on average, elsewhere


@source(
    "spam",
    label=mark("Spam messages"),
    help=mark("Messages, each as a count of 50 words: 10 of the words are more frequent in spam, 10 less."),
    uses=("samples",),
    rank=67,
)
def spam(data: Data, random: np.random.Generator) -> Dataset:
    """Return how often each of 50 words occurs: independent Poisson counts, by the frequencies of the class."""
    classes = classes_of(class_counts(data.samples, 2))
    return Dataset(
        inputs=random.poisson(_frequencies()[classes]).astype(np.float32),
        targets=classes.astype(np.int64),
        target_name=mark("message"),
        input_names=WORDS,
        class_names=(mark("no spam"), mark("spam")),
    )


def _frequencies() -> NDArray[np.float64]:
    """Return ``(classes, words)``: the mean count of each word in a message of each class."""
    frequencies = np.full((2, len(WORDS)), FREQUENCY)
    frequencies[1, : len(SPAMMY)] *= STRENGTH
    frequencies[0, len(SPAMMY) : len(SPAMMY) + len(HAMMY)] *= STRENGTH
    return frequencies
