"""Python imports this at its start where this folder is on its path: Qt is then as if not installed.

Child processes and test workers inherit the path, so they do without Qt too.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

QT = {"PySide6", "shiboken6", "pyqtgraph", "pytestqt"}


class FinderWithoutQt(PathFinder):
    """Finds everything else."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return None, as for a package that is not there, for Qt and what is built on it."""
        if fullname.partition(".")[0] in QT:
            return None
        return super().find_spec(fullname, path, target)


sys.meta_path[sys.meta_path.index(PathFinder)] = FinderWithoutQt
