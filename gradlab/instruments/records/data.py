"""What the model says of the data, one record per kind of data."""

from dataclasses import dataclass

from gradlab.instruments.records.arrays import Counts, Doubles, Floats


@dataclass(frozen=True)
class PlaneView:
    """A 2-D data set with what the model says everywhere.

    Attributes:
        x, y: the two axes, in the data's own units; ``grid`` is ``(len(y), len(x))``.
        predicted: the class number at each grid point; ``confidence`` the probability of that class.
        train_points, validation_points: ``(rows, 2)`` in the data's units (at most 2,000 of each);
            ``train_classes``, ``validation_classes`` their class numbers.

    """

    axis_names: tuple[str, str]
    class_names: tuple[str, ...]
    x: Doubles
    y: Doubles
    predicted: Counts
    confidence: Floats
    train_points: Doubles
    train_classes: Counts
    validation_points: Doubles
    validation_classes: Counts


@dataclass(frozen=True)
class LineView:
    """A regression on one input: the points, and the model's curve over ``x``, in the data's units."""

    input_name: str
    target_name: str
    x: Doubles
    fitted: Doubles
    train_points: Doubles
    validation_points: Doubles


@dataclass(frozen=True)
class PredictedView:
    """A regression on several inputs: predicted against true validation values, in the data's units."""

    target_name: str
    true: Doubles
    predicted: Doubles


@dataclass(frozen=True)
class PicturesView:
    """Some validation pictures with what the model says of them, always the same ones.

    Attributes:
        pictures: ``(n, height, width)``, 0 … 1.
        true, predicted: class numbers; ``confidence`` the probability of the predicted class.

    """

    class_names: tuple[str, ...]
    pictures: Floats
    true: Counts
    predicted: Counts
    confidence: Floats


@dataclass(frozen=True)
class TableView:
    """Any other classification: some validation rows with what the model says of them.

    Attributes:
        columns: names of the inputs; ``rows`` is ``(n, len(columns))`` in the data's units.

    """

    columns: tuple[str, ...]
    class_names: tuple[str, ...]
    rows: Doubles
    true: Counts
    predicted: Counts
    confidence: Floats


DataView = PlaneView | LineView | PredictedView | PicturesView | TableView
