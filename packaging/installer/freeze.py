"""The program's folder: made by PyInstaller, without what dropped.toml names, stripped, with all licences."""

import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path

from installer import icons, licences
from installer.places import BUILD, CUDA, PACKAGING, VERSION, BuildError, command, on, say

FOLDER = BUILD / "frozen" / "gradlab"
INSIDE = "_internal"
AT_ONCE = 50  # files per call of strip


def freeze() -> Path:
    """Return the folder with the program, made anew."""
    check_torch(version("torch"))
    say("freezing; this takes minutes")
    shutil.rmtree(BUILD, ignore_errors=True)
    (BUILD / "icons").mkdir(parents=True)
    icons.make(BUILD / "icons")
    if on("win32"):
        (BUILD / "version.txt").write_text(version_resource(VERSION), encoding="utf-8")
    spec = str(PACKAGING / "gradlab.spec")
    work, out = str(BUILD / "work"), str(FOLDER.parent)
    pyinstaller = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command(*pyinstaller, "--workpath", work, "--distpath", out, spec)
    if on("linux"):
        drop_orphans(FOLDER)
        strip(FOLDER)
    licences.collect(BUILD / "work" / "gradlab" / "contents.json", FOLDER)
    return FOLDER


def check_torch(installed: str) -> None:
    """Refuse the torch of the other kind: with gigabytes for NVIDIA cards, or without them."""
    if CUDA and installed.endswith("+cpu"):
        raise BuildError(
            f"torch {installed} knows no NVIDIA cards, and GRADLAB_CUDA asks for the kind that does"
        )
    if on("linux") and not CUDA and not installed.endswith("+cpu"):
        raise BuildError(
            f"torch {installed} is the one for NVIDIA cards, with gigabytes that nobody can hand out; put the "
            "one for CPUs into .venv (CONTRIBUTING.md says how)"
        )


# --- Linux: what nobody needs, and symbols -------------------------------------------------------------------


def needed_by(text: str) -> set[str]:
    """Return the libraries that a binary is linked with, from what objdump says of it."""
    return set(re.findall(r"^\s*NEEDED\s+(\S+)", text, re.MULTILINE))


def drop_orphans(folder: Path) -> None:
    """Remove collected system libraries that only something dropped was linked with, and what only they need."""
    inside = folder / INSIDE
    binaries = [path for path in inside.rglob("*.so*") if path.is_file() and not path.is_symlink()]
    links = {path: needed_by(command("objdump", "-p", path)) for path in binaries}
    while True:
        wanted = set().union(*links.values())
        orphans = [path for path in links if is_orphan(path, inside, wanted)]
        if not orphans:
            break
        for path in orphans:
            del links[path]
            path.unlink()
    for link in inside.rglob("*.so*"):
        if link.is_symlink() and not link.exists():
            link.unlink()


def is_orphan(path: Path, inside: Path, wanted: Iterable[str]) -> bool:
    """Tell whether a library lies where the system's are collected, and nobody is linked with it.

    The bootloader opens Python's own by its name.
    """
    return path.parent == inside and path.name not in wanted and not path.name.startswith("libpython")


def strip(folder: Path) -> None:
    """Remove symbols from what may be stripped: a fifth of all."""
    dropped = tomllib.loads((PACKAGING / "dropped.toml").read_text(encoding="utf-8"))
    kept = [pattern for group in dropped["unstripped"] for pattern in group["paths"]]
    inside = folder / INSIDE
    files = [path for path in sorted(inside.rglob("*.so*")) if path.is_file() and not path.is_symlink()]
    names = [path for path in files if not any(fnmatch(str(path.relative_to(inside)), one) for one in kept)]
    for start in range(0, len(names), AT_ONCE):
        for path in names[start : start + AT_ONCE]:
            os.chmod(path, 0o755)  # noqa: PTH101 (strip writes in place)
        command("strip", "--strip-unneeded", *names[start : start + AT_ONCE])


# --- Windows: what Explorer shows of a program ---------------------------------------------------------------


def version_resource(number: str) -> str:
    """Return the version information of a Windows program: without any, virus scanners grow suspicious."""
    parts = tuple([*(int(part) for part in re.findall(r"\d+", number)), 0, 0, 0, 0][:4])
    words = {
        "CompanyName": "GradLab",
        "FileDescription": "GradLab",
        "FileVersion": number,
        "InternalName": "gradlab",
        "LegalCopyright": "MIT licence",
        "OriginalFilename": "gradlab.exe",
        "ProductName": "GradLab",
        "ProductVersion": number,
    }
    strings = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in words.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={parts}, prodvers={parts}), kids=["
        f"StringFileInfo([StringTable('040904B0', [{strings}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )
