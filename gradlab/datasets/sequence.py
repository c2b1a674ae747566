from typing import Any

import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.experiment.rows import Rows
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

SLOWEST, FASTEST = 0.5, 4.0  # periods of a chirp per sequence, if it kept its first or its last pitch


@source(
    "sequence",
    label=mark("Sequences"),
    help=mark(
        "Rows of numbers in an order that matters, one step after the other: what recurrent networks are for."
    ),
    uses=("samples", "noise", "pattern", "length"),
    rank=68,
    drawn=True,
    gives=lambda data: Rows.TRACES if data.pattern == "chirp" else Rows.SEQUENCES,
)
def sequence(data: Data, random: np.random.Generator) -> Dataset:
    """Return ``(samples, length, features)`` sequences; see the patterns for features and targets."""
    return PATTERNS[data.pattern](data, random)


def _chirp(data: Data, random: np.random.Generator) -> Dataset:
    """Return ``(rows, steps, 1)`` tones that rise, and as targets ``(rows, steps)`` each step's next value.

    sin(2π·(f₀·t + (f₁ − f₀)·t²/2) + φ) for t from 0 to 1, plus normal ``noise``; the phase φ is by chance.
    """
    time = np.linspace(0, 1, data.length + 1)
    periods = SLOWEST * time + (FASTEST - SLOWEST) * time**2 / 2
    phase = random.uniform(0, 2 * np.pi, (data.samples, 1))
    values = np.sin(2 * np.pi * periods + phase) + random.normal(0, data.noise, (data.samples, len(time)))
    return _to_predict(values[:, :-1, np.newaxis], values[:, 1:], (mark("value"),), mark("next value"))


def _adding(data: Data, random: np.random.Generator) -> Dataset:
    """Return ``(rows, steps, 2)``: values from 0 to 1, and a mark of 1 at two of them, whose sum is the target.

    After Hochreiter and Schmidhuber, *Long Short-Term Memory* (1997), in the form with one mark in each half:
    Le, Jaitly and Hinton, *A Simple Way to Initialize Recurrent Networks of Rectified Linear Units* (2015).
    """
    values = random.uniform(0, 1, (data.samples, data.length))
    half = data.length // 2
    rows = np.arange(data.samples)
    first = random.integers(0, half, data.samples)
    second = random.integers(half, data.length, data.samples)
    marks = np.zeros_like(values)
    marks[rows, first] = marks[rows, second] = 1
    inputs = np.stack([values, marks], axis=-1)
    return _to_predict(
        inputs, values[rows, first] + values[rows, second], (mark("value"), mark("mark")), mark("sum")
    )


PATTERNS = {"chirp": _chirp, "adding": _adding}


def _to_predict(inputs: Any, targets: Any, input_names: tuple[str, ...], target_name: str) -> Dataset:
    return Dataset(
        inputs=inputs.astype(np.float32),
        targets=targets.astype(np.float32),
        target_name=target_name,
        input_names=input_names,
    )
