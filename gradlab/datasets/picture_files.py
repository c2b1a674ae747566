"""Reads one picture: whatever its name says, by what is in it, and never more than fits into memory."""

import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gradlab.content.file_kinds import LOOKED_AT, what_kind
from gradlab.language import tr

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]

# By Pillow's names, of those that are known by their first bytes and need no other program. In an animation the
# first frame counts, in a file of several pages the first page.
FORMATS = (
    "PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM", "ICO", "QOI", "SGI",
)  # fmt: skip
BRIGHTEST = 255
MOST_PIXELS = 50_000_000  # of one picture; a small file can unpack to far more
MOST_BYTES = 500_000_000  # of one file; some decoders read it as a whole
BITS_PER_SAMPLE = 258  # a tag of TIFF
# How what is read begins; a file that is not known in spite of that is damaged.
BEGINNINGS = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"BM", b"II*", b"MM\0*", b"\0\0\1\0", b"RIFF")


class UnreadableError(Exception):
    """A file that cannot be read as a picture; says why in a few words."""


@cache
def _formats() -> list[str]:
    """Return the formats that this Pillow reads, and let none of its warnings about size reach people."""
    from PIL import Image

    Image.init()
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    return [name for name in FORMATS if name in Image.OPEN]


@cache
def _endings() -> frozenset[str]:
    from PIL import Image

    known = {*_formats(), "MPO"}  # several JPEG pictures in one file, as phones make them
    return frozenset(ending for ending, name in Image.registered_extensions().items() if name in known)


def may_be_picture(path: Path) -> bool:
    """Return whether the name of a file says that it is a picture of a kind that is read."""
    return path.suffix.lower() in _endings()


def is_picture(path: Path) -> bool:
    """Return whether a file is a picture by its name or, where that says nothing, by its first bytes."""
    if not path.is_file():  # a pipe or a device would be waited for without end
        return False
    return may_be_picture(path) or _begins_like_one(path)


def _begins_like_one(path: Path) -> bool:
    from PIL import Image

    try:
        with Image.open(path, formats=_formats()):
            return True
    except Exception:  # Pillow's decoders raise many kinds of errors for files that are no pictures
        return False


def read_picture(path: Path, size: int) -> Pixels:
    """Return ``(size, size, 3)``: upright, and on white where the picture is transparent.

    Raises:
        UnreadableError: if it is no picture, damaged or too large.
    """
    try:
        return _read(path, size)
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(_why(path, error)) from None


def _read(path: Path, size: int) -> Pixels:
    from PIL import Image, ImageOps

    _check_file(path)
    with Image.open(path, formats=_formats()) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise UnreadableError(_too_large())
        picture.draft(None, (2 * size, 2 * size))  # lets JPEG skip detail that resizing would drop anyway
        upright = ImageOps.exif_transpose(_in_eight_bits(picture)).convert("RGBA")
    small = upright.resize((size, size), Image.Resampling.BILINEAR)
    paper = Image.new("RGBA", small.size, "white")
    return np.asarray(Image.alpha_composite(paper, small).convert("RGB"))


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise UnreadableError(tr("not a file"))
    if path.stat().st_size > MOST_BYTES:
        raise UnreadableError(_too_large())


def _in_eight_bits(picture: "Image") -> "Image":
    """Scale grey of more than eight bits down; Pillow would cut it off at 255."""
    if not picture.mode.startswith(("I", "F")):
        return picture
    from PIL import Image

    bits = getattr(picture, "tag_v2", {}).get(BITS_PER_SAMPLE, (16,))[0]
    values, white = np.asarray(picture), 2**bits - 1
    if picture.mode == "F" or bits > 16 or values.min() < 0 or values.max() > white:
        raise UnreadableError(tr("how bright white is in it cannot be known"))
    return Image.fromarray((values.astype(np.uint32) * BRIGHTEST // white).astype(np.uint8))


def _why(path: Path, error: Exception) -> str:
    from PIL import Image, UnidentifiedImageError

    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return _too_large()
    if isinstance(error, MemoryError):
        return _too_large()
    if isinstance(error, OSError) and error.errno:  # as without permission
        return str(error.strerror)
    return _what_it_is(path) if isinstance(error, UnidentifiedImageError) else tr("damaged")


def _what_it_is(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(LOOKED_AT)
    if not start.strip(b"\0"):
        return tr("empty")
    return tr("damaged") if start.startswith(BEGINNINGS) else what_kind(start) or tr("not a picture")


def _too_large() -> str:
    return tr("more than {most} million pixels").format(most=MOST_PIXELS // 10**6)
