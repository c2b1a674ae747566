"""The ways of looking at the gradient flow, and the line in plain words that says what each shows."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradlab.instruments.records import Flow
from gradlab.window.plots.formatting import short

_LATELY = 20  # points: the last update of an epoch often has fewer rows


@dataclass(frozen=True)
class View:
    """One of the things to look at.

    Attributes:
        story: says in one line what it shows of this run.
        by_layer: whether it is of a layer that can be chosen, or of all.
        wants_batches: whether there is more to see where an update uses several batches.
    """

    title: str
    help: str
    story: Callable[[Flow], str]
    by_layer: bool = False
    wants_batches: bool = False


def bars_story(flow: Flow) -> str:
    """Say whose sizes these are, and how far apart the layers are."""
    sizes = flow.sizes
    if sizes.batches is not None:
        what = f"In the buffer now, for update {sizes.update:,}: batch {sizes.batches} of {sizes.accumulate}."
    else:
        what = f"What update {sizes.update:,} used."
    known = sizes.mean > 0
    if known.sum() < 2:
        return f"{what} From the first layer, above, to the last."
    means = np.where(known, sizes.mean, np.nan)
    least, most = int(np.nanargmin(means)), int(np.nanargmax(means))
    times = means[most] / means[least]
    if times < 30:
        return f"{what} Its sizes are much the same in every layer."
    smaller, larger = flow.layers[least], flow.layers[most]
    return f"{what} In {smaller} it is {short(float(times), 2)} times smaller than in {larger}."


def heat_story(flow: Flow) -> str:
    """Say how to read the picture."""
    return (
        "The stronger the colour, the more values have that size. Bottom row: values that are exactly zero."
    )


def ratio_story(flow: Flow) -> str:
    """Say what the ratio is, and how little the guide line is worth."""
    return (
        "The change of the weights in an update, relative to the weights. About 0.001 is a rule of thumb, no law: "
        "small networks learn well above it."
    )


def directions_story(flow: Flow) -> str:
    """Say what the cosines mean, and how to get both of them."""
    if flow.accumulate < 2:
        return (
            "Whether the steps follow the gradient. Set Accumulate batches to 2 or more to see, too, whether the "
            "batches agree."
        )
    return "Whether the steps follow the gradient, and whether the batches of an update agree on it."


def noise_story(flow: Flow) -> str:
    """Say what the noise scale means for the rows per update of this run."""
    if flow.accumulate < 2:
        return (
            "How much of the gradient is chance? Batches must be compared to see it: set Accumulate batches to 2 "
            "or more."
        )
    scales, used = (values[np.isfinite(values)] for values in flow.noise.high)
    if not len(scales):
        return "How much of the gradient is chance? It takes some more updates to tell: run on."
    scale, rows = float(scales[-1]), float(np.median(used[-_LATELY:]))
    start = f"Noise scale {short(scale, 2)} rows, and an update uses {rows:,.0f}:"
    if rows < scale / 2:
        return f"{start} most of each step is chance. More rows per update would make steps surer."
    if rows > scale * 2:
        return f"{start} steps are sure. Fewer rows would do, and cost less."
    return f"{start} chance and signal are about equally strong. A good balance."


def norms_story(flow: Flow) -> str:
    """Say what clipping does in this run."""
    limits = flow.norms.high[2]
    if not len(limits) or math.isnan(limits[-1]):
        return "The length of the whole gradient. Clipping is off: set Clip norm to shorten long ones."
    return f"The length of the whole gradient. What is longer than {short(float(limits[-1]))} is shortened to it."


VIEWS = (
    View("Layers now", "How large the gradient is in each layer at this moment.", bars_story),
    View(
        "Sizes over the run",
        "How the sizes of the gradient's values are spread, and how that changes.",
        heat_story,
        by_layer=True,
    ),
    View(
        "Update ratio",
        "How much each update changes the weights, relative to the weights.",
        ratio_story,
        by_layer=True,
    ),
    View(
        "Directions",
        "Whether batches agree on the direction, and whether steps follow the gradient.",
        directions_story,
        wants_batches=True,
    ),
    View(
        "Noise scale",
        "How many rows an update needs before its gradient is more than chance.",
        noise_story,
        wants_batches=True,
    ),
    View("Norm and clipping", "The length of the whole gradient, before and after clipping.", norms_story),
)
