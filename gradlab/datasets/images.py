"""Your own pictures, from a folder."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.picture_files import BRIGHTEST, MOST_PIXELS, Pixels, UnreadableError, read_picture
from gradlab.datasets.picture_folders import PictureFolders, find_pictures
from gradlab.datasets.positive_class import with_positive_class
from gradlab.errors import InputError
from gradlab.experiment.rows import Rows
from gradlab.experiment.sections.data import Data
from gradlab.language import mark, tr, trn
from gradlab.tables.wording import first_few

MOST_PICTURES = 20_000  # more take minutes to read
MOST_NUMBERS = 50_000_000  # 200 MB as float32


@source(
    "images",
    label=mark("Own pictures (folder)"),
    help=mark(
        "A folder of your own that holds one folder of pictures per class: PNG, JPEG, WebP and more. "
        "The names of the folders are the names of the classes."
    ),
    uses=("path", "image_size", "positive_class"),
    rank=91,
    drawn=True,
    folder=True,
    gives=Rows.PICTURES,
)
def images(data: Data, random: np.random.Generator) -> Dataset:
    """Return ``(rows, channels, size, size)``, 0 (black) … 1; three channels if any picture is coloured, else one.

    Raises:
        InputError: with the key ``data.path``; names the folder, and folders or files in it.
    """
    if not data.path:
        raise InputError(
            tr("data.path is empty; allowed: a folder that holds one folder of pictures per class"),
            "data.path",
        )
    try:
        return with_positive_class(_dataset(find_pictures(Path(data.path)), data.image_size), data)
    except InputError as error:
        line = " ".join(str(error).splitlines())  # a name may hold line ends
        raise InputError(f"{data.path}: {line}", error.key or "data.path") from None


def _dataset(found: PictureFolders, size: int) -> Dataset:
    counts = [len(files) for files in found.classes.values()]
    _check_size(sum(counts), size)
    pictures = _read_all([path for files in found.classes.values() for path in files], size)
    if _is_grey(pictures):
        pictures = pictures[..., :1]
    channels_first = np.ascontiguousarray(np.moveaxis(pictures, -1, 1), dtype=np.float32)
    return Dataset(
        inputs=channels_first / np.float32(BRIGHTEST),
        targets=np.repeat(np.arange(len(counts)), counts).astype(np.int64),
        target_name=mark("class"),
        class_names=tuple(found.classes),
        notices=found.notices,
    )


def _check_size(pictures: int, size: int) -> None:
    most = min(MOST_PICTURES, MOST_NUMBERS // (3 * size**2))
    if pictures > most:
        raise InputError(
            tr(
                "holds {pictures} pictures, which is too many at data.image_size = {size}; allowed "
                "there: {most}"
            ).format(pictures=pictures, size=size, most=most)
        )


def _read_all(files: Iterable[Path], size: int) -> Pixels:
    """Return ``(rows, size, size, 3)``; raise an error that names the unreadable files if there are any."""
    pictures, unreadable = [], []
    for path in files:
        try:
            pictures.append(read_picture(path, size))
        except UnreadableError as error:
            unreadable.append(f"{path.parent.name}/{path.name} ({error})")
    if unreadable:
        raise InputError(
            trn(
                "{count} file cannot be read as a picture: {files}; allowed: whole pictures, such as PNG, JPEG "
                "or WebP files, of at most {most} million pixels",
                "{count} files cannot be read as pictures: {files}; allowed: whole pictures, such as PNG, JPEG "
                "or WebP files, of at most {most} million pixels",
                len(unreadable),
            ).format(count=len(unreadable), files=first_few(unreadable), most=MOST_PIXELS // 10**6)
        )
    return np.stack(pictures)


def _is_grey(pictures: Pixels) -> bool:
    return bool((pictures == pictures[..., :1]).all())
