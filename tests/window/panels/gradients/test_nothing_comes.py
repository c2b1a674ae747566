"""The sentence about the buffer says why nothing comes, where the gradients tell it."""

import numpy as np
import pytest
from plain_pytorch import experiment

from gradlab.instruments.records import BufferState, ParameterGradient
from gradlab.runs.observed_run import ObservedRun
from gradlab.window.panels.gradients.nothing_comes import why_nothing_comes
from gradlab.window.panels.gradients.words import caption

DEAD = "This batch adds nothing up to {layer}: all its units output 0 for every row, they are dead"
FLAT = "This batch adds nothing up to {layer}: all its units are where their activation is flat"


def buffer_of(**model):
    session = ObservedRun(experiment(data={"source": "moons"}, model=model))
    session.instruments.watch(frozenset({BufferState}))
    session.step_update()
    return session.frame(at_rest=True).get(BufferState)


@pytest.mark.parametrize("hidden", [[8], [8, 6]])
def test_dead_units_are_named(hidden):
    # Far below 0, every unit gives out 0; of several layers the last one ends the signal.
    gradients = buffer_of(hidden=hidden, bias=-100)
    said, level = caption(gradients)
    assert DEAD.format(layer=f"hidden{len(hidden)}") in said
    assert "Activations" in said
    assert level == "warning"


def test_units_that_are_flat_are_named():
    # So far out tanh is 1 to the last digit: the layer after it learns, the layer itself does not.
    assert why_nothing_comes(buffer_of(hidden=[8], activation="tanh", bias=100)).startswith(
        FLAT.format(layer="hidden1")
    )


@pytest.mark.parametrize("kind", ["mlp", "linear"])
def test_where_something_comes_there_is_nothing_to_say(kind):
    assert why_nothing_comes(buffer_of(kind=kind, hidden=[8])) == ""


def layer(name, matrix, bias):
    return (
        ParameterGradient(f"{name}.weight", (2, 2), batch=np.full((2, 2), matrix, np.float32)),
        ParameterGradient(f"{name}.bias", (2,), batch=np.full(2, bias, np.float32)),
    )


@pytest.mark.parametrize(("loss", "words"), [(0.0, "its loss is 0"), (2.3, "")])
def test_without_any_gradient_the_loss_tells(loss, words):
    parameters = (*layer("hidden1", 0, 0), *layer("output", 0, 0))
    said = why_nothing_comes(BufferState(1, 1, 1, 0.0, 0.0, "never", parameters, loss=loss))
    assert bool(said) == bool(words)
    assert words in said


def test_a_batch_that_is_still_to_come_has_not_failed_to_add():
    parameters = (*layer("hidden1", 0, 0), *layer("output", 0, 1))
    gradients = BufferState(1, 1, 1, 0.0, 0.0, "never", parameters, awaited=True)
    assert why_nothing_comes(gradients) == ""
