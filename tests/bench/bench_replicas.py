"""What 32 replicas in one batched computation cost, beside one net alone, per update of all of them.

Measured turn by turn in one process, on one thread; the medians' ratios are what means anything.

Run with ``python3 packaging/make.py bench``.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.runs.lockstep import begin, train_together
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun
from gradlab.training.stack import Stack

REPLICAS = 32
TURNS = 7

EXPERIMENT = build(
    {
        "data": {"source": "spirals", "samples": 1000},
        "model": {"hidden": [8, 8]},
        "training": {"batch_size": 10, "epochs": 8, "device": "cpu"},
    }
)


def replicas() -> list[TrainingRun]:
    """The runs, untouched."""
    return [TrainingRun(EXPERIMENT.model_copy(update={"seed": seed})) for seed in range(REPLICAS)]


def loop_of(run: TrainingRun) -> float:
    """Seconds per update of the loop alone, without files."""
    start = time.perf_counter()
    for _ in train(run):
        pass
    return (time.perf_counter() - start) / run.counters.updates


def with_files(experiment: Experiment) -> float:
    """Seconds per update as ``gradlab run`` does it: with all tables and checkpoints."""
    with tempfile.TemporaryDirectory() as folder:
        members = begin(experiment, Path(folder), "bench")
        start = time.perf_counter()
        for _ in train_together(experiment, Path(folder), members, lambda: False):
            pass
        return (time.perf_counter() - start) / members[0].run.counters.updates


MEASURED: dict[str, Callable[[], float]] = {
    "one net, loop alone": lambda: loop_of(TrainingRun(EXPERIMENT)),
    f"{REPLICAS} nets, loop alone": lambda: loop_of(Stack(replicas())),
    "one net, with all tables": lambda: with_files(EXPERIMENT),
    f"{REPLICAS} nets, with all tables": lambda: with_files(
        EXPERIMENT.model_copy(update={"replicas": REPLICAS})
    ),
}


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    times: dict[str, list[float]] = {name: [] for name in MEASURED}
    for _ in range(TURNS):
        for name, measure in MEASURED.items():
            times[name].append(measure())
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    lines = ["2-8-8-2, batch 10, spirals", f"  {'':28}{'µs per update of all':>22}{'ratio':>8}"]
    for (one, single), (many, stacked) in zip(
        list(medians.items())[::2], list(medians.items())[1::2], strict=True
    ):
        lines.append(f"  {one:28}{single * 1e6:22.0f}")
        lines.append(f"  {many:28}{stacked * 1e6:22.0f}{stacked / single:8.2f}")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
