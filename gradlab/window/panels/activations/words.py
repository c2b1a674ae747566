"""Sentences about the outputs of layers, and about dead and saturated units."""

import numpy as np

from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key
from gradlab.instruments.records import Activations, LayerActivations
from gradlab.language import listed, mark, tr, trn
from gradlab.window.charts.formatting import short, whole


def bend_in_words(bend: str) -> str:
    """Return an activation function's name as the form shows it."""
    names = {choice.value: choice.label for choice in by_key(Experiment)["model.activation"].choices}
    return tr(names.get(bend, bend))


def kind_in_words(layer: LayerActivations) -> str:
    """Return what a layer is, e.g. ``ReLU · 32 units``."""
    count = units(len(layer.active))
    return f"{bend_in_words(layer.bend)} · {count}" if layer.bend else count


def units(count: int) -> str:
    """Return e.g. ``1 unit`` or ``32 units``."""
    return trn("{count} unit", "{count} units", count).format(count=whole(count))


def troubled_in_words(layer: LayerActivations) -> str:
    """Say how many units are dead or saturated, e.g. ``2 of 32 dead``."""
    if not layer.trouble:
        return tr("can neither die nor saturate")
    said = tr("{count} of {all} dead") if layer.trouble == "dead" else tr("{count} of {all} saturated")
    return said.format(count=whole(float(np.count_nonzero(layer.troubled))), all=whole(len(layer.troubled)))


def spread(layer: LayerActivations) -> str:
    """Return the numbers about all outputs of a layer; the one after ± is their standard deviation."""
    zeros = f"{100 * layer.zeros:.0f}" if layer.zeros else ""
    return spread_in_words(zeros, short(layer.mean, 2), short(layer.deviation, 2))


def spread_in_words(zeros: str, mean: str, deviation: str) -> str:
    """Return the same from numbers that are texts already; ``zeros`` in percent, empty if there are none."""
    said = tr("{zeros}% zeros, mean {mean} ± {deviation}") if zeros else tr("mean {mean} ± {deviation}")
    return said.format(zeros=zeros, mean=mean, deviation=deviation)


def bin_in_words(layer: LayerActivations, number: int) -> str:
    """Say how many of a layer's outputs fall into a bin."""
    low, high = short(float(layer.edges[number])), short(float(layer.edges[number + 1]))
    said = (
        tr(
            "{layer}: {percent}% of the outputs are from {low} to {high} "
            "· {zeros}% are exactly 0 (the pale line)"
        )
        if layer.zeros
        else tr("{layer}: {percent}% of the outputs are from {low} to {high}")
    )
    return said.format(
        layer=layer.name,
        percent=f"{100 * layer.shares[number]:.3g}",
        low=low,
        high=high,
        zeros=f"{100 * layer.zeros:.3g}",
    )


def caption(shown: Activations) -> str:
    """Say in plain words how many units are dead or saturated, and what that means."""
    kinds = {layer.trouble for layer in shown.layers if layer.trouble}
    if not kinds:
        return tr(
            "No layer has an activation function that could die or saturate: all units pass a gradient on."
        )
    troubled = [layer for layer in shown.layers if layer.troubled.any()]
    if troubled:
        where = listed(
            tr("{name}: {text}").format(name=layer.name, text=troubled_in_words(layer)) for layer in troubled
        )
        return tr(_MEANING[troubled[0].trouble]).format(layers=where, rows=shown.rows)
    if "dead" in kinds:
        return tr(
            "No unit is dead on all {rows} sample rows. Zeros are normal: in a healthy ReLU layer, "
            "45 to 60% of a row's outputs are 0."
        ).format(rows=shown.rows)
    return tr("No unit is saturated on most of the {rows} sample rows.").format(rows=shown.rows)


_MEANING = {
    "dead": mark(
        "{layers}. Dead units output 0 on all {rows} sample rows: no gradient reaches their weights."
    ),
    "saturated": mark(
        "{layers}. Saturated units sit at a bound on most of {rows} sample rows and pass hardly any gradient."
    ),
}
_SQUARES = {
    "": mark(
        "{layer}. A square is a unit: the stronger its colour, the more of its outputs "
        "on {rows} sample rows pass a gradient on."
    ),
    "dead": mark(
        "{layer}. A square is a unit (hatched: dead): the stronger its colour, the more of its outputs "
        "on {rows} sample rows pass a gradient on."
    ),
    "saturated": mark(
        "{layer}. A square is a unit (hatched: saturated): the stronger its colour, the more of its outputs "
        "on {rows} sample rows pass a gradient on."
    ),
}


def units_caption(layer: LayerActivations, rows: int) -> str:
    """Say what the squares of a layer's units mean."""
    if not layer.bend:
        return tr("{layer} has no activation function: all its units always pass the gradient on.").format(
            layer=layer.name
        )
    return tr(_SQUARES[layer.trouble]).format(layer=kind_in_words(layer), rows=rows)


_ACTIVE = {
    "": mark("{layer}, unit {unit}: active in {percent}% of its outputs"),
    "dead": mark("{layer}, unit {unit}: active in {percent}% of its outputs – dead"),
    "saturated": mark("{layer}, unit {unit}: active in {percent}% of its outputs – saturated"),
}


def unit_in_words(layer: LayerActivations, unit: int) -> str:
    """Say how often a unit is active."""
    said = tr(_ACTIVE[layer.trouble if layer.troubled[unit] else ""])
    return said.format(layer=layer.name, unit=unit, percent=f"{100 * layer.active[unit]:.3g}")
