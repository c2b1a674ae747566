"""What is said of the data on stderr, before anything is trained."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradlab.experiment.schema import Experiment


def say_reading(experiment: Experiment) -> None:
    """Say that own data are read, which may take a while, where somebody is looking."""
    path = experiment.data.path
    if path and sys.stderr.isatty():
        say([f"reading {path} …"])


def say(lines: Iterable[str]) -> None:
    """Write lines to stderr, each once."""
    sys.stderr.writelines(f"gradlab: {' '.join(line.splitlines())}\n" for line in dict.fromkeys(lines))
