from collections.abc import Sequence
from pathlib import Path

from gradlab.experiment.files import dumps
from gradlab.experiment.schema import Experiment
from gradlab.experiment.variants import Single
from gradlab.runs.folder import SUMMARY, write_group_summary


class GroupFolder:
    """Writes the folder of an experiment with several runs: the experiment and a summary of all.

    Each run writes its own files. For a single run, or without a folder, nothing is written here.
    """

    def __init__(self, experiment: Experiment, folder: Path | None, members: Sequence[Single]) -> None:
        """``members`` are the runs of ``experiment``; their folders are in ``folder`` (None: nowhere)."""
        self._experiment = experiment
        self._folder = folder if any(single.folder for single in members) else None
        self._members = [folder.joinpath(*single.folder) for single in members] if folder else []

    def begin(self) -> None:
        """Write the experiment, so that a killed group can be resumed."""
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / "experiment.toml").write_text(dumps(self._experiment), encoding="utf-8")

    def sum_up(self) -> bool:
        """Combine the summaries of all runs that have one; return whether any had."""
        ended = [folder for folder in self._members if (folder / SUMMARY).is_file()]
        if self._folder is None or not ended:
            return False
        write_group_summary(self._folder, ended)
        return True
