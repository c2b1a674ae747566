"""Each trick of the start has a switch, and does nothing where it is off."""

import gc
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from gradlab import startup
from gradlab.startup import collector, imports, turns
from gradlab.startup.linking import Linking
from gradlab.startup.parts import WaitingFinder, let_parts_wait

FOLDER = Path(startup.__file__).parent


@pytest.fixture
def off(monkeypatch):
    """Return a function that switches a trick off."""
    return lambda name: monkeypatch.setenv("GRADLAB_STARTUP", f"-{name}")


def test_all_tricks_are_on_by_themselves(monkeypatch):
    monkeypatch.delenv("GRADLAB_STARTUP", raising=False)
    assert all(map(startup.is_on, startup.TRICKS))
    assert startup.unknown() == ""


def test_some_are_switched_off_or_all(monkeypatch):
    monkeypatch.setenv("GRADLAB_STARTUP", "-linking, -turns")
    assert {name for name in startup.TRICKS if not startup.is_on(name)} == {"linking", "turns"}
    monkeypatch.setenv("GRADLAB_STARTUP", "-all")
    assert not any(map(startup.is_on, startup.TRICKS))


def test_an_unknown_trick_is_one_line_and_exit_code_two(monkeypatch):
    monkeypatch.setenv("GRADLAB_STARTUP", "-linkin")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    done = subprocess.run(
        [sys.executable, "-m", "gradlab", "doctor"], capture_output=True, text=True, check=False
    )
    [line] = done.stderr.splitlines()
    assert done.returncode == 2
    assert "-linkin;" in line
    assert all(f"-{name}" in line for name in startup.TRICKS)


@pytest.mark.parametrize("name", startup.TRICKS)
def test_each_trick_is_a_module_with_its_switch(name):
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert text.startswith(f'"""The trick ``{name}``: ')
    assert f'is_on("{name}")' in text


def test_the_collector_works_on_where_it_may_not_rest(off):
    off("collector")
    collector.rest()
    assert gc.isenabled()
    collector.begin()
    assert gc.get_freeze_count() == 0


@pytest.fixture
def replaced_import(monkeypatch):
    """Builtins as PySide leaves them: Python's own import is kept under another name."""
    found = SimpleNamespace(__import__="PySide's", __orig_import__="Python's")
    monkeypatch.setattr(imports, "builtins", found)
    return found


def test_pyside_keeps_its_import_where_it_may_not_be_put_back(off, replaced_import):
    off("imports")
    imports.put_back()
    assert replaced_import.__import__ == "PySide's"


def test_pythons_import_is_put_back(replaced_import):
    imports.put_back()
    assert replaced_import.__import__ == "Python's"


def test_torch_is_linked_when_it_is_imported(off, monkeypatch):
    off("linking")
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr(threading, "Thread", lambda **_: pytest.fail("linked ahead"))
    Linking().begin()


def test_no_part_of_torch_waits(off, monkeypatch):
    off("parts")
    monkeypatch.setattr(
        sys, "meta_path", [one for one in sys.meta_path if not isinstance(one, WaitingFinder)]
    )
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    let_parts_wait()
    assert not any(isinstance(finder, WaitingFinder) for finder in sys.meta_path)


def test_pieces_are_done_behind_the_window_or_before_it(off):
    done = []
    pieces = turns.postponed(iter([lambda: done.append(1), lambda: done.append(2)]))
    assert done == []
    off("turns")
    assert list(turns.postponed(pieces)) == []
    assert done == [1, 2]
