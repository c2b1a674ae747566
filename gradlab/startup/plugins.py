"""The trick ``plugins``: pydantic does not look through all installed packages for plug-ins; the lab uses none."""

import os

from gradlab.startup import is_on


def leave_out() -> None:
    """Tell pydantic, unless the environment already says what it is to load."""
    if is_on("plugins"):
        os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
