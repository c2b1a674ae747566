"""What the installed program may weigh and how long it may take. A build over a limit fails."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from installer.places import CUDA, BuildError, command, megabytes, on, say

USUAL_SECONDS = 0.85  # to load torch from its wheel
STARTS = 8  # of these the best counts: the others tell of what else the machine was doing
NEUTRAL = {"QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"}


class Limit(NamedTuple):
    """The most that something may be."""

    name: str
    most: float
    unit: str

    def line(self, value: float) -> str:
        """Say what was measured, and what is allowed."""
        verdict = "over" if value > self.most else "within"
        return f"{self.name:<34} {value:8.2f} {self.unit}, {verdict} {self.most:g}"


LINUX_SIZES = (Limit("installed", 690, "MB"), Limit(".deb", 165, "MB"))
TIMES = {
    "window, cold": Limit("window, first start", 0.4, "s"),
    "window, warm": Limit("window, later starts", 0.2, "s"),
    "update, cold": Limit("first update, first start", 2.0, "s"),
    "update, warm": Limit("first update, later starts", 1.5, "s"),
    "stall": Limit("window stands still while loading", 0.35, "s"),
}


@dataclass(frozen=True)
class Start:
    """One start of the program: seconds from the start of its process."""

    window: float
    update: float
    stall: float


def check(values: Mapping[Limit, float]) -> None:
    """Print what was measured; fail where a limit is passed."""
    for limit, value in values.items():
        say(limit.line(value))
    over = [limit.name for limit, value in values.items() if value > limit.most]
    if over:
        raise BuildError(f"over the limit: {', '.join(over)}")


def sizes(folder: Path, package: Path | None) -> dict[Limit, float]:
    """Return what the limits say of sizes; there are none where nobody has measured yet."""
    if CUDA or not on("linux"):
        say(f"installed: {megabytes(folder):.0f} MB")
        return {}
    installed, packed = LINUX_SIZES
    return {installed: megabytes(folder), **({packed: megabytes(package)} if package else {})}


def times(program: Path) -> dict[Limit, float]:
    """Return how long the program takes to open, first and later, as the best of some starts.

    The limits hold for a usual machine: on a slower one all times are made shorter by as much as it is slower. How
    slow it is is measured between the starts: many machines are slower at some moments than at others.
    """
    loads, warm, cold = [], [], []
    for _ in range(STARTS):
        loads.append(seconds_for_torch())
        warm.append(start(program))
    slower = slowness(loads)
    say(f"this machine is {slower:.2f} times as slow as the one for which the limits hold")
    for _ in range(STARTS if on("linux") else 0):
        forget(program.parent)
        cold.append(start(program))
    say(
        f"windows after {[one.window for one in warm]} s, first updates after {[one.update for one in warm]} s"
    )
    measured = {
        "window, warm": min(one.window for one in warm),
        "update, warm": min(one.update for one in warm),
        "stall": statistics.median(one.stall for one in warm),
    }
    if cold:
        measured["window, cold"] = min(one.window for one in cold)
        measured["update, cold"] = min(one.update for one in cold)
    return {TIMES[name]: value / slower for name, value in measured.items()}


def seconds_for_torch() -> float:
    """Return how long it takes this machine to load torch, which is what starts mostly consist of."""
    code = "import time; began = time.perf_counter(); import torch; print(time.perf_counter() - began)"
    return float(command(sys.executable, "-c", code))


def slowness(loads: Iterable[float]) -> float:
    """Return how many times as slow as a usual machine one is that needs so long to load torch, at least 1."""
    return max(1.0, min(loads) / USUAL_SECONDS)


def start(program: Path) -> Start:
    """Start the self-test, and end it when the first update was seen."""
    with TemporaryDirectory() as home:
        began = time.time()
        with subprocess.Popen(
            [str(program), "--selftest"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **NEUTRAL, "HOME": home},
            text=True,
        ) as child:
            assert child.stdout is not None
            told = {}
            for line in child.stdout:
                document = json.loads(line)
                told[document["event"]] = document
                if document["event"] == "first update":
                    break
            child.kill()
    if "first update" not in told:
        raise BuildError(f"{program} made no update; try {program} --selftest")
    update = told["first update"]
    return Start(round(told["window"]["at"] - began, 3), round(update["at"] - began, 3), update["stall"])


def forget(folder: Path) -> None:
    """Let Linux forget the files it has in memory, as after the machine was switched on."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
