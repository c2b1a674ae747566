"""The Windows installer, made by Inno Setup 6 from packaging/system/gradlab.iss."""

import os
import shutil
from pathlib import Path

from installer.places import BUILD, DIST, SYSTEM, VERSION, BuildError, command, say

USUAL_PLACES = ("C:/Program Files (x86)/Inno Setup 6", "C:/Program Files/Inno Setup 6")


def pack(folder: Path) -> Path:
    """Return the installer of the program's folder; signed where a certificate is set up."""
    say("packing the .exe")
    sign(*folder.glob("*.exe"))
    DIST.mkdir(exist_ok=True)
    values = {"Version": VERSION, "Folder": folder, "Icons": BUILD / "icons", "Out": DIST}
    defines = [f"/D{name}={value}" for name, value in values.items()]
    command(compiler(), "/Qp", *defines, SYSTEM / "gradlab.iss")
    out = DIST / f"gradlab-{VERSION}-windows-setup.exe"
    sign(out)
    return out


def compiler() -> Path:
    """Return Inno Setup's compiler."""
    found = shutil.which("ISCC", path=os.pathsep.join([os.environ.get("PATH", ""), *USUAL_PLACES]))
    if found is None:
        raise BuildError("Inno Setup 6 is not on this machine")
    return Path(found)


def sign(*files: Path) -> None:
    """Sign programs with the certificate that GRADLAB_SIGN_THUMBPRINT names; without one they stay unsigned."""
    thumbprint = os.environ.get("GRADLAB_SIGN_THUMBPRINT")
    if not thumbprint:
        say("not signed: GRADLAB_SIGN_THUMBPRINT names no certificate")
        return
    options = ["/fd", "SHA256", "/tr", "http://timestamp.digicert.com", "/td", "SHA256", "/sha1", thumbprint]
    command("signtool", "sign", *options, *files)
