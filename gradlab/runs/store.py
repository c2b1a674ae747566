import logging
import re
import shutil
from datetime import datetime
from pathlib import Path

from gradlab.experiment.schema import Experiment

MOST_RUNS = 50
log = logging.getLogger(__name__)


class RunStore:
    """Names a folder for each run of the window, and removes all but the newest 50.

    So no run is lost if the program or the machine dies.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def new_folder(self, experiment: Experiment) -> Path | None:
        """Return the path for a new folder, named by time and experiment; None if none can be made.

        A full or read-only disk must not prevent training.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._forget_the_oldest()
        except OSError as error:
            log.warning("runs cannot be kept in %s: %s", self.root, error)
            return None
        words = re.sub(r"[^\w-]+", "-", experiment.name).strip("-")[:40] or "run"
        name = f"{datetime.now().astimezone():%Y-%m-%d-%H%M%S}-{words}"
        taken = {path.name for path in self.root.iterdir()}
        return self.root / next(
            candidate
            for number in range(len(taken) + 1)
            if (candidate := _numbered(name, number)) not in taken
        )

    def _forget_the_oldest(self) -> None:
        # Their names begin with the time. Only folders that hold a run may be removed.
        runs = sorted(path.parent for path in self.root.glob("*/experiment.toml"))
        for old in runs[: -MOST_RUNS + 1]:
            shutil.rmtree(old)


def _numbered(name: str, number: int) -> str:
    return f"{name}-{number + 1}" if number else name
