"""Where a person's own files lie: settings and runs."""

import os
from pathlib import Path

import platformdirs

APP = "gradlab"


def settings_folder() -> Path:
    """Return the folder of this person's settings; ``GRADLAB_DATA`` in the environment overrides it."""
    return _overridden() or platformdirs.user_config_path(APP, appauthor=False)


def runs_folder() -> Path:
    """Return the folder in which the window keeps its runs; ``GRADLAB_DATA`` overrides it too."""
    return (_overridden() or platformdirs.user_data_path(APP, appauthor=False)) / "runs"


def _overridden() -> Path | None:
    folder = os.environ.get("GRADLAB_DATA")
    return Path(folder) if folder else None
