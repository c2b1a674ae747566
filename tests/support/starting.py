"""Starting the lab as a person does, and watching it until its first update."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Start:
    """One start: seconds until the window is painted, until the first update, and of the processor until then."""

    window: float
    update: float
    processor: float


def started(switches: str, folder: str) -> Start:
    """Start the lab with some tricks of ``gradlab.startup`` switched off, end it after its first update."""
    environment = {
        **os.environ,
        "GRADLAB_STARTUP": switches,
        "GRADLAB_DATA": folder,
        "QT_QPA_PLATFORM": "offscreen",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    began = time.time()
    command = [sys.executable, "-m", "gradlab", "--selftest"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True
    ) as child:
        assert child.stdout is not None
        at = {}
        for line in child.stdout:
            told = json.loads(line)
            at[told["event"]] = told["at"]
            if told["event"] == "first update":
                break
        used = _processor_seconds(child.pid)
        child.kill()
    return Start(at["window"] - began, at["first update"] - began, used)


def _processor_seconds(pid: int) -> float:
    """Return what a process has used until now; NaN where the system does not say it in this way."""
    if sys.platform != "linux":
        return float("nan")
    ticks = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
