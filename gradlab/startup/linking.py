"""The trick ``linking``: torch's largest library is linked in a thread while Python continues importing.

It has hundreds of megabytes, and the system's loader does not need the interpreter. On Linux only: elsewhere, or
where the library is in another place, it is linked when torch is imported. Without it the first update comes 1.10
times as late.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

from gradlab.startup import is_on

if TYPE_CHECKING:
    import threading


class Linking:
    """Links torch's large library with this process once, in a thread."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start the thread, unless it has started or torch is loaded already."""
        import threading

        if not is_on("linking") or sys.platform != "linux":
            return
        if self._thread is None and "torch" not in sys.modules:
            # Not a daemon: a process that ends in the middle of linking crashes, so it must wait.
            self._thread = threading.Thread(target=_link, name="linking torch")
            self._thread.start()

    def wait(self) -> None:
        """Wait for the end of the thread, if any: otherwise an import would wait while holding the interpreter."""
        if self._thread is not None:
            self._thread.join()

    def load_torch(self) -> None:
        """Import torch, most of what is needed before the first update, once its library is linked."""
        self.wait()
        importlib.import_module("torch")


def _link() -> None:
    """Open the libraries as torch does; stop at the first failure, since importing torch reports what is wrong.

    Called like any function of the C library, dlopen releases the interpreter to other threads; ctypes' own way of
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
