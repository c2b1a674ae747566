"""Evidence made by hand: a healthy run of three layers, with whatever a test wants to be otherwise."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradlab.experiment.files import build
from gradlab.instruments.records.evidence import DataFacts, Evidence, LayerFacts, Occurrence, Probe, Updates
from gradlab.instruments.records.rows import EpochRow

PER_EPOCH = 10  # updates
GUESS = 1.0
HEALTHY = (1.1, 0.8, 0.6, 0.5, 0.42, 0.36, 0.31, 0.27, 0.24, 0.22, 0.21, 0.205, 0.2)
BLEW_UP = Occurrence(5, 1, 5, text="the loss became nan")


def made_evidence(
    *,
    settings: dict[str, Any] | None = None,
    train: Sequence[float] = HEALTHY,
    val: Sequence[float | None] | None = None,
    guess: float = GUESS,
    step: float | Sequence[float] = -2.0,
    first_layer: float = 0.5,
    norms: Sequence[float] = (1.0, 0.5),
    inactive: tuple[float, float] = (0.0, 0.0),
    saturated: tuple[float, float] = (0.0, 0.0),
    latest_loss: float | None = None,
    counts: Any = None,
    lr: Sequence[float] | None = None,
    updates: int | None = None,
    stop_reason: str = "finished",
    noise_scale: float = float("nan"),
    blew_up: Occurrence | None = None,
    zeros: float = 0.0,
    **data: Any,
) -> Evidence:
    """Return the evidence of a run.

    Args:
        settings: sections of the experiment that differ from the defaults.
        train, val: the losses of epochs 0, 1, …; validation losses are the training losses if not given.
        step: log10 of std(Δw) / std(w), at all measured updates or at each; NaN for unknown.
        first_layer: the first layer's gradient beside the last's.
        norms: of the gradient, at the first and at the latest update.
        inactive, saturated: shares of the second layer's units, before training and now.
        latest_loss: of the latest updates; that of the latest epoch if not given.
        zeros: the share of exact zeros in the first layer's gradient.
        data: what differs in the facts about the rows.
    """
    done = (len(train) - 1) * PER_EPOCH if updates is None else updates
    vals = train if val is None else val
    facts = {
        "class_names": ("a", "b", "c"),
        "train_counts": np.array([40, 40, 40]),
        "train_rows": 120,
        "validation_rows": 60,
        "means": np.zeros(4),
        "deviations": np.ones(4),
        "input_names": ("w", "x", "y", "z"),
        "guess_loss": guess,
        **data,
    }
    return Evidence(
        experiment=build(settings or {}),
        data=DataFacts(**facts),
        layers=(
            LayerFacts("hidden1", "relu", 4, 8),
            LayerFacts("hidden2", "relu", 8, 8),
            LayerFacts("output", "", 8, 3),
        ),
        updates=_updates(
            done,
            train=train,
            step=step,
            first_layer=first_layer,
            norms=norms,
            latest_loss=latest_loss,
            lr=lr,
            zeros=zeros,
        )
        if done
        else None,
        epochs=tuple(_row(epoch, *pair) for epoch, pair in enumerate(zip(train, vals, strict=True))),
        counts=None if counts is None else np.array(counts),
        probes=(_probe(0, inactive[0], saturated[0]), _probe(len(train) - 1, inactive[1], saturated[1])),
        noise_scale=noise_scale,
        stop_reason=stop_reason,
        blew_up=blew_up,
    )


def _row(epoch: int, train: float, val: float | None) -> EpochRow:
    return EpochRow(epoch, epoch * PER_EPOCH, epoch * 120, train, None, val, None, None, None, None, 0.1)


def _probe(epoch: int, inactive: float, saturated: float) -> Probe:
    unknown = np.nan
    return Probe(
        epoch,
        epoch * PER_EPOCH,
        np.array([0.0, inactive, unknown]),
        np.array([unknown, saturated, unknown]),
    )


def _updates(
    done: int,
    *,
    train: Sequence[float],
    step: float | Sequence[float],
    first_layer: float,
    norms: Sequence[float],
    latest_loss: float | None,
    lr: Sequence[float] | None,
    zeros: float,
) -> Updates:
    number = np.arange(1, done + 1)
    losses = np.interp(number, np.arange(len(train)) * PER_EPOCH, train)
    if latest_loss is not None:
        losses[-10:] = latest_loss
    grad_norms = np.geomspace(norms[0], norms[1], done) if norms[0] else np.full(done, norms[1])
    steps = [step] * max(done // 5, 1) if isinstance(step, float) else list(step)
    measured = len(steps)
    sizes = np.tile([first_layer * 0.01, 0.01, 0.01], (measured, 1))
    rates = np.full(done, 0.1) if lr is None else np.linspace(lr[0], lr[1], done)
    shares = np.zeros((measured, 3))
    shares[:, 0] = zeros
    return Updates(
        update=number,
        epoch=(number - 1) // PER_EPOCH + 1,
        loss=losses,
        lr=rates,
        grad_norm=grad_norms,
        clipped_norm=grad_norms,
        measured=np.linspace(1, done, measured).astype(np.int64),
        measured_loss=np.interp(np.linspace(1, done, measured), number, losses),
        measured_ratio=10.0 ** np.array(steps),
        layer_norms=sizes * 10,
        layer_mean_abs=sizes,
        layer_zero_shares=shares,
        layer_ratios=np.tile(10.0 ** np.array(steps)[:, None], (1, 3)),
        first_loss=losses[:32],
        first_grad_norm=grad_norms[:32],
    )
