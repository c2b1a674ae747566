"""Chooses the device to compute on, and the number of threads."""

import os

import torch

from gradlab.errors import InputError
from gradlab.language import tr

# With fewer weights, a GPU mostly waits for the next tiny operation, and so do all but one CPU thread.
SMALL_MODEL = 200_000


def devices() -> tuple[str, ...]:
    """Return the kinds of device that this machine has."""
    present = ["cpu"]
    if torch.cuda.is_available():
        present.append("cuda")
    if torch.backends.mps.is_available():
        present.append("mps")
    return tuple(present)


def choose_device(wanted: str, parameters: int) -> torch.device:
    """Choose the device for a model with this many ``parameters``.

    Raises:
        InputError: if this machine has no such device.
    """
    present = devices()
    if wanted == "auto":
        return torch.device(present[-1] if parameters >= SMALL_MODEL else "cpu")
    if wanted not in present:
        raise InputError(
            tr("training.device = {wanted}: this machine has no such device; allowed here: {allowed}").format(
                wanted=wanted, allowed=", ".join(("auto", *present))
            ),
            "training.device",
        )
    return torch.device(wanted)


def choose_threads(parameters: int) -> int:
    """Set and return the number of CPU threads: one for small models, all cores but one for large ones."""
    threads = 1 if parameters < SMALL_MODEL else max((os.cpu_count() or 2) - 1, 1)
    torch.set_num_threads(threads)
    return threads


def out_of_memory(error: RuntimeError, device: str, batch_size: int) -> InputError | None:
    """Return a readable error if ``error`` says that memory ran out, else None."""
    full = isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
    if not full:
        return None
    return InputError(
        tr(
            "The memory of {device} ran out with a batch size of {batch_size}; choose a smaller "
            "batch size, a smaller model or another device."
        ).format(device=device, batch_size=batch_size),
        "training.batch_size",
    )
