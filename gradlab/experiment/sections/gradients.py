"""The section ``[gradients]``."""

from typing import Annotated, Literal

from gradlab.experiment.sections.base import Section, registered
from gradlab.experiment.settings import setting
from gradlab.language import mark


class Gradients(Section):
    """When the gradient buffer is emptied, and what accumulates in it."""

    zero: Annotated[str, registered("gradlab.training.zeroing")] = setting(
        "every_update",
        label=mark("Zero gradients"),
        help=mark("When optimizer.zero_grad() empties the gradient buffer."),
        registry="gradlab.training.zeroing",
        live=True,
        advanced=False,
    )
    zero_to: Literal["none", "zeros"] = setting(
        "none",
        label=mark("Zero to"),
        help=mark("What an emptied buffer holds."),
        choices={
            "none": (mark("None"), mark("No gradient at all: the optimizer skips the weight.")),
            "zeros": (
                mark("Zeros"),
                mark("A gradient of 0: momentum, Adam and weight decay still move the weight."),
            ),
        },
        live=True,
    )
    zero_chunks: bool = setting(
        False,
        label=mark("Zero between chunks"),
        help=mark(
            "Where sequences are cut into chunks: whether the buffer is emptied between two chunks of a batch. "
            "A mistake to try: only the last chunk's gradient survives."
        ),
        live=True,
        beside="model.chunk",
    )
    accumulate: int = setting(
        1,
        label=mark("Accumulate batches"),
        unit=mark("batches per update"),
        help=mark("How many batches fill the gradient buffer before one update uses it."),
        minimum=1,
        maximum=100_000,
        live=True,
        advanced=False,
    )
    scale: Literal["samples", "mean", "sum"] = setting(
        "samples",
        label=mark("Scale"),
        help=mark("How accumulated batches are weighted."),
        choices={
            "samples": (
                mark("By samples"),
                mark(
                    "Each row counts the same: equal to one big batch, except for batch normalization and dropout."
                ),
            ),
            "mean": (
                mark("Divide by N"),
                mark("loss / N, as most code does: a smaller batch's rows count for more."),
            ),
            "sum": (mark("Not divided"), mark("The step grows with the number of batches.")),
        },
        live=True,
    )
    tail: Literal["step", "carry", "drop"] = setting(
        "step",
        label=mark("Last batches"),
        help=mark("What happens to the batches at the end of an epoch that do not fill an update."),
        choices={
            "step": (mark("Update with them"), mark("One more, smaller update.")),
            "carry": (
                mark("Carry over"),
                mark("They wait in the buffer for the next epoch's first batches."),
            ),
            "drop": (mark("Leave out"), mark("They are not trained on in this epoch.")),
        },
        live=True,
    )
