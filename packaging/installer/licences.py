"""The licences of everything that ships, collected by asking where each file came from.

Every file in the program's folder belongs to a Python package, to Python itself, to a Debian package whose library
was taken along, or to the lab. What belongs to nobody stops the build: nobody knows whether it may be handed out.
"""

import json
import re
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

from gradlab.window.services.licences import licence_of, texts_of
from installer.places import ROOT, SYSTEM, BuildError, command, on, say

TEXTS = SYSTEM / "licences"
COMMON = "/usr/share/common-licenses"
FONTS = ROOT / "resources" / "fonts"  # each in a folder with its licence


def collect(contents: Path, folder: Path) -> None:
    """Write ``licences/`` with one folder per origin, and a list of all, into the program's folder."""
    packages = owners(distributions())
    origins = origins_of(shipped(contents, folder), packages)
    used = {distribution.name: distribution for distribution in packages.values()}
    out = folder / "licences"
    shutil.rmtree(out, ignore_errors=True)
    for name, words in origins.items():
        texts = list(licence_files(name, used)) or list(standard_texts(words))
        if not texts:
            raise BuildError(f"{name} ships without the text of its licence ({words or 'unknown'})")
        for number, text in enumerate(texts):
            place = out / name / (text.name if number == 0 else f"{number}-{text.name}")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(text, place)
    add_common(out)
    lines = [f"{name}: {words or 'see its folder'}" for name, words in sorted(origins.items())]
    heading = "What GradLab is made of, and the licence of each."
    (out / "README.txt").write_text("\n".join([heading, "", *lines, ""]), encoding="utf-8")
    say(f"licences of {len(origins)} packages collected")


def shipped(contents: Path, folder: Path) -> list[Path]:
    """Return where everything in the program's folder came from: what was dropped afterwards needs no licence."""
    document = json.loads(contents.read_text(encoding="utf-8"))
    files = [source for target, source in document["files"] if (folder / "_internal" / target).exists()]
    modules = [source for _, source in document["modules"]]
    return sorted({Path(source) for source in [*files, *modules] if Path(source).is_absolute()})


def origins_of(sources: Iterable[Path], packages: Mapping[Path, Distribution]) -> dict[str, str]:
    """Return the name of every origin with what it says of its licence."""
    origins, unknown = {}, []
    for source in sources:
        found = own_origin(source) or python_package(source, packages) or system_package(source)
        if found is None:
            unknown.append(str(source))
        else:
            origins[found[0]] = found[1]
    if unknown:
        raise BuildError(f"nobody knows the licence of {', '.join(unknown[:5])} ({len(unknown)} files)")
    return origins


def owners(found: Iterable[Distribution]) -> dict[Path, Distribution]:
    """Return the package that each installed file belongs to."""
    return {
        Path(str(file.locate())).resolve(): distribution
        for distribution in found
        for file in distribution.files or []
    }


def own_origin(path: Path) -> tuple[str, str] | None:
    """Return the lab, a font of its resources, or Python as (name, licence) where the file is theirs."""
    resolved = path.resolve()
    standard = [Path(sysconfig.get_path("stdlib")).resolve(), Path(sys.base_prefix, "DLLs").resolve()]
    site = [parent.name for parent in resolved.parents]
    if FONTS in resolved.parents:
        return resolved.relative_to(FONTS).parts[0], "MIT"
    if ROOT in resolved.parents and "site-packages" not in site:
        return "gradlab", "MIT"
    inside_python = any(parent in resolved.parents for parent in standard) and "site-packages" not in site
    if inside_python or re.match(r"(lib)?python3", resolved.name):
        return "Python", "PSF-2.0"
    return None


def python_package(path: Path, packages: Mapping[Path, Distribution]) -> tuple[str, str] | None:
    """Return the name and licence of the Python package that a file belongs to."""
    found = packages.get(path.resolve())
    return (found.name, licence_of(found)) if found else None


def system_package(path: Path) -> tuple[str, str] | None:
    """Return the Debian package that a library was taken from."""
    if not on("linux"):
        return None
    for candidate in dict.fromkeys((path.resolve(), path, *usr_merged(path.resolve()))):
        try:
            name = command("dpkg", "-S", candidate).split(":")[0]
        except BuildError:
            continue
        return name, f"see {name}/copyright"
    return None


def usr_merged(path: Path) -> tuple[Path, ...]:
    """Return where dpkg knows a library that is found through /usr/lib, or the other way round."""
    text = str(path)
    return (Path(text.removeprefix("/usr")),) if text.startswith("/usr/lib") else (Path("/usr" + text),)


def licence_files(name: str, used: Mapping[str, Distribution]) -> Iterable[Path]:
    """Yield the texts that belong to an origin."""
    if name == "gradlab":
        yield ROOT / "LICENSE"
    elif name == "Python":
        yield from python_licence()
    elif name in used:
        yield from texts_of(used[name])
    elif (FONTS / name).is_dir():
        yield FONTS / name / "LICENSE"
    else:
        text = Path("/usr/share/doc", name, "copyright")
        if text.is_file():
            yield text


def standard_texts(words: str) -> Iterable[Path]:
    """Yield the texts for packages that name their licence and bring no text: Qt for Python does so."""
    for name in re.findall(r"[\w.-]+", words.replace("-only", "").replace("-or-later", "")):
        text = TEXTS / f"{name}.txt"
        if text.is_file():
            yield text


def add_common(out: Path) -> None:
    """Add the texts that Debian's packages share, and only point to."""
    told = "".join(text.read_text(encoding="utf-8", errors="replace") for text in out.glob("*/copyright"))
    for name in sorted(set(re.findall(rf"{COMMON}/([\w.-]*\w)", told))):
        if Path(COMMON, name).is_file():
            (out / "common-licenses").mkdir(exist_ok=True)
            shutil.copyfile(Path(COMMON, name), out / "common-licenses" / name)


def python_licence() -> Iterable[Path]:
    """Yield Python's own licence, wherever this Python keeps it."""
    number = f"{sys.version_info[0]}.{sys.version_info[1]}"
    places = (
        Path(sysconfig.get_path("stdlib"), "LICENSE.txt"),
        Path(sys.base_prefix, "LICENSE.txt"),
        Path(sys.base_prefix, "LICENSE"),
        Path(f"/usr/share/doc/python{number}/copyright"),
    )
    yield from [place for place in places if place.is_file()][:1]
