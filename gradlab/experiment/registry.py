"""Registries that fill themselves: one file per entry, found by importing the modules of a package."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from gradlab.language import Described

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Entry(Described):
    """Something that an experiment can choose by name, in a file of its own.

    Importing that file is cheap: heavy packages such as torch are imported inside its methods.

    Attributes:
        name: what the experiment file says.
        english_label, english_help: what people read, in English; marked for the catalogs.
        uses: the keys of its section that mean something with it, among those that not all entries use.
        ignores: dotted keys of any section that mean nothing with it, although they do with every other entry.
        rank: its place in menus; entries of the same rank are sorted by their English label.
        suggests: by dotted key the values that suit it better than the defaults; the form puts them in when it is
            chosen. A file that leaves such a key out means the default, as with every entry.
    """

    name: str
    uses: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()
    rank: int = 100
    suggests: Mapping[str, Any] = NOTHING


E = TypeVar("E", bound=Entry)


class Registry(Generic[E]):
    """The entries of one package, in the order of their ``rank`` and then their English label.

    Adding an entry is adding a file to ``package``: its modules are imported on first use.

    Attributes:
        what: the word for an entry in errors.
        package: the name of the package; its module ``base`` makes this registry.
    """

    def __init__(self, what: str, package: str) -> None:
        self.what = what
        self.package = package
        self._entries: dict[str, E] = {}
        self._is_filled = False
        _REGISTRIES[package] = self

    def register(self, kind: type[E]) -> type[E]:
        """Add the one instance of an entry's class; a decorator. Raises ValueError if the name is taken."""
        self.add(kind())
        return kind

    def add(self, entry: E) -> None:
        """Add an entry; raises ValueError if the name is taken."""
        if entry.name in self._entries:
            raise ValueError(f"there is already a {self.what} called {entry.name!r}")
        self._entries[entry.name] = entry

    def remove(self, name: str) -> None:
        """Remove an entry; raises KeyError if there is none of that name."""
        del self._entries[name]

    def discover(self) -> None:
        """Import the modules of the package, so that they add their entries."""
        self._is_filled = True
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self.package}.{module.name}")

    def names(self) -> tuple[str, ...]:
        """Return every name, in the order in which menus show them."""
        return tuple(entry.name for entry in self)

    def __iter__(self) -> Iterator[E]:
        if not self._is_filled:
            self.discover()
        return iter(sorted(self._entries.values(), key=lambda entry: (entry.rank, entry.english_label)))

    def __getitem__(self, name: str) -> E:
        """Return the entry called ``name``; raises KeyError if there is none."""
        if not self._is_filled:  # asked at every update
            self.discover()
        return self._entries[name]


_REGISTRIES: dict[str, Registry[Any]] = {}


def registry_of(package: str) -> Registry[Entry]:
    """Return the registry of a package, for lower layers that must not import it."""
    importlib.import_module(f"{package}.base")
    return _REGISTRIES[package]
