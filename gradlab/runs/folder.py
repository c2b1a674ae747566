"""The files of a run: tables that grow while it trains, and those written at its end.

Every row is on disk by the end of its epoch, so that a killed process loses almost nothing.
"""

import csv
import json
import math
import platform
import time
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

import gradlab
from gradlab.errors import InputError
from gradlab.experiment.files import dumps
from gradlab.experiment.settings import as_text
from gradlab.instruments.curves import epoch_row
from gradlab.instruments.layers import layer_rows
from gradlab.instruments.records import EpochRow, LayerRow
from gradlab.runs.judge import Judge
from gradlab.training import checkpoint
from gradlab.training.events import Changed, EpochEnded, Event, Finished, Updated
from gradlab.training.run import TrainingRun

TABLES = {"updates": Updated._fields, "layers": LayerRow._fields}
SUMMARY = "summary.json"
CHECKPOINT = "checkpoint.safetensors"
CHECKPOINT_SECONDS = 5.0  # a killed process loses at most this


class RunFolder:
    """Writes the tables of a run as its events arrive, and checkpoints to resume from.

    A context manager: however the run ends, the files are closed and keep what was written.
    """

    def __init__(
        self, folder: Path, run: TrainingRun, judge: Judge, kept: dict[str, Any] | None = None
    ) -> None:
        """Create the files of ``run``, or continue them with what a checkpoint ``kept``.

        The ``judge`` has noted an event before the folder observes it.
        """
        self.folder = folder
        self._run = run
        self._judge = judge
        self._kept = kept or {}
        self._started = time.perf_counter() - self._kept.get("seconds", 0.0)
        self._last, self._best = (_epoch_row(self._kept.get(name)) for name in ("last", "best"))
        self._next_checkpoint = 0.0
        folder.mkdir(parents=True, exist_ok=True)
        if kept is None:
            (folder / "experiment.toml").write_text(dumps(run.experiment), encoding="utf-8")
        plays = run.rows.player is not None
        self._epoch_columns = EpochRow._fields if plays else EpochRow._fields[:-1]  # without the reward
        self._tables = {
            name: _GrowingTable(folder / f"{name}.csv", columns, self._kept.get("sizes", {}).get(name))
            for name, columns in {"epochs": self._epoch_columns, **TABLES}.items()
        }

    def __enter__(self) -> "RunFolder":
        return self

    def __exit__(self, *_: object) -> None:
        for table in self._tables.values():
            table.close()

    def observe(self, event: Event) -> None:
        """Add an event to the tables."""
        match event:
            case Updated():
                self._tables["updates"].add(event)
                if self._run.optimizer.measured is not None:
                    for row in layer_rows(self._run):
                        self._tables["layers"].add(row)
                self._save_now_and_then()
            case EpochEnded():
                self._last = self._judge.recorder.latest_epoch
                if event.epoch == self._run.best.stopping.best_epoch:
                    self._best = self._last
                self._tables["epochs"].add(self._last[: len(self._epoch_columns)])
                for table in self._tables.values():
                    table.flush()
                self._save_now_and_then()
            case Changed():
                self._write_changes(event)
            case Finished():
                self._finish(event)
            case _:
                pass

    def save_checkpoint(self) -> None:
        """Save a checkpoint to resume from; call it right after an update or an epoch."""
        kept = {
            "sizes": {name: table.flush() for name, table in self._tables.items()},
            "seconds": time.perf_counter() - self._started,
            "last": self._last,
            "best": self._best,
            "evidence": self._judge.state(),
        }
        checkpoint.save(self._run, self.folder / CHECKPOINT, kept)
        self._next_checkpoint = time.perf_counter() + CHECKPOINT_SECONDS

    def _save_now_and_then(self) -> None:
        if time.perf_counter() >= self._next_checkpoint and not self._run.position.is_untouched:
            self.save_checkpoint()

    def _write_changes(self, event: Changed) -> None:
        """Add to changes.csv, which exists only for runs whose settings changed while they trained."""
        path = self.folder / "changes.csv"
        begun = path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if not begun:
                writer.writerow(("update", "key", "before", "after"))
            writer.writerows(
                (event.update, key, *map(as_text, values)) for key, values in event.settings.items()
            )

    def _finish(self, ending: Finished) -> None:
        measured = self._measure_again(ending)
        counts = None if measured is None else measured.counts
        names = self._run.split.class_names
        with (self.folder / "confusion.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(names)
            writer.writerows([] if counts is None else counts.tolist())
        weights = {name: value.detach().cpu().clone() for name, value in self._run.model.state_dict().items()}
        save_file(weights, self.folder / "weights.safetensors")
        _write_json(self.folder / "findings.json", [finding.as_json() for finding in self._judge.verdict()])
        _write_json(self.folder / SUMMARY, {**self._summary(ending), **_final_metrics(measured)})
        if ending.reason != "interrupted":
            (self.folder / CHECKPOINT).unlink(missing_ok=True)

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
            "skipped": run.counters.skipped,
            "samples": run.counters.samples,
            "seconds": round(time.perf_counter() - self._started, 3),
            "device": str(run.network.device),
            "threads": torch.get_num_threads(),
            "versions": versions(),
        }

    def _measure_again(self, ending: Finished) -> EpochEnded | None:
        """Evaluate the weights that are written; return None if no epoch was ever evaluated.

        Only validation is evaluated again, since a run can end in the middle of an epoch; training loss, accuracy
        and reward are those of the last whole epoch, or of the best one if its weights were restored.
        """
        trained = self._best if ending.restored else self._last
        if trained is None:
            return None
        return self._run.measure(trained.train_loss, trained.train_accuracy, trained.reward)


def _final_metrics(measured: EpochEnded | None) -> dict[str, float | None]:
    """Return the metrics for the summary, named as in epochs.csv."""
    if measured is None:
        return {}
    row = epoch_row(measured)._asdict()
    metrics = {name: _finite(value) for name, value in row.items() if name.startswith(("train_", "val_"))}
    return metrics if measured.reward is None else {**metrics, "reward": measured.reward}


def _epoch_row(values: list[Any] | None) -> EpochRow | None:
    return None if values is None else EpochRow(*values)


class _GrowingTable:
    """A CSV file with a header; floats are written so that they read back exactly.

    ``size``: continue after that many bytes, and discard what follows them.
    """

    def __init__(self, path: Path, columns: Iterable[str], size: int | None = None) -> None:
        self._file = path.open("w" if size is None else "r+", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        if size is None:
            self._writer.writerow(columns)
            self.flush()
        else:
            self._file.truncate(size)
            self._file.seek(size)

    def add(self, row: Iterable[Any]) -> None:
        self._writer.writerow(row)  # None becomes an empty field, a float its shortest exact text

    def flush(self) -> int:
        """Write everything to the file; return its size in bytes."""
        self._file.flush()
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def _finite(value: float | None) -> float | None:
    """Return the value, or None if it is NaN or infinite: JSON has neither."""
    return value if value is not None and math.isfinite(value) else None


def versions() -> dict[str, str]:
    """Return the versions of everything that affects the numbers."""
    return {
        "gradlab": gradlab.__version__,
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "scikit-learn": metadata.version("scikit-learn"),
        "system": platform.platform(),
    }


def prepare_folder(folder: Path, overwrite: bool) -> None:
    """Prepare ``folder`` for the files of a run.

    Raises:
        InputError: if it is not empty and ``overwrite`` is not set, or if it cannot be written.
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
    SUMMARY,
    "weights.safetensors",
    CHECKPOINT,
)


def _remove_old_run(folder: Path) -> None:
    """Remove what runs write, also in the folders of variants and replicas, and nothing else."""
    for name in FILES:
        for path in folder.rglob(name):
            path.unlink()
    # Folders from the inside out; those that hold something else stay.
    for path in sorted(folder.rglob("*"), key=lambda path: len(path.parts), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def write_group_summary(folder: Path, members: Iterable[Path]) -> None:
    """Write one summary for several runs: a list of their summaries, each with its folder."""
    runs = [
        {
            "folder": path.relative_to(folder).as_posix(),
            **json.loads((path / SUMMARY).read_text(encoding="utf-8")),
        }
        for path in members
    ]
    _write_json(folder / SUMMARY, {"runs": runs})
