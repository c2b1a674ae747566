"""Reads the command line, runs a command, and turns bad input into one clear line."""

from __future__ import annotations

import argparse
import logging
import sys
from typing import TYPE_CHECKING

from gradlab import __version__
from gradlab.cli import doctor, kit, run, sweep
from gradlab.errors import InputError

if TYPE_CHECKING:
    from gradlab.lessons.workshop_kit import WritePdf

BAD_INPUT = 2
log = logging.getLogger(__name__)
COMMANDS = {"run": run, "sweep": sweep, "kit": kit, "doctor": doctor}


def main(arguments: list[str], write_pdf: WritePdf | None = None) -> int:
    """Run a command; return the exit code: 0 fine, 2 bad input, 130 or 143 when stopped.

    Args:
        arguments: the command with its arguments.
        write_pdf: writes a hand-out with Qt, which nothing here imports; None if Qt is not installed.
    """
    options = _parser().parse_args(arguments)
    options.write_pdf = write_pdf
    try:
        return int(options.command(options))
    except InputError as error:
        log.info("bad input: %s", error)
        line = " ".join(str(error).splitlines())  # a name may hold line ends
        sys.stderr.write(f"gradlab: {line}\n")
        return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gradlab", description="See how neural networks learn. Without a command the window opens."
    )
    # gradlab.__main__ has read these options already; here they are for --help.
    parser.add_argument(
        "--data", metavar="DIR", help="keep settings and runs in DIR; goes before everything else"
    )
    parser.add_argument("--debug", action="store_true", help="write a log of what the program does")
    parser.add_argument("--version", action="version", version=f"gradlab {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in COMMANDS.values():
        module.add_to(commands)
    return parser
