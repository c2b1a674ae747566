"""Sentences about a signal: what a phase did, and what a unit holds."""

from gradlab.instruments.records import SignalFlow, SignalLayer
from gradlab.language import sentences, shown_name, tr
from gradlab.window.charts.formatting import short, whole
from gradlab.window.panels.network.moment import Moment
from gradlab.window.panels.network.unit_grid import Spot
from gradlab.window.panels.phase_words import NAMES


def unit_in_words(moment: Moment, spot: Spot) -> str:
    """Say what a unit holds."""
    layer = moment.signal.layers[spot.column]
    activation, gradient = moment.activation(layer), moment.gradient(layer)
    if activation is None:
        said = tr("{layer}, {unit}")
    elif gradient is None:
        said = tr("{layer}, {unit}: signal {signal}")
    else:
        said = tr("{layer}, {unit}: signal {signal}, gradient {gradient}")
    return said.format(
        layer=shown_name(layer.name),
        unit=_unit_name(layer, spot),
        signal="" if activation is None else short(float(activation[spot.index])),
        gradient="" if gradient is None else short(float(gradient[spot.index])),
    )


def _unit_name(layer: SignalLayer, spot: Spot) -> str:
    if layer.labels:
        return tr("“{name}”").format(name=shown_name(layer.labels[spot.index]))
    said = tr("channel {number}") if layer.kind == "channel" else tr("unit {number}")
    return said.format(number=layer.shown[spot.index])


def caption(signal: SignalFlow, by_phase: bool, *, is_over: bool = False) -> str:
    """Say in plain words what the latest phase did, and what to press; a run that is over has no next phase."""
    if not signal.phase:
        if is_over:
            return tr(
                "Press Reset, then Phase: the signal goes forward through the layers, "
                "then the gradient comes back."
            )
        return tr("Press Phase: the signal goes forward through the layers, then the gradient comes back.")
    if not by_phase:
        update = whole(signal.update)
        said = [
            tr("Update {update}.").format(update=update)
            if signal.loss is None
            else tr("Update {update}; loss {loss}.").format(update=update, loss=short(signal.loss))
        ]
        if signal.phase == "updated":
            said.append(tr("Lines: how it moved the weights."))
        if not is_over:
            said.append(tr("Press Phase to see an update slowly."))
        return sentences(said)
    return tr("{name}: {text}").format(name=tr(NAMES[signal.phase]), text=_did(signal))


def _did(signal: SignalFlow) -> str:
    if signal.phase == "updated":
        moved = any(layer.change is not None and layer.change.any() for layer in signal.layers)
        return (
            tr("the optimizer used the buffer. The lines show how it moved the weights.")
            if moved
            else tr("no weight that is drawn here moved.")
        )
    if signal.emptied:
        return tr("the buffer was emptied before the optimizer could use it. This gradient is lost.")
    first, last = signal.layers[1].name, signal.layers[-1].name
    if signal.phase == "forward":
        said = (
            tr("the signal of this batch went from the inputs to {layer}.")
            if signal.loss is None
            else tr("the signal of this batch went from the inputs to {layer}; loss {loss}.")
        )
        return said.format(layer=last, loss="" if signal.loss is None else short(signal.loss))
    return {
        "zeroed": tr("the gradient buffer was emptied, ready for the next batch."),
        "backward": tr("the gradient went from the loss back to {layer}; it was added to the buffer.").format(
            layer=first
        ),
        "clipped": tr("a gradient longer than the limit is shortened, in all layers alike."),
    }[signal.phase]
