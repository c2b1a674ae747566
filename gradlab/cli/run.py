"""``gradlab run``: train an experiment without a window and write its tables."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradlab.cli.settings import keys_in_words, with_settings
from gradlab.cli.stopping import Stop, stop_signals
from gradlab.errors import InputError
from gradlab.experiment.files import load

if TYPE_CHECKING:
    from gradlab.experiment.schema import Experiment
    from gradlab.runs.lockstep import Member, Team
    from gradlab.training.events import Event
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
    parser.add_argument(
        "experiment", type=Path, nargs="?", metavar="EXPERIMENT.toml", help="the experiment file"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the results")
    parser.add_argument("--overwrite", action="store_true", help="replace the results that DIR holds")
    parser.add_argument("--resume", type=Path, metavar="DIR", help="go on with the interrupted run in DIR")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="change a key of the file, e.g. --set optimizer.lr=0.01",
    )
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    if options.resume is None and (options.experiment is None or options.out is None):
        raise InputError("run: needs EXPERIMENT.toml and --out DIR, or --resume DIR")
    if options.resume is not None and (options.experiment or options.out or options.set or options.overwrite):
        raise InputError("run: --resume DIR goes with nothing else: the folder knows its experiment")
    with stop_signals() as stop, _team(stop) as team:
        from gradlab.runs import lockstep

        if options.resume is not None:
            out = options.resume
            members = lockstep.resume(out, team)
            experiment = load(out / "experiment.toml")
            team.once(lambda: None)  # no process writes before all have read
            if not members and team.writes:
                sys.stderr.write(f"gradlab: {out}: has finished; there is nothing to resume\n")
        else:
            from gradlab.runs.folder import prepare_folder

            out = options.out
            experiment = with_settings(load(options.experiment), options.set)
            members = lockstep.begin(experiment, out, str(options.experiment), team)
            team.once(lambda: prepare_folder(out, options.overwrite))
        if members or team.writes:
            _train(experiment, out, members, team)
        return stop.exit_code or (signal.SIGTERM + 128 if team.stopped() else 0)


@contextmanager
def _team(stop: Stop) -> Iterator[Team]:
    """Train alone, or with the other processes that torchrun has started."""

    def wants_to_stop() -> bool:
        return stop.exit_code != 0

    if "TORCHELASTIC_RUN_ID" not in os.environ:
        from gradlab.runs.lockstep import Alone

        yield Alone(wants_to_stop)
        return
    from gradlab.training.distributed import joined

    try:
        with joined(wants_to_stop) as processes:
            yield processes
    except InputError:
        if os.environ["LOCAL_RANK"] == "0":
            raise
        sys.exit(2)  # the line is the same in all processes: one of them writes it


def _train(experiment: Experiment, out: Path, members: list[Member], team: Team) -> None:
    from gradlab.runs.lockstep import train_together
    from gradlab.training.device import out_of_memory

    try:
        with _Progress([member.run for member in members], team.writes) as progress:
            for event in train_together(experiment, out, members, team.stopped):
                progress.observe(event)
        _tell(members, team)
    except RuntimeError as error:
        device = str(members[0].run.network.device)
        raise out_of_memory(error, device, experiment.training.batch_size) or error from None
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None


def _tell(members: list[Member], team: Team) -> None:
    from gradlab.cli.findings import told

    if team.writes:
        sys.stderr.writelines(f"gradlab: {line}\n" for line in told(members))


class _Progress:
    """A progress bar on stderr, if that is a terminal, and one line about how the run ended."""

    def __init__(self, runs: list[TrainingRun], shown: bool) -> None:
        from tqdm import tqdm

        self._bar = tqdm(
            total=sum(run.optimizer.total_updates for run in runs),
            initial=sum(run.counters.updates for run in runs),
            unit=" updates",
            disable=not (shown and sys.stderr.isatty()),
            file=sys.stderr,
            dynamic_ncols=True,
        )
        self._causes: list[str] = []
        self._shown = shown

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
        if self._shown:
            sys.stderr.writelines(f"gradlab: diverged at {cause}\n" for cause in self._causes)

    def observe(self, event: Event) -> None:
        """Advance the bar by an event."""
        from gradlab.training.events import EpochEnded, Finished, Updated

        if isinstance(event, Updated):
            self._bar.update()
        elif isinstance(event, EpochEnded):
            self._bar.set_description(f"epoch {event.epoch}", refresh=False)
            self._bar.set_postfix(loss=f"{event.train_loss:.4g}")
        elif isinstance(event, Finished) and event.cause:
            self._causes.append(event.cause)
