"""Each phase of an update is told as what it was."""

import pytest
from watching import look

from gradlab.experiment import files
from gradlab.instruments.records import BufferState
from gradlab.resources import resource
from gradlab.runs.observed_run import ObservedRun
from gradlab.window.panels.gradients.words import place
from gradlab.window.panels.phase_words import phases_of, sentence

GRADIENTS = frozenset({BufferState})
MOONS = files.load(resource("experiments", "4-moons.toml"))


def with_values(**values):
    experiment = MOONS
    for key, value in values.items():
        experiment = experiment.with_value(key.replace("__", "."), value)
    return experiment


def records(presses, **values):
    """What the gradients panel gets after each press."""
    session = ObservedRun(with_values(**values))
    taken = []
    for _ in range(presses):
        session.step_phase()
        taken.append(look(session, GRADIENTS).get(BufferState))
    return taken


def sentences(presses, **values):
    return [sentence(record) for record in records(presses, **values)]


def test_each_phase_of_an_ordinary_update_is_told_in_a_sentence():
    loss = records(2)[-1].loss
    assert sentences(5) == [
        "Zero: the buffer was emptied; nothing is left over.",
        f"Forward: the model guessed; loss {loss:.3f}. The buffer is untouched.",
        "Backward: this batch's gradient was added. The weights have not moved yet.",
        "Update: every weight moved by −learning rate × what is in the buffer. "
        "The buffer still holds it until it is zeroed.",
        "Zero: the buffer was emptied; nothing is left over.",
    ]


def test_accumulated_batches_are_counted():
    _, _, first, second, last, _ = sentences(6, gradients__accumulate=2)
    assert first.endswith("No update yet: 1 more batch to come.")
    assert second.endswith("it holds what the batch before this one added.")
    assert last == (
        "Backward: this batch's gradient was added to what the batch before it had left. "
        "The weights have not moved yet."
    )


def test_what_is_never_zeroed_is_told_to_pile_up():
    _, _, updated, forward, backward, _ = sentences(6, gradients__zero="never")
    assert updated.endswith("Nobody zeroes the buffer: the next batch adds to it.")
    assert forward.endswith("The buffer is untouched: it still holds gradients of earlier updates.")
    assert "added to what earlier updates had left over" in backward


def test_zeroing_at_the_wrong_moment_is_told_to_lose_gradients():
    *_, zeroed = sentences(4, gradients__zero="every_batch", gradients__accumulate=2)
    assert zeroed.endswith("What the batches before this one had added is lost.")
    _, _, zeroed, updated = sentences(4, gradients__zero="after_backward")
    assert zeroed.endswith("before the optimizer could use it. What this batch added is lost.")
    assert updated == "Update: the buffer is empty, so the optimizer had nothing to use. No weight moved."


def test_zeros_are_not_none():
    _, _, zeroed, updated = sentences(4, gradients__zero="after_backward", gradients__zero_to="zeros")
    assert "every number in the buffer was set to 0" in zeroed
    assert updated == "Update: the buffer holds only zeros. No weight moved."
    moved = sentences(4, gradients__zero="after_backward", gradients__zero_to="zeros", optimizer__kind="adam")
    assert "remembers earlier gradients" in moved[-1]


def test_every_epoch_is_told_when_it_happens():
    zeroed, _, _, updated = sentences(4, gradients__zero="every_epoch")
    assert zeroed.startswith("Zero: a new epoch begins, so the buffer was emptied.")
    assert "before the next epoch" in updated


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"optimizer__momentum": 0.9}, "velocity"),
        ({"optimizer__kind": "adam"}, "scaled by the size of its gradients so far"),
        ({"optimizer__weight_decay": 0.1}, "weight decay × the weight"),
    ],
)
def test_other_optimizers_move_the_weights_in_their_own_way(values, words):
    assert words in sentences(4, **values)[-1]


def test_a_frozen_layer_is_not_said_to_move():
    assert "every weight that has a gradient moved" in sentences(4, model__freeze=["hidden1"])[-1]


def test_clipping_tells_by_how_much():
    *_, backward, clipped = records(4, optimizer__clip_norm=0.01)
    assert f"norm {backward.norm:.3f}. It was shortened to 0.01;" in sentence(clipped)
    assert "stays as it is" in sentences(4, optimizer__clip_norm=100.0)[-1]


def test_sequences_in_chunks_are_told_chunk_by_chunk():
    values = {
        "data__source": "sequence",
        "data__pattern": "chirp",
        "model__kind": "rnn",
        "model__hidden": [4],
        "model__chunk": 20,
    }
    taken = records(6, **values)
    assert [place(record) for record in taken[1:5]] == [
        "Update 1 · chunk 1 of 2",
        "Update 1 · chunk 1 of 2",
        "Update 1 · chunk 2 of 2",
        "Update 1 · chunk 2 of 2",
    ]
    assert sentence(taken[2]).endswith("No update yet: more chunks of this batch are to come.")
    assert sentence(taken[4]).endswith("The weights have not moved yet.")
    lost = records(4, gradients__zero_chunks=True, **values)[-1]
    assert (lost.phase, place(lost)) == ("zeroed", "Update 1 · chunk 2 of 2")
    assert "in the middle of a batch" in sentence(lost)


@pytest.mark.parametrize("zero", ["every_update", "every_batch", "every_epoch", "never", "after_backward"])
@pytest.mark.parametrize("clip", [0.0, 1.0])
def test_the_strip_has_the_phases_that_the_run_goes_through(zero, clip):
    values = {"gradients__zero": zero, "optimizer__clip_norm": clip}
    expected = phases_of(with_values(**values))
    assert tuple(record.phase for record in records(len(expected), **values)) == expected
