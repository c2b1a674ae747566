"""The trick ``plugins``: pydantic does not search all installed packages for plug-ins, since the lab uses none."""

import os

from gradlab.startup import is_on


def leave_out() -> None:
    """Switch off pydantic's plug-ins, unless the environment already says which to load."""
    if is_on("plugins"):
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
