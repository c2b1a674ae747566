"""The texts of Qt's own dialogs and menus, for languages that Qt does not bring along itself."""

import tomllib
from functools import cache
from itertools import chain

from PySide6.QtCore import QTranslator

from gradlab.language import tr
from gradlab.resources import resource


@cache
def texts() -> frozenset[str]:
    """Return those of Qt's texts that the catalogs translate."""
    document = tomllib.loads(resource("translations", "qt.toml").read_text(encoding="utf-8"))
    return frozenset(chain.from_iterable(document.values()))


class CatalogTranslator(QTranslator):
    """Looks Qt's texts up in our own catalog."""

    def isEmpty(self) -> bool:
        """Say that there is something to look up."""
        return False

    def translate(self, context: str, sourceText: str, disambiguation: str | None = None, n: int = -1) -> str:  # noqa: N803
        """Return a text in the language that is spoken; one that is not in the catalog as it stands."""
        if sourceText in texts():
            return tr(sourceText)
        # Some stand with and without a letter for the keyboard.
        plain = sourceText.replace("&", "")
        return tr(plain) if plain in texts() else sourceText
