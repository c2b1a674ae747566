"""A Python that has loaded nothing yet: to see what code loads, and what a process can do only once."""

import os
import subprocess
import sys


def printed_by(code: str) -> str:
    """Return what this code prints in a process of its own; what it complains of fails the test."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
