"""Reads the command line, runs a command, and turns bad input into one clear line."""

import argparse
import sys

from gradlab import __version__
from gradlab.cli import doctor, run, sweep
from gradlab.errors import InputError

BAD_INPUT = 2
COMMANDS = {"run": run, "sweep": sweep, "doctor": doctor}


def main(arguments: list[str]) -> int:
    """Run a command; return the exit code: 0 fine, 2 bad input, 130 or 143 when stopped."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except InputError as error:
        sys.stderr.write(f"gradlab: {error}\n")
        return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gradlab", description="See how neural networks learn. Without a command the window opens."
    )
    parser.add_argument("--version", action="version", version=f"gradlab {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in COMMANDS.values():
        module.add_to(commands)
    return parser
