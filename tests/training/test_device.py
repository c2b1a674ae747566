"""Where a model is trained, and what is said where its memory runs out."""

import pytest
import torch

from gradlab.errors import InputError
from gradlab.training import device
from gradlab.training.device import SMALL_MODEL, choose_device, devices, out_of_memory


@pytest.fixture
def machine(monkeypatch):
    """Return a function that has this machine be one with these kinds of devices besides its processor."""

    def machine(*kinds):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: "cuda" in kinds)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: "mps" in kinds)

    return machine


@pytest.mark.parametrize("kinds", [(), ("cuda",), ("mps",)])
def test_a_machine_has_its_processor_and_the_devices_that_torch_finds(machine, kinds):
    machine(*kinds)
    assert devices() == ("cpu", *kinds)


@pytest.mark.parametrize(
    ("kinds", "parameters", "kind"),
    [
        ((), SMALL_MODEL, "cpu"),
        (("cuda",), SMALL_MODEL - 1, "cpu"),
        (("cuda",), SMALL_MODEL, "cuda"),
        (("mps",), SMALL_MODEL, "mps"),
    ],
)
def test_only_a_large_model_goes_to_another_device_by_itself(machine, kinds, parameters, kind):
    machine(*kinds)
    assert choose_device("auto", parameters).type == kind


def test_a_device_that_is_not_there_is_refused_with_those_that_are(machine):
    machine("mps")
    assert choose_device("mps", 1).type == "mps"
    with pytest.raises(
        InputError, match=r"training\.device = cuda: .* allowed here: auto, cpu, mps"
    ) as caught:
        choose_device("cuda", 1)
    assert caught.value.key == "training.device"


def test_only_a_large_model_is_trained_by_all_cores_but_one(monkeypatch):
    found = []
    monkeypatch.setattr(torch, "set_num_threads", found.append)
    monkeypatch.setattr(device.os, "cpu_count", lambda: 8)
    assert [device.choose_threads(size) for size in (SMALL_MODEL - 1, SMALL_MODEL)] == [1, 7] == found


def test_memory_that_ran_out_is_told_apart_from_other_errors():
    full = out_of_memory(RuntimeError("[enforce fail] can't allocate memory: 5 bytes"), "cpu", 64)
    assert full.key == "training.batch_size"
    assert str(full).startswith("The memory of cpu ran out with a batch size of 64; ")
    assert out_of_memory(torch.OutOfMemoryError("CUDA out of memory"), "cuda", 64) is not None
    assert out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"), "cpu", 64) is None
