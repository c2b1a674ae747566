"""What the window remembers from one start to the next: theme, layout, recent files."""

import json
import logging
from pathlib import Path
from typing import Any, get_args

from gradlab.folders import alone_with, settings_folder, write_whole
from gradlab.window.theme.style import ThemeChoice

LONGEST_RECENT = 8
log = logging.getLogger(__name__)


class SettingsStore:
    """A JSON file of plain values.

    A file that cannot be read counts as empty, and one that cannot be written is left alone: neither stops the
    window. Several windows share it: each sees what was stored when it started and what it stored itself.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or settings_folder() / "window.json"
        self._values = self._read()

    def get(self, name: str, default: Any = None) -> Any:
        """Return a stored value, or ``default``."""
        return self._values.get(name, default)

    def put(self, name: str, value: Any) -> None:
        """Store a value that JSON can hold; the file is written at once."""
        if self._values.get(name) != value:
            self._values[name] = value
            self._write(name)

    def theme(self) -> ThemeChoice:
        """Return the chosen theme; the system's unless one was chosen."""
        kept = self.get("theme")
        return kept if kept in get_args(ThemeChoice) else "system"

    def recent(self) -> list[Path]:
        """Return the recently used experiment files that still exist, newest first."""
        return [path for text in self._recent_texts() if (path := Path(text)).is_file()]

    def add_recent(self, path: Path) -> None:
        """Put an experiment file first among the recent ones."""
        text = str(path.resolve())
        self._values["recent"] = self._read().get("recent", [])  # another window may have opened some
        others = [other for other in self._recent_texts() if other != text]
        self.put("recent", [text, *others][:LONGEST_RECENT])

    def _recent_texts(self) -> list[str]:
        kept = self.get("recent", [])
        return [text for text in kept if isinstance(text, str)] if isinstance(kept, list) else []

    def _read(self) -> dict[str, Any]:
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.warning("%s is not readable, starting afresh: %s", self._path, error)
            return {}
        return values if isinstance(values, dict) else {}

    def _write(self, name: str) -> None:
        """Write one value into the file; the others stay as they are there now."""
        try:
            with alone_with(self._path):
                values = {**self._read(), name: self._values[name]}
                write_whole(self._path, json.dumps(values, indent=1))
        except OSError as error:
            log.warning("%s cannot be written: %s", self._path, error)
