"""Reads and writes lessons as folders and zip files, and checks everything from outside before using it."""

import os
import re
import shutil
import tomllib
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import ValidationError

from gradlab.errors import InputError
from gradlab.experiment import files as experiment_files
from gradlab.experiment.schema import Experiment
from gradlab.experiment.variants import singles
from gradlab.language import ENGLISH, tr
from gradlab.lessons import text as texts
from gradlab.lessons.lesson import Lesson, LessonStep, as_error
from gradlab.lessons.plan import GROUPS, Plan, error_line
from gradlab.lessons.text import PICTURES, Text
from gradlab.resources import resource

PLAN = "lesson.toml"
SUFFIX = ".gradlesson"
MOST_FILES = 200
MOST_BYTES = 20 * 2**20  # of all files together
MOST_TEXT = 2**18  # bytes of one text
MOST_PIXELS = 4096 * 4096  # of one picture
SUFFIXES = (".toml", ".md", ".csv", *PICTURES)
_LANGUAGE = re.compile(r"text\.([a-z]{2,3}(?:_[A-Z]{2})?)\.md")
# Others are unpacked a whole chunk at once, however little of it is asked for: a small file may fill the memory.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
PACKERS = {zipfile.ZIP_BZIP2: "bzip2", zipfile.ZIP_LZMA: "lzma"}
# Names that mean the same on every system: no drive, no way up, nothing hidden, no trailing dot or space.
_PART = re.compile(r"\w([\w. -]*\w)?", re.ASCII)


def built_in() -> list[Lesson]:
    """Return the built-in lessons in the order of the path; folders that begin with "_" are templates."""
    folders = [path.parent for path in resource("lessons").glob(f"[!_]*/{PLAN}")]
    order = list(GROUPS)
    return sorted(
        map(load, folders), key=lambda lesson: (order.index(lesson.plan.group), lesson.plan.place, lesson.id)
    )


def titles(language: str) -> dict[str, str]:
    """Return id → title of the built-in lessons, reading nothing else."""
    names = (f"text.{language}.md", f"text.{ENGLISH}.md")
    folders = [path.parent for path in resource("lessons").glob(f"[!_]*/{PLAN}")]
    texts = {
        folder.name: next(path for name in names if (path := folder / name).exists()) for folder in folders
    }
    return {
        name: path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ") for name, path in texts.items()
    }


def load(folder: Path) -> Lesson:
    """Read and check the lesson in a folder.

    Raises:
        InputError: a line for each mistake: the file, the key, the given value and the allowed ones.
    """
    _check_size(folder)
    plan = _plan(folder)
    told = {name[1]: _text(path) for path in sorted(folder.glob("text.*.md")) if (name := _language(path))}
    if not told:
        raise InputError(
            f"{folder}: " + tr("the text is missing; allowed: a file text.en.md, or of another language")
        )
    experiments = {
        step.experiment: _experiment(folder, step.experiment) for step in plan.steps if step.experiment
    }
    lesson = Lesson(
        folder=folder,
        plan=plan,
        texts=told,
        steps=tuple(LessonStep(step, experiments.get(step.experiment)) for step in plan.steps),
    )
    lesson.check(str(folder))
    return lesson


def pack(lesson: Lesson, archive: Path) -> None:
    """Write a lesson's folder as one ``.gradlesson`` file; the same lesson always gives the same bytes.

    Raises:
        OSError: if it cannot be written.
    """
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in contents(lesson.folder).items():
            zipped.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the contents of a folder's files, by their paths in it, in order."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def unpack(archive: Path, folder: Path) -> Lesson:
    """Unpack a ``.gradlesson`` file into a new folder, and read the lesson in it.

    Nothing is written before every entry has been checked, and nothing is left behind if the lesson is wrong.

    Raises:
        InputError: if it is not a lesson, is too large, or holds something that a lesson may not hold.
    """
    if folder.exists():
        raise InputError(f"{folder}: " + tr("is there already; allowed: a folder that does not exist yet"))
    contents = _contents(archive)
    try:
        for name, content in contents.items():
            path = folder.joinpath(*name.parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return load(folder)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise InputError(
            f"{archive}: "
            + tr("cannot be unpacked into {folder}: {reason}").format(folder=folder, reason=error.strerror)
        ) from None
    except InputError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise InputError(str(error).replace(str(folder), str(archive)), error.key) from None


def copy(folder: Path, new: Path) -> Lesson:
    """Copy a lesson's folder, and read the copy; only a lesson's own files are copied, never the target of a link.

    Raises:
        InputError: if it is not a lesson, or cannot be copied.
    """
    _check_size(folder)
    try:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.suffix.lower() in SUFFIXES:
                place = new / path.relative_to(folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
    except OSError as error:
        raise InputError(
            f"{folder}: " + tr("cannot be copied: {reason}").format(reason=error.strerror)
        ) from None
    return load(new)


def _contents(archive: Path) -> dict[PurePosixPath, bytes]:
    """Return the files in a zip file, without a folder that contains all of them."""
    try:
        with zipfile.ZipFile(archive) as zipped:
            return _without_outer_folder(_unzipped(zipped, archive))
    except InputError:
        raise
    except OSError as error:
        raise InputError(
            f"{archive}: " + tr("cannot be read: {reason}").format(reason=error.strerror)
        ) from None
    # Damaged, encrypted or strange zip files raise these.
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, IndexError, RuntimeError):
        raise InputError(
            f"{archive}: " + tr("is not a lesson; allowed: the zip file of a lesson's folder")
        ) from None


def _unzipped(zipped: zipfile.ZipFile, archive: Path) -> dict[PurePosixPath, bytes]:
    entries = [entry for entry in zipped.infolist() if not _is_clutter(entry)]
    if len(entries) > MOST_FILES:
        raise InputError(
            f"{archive}: "
            + tr("holds {count} files; allowed: at most {most}").format(count=len(entries), most=MOST_FILES)
        )
    contents: dict[PurePosixPath, bytes] = {}
    left = MOST_BYTES
    for entry in entries:
        name = _checked(entry.filename, archive)
        _check_method(entry, archive)
        with zipped.open(entry) as file:
            contents[name] = file.read(left + 1)  # never more, whatever size the entry claims
        left -= len(contents[name])
        if left < 0:
            raise _too_large(archive)
    return contents


def _is_clutter(entry: zipfile.ZipInfo) -> bool:
    """Return whether to ignore an entry: a folder, or a hidden file that some systems add."""
    parts = entry.filename.split("/")
    return entry.is_dir() or parts[0] == "__MACOSX" or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini")


def _checked(name: str, archive: Path) -> PurePosixPath:
    parts = name.split("/")
    if len(parts) > 4 or not all(_PART.fullmatch(part) for part in parts):
        raise InputError(
            f"{archive}: "
            + tr(
                "the file name {name!r}; allowed: letters, digits, - and _, in folders inside the "
                "lesson's own"
            ).format(name=name[:80])
        )
    if not name.lower().endswith(SUFFIXES):
        raise InputError(
            f"{archive}: "
            + tr("the file {name!r}; allowed: {allowed}").format(name=name[:80], allowed=", ".join(SUFFIXES))
        )
    return PurePosixPath(name)


def _check_method(entry: zipfile.ZipInfo, archive: Path) -> None:
    if entry.compress_type not in METHODS:
        raise InputError(
            f"{archive}: "
            + tr(
                "{name} is packed with {method}; allowed: a zip file as every system makes it (stored or deflated)"
            ).format(
                name=entry.filename[:80],
                method=PACKERS.get(entry.compress_type, entry.compress_type),
            )
        )


def _without_outer_folder(contents: dict[PurePosixPath, bytes]) -> dict[PurePosixPath, bytes]:
    outer = {name.parts[0] for name in contents}
    if len(outer) == 1 and all(len(name.parts) > 1 for name in contents):
        return {PurePosixPath(*name.parts[1:]): content for name, content in contents.items()}
    return contents


def _check_size(folder: Path) -> None:
    sizes: list[int] = []
    for where, _, names in os.walk(folder):
        sizes += [(Path(where) / name).lstat().st_size for name in names]
        if len(sizes) > MOST_FILES:
            raise InputError(
                f"{folder}: "
                + tr("holds more than {most} files; allowed: at most {most}").format(most=MOST_FILES)
            )
    if sum(sizes) > MOST_BYTES:
        raise _too_large(folder)


def _too_large(where: Path) -> InputError:
    return InputError(
        f"{where}: " + tr("is too large; allowed: at most {most} MB in all").format(most=MOST_BYTES // 2**20)
    )


def _plan(folder: Path) -> Plan:
    path = folder / PLAN
    document = _toml(path)
    try:
        return Plan.model_validate(document)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise as_error([error_line(detail, str(path)) for detail in details]) from None


def _toml(path: Path) -> dict[str, Any]:
    text = _read(path)
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise InputError(f"{path}: " + tr("is not valid TOML: {reason}").format(reason=error)) from None
    except RecursionError:
        raise InputError(
            f"{path}: " + tr("is not valid TOML: lists in lists in lists, too many of them")
        ) from None


def _language(path: Path) -> re.Match[str] | None:
    return _LANGUAGE.fullmatch(path.name)


def _text(path: Path) -> Text:
    text = _read(path)
    read = texts.read(text, str(path))
    for name in texts.pictures(text):
        _check_picture(_inside(path.parent, name, str(path)), str(path))
    return read


def _check_picture(path: Path, where: str) -> None:
    """Refuse a picture with too many pixels: a small file can unpack to one that fills the memory."""
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG", "JPEG")) as picture:
            width, height = picture.size
    except (OSError, Image.DecompressionBombError):
        raise InputError(
            f"{where}: " + tr("{file} is not a picture; allowed: PNG or JPEG").format(file=path.name)
        ) from None
    if width * height > MOST_PIXELS:
        raise InputError(
            f"{where}: "
            + tr("{file} has {width} × {height} pixels; allowed: {most:,} in all").format(
                file=path.name, width=width, height=height, most=MOST_PIXELS
            )
        )


def _experiment(folder: Path, name: str) -> Experiment:
    path = _inside(folder, name, str(folder / PLAN))
    _toml(path)  # refuses a file that is too large or unreadable
    experiment = experiment_files.load(path)
    for _, single in singles(experiment, str(path)):
        data = single.data.path
        if data and not Path(data).is_relative_to(folder.resolve()):
            raise InputError(
                f"{path}: "
                + tr("data.path = {data}; allowed: a file in the lesson's folder").format(data=data)
            )
    return experiment


def _inside(folder: Path, name: str, where: str) -> Path:
    """Return the path of a file in the lesson's folder; never one outside, not even through a link."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise InputError(
            f"{where}: " + tr('"{name}"; allowed: a file in the lesson\'s folder').format(name=name)
        )
    if not path.is_file():
        raise InputError(
            f"{where}: "
            + tr('there is no file "{name}"; allowed: a file in the lesson\'s folder').format(name=name)
        )
    return path


def _read(path: Path) -> str:
    _inside(path.parent, path.name, str(path.parent))
    try:
        if path.stat().st_size > MOST_TEXT:
            raise InputError(
                f"{path}: "
                + tr("is too large; allowed: at most {most} kB of text").format(most=MOST_TEXT // 1024)
            )
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: " + tr("cannot be read: {reason}").format(reason=error.strerror)) from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: "
            + tr("is not UTF-8 text (byte {place}); allowed: text in UTF-8").format(place=error.start)
        ) from None
