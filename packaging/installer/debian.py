"""The .deb package: one folder in /opt, a link in /usr/bin, and what the desktop wants to know."""

import os
import shutil
from pathlib import Path

from installer.places import (
    BUILD,
    DIST,
    EPOCH_SECONDS,
    ROOT,
    SUMMARY,
    SYSTEM,
    VERSION,
    command,
    megabytes,
    say,
)

# What Qt and the bootloader open from the system: everything else is in the folder.
DEPENDS = "libc6 (>= 2.34), libgl1, libegl1, libxcb1, libfontconfig1, xkb-data, fontconfig-config"
# Without them the window opens as well; Chinese and Hindi need their letters.
RECOMMENDS = "fonts-noto-cjk, fonts-noto-core"
HOME = "opt/gradlab"
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def pack(folder: Path) -> Path:
    """Return the package of the program's folder."""
    say("packing the .deb")
    root = BUILD / "deb"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(folder, root / HOME, symlinks=True)
    install_desktop_files(root / "usr", "gradlab")
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/gradlab").symlink_to(f"/{HOME}/gradlab")
    document = root / "usr/share/doc/gradlab"
    document.mkdir(parents=True)
    shutil.copyfile(ROOT / "LICENSE", document / "copyright")
    control = root / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(control_text(round(megabytes(root) * 1000)), encoding="utf-8")
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    DIST.mkdir(exist_ok=True)
    package = DIST / f"gradlab_{VERSION}_amd64.deb"
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH_SECONDS)}
    options = ["--root-owner-group", "-Zxz", "-z9", "--build"]
    command("dpkg-deb", *options, root, package, env=environment)
    shutil.rmtree(root)
    return package


def control_text(kilobytes: int) -> str:
    """Return what dpkg wants to know. Triggers of the desktop's own packages see the menu entry by themselves."""
    return f"""Package: gradlab
Version: {VERSION.replace("-", "~")}
Architecture: amd64
Maintainer: The GradLab authors <gradlab@localhost>
Installed-Size: {kilobytes}
Depends: {DEPENDS}
Recommends: {RECOMMENDS}
Section: education
Priority: optional
Description: {SUMMARY}
 A desktop lab in which a small neural network learns before your eyes: what is
 in the gradient buffer, when it is emptied, and what the optimizer makes of it.
 It needs no network, no account and no programming.
"""


def install_desktop_files(prefix: Path, program: str) -> None:
    """Put the menu entry, the file type and the icons below ``prefix`` (/usr, or ~/.local)."""
    entry = (SYSTEM / "gradlab.desktop").read_text(encoding="utf-8").replace("@PROGRAM@", program)
    for place, text in {
        "share/applications/gradlab.desktop": entry,
        "share/mime/packages/gradlab.xml": (SYSTEM / "gradlab.xml").read_text(encoding="utf-8"),
        "share/metainfo/org.gradlab.GradLab.metainfo.xml": (SYSTEM / "gradlab.metainfo.xml")
        .read_text(encoding="utf-8")
        .replace("@VERSION@", VERSION),
    }.items():
        path = prefix / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for size in ICON_SIZES:
        path = prefix / f"share/icons/hicolor/{size}x{size}/apps/gradlab.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(BUILD / "icons" / f"gradlab-{size}.png", path)
    drawing = prefix / "share/icons/hicolor/scalable/apps/gradlab.svg"
    drawing.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "resources" / "icons" / "gradlab.svg", drawing)
