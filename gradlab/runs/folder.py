"""The files of a run: tables that grow while it goes on, and what is written at its end.

Every row is complete on disk at the latest when its epoch ends, so that a killed process loses next to nothing.
"""

import csv
import json
import math
import platform
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import sklearn
import torch
from safetensors.torch import save_file

import gradlab
from gradlab.errors import InputError
from gradlab.experiment.files import dumps
from gradlab.instruments.curves import epoch_row
from gradlab.instruments.layers import layer_rows
from gradlab.instruments.records import EpochRow, LayerRow
from gradlab.training.events import Changed, EpochEnded, Event, Finished, Updated
from gradlab.training.run import TrainingRun


class RunFolder:
    """Writes the tables of a run as its events come.

    Use as a context manager: the files are closed, and what was written stays, however the run ends.
    """

    def __init__(self, folder: Path, run: TrainingRun) -> None:
        self.folder = folder
        self._run = run
        self._started = time.perf_counter()
        self._last: EpochRow | None = None
        self._best: EpochRow | None = None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "experiment.toml").write_text(dumps(run.experiment), encoding="utf-8")
        self._epochs = _Table(folder / "epochs.csv", EpochRow._fields)
        self._updates = _Table(folder / "updates.csv", Updated._fields)
        self._layers = _Table(folder / "layers.csv", LayerRow._fields)

    def __enter__(self) -> "RunFolder":
        return self

    def __exit__(self, *_: object) -> None:
        for table in (self._epochs, self._updates, self._layers):
            table.close()

    def observe(self, event: Event) -> None:
        """Write what an event adds to the tables."""
        match event:
            case Updated():
                self._updates.add(event)
                if self._run.weights_before is not None:
                    for row in layer_rows(self._run):
                        self._layers.add(row)
            case EpochEnded():
                self._last = epoch_row(event)
                if event.epoch == self._run.stopping.best_epoch:
                    self._best = self._last
                self._epochs.add(self._last)
                for table in (self._epochs, self._updates, self._layers):
                    table.flush()
            case Changed():
                self._write_changes(event)
            case Finished():
                self._finish(event)
            case _:
                pass

    def _write_changes(self, event: Changed) -> None:
        """Add to changes.csv, which exists only for runs whose settings were changed on the way."""
        path = self.folder / "changes.csv"
        begun = path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if not begun:
                writer.writerow(("update", "key", "before", "after"))
            writer.writerows((event.update, key, *values) for key, values in event.settings.items())

    def _finish(self, ending: Finished) -> None:
        counts = self._run.confusion()
        names = self._run.split.class_names
        with _open(self.folder / "confusion.csv") as file:
            writer = csv.writer(file)
            writer.writerow(names)
            writer.writerows([] if counts is None else counts.tolist())
        weights = {name: value.detach().cpu().clone() for name, value in self._run.model.state_dict().items()}
        save_file(weights, self.folder / "weights.safetensors")
        _write_json(self.folder / "findings.json", [])
        _write_json(self.folder / "summary.json", self._summary(ending))

    def _summary(self, ending: Finished) -> dict[str, Any]:
        run = self._run
        return {
            "name": run.experiment.name,
            "seed": run.experiment.seed,
            "stop_reason": ending.reason,
            "cause": ending.cause,
            "best_epoch": ending.best_epoch,
            "restored_best": ending.restored,
            "epochs": run.counters.epochs,
            "updates": run.counters.updates,
            "micro_batches": run.counters.micro_batches,
            "samples": run.counters.samples,
            "seconds": round(time.perf_counter() - self._started, 3),
            "device": str(run.device),
            "threads": torch.get_num_threads(),
            "versions": versions(),
            **self._final_metrics(ending),
        }

    def _final_metrics(self, ending: Finished) -> dict[str, float | None]:
        """Return the measures of the weights that were written, named as in epochs.csv.

        Validation is looked at anew, since a run can end in the middle of an epoch; training loss and accuracy
        are those of the last whole epoch, or of the best one where its weights were restored.
        """
        trained = self._best if ending.restored else self._last
        if trained is None:
            return {}
        row = epoch_row(self._run.measure(trained.train_loss, trained.train_accuracy))._asdict()
        return {name: _finite(value) for name, value in row.items() if name.startswith(("train_", "val_"))}


class _Table:
    """A CSV file with a header; floats are written so that they read back exactly."""

    def __init__(self, path: Path, columns: Iterable[str]) -> None:
        self._file = _open(path)
        self._writer = csv.writer(self._file)
        self._writer.writerow(columns)
        self.flush()

    def add(self, row: Iterable[Any]) -> None:
        self._writer.writerow(row)  # None becomes an empty field, a float its shortest exact text

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _open(path: Path) -> TextIO:
    return path.open("w", newline="", encoding="utf-8")


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def _finite(value: float | None) -> float | None:
    """JSON has no NaN and no infinity."""
    return value if value is not None and math.isfinite(value) else None


def versions() -> dict[str, str]:
    """Return the versions of everything that the numbers depend on."""
    return {
        "gradlab": gradlab.__version__,
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "system": platform.platform(),
    }


def prepare_folder(folder: Path, overwrite: bool) -> None:
    """Make ``folder`` ready to be written to.

    Raises:
        InputError: if it holds something and ``overwrite`` is not set, or cannot be written.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError(f"--out {folder}: is a file; allowed: a new or empty folder")
        if folder.is_dir() and any(folder.iterdir()):
            if not overwrite:
                raise InputError(
                    f"--out {folder}: the folder is not empty; allowed: a new or empty folder, or --overwrite"
                )
            _remove_old_run(folder)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"--out {folder}: cannot be written: {error.strerror}") from None


FILES = (
    "experiment.toml",
    "epochs.csv",
    "updates.csv",
    "layers.csv",
    "changes.csv",
    "confusion.csv",
    "findings.json",
    "summary.json",
    "weights.safetensors",
)


def _remove_old_run(folder: Path) -> None:
    """Remove what a run writes, and nothing else: the folder may hold other things of the user's."""
    for name in FILES:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
