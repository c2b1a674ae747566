"""The trick ``parts``: two parts of torch are loaded only when they are needed.

They are for compiling and exporting models. Tried with torch 2.13; a torch that is built differently is loaded as
usual. Without it the first update comes 1.13 times as late.
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

# With the modules that only they need, they take a third of the time to import torch. Both are imported at the
# very end of torch's own start, so postponing them does not change the order of anything else.
META = "torch._meta_registrations"  # the shapes of results, for tensors that hold no numbers
WAITING = ("torch.export", META)
# The compiler, which torch's own optimizers import; META must be loaded before it, as usual.
COMPILER = ("torch._dynamo", "torch._inductor")


def let_parts_wait() -> None:
    """Postpone loading the parts in WAITING until they are first used; does nothing once torch is loaded."""
    waits_already = any(isinstance(finder, WaitingFinder) for finder in sys.meta_path)
    if is_on("parts") and not waits_already and "torch" not in sys.modules:
        sys.meta_path.insert(0, WaitingFinder())


class WaitingFinder:
    """Finds the modules in WAITING as the other finders do, and postpones loading them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a module to postpone; None for all others."""
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
    """Creates a postponed module, which is empty at first."""

    def __init__(self, real: Loader) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return an empty module."""
        return WaitingModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module empty, with its real loader in its spec."""
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self._real
        if module.__name__ == META and not generators_work_without_it():
            _fill(module)


class WaitingModule(ModuleType):
    """A module that loads itself when one of its own names is first used."""

    def __getattr__(self, name: str) -> object:
        # A search through all modules looks up such names in each, and must not load this one.
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        _fill(self)
        return getattr(self, name)


def _fill(module: ModuleType) -> None:
    """Load a postponed module."""
    module.__class__ = ModuleType
    assert module.__spec__ is not None and module.__spec__.loader is not None
    module.__spec__.loader.exec_module(module)


def generators_work_without_it() -> bool:
    """Set the metaclass of random generators, as a module that only META imports does; return False on failure."""
    try:
        kind = importlib.import_module("torch._opaque_base").OpaqueBaseMeta
        sys.modules["torch._C"]._set_generator_metaclass(kind)
    except (ImportError, AttributeError):
        return False
    return True
