"""Loading torch in a fraction of the time, for programs that start and are waited for.

torch is most of what has to be loaded before the first update. Three things help, and change nothing of what it
computes:

* Two of its parts serve those who compile and export models. They are loaded when somebody asks for them.
* The library below it, some hundreds of megabytes, is linked in a thread of its own while Python goes on.
* It notes where its operators are declared. The lines around these places are not read.

Tried with torch 2.13; where another torch is built otherwise, it is loaded as it always is. What is imported here
is little: the window waits for it.
"""

from __future__ import annotations

import importlib
import os
import sys
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import threading
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
    if "torch" not in sys.modules and not any(isinstance(finder, WaitingFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, WaitingFinder())


class WaitingFinder:
    """Finds the modules in WAITING as everybody else does, and lets them wait."""

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
    """Puts a module in its place that is still empty."""

    def __init__(self, real: Loader) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the empty module."""
        return WaitingModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it empty, and let nobody see that there was a loader between."""
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self._real
        if module.__name__ == META and not _generators_work_without_it():
            _fill(module)


class WaitingModule(ModuleType):
    """A module that loads itself when it is first asked for something of its own."""

    def __getattr__(self, name: str) -> object:
        # Who looks through all modules asks for such names, and wants nothing of this one.
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        _fill(self)
        return getattr(self, name)


def _fill(module: ModuleType) -> None:
    """Load a module that waited."""
    module.__class__ = ModuleType
    assert module.__spec__ is not None and module.__spec__.loader is not None
    module.__spec__.loader.exec_module(module)


def _generators_work_without_it() -> bool:
    """Give random generators their kind of class, as a module does that only META imports; False if that fails."""
    try:
        kind = importlib.import_module("torch._opaque_base").OpaqueBaseMeta
        sys.modules["torch._C"]._set_generator_metaclass(kind)
    except (ImportError, AttributeError):
        return False
    return True


class Linking:
    """Links torch's large library with this process in a thread, once; Python goes on meanwhile.

    On Linux; elsewhere nothing happens, and the library is linked when torch is imported.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Begin, unless somebody has."""
        import threading

        if self._thread is None and sys.platform == "linux" and "torch" not in sys.modules:
            # No daemon: a process that ends in the middle of this crashes, so it waits for the rest.
            self._thread = threading.Thread(target=_link, name="linking torch")
            self._thread.start()

    def wait(self) -> None:
        """Wait for its end, if it has begun: else an import would wait with the interpreter in its hands."""
        if self._thread is not None:
            self._thread.join()


def load() -> None:
    """Import torch."""
    import inspect

    linking.wait()
    whole = inspect.getframeinfo
    # With the lines around a place comes a search through all modules that there are, for the one that it is in.
    inspect.getframeinfo = partial(whole, context=0)
    try:
        importlib.import_module("torch")
    finally:
        inspect.getframeinfo = whole


def _link() -> None:
    """Open the libraries as torch does it; at the first failure stop, importing torch then tells what is wrong.

    Called as any function of the C library, dlopen lets other threads have the interpreter; ctypes' own way of
    opening a library does not.
    """
    import ctypes  # here: the window does not wait for it
    from importlib.util import find_spec

    spec = find_spec("torch")
    if spec is None or not spec.submodule_search_locations:
        return
    folder = os.path.join(spec.submodule_search_locations[0], "lib")  # noqa: PTH118 (as in __main__)
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    for name, mode in (
        ("libtorch_global_deps.so", ctypes.RTLD_GLOBAL),
        ("libtorch_cpu.so", ctypes.RTLD_LOCAL),
    ):
        if not dlopen(os.fsencode(os.path.join(folder, name)), os.RTLD_NOW | mode):  # noqa: PTH118
            return


linking = Linking()
