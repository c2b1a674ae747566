"""torch in less time, and still all of torch. Each in a process of its own: a process loads torch once."""

import sys

import pytest
from fresh_python import printed_by

PREPARED = """
import sys
from gradlab.startup import parts
from gradlab.startup.linking import linking
parts.let_parts_wait()
"""


def told_by(code):
    return printed_by(PREPARED + code).split()


WAITING = "print(*[name for name in parts.WAITING if type(sys.modules[name]) is parts.WaitingModule])\n"


def test_the_parts_wait_while_torch_trains():
    code = """
import torch
rows = torch.randn(8, 3, generator=torch.Generator().manual_seed(1))
model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.GRU(4, 2))
model[:2](rows).square().sum().backward()
"""
    assert told_by(code + WAITING) == ["torch.export", "torch._meta_registrations"]


def test_a_part_that_is_asked_for_is_all_there():
    code = """
import torch
model = torch.nn.Linear(3, 2)
print(hasattr(torch.export, "export"))
import torch.export.graph_signature
print(torch.export.graph_signature.__name__, torch.export.__spec__.loader.__class__.__name__)
"""
    assert told_by(code + WAITING) == [
        "True",
        "torch.export.graph_signature",
        "SourceFileLoader",
        "torch._meta_registrations",
    ]


def test_shapes_without_numbers_are_known_once_their_part_is_asked_for():
    code = """
import torch
from torch._meta_registrations import register_meta
print(torch.Generator().manual_seed(3).initial_seed(), tuple(torch.empty(4, 3, device="meta").argsort().shape))
"""
    assert told_by(code + WAITING) == ["3", "(4,", "3)", "torch.export"]


def test_the_compiler_finds_all_that_it_builds_on():
    code = """
import torch
model = torch.nn.Linear(3, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)  # brings the compiler along
model(torch.ones(1, 3)).sum().backward()
optimizer.step()
compiled = torch.compile(model, backend="eager")
print(torch.equal(compiled(torch.ones(1, 3)), model(torch.ones(1, 3))))
"""
    assert told_by(code + WAITING) == ["True"]


def test_who_looks_through_all_modules_does_not_load_them():
    code = """
import torch, inspect
print(inspect.getmodule(torch.nn.Linear.forward).__name__)
"""
    assert told_by(code + WAITING) == ["torch.nn.modules.linear", "torch.export", "torch._meta_registrations"]


def test_a_torch_with_other_generators_loads_their_part_as_always():
    code = """
parts.generators_work_without_it = lambda: False
import torch
print(torch.Generator().manual_seed(3).initial_seed())
"""
    assert told_by(code + WAITING) == ["3", "torch.export"]


def test_nothing_waits_where_torch_is_loaded_already():
    code = "import torch; parts.let_parts_wait(); before = len(sys.meta_path); parts.let_parts_wait()\n"
    assert told_by(code + "print(len(sys.meta_path) - before)") == ["0"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there it is linked ahead")
def test_the_library_is_linked_ahead_and_is_the_one_that_torch_then_uses():
    code = """
def linked():
    with open("/proc/self/maps") as file:
        return sorted({line.split()[-1] for line in file if "libtorch_cpu" in line})
print(len(linked()))
linking.begin()
linking.begin()
linking.wait()
ahead = linked()
print(len(ahead), "torch" in sys.modules)
import torch
print(linked() == ahead, torch.ones(2).sum().item())
"""
    assert told_by(code) == ["0", "1", "False", "True", "2.0"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there it is linked ahead")
def test_python_goes_on_while_the_library_is_linked():
    code = """
import threading
linking.begin()
rounds = 0
while threading.active_count() > 1:
    rounds += 1
print(rounds > 1000)
"""
    assert told_by(code) == ["True"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there it is linked ahead")
def test_a_library_that_is_not_there_is_left_to_torch_to_complain_about():
    code = """
import importlib.util, types
real = importlib.util.find_spec
importlib.util.find_spec = lambda name: types.SimpleNamespace(submodule_search_locations=["/nowhere"])
linking.begin()
linking.wait()
importlib.util.find_spec = real
import torch
print(torch.ones(2).sum().item())
"""
    assert told_by(code) == ["2.0"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there it is linked ahead")
def test_where_torch_is_not_installed_nothing_is_linked():
    code = """
import importlib.util
importlib.util.find_spec = lambda name: None
linking.begin()
linking.wait()
with open("/proc/self/maps") as file:
    print("libtorch" in file.read(), "torch" in sys.modules)
"""
    assert told_by(code) == ["False", "False"]


def test_a_torch_that_lets_nobody_set_the_kind_of_its_generators_loads_their_part_as_always():
    code = """
sys.modules["torch._opaque_base"] = None
print(parts.generators_work_without_it())
"""
    assert told_by(code) == ["False"]


def test_a_part_that_is_not_installed_is_missing_as_always():
    code = """
parts.WAITING = frozenset({"torch_nowhere"})
try:
    import torch_nowhere
except ModuleNotFoundError as error:
    print(error.name)
"""
    assert told_by(code) == ["torch_nowhere"]


def test_waiting_for_what_never_began_returns_at_once():
    assert told_by("linking.wait(); print('on')") == ["on"]


def test_torch_is_loaded_once_its_library_is_linked():
    code = """
linking.begin()
linking.load_torch()
print("torch" in sys.modules, linking.begin())
"""
    assert told_by(code) == ["True", "None"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there it is linked ahead")
@pytest.mark.parametrize("seconds", [0.05, 0.15])
def test_a_program_that_ends_while_the_library_is_linked_ends_in_order(seconds):
    assert told_by(f"import time; linking.begin(); time.sleep({seconds}); print('over')") == ["over"]
