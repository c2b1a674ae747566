"""Fetches the bytes of a file that people chose: of plain files only, and never for ever."""

import os
import stat
from pathlib import Path

from gradlab.errors import InputError
from gradlab.language import mark, tr

MOST_MEGABYTES = 1000
_PIECE = 1 << 24
_OTHERS = (
    (stat.S_ISDIR, mark("it is a folder, not a file")),
    (stat.S_ISFIFO, mark("it is a pipe between programs, not a file")),
    (stat.S_ISSOCK, mark("it is a connection between programs, not a file")),
    (stat.S_ISCHR, mark("it is a device, not a file")),
    (stat.S_ISBLK, mark("it is a device, not a file")),
)
# With O_NONBLOCK nothing waits, should a file turn into a pipe between the look at it and its opening.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def read_file(name: str) -> bytes:
    """Return what is in a file.

    Raises:
        InputError: if there is none, if it is not a file, or if it is too large; one line without its name.
    """
    try:
        return _content(Path(name))
    except FileNotFoundError as error:
        reason = _broken_link(name) or error.strerror
    except OSError as error:
        reason = error.strerror or str(error)
    except ValueError as error:  # a path that no system allows, as with a zero character
        reason = str(error)
    raise InputError(tr("cannot be read: {reason}").format(reason=reason), "data.path")


def _content(path: Path) -> bytes:
    _check(path.stat())
    descriptor = os.open(path, _FLAGS)
    try:
        _check(os.fstat(descriptor))
        return _all(descriptor)
    finally:
        os.close(descriptor)


def _check(found: os.stat_result) -> None:
    for is_kind, words in _OTHERS:
        if is_kind(found.st_mode):
            raise OSError(0, tr(words))
    _check_size(found.st_size)


def _check_size(size: int) -> None:
    if size > MOST_MEGABYTES * 1_000_000:
        raise OSError(0, tr("it is larger than {most} MB, the most allowed").format(most=MOST_MEGABYTES))


def _all(descriptor: int) -> bytes:
    """Read to the end, which some files of the system never tell beforehand."""
    pieces, size = [], 0
    while piece := os.read(descriptor, _PIECE):
        pieces.append(piece)
        size += len(piece)
        _check_size(size)
    return b"".join(pieces)


def _broken_link(name: str) -> str:
    try:
        return tr("it is a link to {path}, which is not there").format(path=Path(name).readlink())
    except OSError:  # no link
        return ""
