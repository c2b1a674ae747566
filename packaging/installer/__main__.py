"""Build, measure, pack and try out: ``python packaging/make.py installer``."""

import argparse
import hashlib
import sys
from pathlib import Path

from installer import debian, freeze, kit, limits, macos, self_extracting, trial, windows
from installer.places import DIST, TITLE, BuildError, on, say


def main(arguments: list[str]) -> int:
    """Do all of it; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="make.py installer", description="Build the installers of this system."
    )
    parser.add_argument("--again", action="store_true", help="pack what was frozen before")
    parser.add_argument(
        "--no-times", action="store_true", help="do not measure times, on a machine that is busy"
    )
    options = parser.parse_args(arguments)
    try:
        folder = freeze.FOLDER if options.again else freeze.freeze()
        build(folder, measure=not options.no_times)
    except BuildError as error:
        print(f"installer: {error}", file=sys.stderr)
        return 1
    return 0


def build(folder: Path, measure: bool) -> None:
    """Try, pack and measure the program's folder; what is over a limit fails when everything is known."""
    trial.try_moved(folder.parent / f"{TITLE}.app" if on("darwin") else folder, program(folder))
    trial.try_on_a_screen(program(folder))
    packages = pack(folder)
    if on("linux"):  # the same on every system
        packages.append(kit.pack(program(folder)))
    for package in packages:
        say(f"{package.name}: {package.stat().st_size / 1e6:.1f} MB")
    write_checksums(packages)
    values = limits.sizes(folder, next((one for one in packages if one.suffix == ".deb"), None))
    if measure:
        values |= limits.times(program(folder))
    limits.check(values)


def pack(folder: Path) -> list[Path]:
    """Return the installers of this system, each tried out."""
    if on("win32"):
        return [windows.pack(folder)]
    if on("darwin"):
        return [macos.pack(folder)]
    packages = [self_extracting.pack(folder), debian.pack(folder)]
    trial.try_run_file(packages[0])
    trial.try_deb(packages[1])
    return packages


def program(folder: Path) -> Path:
    """Return the program that can be started from a terminal."""
    if on("darwin"):
        return folder.parent / f"{TITLE}.app" / "Contents" / "MacOS" / "gradlab"
    return folder / ("gradlab-cli.exe" if on("win32") else "gradlab")


def write_checksums(packages: list[Path]) -> None:
    """Write what ``sha256sum --check`` reads, beside each package."""
    for package in packages:
        with package.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        (DIST / f"{package.name}.sha256").write_text(f"{digest}  {package.name}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
