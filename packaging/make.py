"""Set up the lab in this checkout and use it: ``python packaging/make.py COMMAND …``.

Needs nothing but Python. Every command first makes or refreshes ``.venv`` from pyproject.toml and
packaging/constraints.txt; when nothing changed since the last time, that takes no time at all.
"""

# An older Python must still be able to read this file, to be told that it is too old.
from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
PROJECT = ROOT / "pyproject.toml"

OLDEST, NEWEST = (3, 11), (3, 13)
TOOLS = {"PYTHONPATH": str(ROOT / "packaging")}  # where the packages lie that commands are made of
UNFINISHED = "unfinished"
FAILED, NOTHING_COLLECTED = 1, 5  # pytest's exit codes where a test fails, and where none was selected
TAKE_A_VALUE = frozenset(
    {"-k", "-m", "-n", "-o", "-p", "-W", "--deselect", "--ignore", "--seeds"}
)  # pytest's
WINDOW_TESTS = "tests/window"  # all others do without Qt
MEASURED = ROOT / "build" / "reached"

# What Qt's wheels load from the system, and the Debian package that brings it.
OFFSCREEN = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
}
SCREEN = {
    **OFFSCREEN,
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
# What the name of a font's file holds, and the package for when there is none.
FONT = {"": "fonts-dejavu-core"}
ALL_LETTERS = {**FONT, "devanagari": "fonts-lohit-deva", "cjk|wqy|hei|song": "fonts-wqy-microhei"}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


class SetupError(Exception):
    """One line that says what is missing and what to do about it."""


def say(text: str) -> None:
    """Tell what happens next, in order with what child processes print."""
    print(f"make.py: {text}", flush=True)


# --- the system: Python itself, and the libraries below Qt ---


def check_python(version: Sequence[int]) -> None:
    """Refuse a Python for which the pinned packages were not tested."""
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        allowed = " or ".join(f"3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1))
        given = ".".join(map(str, version[:3]))
        raise SetupError(f"this is Python {given}; start packaging/make.py with Python {allowed}")


def loads(library: str) -> bool:
    """Tell whether the system's loader finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font(name: str) -> bool:
    """Tell whether there is a font whose file's name matches, in small letters."""
    folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
    files = (path for folder in folders for path in folder.rglob("*.*"))
    return any(
        path.suffix in {".ttf", ".otf", ".ttc"} and re.search(name, path.stem.lower()) for path in files
    )


def missing_packages(
    libraries: Mapping[str, str],
    fonts: Mapping[str, str],
    loads: Callable[[str], bool],
    has_font: Callable[[str], bool],
) -> list[str]:
    """Return the Debian packages that bring the libraries and fonts which the system lacks."""
    missing = [package for library, package in libraries.items() if not loads(library)]
    return missing + [package for name, package in fonts.items() if not has_font(name)]


def can_make_venv() -> bool:
    """Tell whether this Python can make an environment: Debian ships that part separately."""
    return all(importlib.util.find_spec(module) for module in ("venv", "ensurepip"))


def ready_system(libraries: Mapping[str, str], fonts: Mapping[str, str], need_venv: bool) -> None:
    """Install what the system lacks where that is allowed, otherwise say how to."""
    if sys.platform.startswith("linux"):
        missing = missing_packages(libraries, fonts, loads, has_font)
        if need_venv and not can_make_venv():
            missing.insert(0, f"python3.{sys.version_info[1]}-venv")
        if missing:
            install_packages(missing)
            importlib.invalidate_caches()
    if need_venv and not can_make_venv():
        raise SetupError("this Python cannot make a virtual environment: it lacks venv or ensurepip")


def install_packages(packages: list[str]) -> None:
    """Install Debian packages as root; anyone else gets the one command that does it."""
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        say(f"the system lacks what Debian calls {names}; install it with your package manager")
    elif os.geteuid() != 0:
        say(f"the system lacks something; install it with: {install_command(packages)}")
    else:
        say(f"installing {names}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in apt_steps(packages):
            if subprocess.call(step, env=environment) != 0:
                say(f"that failed; later, try: {install_command(packages)}")
                return


def apt_steps(packages: Iterable[str]) -> list[list[str]]:
    """Return the two calls that install Debian packages without asking anything."""
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    return [["apt-get", "update", "--quiet"], [*install, "--quiet"]]


def install_command(packages: Iterable[str]) -> str:
    """Return the one line with which a person installs Debian packages."""
    return f"sudo apt-get install {' '.join(packages)}"


# --- the environment: .venv and its stamp ---


class Stamp(NamedTuple):
    """What a finished environment was made from, and the dependency groups in it."""

    digest: str
    groups: frozenset[str]

    def to_text(self) -> str:
        """Return the stamp as the text of its file."""
        return json.dumps({"digest": self.digest, "groups": sorted(self.groups)})

    @classmethod
    def from_text(cls, text: str) -> Stamp | None:
        """Read a stamp file; None where it is none."""
        try:
            document = json.loads(text)
            return cls(document["digest"], frozenset(document["groups"]))
        except (ValueError, KeyError, TypeError):
            return None


def digest() -> str:
    """Return a fingerprint of everything that decides what gets installed."""
    python = f"{sys.platform} {sys.version_info[:2]}".encode()
    return hashlib.sha256(b"\0".join((python, PROJECT.read_bytes(), CONSTRAINTS.read_bytes()))).hexdigest()


def is_sound(venv: Path, python: Path, version: Sequence[int]) -> bool:
    """Tell whether an environment is complete enough to install into, and of this Python's version."""
    settings = dict(line.partition(" = ")[::2] for line in _text(venv / "pyvenv.cfg").splitlines())
    same_version = settings.get("version", "").split(".")[:2] == [str(part) for part in version[:2]]
    return same_version and python.exists() and _text(stamp_file(venv)) != UNFINISHED


def read_stamp(venv: Path) -> Stamp | None:
    """Return the stamp of a finished environment, None where there is none."""
    return Stamp.from_text(_text(stamp_file(venv)))


def stamp_file(venv: Path) -> Path:
    """Return where an environment says what is installed in it."""
    return venv / "gradlab-stamp.json"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def requirements(document: Mapping[str, Any], groups: Iterable[str]) -> list[str]:
    """Return the requirements of a pyproject document: the runtime ones and those of the groups."""
    project, extra = document["project"], document["dependency-groups"]
    return [*project["dependencies"], *(line for group in sorted(groups) for line in extra[group])]


def ready_environment(groups: frozenset[str], sound: bool) -> None:
    """Make, repair or refresh ``.venv`` so that it holds the runtime and the wanted groups."""
    wanted = digest()
    stamp = read_stamp(VENV) if sound else None
    if stamp and stamp.digest == wanted and groups <= stamp.groups:
        return
    if not sound:
        make_environment()
    if stamp:
        groups |= stamp.groups
    install(groups)
    stamp_file(VENV).write_text(Stamp(wanted, groups).to_text(), encoding="utf-8")


def make_environment() -> None:
    """Make an empty ``.venv``, in place of a broken or foreign one if there is one."""
    say(f"{'repairing' if VENV.exists() else 'making'} .venv with Python {sys.version.split()[0]}")
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    stamp_file(VENV).write_text(UNFINISHED, encoding="utf-8")
    # Started from inside the environment that was just removed, only the Python below it is left.
    base = getattr(sys, "_base_executable", sys.executable)
    if subprocess.call([base, "-m", "venv", str(VENV)]) != 0:
        raise SetupError("the environment could not be made; see above")


def install(groups: frozenset[str]) -> None:
    """Install the pinned packages; a call that is killed halfway leaves its mark for the next one."""
    import tomllib  # not there in a Python that is too old

    wanted = requirements(tomllib.loads(PROJECT.read_text(encoding="utf-8")), groups)
    purpose = ", ".join(["run", *sorted(groups)])
    say(f"installing the pinned packages for {purpose}; the first time takes minutes")
    stamp_file(VENV).write_text(UNFINISHED, encoding="utf-8")
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *quiet]
    # Wheels only: a learner's machine has no compiler.
    code = subprocess.call([*pip, "--only-binary=:all:", "--constraint", str(CONSTRAINTS), *wanted])
    if code > 0:  # pip gave up by itself, for want of a network say, and left everything as it was
        stamp_file(VENV).unlink()
    if code != 0:
        raise SetupError("the packages could not be installed; see above, then start this again")


# --- the commands ---


def call(arguments: list[str], variables: Mapping[str, str] = {}, cwd: Path | None = ROOT) -> int:
    """Run the environment's Python on this checkout and return its exit code.

    The checkout comes first on its path instead of being installed: nothing to go stale, and no
    trouble with spaces or umlauts in the folder's name.
    """
    path = [variables.get("PYTHONPATH", ""), str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, **variables, "PYTHONPATH": os.pathsep.join(filter(None, path))}
    child = subprocess.Popen([str(PYTHON), *arguments], cwd=cwd, env=environment)
    # Ctrl+C reaches the child by itself, and it decides how to end: a run still writes its tables.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    return code if code >= 0 else 128 - code


def run(arguments: list[str]) -> int:
    """Open the lab, or run one of its commands; relative paths are the caller's."""
    return call(["-m", "gradlab", *arguments], cwd=None)


def test(arguments: list[str]) -> int:
    """Run the tests outside the window with Qt out of reach, then those of the window, without a screen.

    With no arguments it is also measured how much of the code the first round reaches.
    """
    # One thread per process: two workers share the machine. A fixed locale: Qt warns without UTF-8.
    fixed = {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
    blocked = {**fixed, "PYTHONPATH": str(ROOT / "packaging" / "without_qt")}
    without_qt = ["-m", "pytest", "-p", "no:pytest-qt", "-p", "no_window"]
    if not arguments:
        blocked.update(measuring())
    outside, inside = (["-n", "2"], ["-n", "2", WINDOW_TESTS]) if not arguments else rounds(arguments)
    codes = []
    if outside is not None:
        say("running the tests outside the window, with Qt out of reach")
        codes.append(call([*without_qt, *outside], blocked))
    if inside is not None and not is_over(codes, arguments):
        say("running the tests of the window, without a screen")
        codes.append(call(["-m", "pytest", *inside], fixed))
    if not arguments and codes[0] == 0:
        say("counting the lines and branches outside the window that tests reach")
        codes.append(call(["-m", "checks.reached", str(MEASURED)], TOOLS))
    return verdict(codes, bool(arguments))


def rounds(arguments: Sequence[str]) -> tuple[list[str] | None, list[str] | None]:
    """Return pytest's arguments without Qt and with it; None for a round that has nothing to do."""
    window = ROOT / WINDOW_TESTS
    paths: list[str] = []
    options: list[str] = []
    for before, argument in zip(("", *arguments), arguments, strict=False):
        is_path = before not in TAKE_A_VALUE and (ROOT / argument.partition("::")[0]).exists()
        (paths if is_path and not argument.startswith("-") else options).append(argument)
    if not paths:
        return options, [*options, WINDOW_TESTS]
    outside, inside = [], []
    for path in paths:
        place = (ROOT / path.partition("::")[0]).resolve()
        if window in (place, *place.parents):
            inside.append(path)
        else:
            outside.append(path)
            inside += [WINDOW_TESTS] if place in window.parents else []
    return [*options, *outside] if outside else None, [*options, *inside] if inside else None


def is_over(codes: Sequence[int], arguments: Sequence[str]) -> bool:
    """Tell whether no further round is wanted: one was interrupted, or the first failure is to end it (-x)."""
    return any(code not in (0, FAILED, NOTHING_COLLECTED) or (code and "-x" in arguments) for code in codes)


def verdict(codes: Sequence[int], some_asked: bool) -> int:
    """Return the exit code for all rounds; that one round has none of the tests that were asked for is fine."""
    fine = {0, NOTHING_COLLECTED} if some_asked else {0}
    return next((code for code in codes if code not in fine), min(codes, default=0))


def measuring() -> dict[str, str]:
    """Return what makes every Python that is started note the lines that it reaches, in an empty folder."""
    shutil.rmtree(MEASURED, ignore_errors=True)
    MEASURED.mkdir(parents=True)
    return {"COVERAGE_PROCESS_START": str(PROJECT), "COVERAGE_FILE": str(MEASURED / "data")}


def lint(arguments: list[str]) -> int:
    """Run every check that reads the code, also after one of them has complained."""
    imports = "from importlinter.cli import lint_imports_command as check; check()"
    checks = {
        "style (ruff check)": ["-m", "ruff", "check", *arguments],
        "layout (ruff format)": ["-m", "ruff", "format", "--check"],
        "types (mypy)": ["-m", "mypy"],
        "import directions (lint-imports)": ["-c", imports],
        "import circles and names (checks)": ["-m", "checks"],
        "texts (translations --check)": ["-m", "translations", "--check"],
    }
    failed = []
    for name, check in checks.items():
        say(f"checking {name}")
        if call(check, TOOLS) != 0:
            failed.append(name)
    say(f"not in order: {', '.join(failed)}" if failed else "all checks are in order")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Run each benchmark script of tests/bench; 1 if any of them fails."""
    scripts = sorted((ROOT / "tests" / "bench").glob("bench_*.py"))
    if not scripts:
        say("there are no benchmarks: tests/bench holds no bench_*.py")
    failed = []
    for script in scripts:
        say(f"running tests/bench/{script.name}")
        if call([str(script), *arguments], {"QT_QPA_PLATFORM": "offscreen"}) != 0:
            failed.append(script.name)
    if failed:
        say(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def screenshots(arguments: list[str]) -> int:
    """Take pictures of the window into screenshots/, without a screen."""
    say("taking pictures of the window into screenshots/")
    out = ["-m", "gradlab.window.screenshots", "--out", str(ROOT / "screenshots"), *arguments]
    return call(out, {"QT_QPA_PLATFORM": "offscreen"})


def installer(arguments: list[str]) -> int:
    """Build the installers of this system into dist/, try them out, and measure them."""
    return call(["-m", "installer", *arguments], TOOLS)


def translations(arguments: list[str]) -> int:
    """Bring the catalogs of texts up to date, or check them."""
    return call(["-m", "translations", *arguments], TOOLS)


class Command(NamedTuple):
    """What a command does, and what must be there for it."""

    help: str
    do: Callable[[list[str]], int]
    groups: frozenset[str] = frozenset()
    libraries: Mapping[str, str] = OFFSCREEN
    fonts: Mapping[str, str] = FONT


COMMANDS = {
    "run": Command("open the lab; with arguments: python -m gradlab ARGUMENTS", run, libraries=SCREEN),
    "test": Command("run the tests; arguments go to pytest", test, frozenset({"test"}), fonts=ALL_LETTERS),
    "lint": Command("check style, types and import directions", lint, frozenset({"lint"}), {}, {}),
    "bench": Command("run the benchmarks tests/bench/bench_*.py", bench, frozenset({"test"})),
    "installer": Command("build this system's installers into dist/", installer, frozenset({"installer"})),
    "screenshots": Command("take pictures of the window into screenshots/", screenshots),
    "translations": Command(
        "update the catalogs of texts; --check", translations, frozenset({"lint"}), {}, {}
    ),
}


def usage() -> str:
    """Return the help text."""
    lines = (f"  {name:<12} {command.help}" for name, command in COMMANDS.items())
    return "\n".join(["usage: python packaging/make.py COMMAND [ARGUMENTS]", "", *lines])


def main(arguments: list[str]) -> int:
    """Make everything ready for one command and run it; return its exit code."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(usage())
        return 0 if arguments else 2
    name, *rest = arguments
    command = COMMANDS.get(name)
    if command is None:
        print(f"make.py: there is no command {name!r}; there are {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        check_python(sys.version_info[:3])
        sound = is_sound(VENV, PYTHON, sys.version_info[:3])
        ready_system(command.libraries, command.fonts, need_venv=not sound)
        ready_environment(command.groups, sound)
    except (SetupError, OSError) as problem:
        print(f"make.py: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return command.do(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
