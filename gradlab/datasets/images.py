"""Your own pictures, from a folder."""

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gradlab.datasets.base import Dataset, source
from gradlab.errors import InputError
from gradlab.experiment.rows import Rows
from gradlab.experiment.sections.data import Data
from gradlab.language import mark, tr, trn
from gradlab.tables.wording import first_few

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]

ENDINGS = (".png", ".jpg", ".jpeg")
BRIGHTEST = 255
MOST_CLASSES = 100
MOST_PICTURES = 20_000  # more take minutes to read
MOST_NUMBERS = 50_000_000  # 200 MB as float32
MOST_PIXELS = 50_000_000  # of one picture; a small file can unpack to far more


@source(
    "images",
    label=mark("Own pictures (folder)"),
    help=mark(
        "A folder of your own that holds one folder of PNG or JPEG pictures per class. "
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
        return _dataset(_pictures_by_class(Path(data.path)), data.image_size)
    except InputError as error:
        line = " ".join(str(error).splitlines())  # a name may hold line ends
        raise InputError(f"{data.path}: {line}", "data.path") from None


def _pictures_by_class(folder: Path) -> dict[str, list[Path]]:
    """Return the names of the classes, sorted, with their files."""
    try:
        inside = sorted(folder.iterdir())
        classes = {path.name: _pictures(path) for path in inside if path.is_dir() and not _is_hidden(path)}
    except OSError as error:
        raise InputError(
            tr("cannot be read as a folder of folders: {reason}").format(reason=error.strerror)
        ) from None
    except ValueError as error:  # a path that no system allows, as with a zero character
        raise InputError(tr("cannot be read: {reason}").format(reason=error)) from None
    _check_classes(classes)
    return classes


def _pictures(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in ENDINGS and path.is_file() and not _is_hidden(path)
    ]


def _is_hidden(path: Path) -> bool:
    return path.name.startswith((".", "__MACOSX"))


def _check_classes(classes: dict[str, list[Path]]) -> None:
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise InputError(
            tr("holds {count} folders; allowed: 2 to {most}, one folder of pictures per class").format(
                count=len(classes), most=MOST_CLASSES
            )
        )
    empty = [f'"{name}"' for name, files in classes.items() if not files]
    if empty:
        raise InputError(
            tr("no picture in {folders}; allowed: folders with files that end in {endings}").format(
                folders=first_few(empty), endings=", ".join(ENDINGS)
            )
        )


def _dataset(classes: dict[str, list[Path]], size: int) -> Dataset:
    counts = [len(files) for files in classes.values()]
    _check_size(sum(counts), size)
    pictures = _read_all([path for files in classes.values() for path in files], size)
    if _is_grey(pictures):
        pictures = pictures[..., :1]
    channels_first = np.ascontiguousarray(np.moveaxis(pictures, -1, 1), dtype=np.float32)
    return Dataset(
        inputs=channels_first / np.float32(BRIGHTEST),
        targets=np.repeat(np.arange(len(counts)), counts).astype(np.int64),
        target_name=mark("class"),
        class_names=tuple(classes),
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
    from PIL import Image

    warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit here is lower
    pictures, unreadable = [], []
    for path in files:
        try:
            pictures.append(_read(path, size))
        except Exception:  # Pillow's decoders raise many kinds of errors for broken files
            unreadable.append(f"{path.parent.name}/{path.name}")
    if unreadable:
        raise InputError(
            trn(
                "{count} file cannot be read as pictures: {files}; allowed: whole PNG or JPEG files "
                "of at most {most} million pixels",
                "{count} files cannot be read as pictures: {files}; allowed: whole PNG or JPEG files "
                "of at most {most} million pixels",
                len(unreadable),
            ).format(count=len(unreadable), files=first_few(unreadable), most=MOST_PIXELS // 10**6)
        )
    return np.stack(pictures)


def _read(path: Path, size: int) -> Pixels:
    """Return ``(size, size, 3)``: upright, and on white where the picture is transparent."""
    from PIL import Image, ImageOps

    with Image.open(path, formats=("PNG", "JPEG")) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        picture.draft(None, (2 * size, 2 * size))  # lets JPEG skip detail that resizing would drop anyway
        upright = ImageOps.exif_transpose(_in_eight_bits(picture)).convert("RGBA")
    small = upright.resize((size, size), Image.Resampling.BILINEAR)
    paper = Image.new("RGBA", small.size, "white")
    return np.asarray(Image.alpha_composite(paper, small).convert("RGB"))


def _in_eight_bits(picture: "Image") -> "Image":
    """Scale 16-bit grey down; Pillow would cut it off at 255."""
    if not picture.mode.startswith("I"):
        return picture
    from PIL import Image

    return Image.fromarray((np.asarray(picture) // 257).astype(np.uint8))


def _is_grey(pictures: Pixels) -> bool:
    return bool((pictures == pictures[..., :1]).all())
