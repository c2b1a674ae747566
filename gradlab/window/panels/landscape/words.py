"""Sentences about a map of the loss."""

import math

import numpy as np

from gradlab.instruments.records import Landscape, LossSurface
from gradlab.language import mark, sentences, tr, trn
from gradlab.window.charts.formatting import short, tidy, whole
from gradlab.window.language import numbers
from gradlab.window.language.numbers import duration

_ROUNDING = 1e-5  # of a share that was computed in single precision


def status(landscape: Landscape, update: int) -> str:
    """Return how far the map is computed, or how old it is."""
    if landscape.computing:
        seconds, progress = landscape.seconds_left, numbers.percent(landscape.progress, 0)
        if seconds is None:
            return progress
        return tr("{progress} · {time} left").format(progress=progress, time=duration(seconds))
    then = landscape.surface.update
    if landscape.surface.directions == "weights":
        said = ""
    elif landscape.is_current:
        said = tr("At update {then}, up to date")
    elif update != then:
        said = tr("At update {then}; now {now}")
    else:
        said = tr("At update {then}; the weights have moved since")
    text = said.format(then=whole(then), now=whole(update))
    return text if landscape.progress == 1 else tr("Unfinished. {text}").format(text=text)


def headline(landscape: Landscape) -> str:
    """Return the one line that is always shown: how much of the path the slice holds."""
    surface, share = landscape.surface, landscape.share
    if surface.directions == "weights":
        return tr("There are only two weights: this is the whole landscape.")
    if surface.directions != surface.wanted:
        return tr("The path is still too short: two random directions for now.")
    if share is None:
        return tr("A slice through the space of all weights.")
    said = (
        tr("Random slice: it holds {percent} of the path’s movement.")
        if surface.directions == "random"
        else tr("This slice holds {percent} of the path’s movement.")
    )
    return said.format(percent=percent(share))


def details(landscape: Landscape) -> str:
    """Return what the slice is, and which loss it shows."""
    surface = landscape.surface
    along = {
        "weights": mark("To the right the first of them, upwards the second."),
        "path": mark("It goes through the weights along the two main directions of the training path."),
        "random": mark(
            "It goes through the weights in two random directions "
            "that are as long, filter by filter, as the weights."
        ),
    }[surface.directions]
    count = surface.row_count
    shows = (
        trn(
            "Each point shows the loss on {count} training row.",
            "Each point shows the loss on {count} training rows.",
            count,
        )
        if surface.rows == "training"
        else trn(
            "Each point shows the loss on {count} validation row.",
            "Each point shows the loss on {count} validation rows.",
            count,
        )
    )
    return sentences((tr(along), shows.format(count=whole(count))))


def percent(share: float) -> str:
    """Return a share in percent; rounding never makes it all or nothing."""
    if 0 < share < 0.001:
        return tr("less than 0.1%")
    if 0.999 < share < 1 - _ROUNDING:
        return tr("more than 99.9%")
    near_an_end = share < 0.1 or 0.99 < share < 1 - _ROUNDING
    return numbers.percent(share, 1 if near_an_end else 0)


def in_words(surface: LossSurface) -> str:
    """Describe the map in words, for screen readers."""
    finite = surface.losses[np.isfinite(surface.losses)]
    if not len(finite):
        return tr("The loss is nowhere a number")
    bad = surface.losses.size - len(finite)
    said = (
        tr(
            "The loss is {loss} at the weights, from {low} to {high} in the picture; "
            "at {bad} of {all} points it is not a number"
        )
        if bad
        else tr("The loss is {loss} at the weights, from {low} to {high} in the picture")
    )
    return said.format(
        loss=loss_in_words(surface.center_loss),
        low=short(finite.min()),
        high=short(finite.max()),
        bad=whole(bad),
        all=whole(surface.losses.size),
    )


def every_in_words(epochs: int) -> str:
    """Return how far apart the marks on the path are."""
    if epochs == 1:
        return tr("every epoch")
    return trn("every {count} epoch", "every {count} epochs", epochs).format(count=whole(epochs))


def loss_in_words(loss: float) -> str:
    """Return a loss with three digits."""
    return short(loss) if math.isfinite(loss) else tr("not a number (too large to compute with)")


def tidy_loss(loss: float, digits: int) -> str:
    """Return a loss, short enough for a colour bar."""
    return tidy(loss, digits) if abs(loss) >= 10 or loss == 0 else short(loss, digits)


def read_off(loss: float, surface: LossSurface) -> str:
    """Say how large the loss is at a place, and how it compares to that of the weights."""
    if not (math.isfinite(loss) and surface.center_loss > 0):
        return tr("Here the loss is {loss}.").format(loss=loss_in_words(loss))
    return tr("Here the loss is {loss}, {times} times that of the weights at update {update}.").format(
        loss=short(loss), times=short(loss / surface.center_loss, 2), update=whole(surface.update)
    )
