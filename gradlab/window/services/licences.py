"""The parts that GradLab is made of, and their licences.

An installed program brings the texts along, in the folder ``licences`` that the installer collects. From source,
the packages themselves are asked. Both ask with ``licence_of`` and ``texts_of``.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from gradlab.resources import resource

# What the lab asks for; the rest is what these bring along.
PACKAGES = (
    *("torch", "numpy", "scikit-learn", "joblib", "pillow", "pydantic", "platformdirs", "safetensors"),
    *("tomlkit", "tqdm", "PySide6-Essentials", "pyqtgraph", "python-calamine"),
)
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_WORDS = "licen[cs]e|copying|notice|authors|copyright"
_TEXT = re.compile(rf".*\.dist-info/licenses/.+|(.*/)?[^/]*({_WORDS})[^/]*", re.IGNORECASE)
_CODE = frozenset({".py", ".pyc", ".pyi", ".pyd", ".so"})  # some modules have such names
LONGEST_NAME = 60  # of a licence that is named in a word; some packages put its whole text there


@dataclass(frozen=True)
class Part:
    """A part of the program.

    Attributes:
        licence: its name, such as MIT.
        texts: files with the text; may be none.
    """

    name: str
    licence: str
    texts: tuple[Path, ...]

    def read(self) -> str:
        """Return all texts as one."""
        return "\n\n".join(path.read_text(encoding="utf-8", errors="replace").strip() for path in self.texts)


def parts() -> list[Part]:
    """Return the parts, the lab itself first, then by name."""
    collected = _collected()
    return collected or [
        _lab(),
        *sorted([*_taken_along(), *_installed()], key=lambda part: part.name.lower()),
    ]


def licence_of(package: metadata.Distribution) -> str:
    """Return the name of a package's licence, empty if it gives none: it stands in one of three places."""
    expressions, licences, classifiers = (
        package.metadata.get_all(name) or [] for name in ("License-Expression", "License", "Classifier")
    )
    classified = [line.rpartition(" :: ")[2] for line in classifiers if "License" in line]
    words = ", ".join(expressions or classified or licences)
    return words if len(words) <= LONGEST_NAME else ""


def texts_of(package: metadata.Distribution) -> list[Path]:
    """Return the files of a package with its licence, its notices and its authors, in order."""
    files = [
        file for file in package.files or [] if file.suffix not in _CODE and _TEXT.fullmatch(file.as_posix())
    ]
    return sorted(path for path in (Path(str(file.locate())) for file in files) if path.is_file())


def _collected() -> list[Part]:
    """Return the parts listed beside an installed program: README.txt has a line ``name: licence`` for each."""
    if not getattr(sys, "frozen", False):
        return []
    program = Path(sys.executable).resolve().parent
    folders = (program / "licences", program.parent / "Resources" / "licences")
    folder = next((folder for folder in folders if folder.is_dir()), None)
    if folder is None:
        return []
    lines = (folder / "README.txt").read_text(encoding="utf-8").splitlines()
    pairs = [(name, words) for name, colon, words in (line.partition(": ") for line in lines) if colon]
    found = [Part(name, words, tuple(sorted((folder / name).glob("*")))) for name, words in pairs]
    return sorted(found, key=lambda part: (part.name != "gradlab", part.name.lower()))


def _lab() -> Part:
    text = resource("icons").parents[1] / "LICENSE"
    return Part("gradlab", "MIT", (text,) if text.is_file() else ())


def _taken_along() -> Iterator[Part]:
    """Yield the parts in ``resources`` that are not Python packages."""
    for text in sorted(resource("fonts").glob("*/LICENSE")):
        yield Part(text.parent.name, "MIT", (text,))


def _installed() -> Iterator[Part]:
    seen: set[str] = set()
    waiting = list(PACKAGES)
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in seen:
            continue
        seen.add(key)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system
        waiting += [_NAME.match(line)[0] for line in found.requires or [] if "extra ==" not in line]  # type: ignore[index]
        yield Part(found.name, licence_of(found), tuple(texts_of(found)))
