"""What CUDA graphs save: an update of small networks with its passes replayed, beside the same made one by one.

Measured turn by turn in one process; the medians' ratios are what means anything. Needs a CUDA device.

Run with ``python3 packaging/make.py bench``.
"""

import os
import statistics
import sys
import time

import torch

from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.training.loop import train
from gradlab.training.replay import SWITCH
from gradlab.training.run import TrainingRun

TURNS = 7

WORK = {
    "2-8-8-2, batch 10, spirals": {
        "data": {"source": "spirals", "samples": 1000},
        "model": {"hidden": [8, 8]},
        "training": {"batch_size": 10, "epochs": 8},
    },
    "64-128-128-10, batch 32, digits": {
        "model": {"hidden": [128, 128]},
        "training": {"batch_size": 32, "epochs": 8},
    },
    "CNN 8-16, batch 32, digits": {
        "model": {"kind": "cnn", "hidden": [8, 16]},
        "training": {"batch_size": 32, "epochs": 8},
    },
}


def seconds_per_update(experiment: Experiment, graphs: bool) -> float:
    """The loop alone, from the second epoch on: by then all recordings are made."""
    os.environ[SWITCH] = "1" if graphs else "0"
    run = TrainingRun(experiment)
    start, before = 0.0, 0
    for _ in train(run):
        if not start and run.counters.epochs == 1:
            torch.cuda.synchronize()
            start, before = time.perf_counter(), run.counters.updates
    torch.cuda.synchronize()
    return (time.perf_counter() - start) / (run.counters.updates - before)


def main() -> None:
    """Print the table."""
    if not torch.cuda.is_available():
        sys.stdout.write("no CUDA device here: nothing to measure\n")
        return
    for name, document in WORK.items():
        experiment = build({**document, "training": {**document["training"], "device": "cuda"}})
        times = {True: [], False: []}
        for _ in range(TURNS):
            for graphs, taken in times.items():
                taken.append(seconds_per_update(experiment, graphs))
        replayed, one_by_one = (statistics.median(taken) * 1e6 for taken in times.values())
        sys.stdout.write(
            f"{name}: {one_by_one:.0f} µs one by one, {replayed:.0f} µs replayed: "
            f"{one_by_one / replayed:.1f} times as fast\n"
        )


if __name__ == "__main__":
    main()
