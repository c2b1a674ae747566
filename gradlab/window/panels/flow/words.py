"""The views of the gradient flow, and a caption for each."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradlab.instruments.records import Flow
from gradlab.language import mark, tr
from gradlab.window.charts.formatting import short
from gradlab.window.language.numbers import number

_LATELY = 20  # points: the last update of an epoch often has fewer rows


@dataclass(frozen=True)
class FlowView:
    """One of the views.

    Attributes:
        title, help: in English, to be translated where they are shown.
        caption: says in one line what it shows about a run.
        by_layer: whether it shows a layer that can be chosen, or all.
        wants_batches: whether there is more to see where an update uses several batches.
    """

    title: str
    help: str
    caption: Callable[[Flow], str]
    by_layer: bool = False
    wants_batches: bool = False


def bars_caption(flow: Flow) -> str:
    """Say which gradient has these sizes, and how far apart the layers are."""
    sizes = flow.sizes
    if sizes.batches is not None:
        what = tr("In the buffer now, for update {update}: batch {batch} of {batches}.").format(
            update=number(sizes.update), batch=sizes.batches, batches=sizes.accumulate
        )
    else:
        what = tr("What update {update} used.").format(update=number(sizes.update))
    return tr("{what} {comparison}").format(what=what, comparison=_comparison(flow))


def _comparison(flow: Flow) -> str:
    sizes = flow.sizes
    known = sizes.mean > 0
    if known.sum() < 2:
        return tr("From the first layer, above, to the last.")
    means = np.where(known, sizes.mean, np.nan)
    least, most = int(np.nanargmin(means)), int(np.nanargmax(means))
    times = means[most] / means[least]
    if times < 30:
        return tr("Its sizes are much the same in every layer.")
    return tr("In {smaller} it is {times} times smaller than in {larger}.").format(
        smaller=flow.layers[least], times=short(float(times), 2), larger=flow.layers[most]
    )


def heat_caption(flow: Flow) -> str:
    """Say how to read the picture."""
    return tr(
        "The stronger the colour, the more values have that size. Bottom row: values that are exactly zero."
    )


def ratio_caption(flow: Flow) -> str:
    """Say what the ratio is, and that the guide line is only a rule of thumb."""
    return tr(
        "The change of the weights in an update, relative to the weights. About 0.001 is a rule of thumb, not a "
        "law: small networks learn well above it."
    )


def directions_caption(flow: Flow) -> str:
    """Say what the cosines mean, and how to get both of them."""
    if flow.accumulate < 2:
        return tr(
            "Whether the steps follow the gradient. Set Accumulate batches to 2 or more to see, too, whether the "
            "batches agree."
        )
    return tr("Whether the steps follow the gradient, and whether the batches of an update agree on it.")


def noise_caption(flow: Flow) -> str:
    """Say what the noise scale means for the rows per update of this run."""
    if flow.accumulate < 2:
        return tr(
            "How much of the gradient is chance? Batches must be compared to see it: set Accumulate batches to 2 "
            "or more."
        )
    scales, used = (values[np.isfinite(values)] for values in flow.noise.high)
    if not len(scales):
        return tr("How much of the gradient is chance? It takes some more updates to tell: run on.")
    scale, rows = float(scales[-1]), float(np.median(used[-_LATELY:]))
    if rows < scale / 2:
        line = tr(
            "Noise scale {scale} rows, and an update uses {rows}: most of each step is chance. "
            "More rows per update would make steps surer."
        )
    elif rows > scale * 2:
        line = tr(
            "Noise scale {scale} rows, and an update uses {rows}: steps are sure. "
            "Fewer rows would do, and cost less."
        )
    else:
        line = tr(
            "Noise scale {scale} rows, and an update uses {rows}: chance and signal are about equally strong. "
            "A good balance."
        )
    return line.format(scale=short(scale, 2), rows=number(rows, ",.0f"))


def norms_caption(flow: Flow) -> str:
    """Say what clipping does in this run."""
    limits = flow.norms.high[2]
    if not len(limits) or math.isnan(limits[-1]):
        return tr("The length of the whole gradient. Clipping is off: set Clip norm to shorten long ones.")
    return tr("The length of the whole gradient. What is longer than {limit} is shortened to it.").format(
        limit=short(float(limits[-1]))
    )


VIEWS = (  # in the order of ``ABOUT.views``
    FlowView(
        mark("Layers now"),
        mark("How large the gradient is in each layer at this moment."),
        bars_caption,
    ),
    FlowView(
        mark("Sizes over the run"),
        mark("How the sizes of the gradient's values are spread, and how that changes."),
        heat_caption,
        by_layer=True,
    ),
    FlowView(
        mark("Update ratio"),
        mark("How much each update changes the weights, relative to the weights."),
        ratio_caption,
        by_layer=True,
    ),
    FlowView(
        mark("Directions"),
        mark("Whether batches agree on the direction, and whether steps follow the gradient."),
        directions_caption,
        wants_batches=True,
    ),
    FlowView(
        mark("Noise scale"),
        mark("How many rows an update needs before its gradient is more than chance."),
        noise_caption,
        wants_batches=True,
    ),
    FlowView(
        mark("Norm and clipping"),
        mark("The length of the whole gradient, before and after clipping."),
        norms_caption,
    ),
)
