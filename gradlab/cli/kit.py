"""``gradlab kit``: lessons, experiments and hand-outs in one folder, for a workshop."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from gradlab.errors import InputError
from gradlab.language import LANGUAGES


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "kit",
        help="write lessons, experiments and hand-outs into a folder",
        description="Write all lessons, experiments and printable hand-outs into one folder for a workshop.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder that is new or empty")
    parser.add_argument(
        "--language",
        action="append",
        choices=list(LANGUAGES),
        help="of the hand-outs; may be given more than once; without it: all of them",
    )
    parser.add_argument("--overwrite", action="store_true", help="write into a folder that holds something")
    parser.set_defaults(command=_kit)


def _kit(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from gradlab.lessons.workshop_kit import kit, write

    folder: Path = options.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())) and not options.overwrite:
        raise InputError(f"{folder}: is not empty; allowed: a new or empty folder, or --overwrite")
    if options.write_pdf is None:
        raise InputError("kit: hand-outs need Qt, which is not installed")
    languages = options.language or list(LANGUAGES)
    items = list(kit(folder, languages, options.write_pdf))
    shown = tqdm(write(items), total=len(items), unit="file", disable=not sys.stderr.isatty(), leave=False)
    for path in shown:
        shown.set_postfix_str(path.name)
    sys.stderr.write(f"gradlab: {len(items)} files are in {folder}\n")
    return 0
