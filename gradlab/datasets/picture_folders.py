"""Finds the pictures in a folder that holds one folder per class, and says what it leaves out."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gradlab.content.file_kinds import LOOKED_AT, what_kind
from gradlab.datasets.picture_files import is_picture, may_be_picture
from gradlab.errors import InputError
from gradlab.language import listed, tr, trn
from gradlab.tables.remarks import Level, Remark
from gradlab.tables.wording import first_few

MOST_CLASSES = 100
MOST_FILES = 100_000  # in all folders together: more is no data set, but perhaps a whole disk
# Names of the parts that data sets come in, the one to train on first: they are no classes.
PARTS = ("train", "training", "val", "valid", "validation", "dev", "test", "testing", "holdout", "unlabeled")
SYSTEM = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "@eadir", "__macosx", "$recycle.bin"}
# Pictures that nothing here reads; other files are no pictures at all.
FOREIGN = frozenset(
    {".heic", ".heif", ".jxl", ".svg", ".psd", ".xcf", ".tga", ".eps", ".exr"}
    | {".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".raw"}
)


@dataclass
class ClassFolder:
    """What is in the folder of a class, and in all folders inside it.

    Attributes:
        pictures: the files that are read, sorted.
        others: the files that are not.
        links: links to folders, which are not followed: they may lead round in a circle.
    """

    path: Path
    pictures: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    links: list[Path] = field(default_factory=list)

    @property
    def inner(self) -> list[str]:
        """The names of several folders in it that hold all its pictures; folders of one folder are skipped."""
        places = [path.relative_to(self.path).parts[:-1] for path in self.pictures]
        while places and all(places) and len({parts[0] for parts in places}) == 1:
            places = [parts[1:] for parts in places]
        return sorted({parts[0] for parts in places}) if all(places) else []

    @property
    def is_part(self) -> bool:
        """Whether a word of its name is that of a part: ``seg_train``, ``Test2``."""
        return not set(re.split(r"[^a-z]+", self.path.name.lower())).isdisjoint(PARTS)

    @property
    def holds_other_things(self) -> bool:
        """Whether there are files in it, and none is a picture of any kind."""
        return bool(self.others) and not any(path.suffix.lower() in FOREIGN for path in self.others)


@dataclass(frozen=True)
class PictureFolders:
    """The pictures of each class.

    Attributes:
        classes: the files by the name of their class, in the order of the names.
        notices: what was left out, and what else should be known.
    """

    classes: dict[str, list[Path]]
    notices: tuple[Remark, ...]


def find_pictures(folder: Path) -> PictureFolders:
    """Look for pictures in the folders in ``folder``, one per class, and in all folders inside them.

    Raises:
        InputError: if they are no classes with pictures.
    """
    try:
        _check_folder(folder)
        inside = [path for path in sorted(folder.iterdir()) if not _is_hidden(path.name)]
        folders = [path for path in inside if path.is_dir()]
        loose = [path for path in inside if may_be_picture(path) and path.is_file()]
        _check_count(folders, loose)
        classes = _classes(folders)
    except OSError as error:
        raise InputError(
            tr("cannot be read as a folder of folders: {reason}").format(reason=error.strerror)
        ) from None
    except InputError:
        raise
    except ValueError as error:  # a path that no system allows, as with a zero character
        raise InputError(tr("cannot be read: {reason}").format(reason=error)) from None
    _check_parts(classes)
    _check_number(len(classes), loose)
    _check_empty(classes)
    notices = tuple(Remark(text, Level.NOTICE) for text in _notices(classes, loose))
    return PictureFolders({_printable(each.path.name): each.pictures for each in classes}, notices)


def _printable(name: str) -> str:
    """Return a name as it can be written; on Linux it may be bytes that are no text."""
    return os.fsencode(name).decode("utf-8", "backslashreplace") if not name.isprintable() else name


# --- looking ---------------------------------------------------------------------------------------------


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in SYSTEM


def _classes(folders: Iterable[Path]) -> list[ClassFolder]:
    classes, count = [], 0
    for folder in folders:
        found = ClassFolder(folder)
        for path in _files(found):
            count += 1
            if count > MOST_FILES:
                raise InputError(
                    tr("holds more than {most} files; allowed: a folder of pictures").format(most=MOST_FILES)
                )
            (found.pictures if is_picture(path) else found.others).append(path)
        found.pictures.sort()
        classes.append(found)
    return classes


def _files(found: ClassFolder) -> Iterator[Path]:
    """Yield the files of a class, and note links to folders; hidden ones are not worth a word."""
    for place, folders, files in os.walk(found.path, onerror=_raise):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        found.links += [path for name in folders if (path := Path(place, name)).is_symlink()]
        yield from (Path(place, name) for name in files if not _is_hidden(name))


def _raise(error: OSError) -> None:
    raise error


# --- what is refused -------------------------------------------------------------------------------------


def _check_folder(folder: Path) -> None:
    if folder.is_file():
        with folder.open("rb") as file:
            kind = what_kind(file.read(LOOKED_AT)) or tr("a file")
        raise InputError(
            tr(
                "is {kind}, not a folder; allowed: a folder that holds one folder of pictures per class (unpack an "
                "archive first)"
            ).format(kind=kind)
        )


def _check_count(folders: list[Path], loose: list[Path]) -> None:
    """Refuse far too many folders before looking into them."""
    if len(folders) > MOST_CLASSES:
        _check_number(len(folders), loose)


def _check_number(count: int, loose: list[Path]) -> None:
    if 2 <= count <= MOST_CLASSES:
        return
    held = trn("{count} folder", "{count} folders", count).format(count=count)
    if count == 0 and loose:
        held = trn("{count} picture and no folder", "{count} pictures and no folder", len(loose)).format(
            count=len(loose)
        )
    raise InputError(
        tr("holds {held}; allowed: 2 to {most} folders, one folder of pictures per class").format(
            held=held, most=MOST_CLASSES
        )
    )


def _check_parts(classes: list[ClassFolder]) -> None:
    """Refuse folders such as ``train`` and ``test``, which would become classes."""
    holding = [each for each in classes if each.pictures]
    is_alone = len(holding) == 1 and all(each.pictures or each.holds_other_things for each in classes)
    nested = [each for each in holding if each.inner and (each.is_part or is_alone)]
    if not nested and _are_alike(holding):
        nested = holding
    if nested:
        raise InputError(_choose(nested))
    if classes and all(each.path.name.lower() in PARTS for each in classes):
        raise InputError(
            tr(
                "{folders} are named like the parts of a data set, not like classes; allowed: one folder of "
                "pictures per class"
            ).format(folders=_in_quotes(each.path.name for each in classes))
        )


def _are_alike(classes: list[ClassFolder]) -> bool:
    """Return whether all hold nothing but folders of the same names, which then are the classes."""
    names = {tuple(each.inner) for each in classes}
    if len(classes) < 2 or len(names) != 1:
        return False
    inner = names.pop()
    return bool(inner) and not all(name.lower() in PARTS for name in inner)


def _choose(nested: list[ClassFolder]) -> str:
    nested = sorted(nested, key=lambda each: (_rank(each.path.name), each.path.name))
    best = _innermost(nested[0].path)
    where = best.relative_to(nested[0].path.parent).as_posix()
    return trn(
        '{folders} holds folders ({inner}), not pictures: choose "{best}" in it as the folder of the classes',
        '{folders} hold folders ({inner}), not pictures: choose "{best}" in it as the folder of the classes',
        len(nested),
    ).format(
        folders=_in_quotes(sorted(each.path.name for each in nested)),
        inner=first_few(nested[0].inner),
        best=where,
    )


def _innermost(folder: Path) -> Path:
    """Follow the parts to train on, and folders that hold a single one, to where the classes must be."""
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and not _is_hidden(path.name))
    parts = sorted((path for path in folders if ClassFolder(path).is_part), key=lambda path: _rank(path.name))
    further = parts[:1] or (folders if len(folders) == 1 else [])
    return _innermost(further[0]) if further and not further[0].is_symlink() else folder


def _rank(name: str) -> int:
    words = re.split(r"[^a-z]+", name.lower())
    return min((PARTS.index(word) for word in words if word in PARTS), default=len(PARTS))


def _check_empty(classes: list[ClassFolder]) -> None:
    empty = [f'"{each.path.name}"{_what_else(each.others)}' for each in classes if not each.pictures]
    if empty:
        raise InputError(
            tr("no picture in {folders}; allowed: pictures such as PNG, JPEG or WebP files").format(
                folders=first_few(empty)
            )
        )


def _what_else(others: list[Path]) -> str:
    if not others:
        return ""
    held = trn("{count} file: {endings}", "{count} files: {endings}", len(others))
    return f" ({held.format(count=len(others), endings=_endings(others))})"


# --- what is said ----------------------------------------------------------------------------------------


def _notices(classes: list[ClassFolder], loose: list[Path]) -> Iterator[str]:
    deeper = sum(path.parent != each.path for each in classes for path in each.pictures)
    if deeper:
        yield trn(
            "{count} of the pictures lies in a folder inside that of its class; it is read, too",
            "{count} of the pictures lie in folders inside those of their classes; they are read, too",
            deeper,
        ).format(count=deeper)
    others = [path for each in classes for path in each.others]
    foreign = [path for path in others if path.suffix.lower() in FOREIGN]
    strange = [path for path in others if path.suffix.lower() not in FOREIGN]
    if foreign:
        yield trn(
            "{count} picture is left out, of a kind that is not read ({endings}): save it as PNG or JPEG",
            "{count} pictures are left out, of kinds that are not read ({endings}): save them as PNG or JPEG",
            len(foreign),
        ).format(count=len(foreign), endings=_endings(foreign))
    if strange:
        yield trn(
            "{count} file is left out, which is no picture ({endings})",
            "{count} files are left out, which are no pictures ({endings})",
            len(strange),
        ).format(count=len(strange), endings=_endings(strange))
    if loose:
        yield trn(
            "{count} picture beside the folders of the classes is left out ({endings})",
            "{count} pictures beside the folders of the classes are left out ({endings})",
            len(loose),
        ).format(count=len(loose), endings=_endings(loose))
    links = [f"{path.parent.name}/{path.name}" for each in classes for path in each.links]
    if links:
        yield trn(
            "{count} link to a folder is not followed: {links}",
            "{count} links to folders are not followed: {links}",
            len(links),
        ).format(count=len(links), links=first_few(links))


def _endings(files: Iterable[Path]) -> str:
    """Return the endings of files, the most frequent first; of a file without one its name."""
    counts = Counter(path.suffix.lower() or path.name for path in files)
    return first_few([ending for ending, _ in counts.most_common()])


def _in_quotes(names: Iterable[str]) -> str:
    return listed(f'"{name}"' for name in names)
