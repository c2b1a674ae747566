"""The trick ``parts``: two parts of torch are loaded only when they are asked for.

They serve those who compile and export models. Tried with torch 2.13; where another torch is built otherwise, it
is loaded as it always is.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, cast

from gradlab.startup import is_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

# Each with the modules that only it needs: together a third of what Python does to import torch. Both are imported
# at the very end of torch's own start, so that nothing comes in another order because they wait.
META = "torch._meta_registrations"  # the shapes of results, for tensors that hold no numbers
WAITING = ("torch.export", META)
# What compiles: META comes before it, as it always does. torch's own optimizers bring it along.
COMPILER = ("torch._dynamo", "torch._inductor")


def let_parts_wait() -> None:
    """Load the parts in WAITING when they are first asked for something. Does nothing once torch is loaded."""
    waits_already = any(isinstance(finder, WaitingFinder) for finder in sys.meta_path)
    if is_on("parts") and not waits_already and "torch" not in sys.modules:
        sys.meta_path.insert(0, WaitingFinder())


class WaitingFinder:
    """Finds the modules in WAITING as the other finders do, and lets them wait."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a module that waits; None for all others."""
        if name in COMPILER and isinstance(sys.modules.get(META), WaitingModule):
            _fill(sys.modules[META])
        if name not in WAITING:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Loader", WaitingLoader(spec.loader))
        return spec


class WaitingLoader:
    """Makes a module that is still empty."""

    def __init__(self, real: Loader) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the empty module."""
        return WaitingModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it empty, with its real loader in its spec."""
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self._real
        if module.__name__ == META and not generators_work_without_it():
            _fill(module)


class WaitingModule(ModuleType):
    """A module that loads itself when one of its own names is first asked for."""

    def __getattr__(self, name: str) -> object:
        # A search through all modules asks each for such names, and must not load this one.
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        _fill(self)
        return getattr(self, name)


def _fill(module: ModuleType) -> None:
    """Load a module that has waited."""
    module.__class__ = ModuleType
    assert module.__spec__ is not None and module.__spec__.loader is not None
    module.__spec__.loader.exec_module(module)


def generators_work_without_it() -> bool:
    """Give random generators their kind of class, as a module does that only META imports; False if that fails."""
    try:
        kind = importlib.import_module("torch._opaque_base").OpaqueBaseMeta
        sys.modules["torch._C"]._set_generator_metaclass(kind)
    except (ImportError, AttributeError):
        return False
    return True
