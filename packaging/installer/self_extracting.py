"""The .run file: a small shell script with the packed program behind it, for systems without Debian's packages.

Nobody needs to be root: everything goes below the home folder, and one script there takes it away again.
"""

import hashlib
import shutil
import tarfile
from pathlib import Path

from installer.debian import install_desktop_files
from installer.places import BUILD, DIST, EPOCH_SECONDS, SYSTEM, VERSION, command, say

# Programs pack better when jumps are written as where to, not how far; a larger window finds more that repeats.
PACKING = ("--x86", "--lzma2=preset=6,dict=64MiB")
HEADER = SYSTEM / "install.sh"


def pack(folder: Path) -> Path:
    """Return the self-extracting file of the program's folder."""
    say("packing the .run")
    tree = BUILD / "run"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    install_desktop_files(tree / "desktop", "@PROGRAM@")
    archive = BUILD / "run.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(folder, "program", filter=anonymous)
        tar.add(tree / "desktop", "desktop", filter=anonymous)
    command("xz", "--force", *PACKING, "--threads=0", archive)
    packed = archive.with_suffix(".tar.xz")
    DIST.mkdir(exist_ok=True)
    out = DIST / f"gradlab-{VERSION}-linux-x86_64.run"
    join(HEADER.read_text(encoding="utf-8"), packed, out)
    packed.unlink()
    shutil.rmtree(tree)
    return out


def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Forget who built it, and when."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = EPOCH_SECONDS
    return member


def join(header: str, packed: Path, out: Path) -> None:
    """Write the script, and right behind it the archive whose place and checksum it knows."""
    checksum = hashlib.sha256(packed.read_bytes()).hexdigest()
    script = header.replace("@VERSION@", VERSION).replace("@SHA256@", checksum)
    # The line count does not change with the number in it.
    script = script.replace("@LINES@", str(script.count("\n") + 1))
    with out.open("wb") as file:
        file.write(script.encode())
        with packed.open("rb") as archive:
            shutil.copyfileobj(archive, file)
    out.chmod(0o755)
