"""Python imports this at its start where this folder is on its path: Qt is then out of reach.

Child processes and test workers inherit the path, so they do without Qt too.
"""

import sys

for name in ("PySide6", "shiboken6", "pyqtgraph", "qtawesome", "qtpy"):
    sys.modules[name] = None  # type: ignore[assignment]
