"""The workshop kit beside the installers, written by the program that was just built."""

import os
import shutil
from pathlib import Path

from installer.places import BUILD, DIST, VERSION, command, on, say

NAME = f"gradlab-{VERSION}-workshop-kit"


def pack(program: Path) -> Path:
    """Return the kit as one zip file: lessons, experiments, and hand-outs in every language."""
    say("writing the workshop kit")
    folder = BUILD / NAME
    shutil.rmtree(folder, ignore_errors=True)
    screenless = {"QT_QPA_PLATFORM": "offscreen"} if on("linux") else {}
    command(program, "kit", folder, env={**os.environ, **screenless})
    DIST.mkdir(exist_ok=True)
    return Path(shutil.make_archive(str(DIST / NAME), "zip", folder.parent, NAME))
