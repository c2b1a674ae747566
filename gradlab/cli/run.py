"""``gradlab run``: train an experiment without a window and write its tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradlab.cli.settings import keys_in_words, with_settings
from gradlab.cli.stopping import Stop, stop_signals
from gradlab.errors import InputError
from gradlab.experiment.files import load

if TYPE_CHECKING:
    from gradlab.training.events import Event, Finished
    from gradlab.training.run import TrainingRun


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "run",
        help="train an experiment and write its tables",
        description="Train an experiment without a window and write tables, weights and a summary.",
        epilog=keys_in_words(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("experiment", type=Path, metavar="EXPERIMENT.toml", help="the experiment file")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the results")
    parser.add_argument("--overwrite", action="store_true", help="replace the results that DIR holds")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change a key of the file, e.g. --set optimizer.lr=0.01",
    )
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    experiment = with_settings(load(options.experiment), options.set)
    with stop_signals() as stop:
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


def _until_stopped(run: TrainingRun, stop: Stop) -> Iterator[Event]:
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
            sys.stderr.write(f"gradlab: diverged at {self._ending.cause}\n")

    def observe(self, event: Event) -> None:
        """Move on with an event."""
        from gradlab.training.events import EpochEnded, Finished, Updated

        if isinstance(event, Updated):
            self._bar.update()
        elif isinstance(event, EpochEnded):
            self._bar.set_description(f"epoch {event.epoch}", refresh=False)
            self._bar.set_postfix(loss=f"{event.train_loss:.4g}")
        elif isinstance(event, Finished):
            self._ending = event
