"""``gradlab sweep``: train every combination of some settings, several at a time, and write one table."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradlab.cli.notices import say, say_reading
from gradlab.cli.settings import keys_in_words, split_assignment, value_of
from gradlab.cli.stopping import Stop, stop_signals
from gradlab.errors import InputError
from gradlab.experiment.files import load

if TYPE_CHECKING:
    from gradlab.runs.sweep import Checked, Planned, Workplace

FAILED = 1
OPENING, CLOSING = "[{", "]}"


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "sweep",
        help="run every combination of some settings",
        description="Train an experiment with every combination of the given settings and seeds, several runs at "
        "a time. Each run has a folder of its own in DIR; DIR/sweep.csv has one row per run.",
        epilog=keys_in_words(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("experiment", type=Path, metavar="EXPERIMENT.toml", help="the experiment file")
    parser.add_argument("--out", type=Path, metavar="DIR", required=True, help="folder for the results")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE,VALUE",
        help="the values that a key takes in turn, e.g. --set optimizer.lr=0.01,0.1",
    )
    parser.add_argument("--seeds", default="1", metavar="N", help="run each with N seeds: seed, seed + 1, …")
    parser.add_argument("--jobs", metavar="N", help="runs at a time; default: one per core")
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="use the Dask cluster of this scheduler; local: one made here"
    )
    parser.add_argument("--resume", action="store_true", help="do what an earlier sweep into DIR left undone")
    parser.add_argument("--overwrite", action="store_true", help="replace the results that DIR holds")
    parser.set_defaults(command=_sweep)


def _sweep(options: argparse.Namespace) -> int:
    if options.resume and options.overwrite:
        raise InputError("sweep: --resume and --overwrite go without each other")
    seeds = _at_least_one("--seeds", options.seeds)
    jobs = _at_least_one("--jobs", options.jobs or str(os.cpu_count() or 1))
    choices = _choices(options.set)
    with stop_signals() as stop:
        from gradlab.runs import sweep
        from gradlab.runs.folder import prepare_folder

        planned = sweep.plan(load(options.experiment), choices, seeds)
        say_reading(planned[0].experiment)
        checked = sweep.check(planned, "cpu" if options.dask else None)
        say(line for each in checked.values() for line in each.notices)
        place = sweep.dask_cluster(options.dask, jobs) if options.dask else sweep.this_machine(jobs)
        with place as workplace:
            if not options.resume:
                prepare_folder(options.out, options.overwrite)
            try:
                failed = _train(options.out, planned, checked, workplace, stop)
            except OSError as error:
                raise InputError(f"{options.out}: cannot be written: {error.strerror or error}") from None
    return stop.exit_code or (FAILED if failed else 0)


def _train(
    out: Path, planned: list[Planned], checked: Mapping[str, Checked], place: Workplace, stop: Stop
) -> int:
    """Train the runs that are not yet done; return how many failed."""
    from joblib.externals.loky.process_executor import BrokenProcessPool
    from tqdm import tqdm

    from gradlab.runs.sweep import SweepTable, ended_before, train_all

    ended = {
        run.name: outcome for run in planned if (outcome := ended_before(run, out, checked[run.name].data))
    }
    out.mkdir(parents=True, exist_ok=True)
    table = SweepTable(out, planned)
    for outcome in ended.values():
        table.add(outcome)
    table.write()
    left = [run for run in planned if run.name not in ended]
    failed = 0
    with tqdm(
        total=len(planned),
        initial=len(ended),
        unit=" runs",
        disable=not sys.stderr.isatty(),
        file=sys.stderr,
        dynamic_ncols=True,
    ) as bar:
        try:
            for outcome in train_all(left, out, place, lambda: stop.exit_code != 0):
                table.add(outcome)
                bar.update(bool(outcome.summary or outcome.error))
                if outcome.error:
                    failed += 1
                    tqdm.write(f"gradlab: {outcome.name}: failed: {outcome.error}", file=sys.stderr)
        except BrokenProcessPool:
            failed += 1
            if not stop.exit_code:
                tqdm.write(
                    "gradlab: a process that trained was ended from outside, perhaps for want of memory; "
                    "--resume goes on, with fewer --jobs if need be",
                    file=sys.stderr,
                )
    if failed:
        sys.stderr.write(f"gradlab: {failed} of {len(planned)} runs failed\n")
    return failed


def _choices(assignments: list[str]) -> dict[str, list[object]]:
    """Return key → values of every ``KEY=VALUE,VALUE``; raises InputError."""
    choices: dict[str, list[object]] = {}
    for assignment in assignments:
        key, text = split_assignment(assignment)
        if key in choices:
            raise InputError(
                f"--set {assignment}: {key} is given twice; allowed: all its values in one --set"
            )
        texts = split_values(text)
        if "" in texts:
            raise InputError(f"--set {assignment}: a value is missing; allowed: KEY=VALUE,VALUE")
        choices[key] = [value_of(each) for each in texts]
    return choices


def split_values(text: str) -> list[str]:
    """Split at commas outside of brackets and quotes."""
    values, start, depth, quote = [], 0, 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in OPENING + CLOSING:
            depth += 1 if sign in OPENING else -1
        elif sign == "," and depth == 0:
            values.append(text[start:place])
            start = place + 1
    return [value.strip() for value in (*values, text[start:])]


def _at_least_one(option: str, text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise InputError(f"{option} {text}: allowed: a whole number of at least 1")
    return int(text)
