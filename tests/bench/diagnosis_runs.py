"""Trains the runs that the diagnosis is measured on, and keeps what is known of them."""

import os
import pickle
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch
from diagnosis_cases import Document, Metric

from gradlab.errors import InputError
from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.instruments.evidence import EvidenceRecorder
from gradlab.instruments.records.evidence import Evidence
from gradlab.training.events import EpochEnded, Finished
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

ROOT = Path(__file__).parents[2]
CACHE = ROOT / "build" / "diagnosis"
# What the evidence is made by; a change here makes all of it again.
MAKERS = (
    "instruments/evidence.py",
    "instruments/data_facts.py",
    "instruments/probing.py",
    "instruments/layer_facts.py",
    "instruments/micro_batches.py",
    "instruments/unmoved.py",
    "instruments/records/evidence.py",
)
WITHIN = 0.05  # of the healthy twin's metric


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        moments: the evidence at the end of epochs 1, 2, 3, 4, 6, 8, 12, …, and at last of the whole run.
        metrics: what the run is worth, by the names of metrics; infinite losses for a run that blew up.
        refused: why it could not be trained; empty if it was.
    """

    moments: tuple[Evidence, ...]
    metrics: dict[str, float]
    refused: str = ""


def outcome(document: Document, *, moments: bool) -> Outcome:
    """Return what comes of an experiment, from the cache if it is there."""
    experiment = build(document)
    path = CACHE / f"{_key(experiment, moments=moments)}.pickle"
    if path.exists():
        with path.open("rb") as file:
            kept: Outcome = pickle.load(file)
            return kept
    made = _made(experiment, moments=moments)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")  # another process may be making the same one
    part.write_bytes(pickle.dumps(made))
    part.replace(path)
    return made


def _key(experiment: Experiment, *, moments: bool) -> str:
    known = sha256(experiment.model_dump_json(exclude={"name"}).encode())
    known.update(str(moments).encode())
    for maker in MAKERS:
        known.update((ROOT / "gradlab" / maker).read_bytes())
    return known.hexdigest()[:24]


def _made(experiment: Experiment, *, moments: bool) -> Outcome:
    torch.set_num_threads(1)
    try:
        run = TrainingRun(experiment)
    except InputError as error:
        return Outcome((), {}, str(error))
    recorder, kept, ended = EvidenceRecorder(run), [], []
    end = None
    for event in train(run):
        recorder.observe(event)
        if isinstance(event, EpochEnded):
            ended.append(event)
            if moments and event.epoch and _is_kept(event.epoch):
                kept.append(recorder.evidence())
        if isinstance(event, Finished):
            end = event
    assert end is not None
    last = next((each for each in ended if end.restored and each.epoch == end.best_epoch), ended[-1])
    evidence = recorder.evidence()
    return Outcome((*kept, evidence) if moments else (evidence,), _metrics(last, end))


def _is_kept(epoch: int) -> bool:
    return epoch < 4 or epoch % (1 << (epoch.bit_length() - 2)) == 0


def _metrics(last: EpochEnded, end: Finished) -> dict[str, float]:
    if end.reason == "diverged":
        return {"accuracy": 0.0, "balanced": 0.0, "loss": float("inf")}
    loss = last.train_loss if last.val_loss is None else last.val_loss
    metrics = {"loss": loss, "accuracy": last.train_accuracy or 0.0}
    if last.counts is not None:
        counts = last.counts
        metrics["accuracy"] = float(np.trace(counts) / counts.sum())
        metrics["balanced"] = float(np.mean(np.diag(counts) / np.maximum(counts.sum(axis=1), 1)))
    return metrics


def is_as_good(run: Outcome, twin: Outcome, metric: Metric) -> bool:
    """Return whether a run's metric is within 5 % of its twin's, or better."""
    mine, theirs = run.metrics[metric], twin.metrics[metric]
    if metric == "loss":
        guess = twin.moments[-1].data.guess_loss  # close to 0 a share of it means nothing
        return mine <= theirs * (1 + WITHIN) + 0.01 * (guess if np.isfinite(guess) else 1.0)
    return mine >= theirs * (1 - WITHIN)
