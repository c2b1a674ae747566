"""A table and a folder of pictures such as people bring along."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from gradlab.resources import resource

PICTURES = {"bright": (160, 256), "dark": (0, 96)}


def own_data(source: str) -> dict[str, str]:
    """The settings that a source of people's own data needs; none for the others."""
    if source == "csv":
        return {"path": str(resource("data", "leaves.csv"))}
    return {"path": str(picture_folder())} if source == "images" else {}


@cache
def picture_folder() -> Path:
    """A folder with 12 coloured pictures of each of two classes, there until the process ends."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    random = np.random.default_rng(0)
    for name, (darkest, brightest) in PICTURES.items():
        (folder / name).mkdir()
        for number in range(12):
            pixels = random.integers(darkest, brightest, (20, 30, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder
