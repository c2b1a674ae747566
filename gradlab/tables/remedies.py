"""What can be done about a column, as changes of the experiment."""

from collections.abc import Iterable

from gradlab.experiment.sections.data import Data
from gradlab.language import tr
from gradlab.tables.remarks import Remedy
from gradlab.tables.wording import first_few, quoted


def leave_out(column: str, data: Data) -> Remedy:
    """Return the remedy that a column is not used."""
    return Remedy(
        tr("Leave {column} out").format(column=quoted(column)), {"data.ignore": (*data.ignore, column)}
    )


def take_as_words(column: str, data: Data) -> Remedy:
    """Return the remedy that the values of a column are words, whatever they look like."""
    return Remedy(
        tr("Take {column} as words").format(column=quoted(column)),
        {"data.categories": (*data.categories, column)},
    )


def count_as_missing(texts: Iterable[str], data: Data) -> Remedy:
    """Return the remedy that texts mean that there is no value."""
    new = tuple(dict.fromkeys(texts))
    return Remedy(
        tr("{texts} means that a value is missing").format(texts=first_few([quoted(text) for text in new])),
        {"data.gaps": (*data.gaps, *new)},
    )


def predict(column: str) -> Remedy:
    """Return the remedy that another column is predicted."""
    return Remedy(tr("Predict {column}").format(column=quoted(column)), {"data.target": column})


def predict_number() -> Remedy:
    """Return the remedy that the target is a number, not a class."""
    return Remedy(tr("Predict a number"), {"data.task": "regression"})


def predict_class() -> Remedy:
    """Return the remedy that the target is a class, not a number."""
    return Remedy(tr("Predict a class"), {"data.task": "classification"})
