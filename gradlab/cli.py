"""The command line: training without a window. The second consumer of the training events."""

from __future__ import annotations

import argparse
import signal
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from gradlab import __version__
from gradlab.errors import InputError
from gradlab.experiment.files import change, load
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key

if TYPE_CHECKING:
    from gradlab.training.events import Event, Finished
    from gradlab.training.run import TrainingRun

BAD_INPUT = 2


def main(arguments: list[str]) -> int:
    """Run a command; return the exit code: 0 fine, 2 bad input, 130 or 143 when stopped."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except InputError as error:
        _say(f"gradlab: {error}")
        return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gradlab", description="See how neural networks learn. Without a command the window opens."
    )
    parser.add_argument("--version", action="version", version=f"gradlab {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    run = commands.add_parser(
        "run",
        help="train an experiment and write its tables",
        description="Train an experiment without a window and write tables, weights and a summary.",
        epilog=_keys(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument("experiment", type=Path, metavar="EXPERIMENT.toml", help="the experiment file")
    run.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the results")
    run.add_argument("--overwrite", action="store_true", help="replace the results that DIR holds")
    run.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change a key of the file, e.g. --set optimizer.lr=0.01",
    )
    run.set_defaults(command=_run)

    doctor = commands.add_parser("doctor", help="print versions, devices and folders")
    doctor.set_defaults(command=_doctor)
    return parser


def _keys() -> str:
    """List every key with what it takes: the same descriptions as the window's tooltips."""
    lines = ["keys of the experiment file:"]
    for key, setting in by_key(Experiment).items():
        lines.append(f"  {key:28} {setting.allowed} [{_as_toml(setting.default)}]")
    return "\n".join(lines).replace("%", "%%")


def _as_toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value)


def _with_settings(experiment: Experiment, assignments: list[str]) -> Experiment:
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals:
            raise InputError(f"--set {assignment}: allowed: KEY=VALUE, e.g. --set optimizer.lr=0.01")
        experiment = change(experiment, key.strip(), _value(text.strip()), f"--set {assignment}")
    return experiment


def _value(text: str) -> object:
    """Read a value as the file would; a bare word is a text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _run(options: argparse.Namespace) -> int:
    experiment = _with_settings(load(options.experiment), options.set)
    with _stop_signals() as stop:
        from gradlab.runs.folder import RunFolder, prepare_folder
        from gradlab.training.device import out_of_memory
        from gradlab.training.run import TrainingRun

        try:
            run = TrainingRun(experiment)
        except InputError as error:
            raise InputError(f"{options.experiment}: {error}", error.key) from None
        prepare_folder(options.out, options.overwrite)
        try:
            with RunFolder(options.out, run) as folder, _Progress(run) as progress:
                for event in _until_stopped(run, stop):
                    folder.observe(event)
                    progress.observe(event)
        except RuntimeError as error:
            full = out_of_memory(error, str(run.device), experiment.training.batch_size)
            raise full or error from None
        except OSError as error:
            raise InputError(f"--out {options.out}: cannot be written: {error.strerror}") from None
    return stop.exit_code


class _Stop:
    """Whether a signal asked to stop, and with which exit code."""

    exit_code = 0


@contextmanager
def _stop_signals() -> Iterator[_Stop]:
    """Turn Ctrl+C and SIGTERM into a wish to stop; a second one ends the process at once."""
    stop = _Stop()

    def ask(number: int, _: FrameType | None) -> None:
        stop.exit_code = 128 + number
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _until_stopped(run: TrainingRun, stop: _Stop) -> Iterator[Event]:
    """Yield the events of a run; after a wish to stop, end it once the current update is made."""
    from gradlab.training.events import EpochEnded, Updated
    from gradlab.training.loop import finish, train

    for event in train(run):
        yield event
        if stop.exit_code and isinstance(event, Updated | EpochEnded):
            yield finish(run, "interrupted")
            return


class _Progress:
    """A progress bar on stderr where that is a terminal, and one line about how it ended."""

    def __init__(self, run: TrainingRun) -> None:
        from tqdm import tqdm

        self._bar = tqdm(
            total=run.total_updates,
            unit=" updates",
            disable=not sys.stderr.isatty(),
            file=sys.stderr,
            dynamic_ncols=True,
        )
        self._ending: Finished | None = None

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
        if self._ending is not None and self._ending.cause:
            _say(f"gradlab: diverged at {self._ending.cause}")

    def observe(self, event: Event) -> None:
        from gradlab.training.events import EpochEnded, Finished, Updated

        if isinstance(event, Updated):
            self._bar.update()
        elif isinstance(event, EpochEnded):
            self._bar.set_description(f"epoch {event.epoch}", refresh=False)
            self._bar.set_postfix(loss=f"{event.train_loss:.4g}")
        elif isinstance(event, Finished):
            self._ending = event


def _doctor(_: argparse.Namespace) -> int:
    from importlib.metadata import PackageNotFoundError, version

    import torch

    from gradlab.runs.folder import versions
    from gradlab.training.device import devices

    lines = [f"{name:14} {value}" for name, value in versions().items()]
    for package in ("PySide6_Essentials", "pyqtgraph"):
        try:
            lines.append(f"{package:14} {version(package)}")
        except PackageNotFoundError:
            lines.append(f"{package:14} missing: the window cannot open")
    lines.append(f"{'devices':14} {', '.join(devices())}")
    lines.append(f"{'threads':14} {torch.get_num_threads()}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
