"""Installs what was built where there is nothing else, and lets it test itself there.

As root on Linux the package goes into a root of its own: a tree with the C library, a shell and what the package
says it depends on, without Python and without a network, used by somebody else. Otherwise a temporary folder
has to do.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from installer.debian import DEPENDS
from installer.places import BUILD, BuildError, command, on, say

NOBODY = 65534
# A shell for dpkg's own scripts, a font to draw text with; the rest is what the package depends on.
ROOT_PACKAGES = ("dash", "coreutils", "fonts-dejavu-core")
STATE_AND_NEEDS = "${db:Status-Status} ${Pre-Depends}, ${Depends}"
DEVICES = {"null": 3, "zero": 5, "random": 8, "urandom": 9}
PLAIN = {
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "QT_QPA_PLATFORM": "offscreen",
    "OMP_NUM_THREADS": "1",
}


def run(words: list[object], variables: Mapping[str, str], log: str) -> None:
    """Run the self-test; fail with its own line where it fails."""
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, env=dict(variables)
    )
    events = [json.loads(line)["event"] for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or events[-1:] != ["done"]:
        raise BuildError(f"{log}: {done.stderr[-2000:] or done.stdout[-2000:]}")
    say(f"{log}: the self-test passes")


def try_moved(tree: Path, program: Path) -> None:
    """Test a program whose folder or bundle was moved to where the path has a space and an umlaut."""
    with TemporaryDirectory(prefix="Grad lab ü ") as place:
        moved = Path(place) / tree.name
        shutil.copytree(tree, moved, symlinks=True)
        variables = {**machine(), **PLAIN, "HOME": place}
        run([moved / program.relative_to(tree), "--selftest"], variables, "moved elsewhere")


def machine() -> dict[str, str]:
    """Return what Windows needs in every environment."""
    names = ("SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
    return {name: os.environ[name] for name in names if name in os.environ}


def try_run_file(package: Path) -> None:
    """Install the self-extracting file below a prefix, test it, take it away, and find the prefix empty."""
    with TemporaryDirectory(prefix="prefix ü ") as place:
        prefix, home = Path(place) / "local", Path(place) / "home"
        home.mkdir()
        variables = {**PLAIN, "HOME": str(home)}
        command("sh", package, "--prefix", prefix, "--quiet", env=variables)
        run([prefix / "bin" / "gradlab", "--selftest"], variables, package.name)
        if shutil.which("desktop-file-validate"):
            command("desktop-file-validate", prefix / "share/applications/gradlab.desktop")
        mine = home / ".local/share/gradlab/runs/mine"
        mine.mkdir(parents=True)
        command("sh", package, "--prefix", prefix, "--quiet", "--uninstall", env=variables)
        # The desktop's own lists of what is installed stay.
        lists = {"mime", "mimeinfo.cache"}
        left = [path for path in prefix.rglob("*") if not path.is_dir() and not lists & {*path.parts}]
        if left or not mine.exists():
            raise BuildError(f"{package.name}: taking it away left {left}, and the runs {mine.exists()}")
        say(f"{package.name}: taken away without a trace, the runs stay")


def try_deb(package: Path) -> None:
    """Install the package in a root of its own and test it there as somebody without rights or network."""
    if not on("linux") or os.geteuid() != 0:
        say("not root: the .deb is not tried out in a root of its own")
        return
    root = BUILD / "root"
    shutil.rmtree(root, ignore_errors=True)
    make_root(root)
    options = ["--root", root, "--force-depends", "--force-not-root", "--no-triggers"]
    command("dpkg", *options, "--install", package)
    if [path for path in root.glob("usr/bin/*") if path.name.startswith("python")]:
        raise BuildError("the root has a Python of its own")
    alone = ["unshare", "--net", "--mount", "--pid", "--fork", f"--mount-proc={root}/proc"]
    somebody = ["chroot", f"--userspec={NOBODY}:{NOBODY}", root]
    run(
        [*alone, *somebody, "/usr/bin/gradlab", "--selftest"],
        {**PLAIN, "HOME": "/home/some one"},
        package.name,
    )
    command("dpkg", *options, "--purge", "gradlab")
    left = [
        path for path in root.rglob("*gradlab*") if "var" not in path.parts and path.name != "gradlab.deb"
    ]
    if left:
        raise BuildError(f"{package.name}: purging it left {left}")
    shutil.rmtree(root)


def make_root(root: Path) -> None:
    """Make a tree with the files of a few installed packages and of all that they depend on."""
    for folder in ("dev", "proc", "tmp", "home/some one", "var/lib/dpkg/info", "var/lib/dpkg/updates"):
        (root / folder).mkdir(parents=True)
    for link, target in (
        ("bin", "usr/bin"),
        ("lib", "usr/lib"),
        ("lib64", "usr/lib64"),
        ("sbin", "usr/sbin"),
    ):
        (root / target).mkdir(parents=True, exist_ok=True)
        (root / link).symlink_to(target)
    (root / "var/lib/dpkg/status").touch()
    depends = [part.split()[0] for part in DEPENDS.split(",")]
    for name in closure([*ROOT_PACKAGES, *depends]):
        for line in command("dpkg", "-L", name).splitlines():
            if line.startswith("/"):  # other lines tell of diversions
                copy(Path(line), root)
    command("ldconfig", "-r", root)
    for name, minor in DEVICES.items():
        command("mknod", "-m", "666", root / "dev" / name, "c", 1, minor)
    (root / "tmp").chmod(0o1777)
    os.chown(root / "home/some one", NOBODY, NOBODY)


def closure(names: Iterable[str]) -> set[str]:
    """Return installed packages with everything that they depend on."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            state, _, depends = command("dpkg-query", "-W", "-f", STATE_AND_NEEDS, name).partition(" ")
        except BuildError:
            continue  # one of several alternatives, or virtual
        if state != "installed":
            continue
        found.add(name)
        alternatives = [word.strip() for word in re.split(r"[,|]", depends) if word.strip()]
        waiting += [word.split()[0].partition(":")[0] for word in alternatives]
    return {name for name in found if not name.startswith(("python3", "libpython3"))}


def copy(path: Path, root: Path) -> None:
    """Copy a file or a link of this system to the same place below ``root``, without documents."""
    if str(path).startswith(("/usr/share/doc", "/usr/share/man", "/usr/share/locale", "/usr/share/info")):
        return
    merged = path if str(path).startswith(("/usr", "/etc", "/var")) else Path("/usr") / path.relative_to("/")
    target = root / merged.relative_to("/")
    if path.is_dir() and not path.is_symlink():
        target.mkdir(parents=True, exist_ok=True)
    elif path.exists() and not target.exists() and not target.is_symlink():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target, follow_symlinks=False)


def try_on_a_screen(program: Path) -> None:
    """Test the program on a real X screen where a virtual one can be had."""
    if not on("linux") or not (shutil.which("xvfb-run") and shutil.which("xauth")):
        say("no xvfb-run: not tried on a screen")
        return
    with TemporaryDirectory() as home:
        variables = {**PLAIN, "HOME": home, "QT_QPA_PLATFORM": "xcb"}
        run(
            ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24", program, "--selftest"], variables, "on a screen"
        )
