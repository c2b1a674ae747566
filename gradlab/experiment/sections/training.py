"""The section ``[training]``."""

from typing import Annotated, Literal

from gradlab.experiment.sections.base import Section, registered
from gradlab.experiment.settings import setting
from gradlab.language import mark

STOPPING = "stopping"  # the group of what decides when a run ends early


class Training(Section):
    """How long, how much at a time, on what."""

    epochs: int = setting(
        20,
        label=mark("Epochs"),
        help=mark("How many times the whole training set is gone through."),
        minimum=1,
        maximum=1_000_000,
        live=True,
        advanced=False,
    )
    batch_size: int = setting(
        32,
        label=mark("Batch size"),
        unit=mark("rows"),
        help=mark("Rows per batch: how many examples one forward and backward pass looks at."),
        minimum=1,
        maximum=1_000_000,
        live=True,
    )
    loss: Annotated[str, registered("gradlab.training.losses")] = setting(
        "auto",
        label=mark("Loss"),
        help=mark("What is made small."),
        registry="gradlab.training.losses",
    )
    class_weights: Literal["none", "balanced"] = setting(
        "none",
        label=mark("Class weights"),
        help=mark("Whether rare classes count for more in the loss."),
        choices={
            "none": (mark("Equal"), mark("Every row counts the same.")),
            "balanced": (mark("Balanced"), mark("Every class counts the same.")),
        },
        task="classification",
    )
    threshold: float = setting(
        0.5,
        label=mark("Threshold"),
        help=mark("Two classes: predicted positive from this probability on."),
        minimum=0,
        maximum=1,
        live=True,
        task="classification",
    )
    patience: int = setting(
        0,
        label=mark("Patience"),
        unit=mark("epochs"),
        help=mark("Stop after this many epochs without a better validation loss. 0: no early stopping."),
        minimum=0,
        maximum=1_000_000,
        live=True,
        group=STOPPING,
    )
    min_delta: float = setting(
        0.0,
        label=mark("Smallest gain"),
        help=mark("By how much the validation loss must fall to count as better."),
        minimum=0,
        maximum=1000,
        live=True,
        group=STOPPING,
        beside="training.patience",
    )
    restore_best: bool = setting(
        True,
        label=mark("Restore the best"),
        help=mark("With patience: the best epoch's weights come back, however the run ends."),
        live=True,
        group=STOPPING,
        beside="training.patience",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = setting(
        "auto",
        label=mark("Device"),
        help=mark("Where the numbers are crunched."),
        choices={
            "auto": (
                mark("Automatic"),
                mark("The CPU for small networks, where it is faster; else a GPU if present."),
            ),
            "cpu": (mark("CPU"), mark("The processor: exactly repeatable.")),
            "cuda": (mark("GPU (CUDA)"), mark("An NVIDIA graphics card.")),
            "mps": (mark("GPU (Apple)"), mark("The graphics part of an Apple chip.")),
        },
    )
    precision: Literal["float32", "bfloat16", "float16"] = setting(
        "float32",
        label=mark("Number precision"),
        help=mark(
            "How exactly the layers compute. Weights, gradients and updates are kept in 32 bits in any case."
        ),
        choices={
            "float32": (mark("32 bits"), mark("About seven digits: the usual.")),
            "bfloat16": (
                mark("16 bits (bfloat16)"),
                mark("Two to three digits. Faster for large networks on newer GPUs."),
            ),
            "float16": (
                mark("16 bits (float16)"),
                mark(
                    "Three to four digits, on a GPU only. It holds no large numbers: the loss is scaled to fit, "
                    "and an update whose gradients do not fit is skipped."
                ),
            ),
        },
    )
    measure_every: int = setting(
        10,
        label=mark("Measure every"),
        unit=mark("updates"),
        help=mark("Per-layer measurements are taken at every n-th update."),
        minimum=1,
        maximum=1_000_000,
        live=True,
    )
