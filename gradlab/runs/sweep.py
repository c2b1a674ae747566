"""Runs an experiment with every combination of some settings, on the cores here or on a Dask cluster."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import os
import re
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import torch
from joblib import Parallel, delayed, parallel_config

from gradlab.errors import InputError
from gradlab.experiment.files import change, dumps
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import value_of
from gradlab.instruments.records import EpochRow
from gradlab.runs import lockstep
from gradlab.runs.folder import SUMMARY
from gradlab.runs.notices import notices_of
from gradlab.training.run import TrainingRun

if TYPE_CHECKING:
    from distributed import Client

TABLE = "sweep.csv"
OUTCOME = ("folder", "stop_reason", "error", "best_epoch", "epochs", "updates", "seconds")
METRICS = tuple(name for name in EpochRow._fields if name.startswith(("train_", "val_")))
LONGEST_NAME = 120  # some systems stop at 255 bytes for the whole name, some at 260 for the whole path
TELL_SECONDS = 0.1  # how long a request to stop may take to reach the workers
ASK_SECONDS = 0.5  # how often a run on a cluster asks over the network whether to stop
CONNECT_SECONDS = 10


# --- what to run -----------------------------------------------------------------------------------------


class Planned(NamedTuple):
    """One run of a sweep.

    Attributes:
        name: of its folder: unique in the sweep, and always the same for the same values.
        values: key → value of what the sweep sets, and the seed.
    """

    name: str
    values: dict[str, Any]
    experiment: Experiment


def plan(experiment: Experiment, choices: Mapping[str, Sequence[object]], seeds: int) -> list[Planned]:
    """Return the runs of every combination of ``choices``, each with seeds seed, seed + 1, ….

    Raises:
        InputError: if a combination is not allowed, or two are the same.
    """
    if "seed" in choices and seeds > 1:
        raise InputError("sweep: --set seed and --seeds go without each other")
    planned = []
    for combination in itertools.product(*choices.values()):
        changed = experiment
        for key, value in zip(choices, combination, strict=True):
            changed = change(changed, key, value, f"--set {key}={value}")
        if changed.variants or changed.replicas > 1:
            raise InputError("sweep: takes no variants and replicas; allowed: --set and --seeds instead")
        for number in range(seeds):
            seeded = change(changed, "seed", changed.seed + number, "--seeds")
            # As validated: a learning rate given as 1 is 1.0.
            values = {key: value_of(seeded, key) for key in (*choices, "seed")}
            planned.append(Planned(_name(values), values, seeded))
    _refuse_repeats(planned)
    return planned


class Checked(NamedTuple):
    """What is known of a run before it is trained.

    Attributes:
        notices: what there is to say of its data, a line each.
        data: the digest of its data.
    """

    notices: list[str]
    data: str


def check(planned: Iterable[Planned], device: str | None = None) -> dict[str, Checked]:
    """Build every run once, so that a sweep does not fail half-way for a reason that can be known in advance.

    ``device``: build them there instead, if the machine that trains has other devices than this one. Return what
    is known of each, by name.

    Raises:
        InputError: for the first run that cannot be built.
    """
    checked = {}
    for run in planned:
        experiment = run.experiment
        if device is not None:
            experiment = experiment.with_value("training.device", device)
        try:
            built = TrainingRun(experiment)
        except InputError as error:
            raise InputError(f"{run.name}: {error}", error.key) from None
        checked[run.name] = Checked(notices_of(built), built.fingerprint["digest"])
    return checked


def _name(values: Mapping[str, Any]) -> str:
    texts = {key: _as_text(value) for key, value in values.items()}
    clean = {key: re.sub(r"[^\w.,+-]", "_", text) for key, text in texts.items()}
    name = "_".join(f"{key}={text}" for key, text in clean.items())
    if len(name) <= LONGEST_NAME and all(text == texts[key].lower() for key, text in clean.items()):
        return name
    # Without this, names that were cut or replaced, or that differ only in case, would not be unique.
    digest = hashlib.sha256(str(texts).encode()).hexdigest()[:8]
    return f"{name[:LONGEST_NAME]}-{digest}"


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _refuse_repeats(planned: Iterable[Planned]) -> None:
    seen = set()
    for run in planned:
        if run.name in seen:
            raise InputError(f"sweep: {run.name} is asked for twice; allowed: each combination once")
        seen.add(run.name)


# --- outcomes --------------------------------------------------------------------------------------------


class RunOutcome(NamedTuple):
    """How a run ended: its summary, or its error; neither if it never began.

    Attributes:
        files: contents by name, from a machine that does not share folders with this one.
    """

    name: str
    summary: dict[str, Any]
    error: str = ""
    files: dict[str, bytes] = {}  # noqa: RUF012 (never changed)


class SweepTable:
    """``sweep.csv``: one row per run that has ended, in the order of the plan."""

    def __init__(self, out: Path, planned: Sequence[Planned]) -> None:
        self._path = out / TABLE
        self._planned = planned
        rewards = ("reward",) if any(run.experiment.data.is_played for run in planned) else ()
        self._columns = (*planned[0].values, *OUTCOME, *METRICS, *rewards)
        self._rows: dict[str, dict[str, Any]] = {}

    def add(self, outcome: RunOutcome) -> None:
        """Add a run's row, and write the whole table."""
        if outcome.summary or outcome.error:
            self._rows[outcome.name] = {**outcome.summary, "folder": outcome.name, "error": outcome.error}
        self.write()

    def write(self) -> None:
        """Write all rows so far."""
        with self._path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self._columns, extrasaction="ignore")
            writer.writeheader()
            for run in self._planned:
                if run.name in self._rows:
                    values = {key: _in_a_field(value) for key, value in run.values.items()}
                    writer.writerow({**self._rows[run.name], **values})


def _in_a_field(value: Any) -> Any:
    """Return a value as text: lists and switches as in the experiment file."""
    return json.dumps(value) if isinstance(value, tuple | bool) else value


def ended_before(run: Planned, out: Path, data: str) -> RunOutcome | None:
    """Return how a run ended in an earlier sweep into the same folder; None if it is not yet done.

    ``data``: the digest of the data as they are now.

    Raises:
        InputError: if the folder holds a run of another experiment, or of other data.
    """
    folder = out / run.name
    written = folder / "experiment.toml"
    if written.is_file() and written.read_text(encoding="utf-8") != dumps(run.experiment):
        raise InputError(
            f"{folder}: holds a run of another experiment; allowed: the experiment that it was begun with, "
            "or --overwrite"
        )
    summary = _summary(folder)
    if summary.get("fingerprint", data) != data:
        raise InputError(
            f"{run.experiment.data.path or folder}: the data are not those that the run in {folder} was trained "
            "on; allowed: the same rows, columns and classes, or --overwrite"
        )
    return (
        RunOutcome(run.name, summary) if summary.get("stop_reason", "interrupted") != "interrupted" else None
    )


def _summary(folder: Path) -> dict[str, Any]:
    path = folder / SUMMARY
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


# --- running it ------------------------------------------------------------------------------------------


class Workplace(Protocol):
    """Where the runs of a sweep are trained."""

    def outcomes(self, planned: Sequence[Planned], out: Path) -> Iterator[RunOutcome]:
        """Train; yield each run's outcome when it ends."""

    def stop(self) -> None:
        """Make the runs under way end after their current update, and begin no others."""


def train_all(
    planned: Sequence[Planned], out: Path, place: Workplace, stopped: Callable[[], bool]
) -> Iterator[RunOutcome]:
    """Train the runs, each into its folder in ``out``; yield each outcome when the run ends.

    ``stopped``: once it returns True, the runs under way end as interrupted and no others begin.
    """
    with _passed_on(stopped, place.stop):
        for outcome in place.outcomes(planned, out):
            _write_files(out / outcome.name, outcome.files)
            yield outcome._replace(files={})


# Building a network draws from torch's one generator: a cluster's workers may have several threads.
_building = threading.Lock()


def _train(run: Planned, folder: Path, stopped: Callable[[], bool]) -> RunOutcome:
    """Train or resume one run; an error ends this run alone."""
    if stopped():
        return RunOutcome(run.name, {})
    try:
        with _building:
            begun = (folder / "experiment.toml").is_file()
            members = lockstep.resume(folder) if begun else lockstep.begin(run.experiment, folder, run.name)
        torch.set_num_threads(1)  # the cores are taken by the other runs
        for _ in lockstep.train_together(run.experiment, folder, members, stopped):
            pass
    except Exception as error:  # its row says what went wrong
        text = " ".join(str(error).split())
        return RunOutcome(
            run.name, {}, text if isinstance(error, InputError) else f"{type(error).__name__}: {text}"
        )
    return RunOutcome(run.name, _summary(folder))


@contextmanager
def _passed_on(stopped: Callable[[], bool], tell: Callable[[], None]) -> Iterator[None]:
    """Call ``tell`` once ``stopped`` returns True, even while the caller waits for a result."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(TELL_SECONDS):
            if stopped():
                tell()
                return

    watcher = threading.Thread(target=watch, name="sweep-stop")
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


@contextmanager
def _children_deaf_to_ctrl_c() -> Iterator[None]:
    """Make processes started inside ignore Ctrl+C, which reaches all processes of a terminal; we stop them."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


# --- on this machine -------------------------------------------------------------------------------------


@contextmanager
def this_machine(jobs: int) -> Iterator[Workplace]:
    """Train on this machine in ``jobs`` processes."""
    with tempfile.TemporaryDirectory(prefix="gradlab-sweep-") as folder:
        flag = Path(folder) / "go on"
        flag.touch()
        # A frozen program has no Python to start workers with.
        yield _Processes(1 if getattr(sys, "frozen", False) else jobs, flag)


@dataclass(frozen=True)
class _Processes:
    jobs: int
    flag: Path

    def stop(self) -> None:
        self.flag.unlink(missing_ok=True)

    def outcomes(self, planned: Sequence[Planned], out: Path) -> Iterator[RunOutcome]:
        stopped = _FlagIsGone(self.flag, os.getpid())
        tasks = (delayed(_train_in_process)(run, out / run.name, stopped) for run in planned)
        parallel = Parallel(n_jobs=self.jobs, batch_size=1, return_as="generator_unordered")
        with _children_deaf_to_ctrl_c():
            outcomes = parallel(tasks)
        yield from outcomes


@dataclass(frozen=True)
class _FlagIsGone:
    """Tells a run in a worker to stop: all processes of a machine see a file, within a microsecond."""

    flag: Path
    caller: int

    def __call__(self) -> bool:
        is_orphan = os.getpid() != self.caller and os.getppid() != self.caller
        return is_orphan or not self.flag.exists()


def _train_in_process(run: Planned, folder: Path, stopped: _FlagIsGone) -> RunOutcome:
    if os.getpid() != stopped.caller:  # where children do not inherit it, and in workers started later
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return _train(run, folder, stopped)


# --- on a Dask cluster -----------------------------------------------------------------------------------


@contextmanager
def dask_cluster(address: str, jobs: int) -> Iterator[Workplace]:
    """Train on the cluster of the scheduler at ``address``; ``local``: on one with ``jobs`` workers made here.

    No file system is shared: a run's files come back when it ends.

    Raises:
        InputError: if Dask is not installed, or if there is no cluster with a worker.
    """
    with _client(address, jobs) as client:
        yield _Cluster(client)


def _client(address: str, jobs: int) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise InputError(
            "--dask: the package distributed is not installed; allowed here: --jobs, "
            "or install it with pip install 'gradlab[dask]'"
        ) from None
    if address == "local":
        with _children_deaf_to_ctrl_c():
            return Client(
                n_workers=jobs,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address=None,
                set_as_default=False,
            )
    if not re.search(r":\d+$", address):
        raise InputError(f"--dask {address}: allowed: host:port of a Dask scheduler, or local")
    client = None
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        if client is not None:
            client.close()
        reason = " ".join(str(error).split())
        raise InputError(f"--dask {address}: no Dask cluster answers there: {reason}") from None
    return client


@dataclass(frozen=True)
class _Cluster:
    client: Client
    event: str = field(default_factory=lambda: f"gradlab-sweep-{uuid.uuid4()}")

    def stop(self) -> None:
        from distributed import Event

        Event(self.event, self.client).set()

    def outcomes(self, planned: Sequence[Planned], out: Path) -> Iterator[RunOutcome]:
        tasks = (delayed(_train_far_away)(run, _read_files(out / run.name), self.event) for run in planned)
        with parallel_config("dask", client=self.client):
            yield from Parallel(batch_size=1, return_as="generator_unordered")(tasks)


class _EventIsSet:
    """Tells a run on a cluster to stop; it checks rarely, since the answer comes over the network."""

    def __init__(self, name: str) -> None:
        from distributed import Event, get_client

        self._event = Event(name, get_client())
        self._asked = 0.0
        self._is_set = False

    def __call__(self) -> bool:
        now = time.monotonic()
        if not self._is_set and now - self._asked >= ASK_SECONDS:
            self._asked, self._is_set = now, self._event.is_set()
        return self._is_set


def _train_far_away(run: Planned, files: dict[str, bytes], event: str) -> RunOutcome:
    with tempfile.TemporaryDirectory(prefix="gradlab-sweep-") as folder:
        place = Path(folder) / "run"
        _write_files(place, files)
        outcome = _train(run, place, _EventIsSet(event))
        return outcome._replace(files=_read_files(place))


def _read_files(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder hold exactly these files: a file missing here was removed by the run."""
    if not files:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in _read_files(folder).keys() - files.keys():
        (folder / name).unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
