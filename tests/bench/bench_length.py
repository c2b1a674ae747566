"""Whether a long run stays as cheap as a short one: time per update and memory, tenth by tenth.

The run writes its tables and checkpoints as ``gradlab run`` does. The first argument is the number of updates
(default 100,000; a million takes some minutes).
"""

import itertools
import statistics
import sys
import tempfile
import time
from pathlib import Path

from gradlab.experiment.files import build
from gradlab.runs.lockstep import Member
from gradlab.training.events import Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

PARTS = 10


def resident_megabytes() -> float:
    """Return this process's memory as Linux tells it; NaN elsewhere."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Print one line per tenth of the run."""
    updates = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    experiment = build(
        {
            "data": {"source": "spirals", "samples": 1000},
            "model": {"hidden": [8, 8]},
            "training": {"batch_size": 10, "epochs": updates // 75 + 1, "device": "cpu"},
        }
    )
    run = TrainingRun(experiment)
    costs = []
    with tempfile.TemporaryDirectory() as folder, Member(Path(folder), run) as member:
        events = train(run)
        for part in range(1, PARTS + 1):
            start, done = time.perf_counter(), run.counters.updates
            for event in events:
                member.note(event)
                if isinstance(event, Updated) and event.update >= updates * part // PARTS:
                    break
            costs.append((time.perf_counter() - start) / (run.counters.updates - done))
            sys.stdout.write(
                f"{run.counters.updates:>10,} updates {costs[-1] * 1e6:6.0f} µs each "
                f"{resident_megabytes():7.0f} MB in memory\n"
            )
            sys.stdout.flush()
    slower = max(later / earlier for earlier, later in itertools.pairwise(costs))
    sys.stdout.write(
        f"last tenth over first: {costs[-1] / costs[0]:.2f}; median {statistics.median(costs) * 1e6:.0f} µs; "
        f"largest step {slower:.2f}\n"
    )


if __name__ == "__main__":
    main()
