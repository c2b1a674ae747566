"""The .dmg for macOS on Apple chips: the app and a link to Applications; signed where that is set up."""

import os
import shutil
from pathlib import Path

from installer.places import BUILD, DIST, SYSTEM, TITLE, VERSION, command, say

# Bundled libraries change their own code's memory (torch), and are signed by us alone.
ENTITLEMENTS = SYSTEM / "entitlements.plist"


def pack(folder: Path) -> Path:
    """Return the disk image with the app that PyInstaller made beside the program's folder."""
    say("packing the .dmg")
    app = folder.parent / f"{TITLE}.app"
    shutil.copytree(folder / "licences", app / "Contents" / "Resources" / "licences", dirs_exist_ok=True)
    sign(app)
    stage = BUILD / "dmg"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    shutil.copytree(app, stage / app.name, symlinks=True)
    (stage / "Applications").symlink_to("/Applications")
    DIST.mkdir(exist_ok=True)
    out = DIST / f"gradlab-{VERSION}-macos-arm64.dmg"
    command("hdiutil", "create", "-volname", TITLE, "-srcfolder", stage, "-format", "ULMO", "-ov", out)
    notarise(out)
    return out


def sign(app: Path) -> None:
    """Sign from the inside out with the identity in GRADLAB_SIGN_IDENTITY; without one, for this machine only.

    Not with ``--deep``: Apple advises against it.
    """
    identity = os.environ.get("GRADLAB_SIGN_IDENTITY", "-")
    if identity == "-":
        say("not signed by a developer: GRADLAB_SIGN_IDENTITY names no identity")
    options = ["--force", "--options", "runtime", "--entitlements", ENTITLEMENTS, "--sign", identity]
    stamp = ["--timestamp"] if identity != "-" else []
    inside = [path for path in app.rglob("*") if path.suffix in {".so", ".dylib"} and not path.is_symlink()]
    for path in sorted(inside, key=lambda path: -len(path.parts)):
        command("codesign", *options, *stamp, path)
    command("codesign", *options, *stamp, app)
    command("codesign", "--verify", "--strict", app)


def notarise(image: Path) -> None:
    """Let Apple check the image, with the keychain profile in GRADLAB_NOTARY_PROFILE."""
    profile = os.environ.get("GRADLAB_NOTARY_PROFILE")
    if not profile:
        say("not notarised: GRADLAB_NOTARY_PROFILE names no keychain profile")
        return
    command("xcrun", "notarytool", "submit", image, "--keychain-profile", profile, "--wait")
    command("xcrun", "stapler", "staple", image)
