"""Turns an experiment's data into arrays to train on: split, standardized, if asked mislabelled or leaked."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradlab.datasets.base import SOURCES, Dataset, Doubles, Floats
from gradlab.datasets.filling import filled
from gradlab.datasets.holding_out import hold_out
from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.language import tr

Rows = NDArray[np.int64]
# How much of a deviation a value may be moved by where it becomes a 32-bit number without being standardized.
COARSEST = 1e-3


@dataclass(frozen=True, eq=False)
class Split:
    """Training and validation rows, standardized as the experiment says.

    Attributes:
        dataset: all rows as the source returned them, except for wrong labels of training rows and missing values,
            which are filled in.
        train_rows, validation_rows: row numbers in ``dataset``. With a leak, some of the validation rows
            are training rows; in a world all rows are both, and training is on steps that are played there.
        train_inputs, validation_inputs: ``(rows, *input_shape)``, float32, standardized.
        train_targets, validation_targets: ``(rows,)``: class numbers (int64), or numbers (float32),
            standardized; ``(rows, steps)`` where every step of a sequence has its number.
        input_mean, input_deviation: ``input_shape``: those that the inputs were standardized with, in the data's
            units; 0 and 1 where they were not. The steps of a sequence share those of their feature.
        target_mean, target_deviation: the same for the target of a regression, all steps together.
    """

    dataset: Dataset
    train_rows: Rows
    validation_rows: Rows
    train_inputs: Floats
    train_targets: NDArray[np.int64] | Floats
    validation_inputs: Floats
    validation_targets: NDArray[np.int64] | Floats
    input_mean: Doubles
    input_deviation: Doubles
    target_mean: float
    target_deviation: float

    @property
    def class_names(self) -> tuple[str, ...]:
        """One per class; empty for a regression."""
        return self.dataset.class_names

    @property
    def classes(self) -> int:
        """How many classes there are; 0 for a regression."""
        return len(self.dataset.class_names)

    @property
    def outputs_per_row(self) -> int:
        """How many numbers a model gives for a row, or for each of its time steps: one per class, or 1."""
        return max(self.classes, 1)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one row: ``(features,)``, ``(steps, features)`` or ``(channels, height, width)``."""
        return self.dataset.inputs.shape[1:]

    def standardize(self, inputs: ArrayLike) -> Floats:
        """Return inputs in the data's units, ``(rows, *input_shape)``, as the model takes them."""
        return _standardized(inputs, self.input_mean, self.input_deviation)

    def target_in_units(self, targets: ArrayLike) -> Doubles:
        """Return standardized targets or predictions of a regression in the data's units."""
        return np.asarray(targets, dtype=np.float64) * self.target_deviation + self.target_mean


def prepare(experiment: Experiment) -> Split:
    """Build the data set, split it, mislabel it and standardize it with the training rows alone.

    Each step draws from its own generator, seeded with ``[seed, step]``, so that no step changes what the
    others draw. Training uses 3 to 6.

    Raises:
        InputError: from the source, or if the rows cannot be split as asked.
    """
    data, seed = experiment.data, experiment.seed
    dataset = SOURCES[data.source].build(data, np.random.default_rng([seed, 0]))
    split = _split if dataset.world is None else _every_state
    train, validation = split(dataset, data, np.random.default_rng([seed, 1]))
    if data.train_rows:
        train = _limited(dataset, train, data.train_rows)
    if data.label_noise:
        dataset = _mislabelled(dataset, train, data.label_noise, np.random.default_rng([seed, 7]))
    dataset = filled(dataset, train)
    validation = _leaked(train, validation, data.leak, np.random.default_rng([seed, 2]))

    mean, deviation = _measured_inputs(dataset.inputs[train], wanted=data.standardize and dataset.has_targets)
    numbers = dataset.task == "regression"
    wanted = numbers and data.standardize_target
    target_mean, target_deviation = _measured(dataset.targets[train].reshape(-1), wanted=wanted)
    _check_fineness(dataset, data)

    def targets(rows: Rows) -> NDArray[np.int64] | Floats:
        chosen = dataset.targets[rows]
        return _standardized(chosen, target_mean, target_deviation) if numbers else chosen.astype(np.int64)

    return Split(
        dataset=dataset,
        train_rows=train,
        validation_rows=validation,
        train_inputs=_standardized(dataset.inputs[train], mean, deviation),
        train_targets=targets(train),
        validation_inputs=_standardized(dataset.inputs[validation], mean, deviation),
        validation_targets=targets(validation),
        input_mean=mean,
        input_deviation=deviation,
        target_mean=float(target_mean),
        target_deviation=float(target_deviation),
    )


def _split(dataset: Dataset, data: Data, random: np.random.Generator) -> tuple[Rows, Rows]:
    """Return training and validation rows in random order, with every class in the same proportion."""
    rows = len(dataset.inputs)
    if not data.holds_out:
        return random.permutation(rows), np.empty(0, dtype=np.int64)
    held_out = data.validation_rows or int(np.ceil(data.validation * rows))  # as scikit-learn rounds
    _check_enough_rows(dataset, data, held_out)

    classes = dataset.targets.astype(np.int64) if dataset.task == "classification" else None
    train, validation = hold_out(rows, held_out, classes, seed=int(random.integers(2**32)))
    if classes is not None:
        _bring_every_class_into_training(train, validation, classes)
    return train, validation


def _every_state(dataset: Dataset, data: Data, random: np.random.Generator) -> tuple[Rows, Rows]:
    """Return all states of a world twice: to play in, and to compare the model's answers with the right ones.

    The right answers are never trained on, so none has to be held out.
    """
    for key in ("validation_rows", "train_rows", "label_noise", "leak"):
        if getattr(data, key):
            raise InputError(
                tr(
                    "{key} = {given}: in a world the training rows are what the network plays itself; allowed "
                    "here: 0"
                ).format(key=f"data.{key}", given=f"{getattr(data, key):g}"),
                f"data.{key}",
            )
    rows = np.arange(len(dataset.inputs))
    return rows, rows if data.holds_out else rows[:0]


def _check_enough_rows(dataset: Dataset, data: Data, held_out: int) -> None:
    rows, least = len(dataset.inputs), max(1, len(dataset.class_names))
    if dataset.task == "classification":
        counts = np.bincount(dataset.targets.astype(np.int64), minlength=least)
        rarest = int(np.argmin(counts))
        if counts[rarest] < 2:
            raise InputError(
                tr(
                    'class "{name}" has too few rows to train on some and hold some out: {count}; allowed: '
                    "two rows or more of each class, or no validation rows"
                ).format(name=dataset.class_names[rarest], count=counts[rarest]),
                "data.validation",
            )
    if not least <= held_out <= rows - least:
        raise _out_of_range(data, rows, least, held_out)


def _out_of_range(data: Data, rows: int, least: int, held_out: int) -> InputError:
    key, given = "data.validation", f"{data.validation:g}"
    allowed = tr("0, or a share that holds out {least} to {most} of them")
    if data.validation_rows:
        key, given, allowed = (
            "data.validation_rows",
            str(data.validation_rows),
            tr("0, or {least} to {most} of them"),
        )
    if rows < 2 * least:
        allowed = tr("0 with so few rows")
    return InputError(
        tr("{key} = {given} holds out {count} of {rows} rows; allowed: {allowed}").format(
            key=key,
            given=given,
            count=held_out,
            rows=rows,
            allowed=allowed.format(least=least, most=rows - least),
        ),
        key,
    )


def _bring_every_class_into_training(train: Rows, validation: Rows, classes: NDArray[np.generic]) -> None:
    """Swap rows in place where rounding left a small class out of training."""
    for missing in np.setdiff1d(classes, classes[train]):
        largest = np.bincount(classes[train]).argmax()
        out = np.flatnonzero(classes[train] == largest)[0]
        back = np.flatnonzero(classes[validation] == missing)[0]
        train[out], validation[back] = validation[back], train[out]


def _limited(dataset: Dataset, train: Rows, wanted: int) -> Rows:
    """Return ``wanted`` of the training rows in order, every class in its share and with at least one row.

    A smaller choice is always part of a larger one, so that two runs differ only in the number of rows.
    """
    least = max(1, len(dataset.class_names))
    if not least <= wanted <= len(train):
        raise InputError(
            tr(
                "data.train_rows = {wanted}: {left} of {rows} rows are not held out; allowed: 0 for all "
                "of them, or {least} to {left}"
            ).format(wanted=wanted, left=len(train), rows=len(dataset.inputs), least=least),
            "data.train_rows",
        )
    if dataset.task == "regression":
        return train[:wanted]
    return train[np.sort(_evenly_by_class(dataset.targets[train])[:wanted])]


def _evenly_by_class(classes: NDArray[np.generic]) -> Rows:
    """Order places in ``classes`` so that every prefix holds each class nearly in its share.

    The k-th of a class of n comes at (k − ½) / n of the way; the first of each class comes before all others.
    """
    way = np.empty(len(classes))
    for number in np.unique(classes):
        places = np.flatnonzero(classes == number)
        way[places] = (np.arange(len(places)) + 0.5) / len(places)
        way[places[0]] = 0
    return np.argsort(way, kind="stable")


def _mislabelled(dataset: Dataset, train: Rows, share: float, random: np.random.Generator) -> Dataset:
    """Return the data with a wrong class for ``share`` of the training rows."""
    classes = len(dataset.class_names)
    if not classes:
        raise InputError(
            tr(
                "data.label_noise = {share:g} needs classes, and this data set predicts a number; "
                "allowed here: 0"
            ).format(share=share),
            "data.label_noise",
        )
    wrong = random.choice(train, round(share * len(train)), replace=False)
    targets = dataset.targets.copy()
    targets[wrong] = (targets[wrong] + random.integers(1, classes, len(wrong))) % classes
    return replace(dataset, targets=targets)


def _leaked(train: Rows, validation: Rows, share: float, random: np.random.Generator) -> Rows:
    """Return the validation rows with ``share`` of them replaced by training rows."""
    count = round(share * len(validation))
    places = random.choice(len(validation), count, replace=False)
    leaked = validation.copy()
    leaked[places] = random.choice(train, count, replace=count > len(train))
    return leaked


def _measured_inputs(inputs: Floats | Doubles, *, wanted: bool) -> tuple[Doubles, Doubles]:
    """Measure each input; in sequences, each feature over all steps, so that the steps stay comparable."""
    if inputs.ndim != 3:
        return _measured(inputs, wanted=wanted)
    shape = inputs.shape[1:]
    mean, deviation = _measured(inputs.reshape(-1, shape[-1]), wanted=wanted)
    return np.broadcast_to(mean, shape).copy(), np.broadcast_to(deviation, shape).copy()


def _measured(rows: NDArray[np.generic], *, wanted: bool) -> tuple[Doubles, Doubles]:
    """Return mean and deviation of each value over the rows; 0 and 1 unless wanted, 1 for a constant."""
    values = rows.astype(np.float64)
    if not wanted:
        return np.zeros(values.shape[1:]), np.ones(values.shape[1:])
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    # A sum may be rounded, and then equal values would differ from their mean.
    constant = values.min(axis=0) == values.max(axis=0)
    deviation = np.where(deviation == 0, _tiny_deviation(values), deviation)
    return np.where(constant, values[0], mean), np.where(constant, 1.0, deviation)


def _tiny_deviation(values: Doubles) -> Doubles:
    """Return the deviation where the squares of the differences are too small for a number."""
    largest = np.abs(values - values[0]).max(axis=0)
    scale = np.where(largest == 0, 1.0, largest)
    deviation: Doubles = ((values - values[0]) / scale).std(axis=0) * scale
    return deviation


def _standardized(values: ArrayLike, mean: Doubles, deviation: Doubles) -> Floats:
    standardized = (np.asarray(values, dtype=np.float64) - mean) / deviation
    return np.ascontiguousarray(standardized, dtype=np.float32)


def _check_fineness(dataset: Dataset, data: Data) -> None:
    """Refuse values that would become the same 32-bit numbers, which standardizing keeps apart."""
    if dataset.inputs.dtype == np.float64 and not data.standardize:
        for place, name in enumerate(dataset.input_names):
            _check_column(dataset.inputs[:, place], name, "data.standardize")
    if dataset.targets.dtype == np.float64 and not data.standardize_target:
        _check_column(dataset.targets, dataset.target_name, "data.standardize_target")


def _check_column(values: NDArray[np.generic], name: str, key: str) -> None:
    numbers = values.astype(np.float64)
    moved = np.abs(numbers - numbers.astype(np.float32)).max(initial=0)
    if moved > COARSEST * numbers.std():
        raise InputError(
            tr(
                'the values of "{name}" differ by so little that as 32-bit numbers they would be moved by up '
                "to {moved:.2g}; allowed: {key} = true, which keeps them apart"
            ).format(name=name, moved=moved, key=key),
            key,
        )
