"""Registries that fill themselves: one file per entry, found by looking into the package."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from gradlab.language import Described

Build = TypeVar("Build", bound=Callable[..., object])


@dataclass(frozen=True)
class Entry(Described, Generic[Build]):
    """One registered kind.

    Attributes:
        name: what the experiment file says.
        english_label, english_help: as they are written down; marked, so that they are in the catalogs.
        uses: the keys of its section that mean something for it; the form shows only those.
        build: makes it; heavy packages are imported inside, so that listing the names stays cheap.

    """

    name: str
    english_label: str
    english_help: str
    uses: tuple[str, ...]
    build: Build


@dataclass
class Registry(Generic[Build]):
    """The entries of one package, in the order of their ``rank`` and then their English label.

    Adding an entry is adding a file to ``package``: its modules are imported on first use.
    """

    what: str
    package: str
    _entries: dict[str, tuple[int, Entry[Build]]] = field(default_factory=dict)
    _discovered: bool = False

    def register(
        self, name: str, *, label: str, help: str, uses: tuple[str, ...] = (), rank: int = 100
    ) -> Callable[[Build], Build]:
        """Return a decorator that adds ``build`` under ``name``.

        Raises:
            ValueError: if the name is taken.

        """

        def add(build: Build) -> Build:
            if name in self._entries:
                raise ValueError(f"there is already a {self.what} called {name!r}")
            self._entries[name] = (rank, Entry(name, label, help, uses, build))
            return build

        return add

    def names(self) -> tuple[str, ...]:
        """Return every name, in the order in which menus show them."""
        return tuple(entry.name for entry in self)

    def __iter__(self) -> Iterator[Entry[Build]]:
        self._discover()
        ranked = sorted(self._entries.values(), key=lambda pair: (pair[0], pair[1].english_label))
        return iter([entry for _, entry in ranked])

    def __getitem__(self, name: str) -> Entry[Build]:
        """Return the entry called ``name``; raises KeyError if there is none."""
        self._discover()
        return self._entries[name][1]

    def _discover(self) -> None:
        if self._discovered:
            return
        self._discovered = True
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self.package}.{module.name}")


SOURCES: Registry[Callable[..., object]] = Registry("data source", "gradlab.datasets")
MODELS: Registry[Callable[..., object]] = Registry("model kind", "gradlab.models")
