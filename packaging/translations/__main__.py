"""Bring the catalogs up to date, or check them: ``python packaging/make.py translations``."""

import argparse
import sys
from pathlib import Path

from translations import catalogs, check

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Do what is asked for; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="make.py translations", description="Bring the catalogs in resources/translations up to date."
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing, and say what is missing or wrong"
    )
    if not parser.parse_args(arguments).check:
        catalogs.update(root)
        return 0
    mistakes = list(check.mistakes(root))
    for line in mistakes:
        print(line, file=sys.stderr)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
