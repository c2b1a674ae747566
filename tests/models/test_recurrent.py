"""Recurrent networks do what PyTorch's do, and chunks truncate the gradient exactly where they say."""

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from plain_pytorch import batches, drain, experiment, mean_loss, plain_training, weights
from torch import nn

from gradlab.errors import InputError
from gradlab.instruments.layers import layer_rows
from gradlab.instruments.records import DataWish
from gradlab.instruments.views import data_view
from gradlab.training.events import Backward, EpochEnded, Finished, Forward, Updated, Zeroed
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

KINDS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


def sequences(pattern="chirp", model=None, data=None, **changes):
    """A small experiment on sequences of 12 steps: 75 training rows in batches of 16."""
    return experiment(
        data={"source": "sequence", "pattern": pattern, "length": 12, "samples": 100, **(data or {})},
        model={"kind": "gru", "hidden": [6], **(model or {})},
        **{"training": {"epochs": 2, "batch_size": 16, "device": "cpu"}, **changes},
    )


def gradient(model, loss):
    model.zero_grad()
    loss.backward()
    return torch.cat([parameter.grad.reshape(-1) for parameter in model.parameters()])


def to_the_first(run, kind):
    for event in train(run):
        if isinstance(event, kind):
            return event
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pattern", ["chirp", "adding"])
def test_recurrent_layers_compute_what_pytorchs_stacked_layers_do(kind, pattern):
    run = TrainingRun(sequences(pattern, {"kind": kind, "hidden": [5, 5]}))
    inputs = run.rows.train[0]
    reference = KINDS[kind](inputs.shape[2], 5, num_layers=2, batch_first=True)
    if kind == "rnn":
        reference.nonlinearity = "relu"
        reference.mode = "RNN_RELU"
    ours = dict(run.model.named_parameters())
    with torch.no_grad():
        for name, parameter in reference.named_parameters():
            where, _, layer = name.rpartition("_l")
            parameter.copy_(ours[f"recurrent{int(layer) + 1}.{where}_l0"])
        signal = reference(inputs)[0]
    outputs = F.linear(signal, ours["output.weight"], ours["output.bias"])
    expected = outputs[:, :, 0] if pattern == "chirp" else outputs[:, -1]
    torch.testing.assert_close(run.model(inputs), expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pattern", ["chirp", "adding"])
def test_recurrent_networks_train_as_plain_pytorch_does(kind, pattern):
    run = TrainingRun(sequences(pattern, {"kind": kind, "hidden": [6, 4], "init": "xavier"}))
    expected = plain_training(run, lambda p: torch.optim.SGD(p, lr=0.1))
    drain(run)
    torch.testing.assert_close(weights(run.model), weights(expected), rtol=1e-5, atol=1e-6)


def test_the_gradient_is_the_sum_over_the_time_steps_and_over_the_sequences():
    run = TrainingRun(sequences(model={"kind": "rnn", "activation": "tanh"}))
    model = copy.deepcopy(run.model)
    inputs, targets = next(batches(run, 1, 16))
    to_the_first(run, Backward)

    # The same weights, once more for every step: each copy gets what its own step contributes.
    copies = [[p.detach().clone().requires_grad_() for p in model.recurrent1.parameters()] for _ in range(12)]
    state, states = torch.zeros(16, 6), []
    for step, (to_input, to_state, *biases) in enumerate(copies):
        state = torch.tanh(inputs[:, step] @ to_input.T + state @ to_state.T + sum(biases))
        states.append(state)
    F.mse_loss(model.output(torch.stack(states, dim=1))[:, :, 0], targets).backward()
    by_step = [torch.cat([p.grad.reshape(-1) for p in step]) for step in copies]
    assert all(contribution.abs().max() > 0 for contribution in by_step)
    recurrent = run.buffer.used[: len(by_step[0])]
    torch.testing.assert_close(recurrent, sum(by_step), rtol=0, atol=1e-6)

    by_sequence = [
        gradient(model, mean_loss(model, inputs[row : row + 1], targets[row : row + 1])) for row in range(16)
    ]
    torch.testing.assert_close(run.buffer.used, sum(by_sequence) / 16, rtol=0, atol=1e-6)


@pytest.mark.parametrize("pattern", ["chirp", "adding"])
@pytest.mark.parametrize("chunk", [12, 13])
def test_a_chunk_that_holds_the_whole_sequence_changes_nothing_bit_for_bit(pattern, chunk):
    whole, chunked = (TrainingRun(sequences(pattern, {"chunk": length})) for length in (0, chunk))
    assert [repr(event) for event in drain(whole)] == [repr(event) for event in drain(chunked)]
    assert torch.equal(weights(whole.model), weights(chunked.model))


def truncated_gradient(model, inputs, targets, length):
    """Truncated backpropagation through time, the textbook way: detach the state after each chunk."""
    recurrent, state, total = model.recurrent1, None, 0.0
    for start in range(0, inputs.shape[1], length):
        chunk = slice(start, start + length)
        signal, state = recurrent(inputs[:, chunk], state)
        state = tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()
        losses = (model.output(signal)[:, :, 0] - targets[:, chunk]) ** 2
        total = total + gradient(model, losses.sum() / targets.numel())
    return total


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", [3, 5])
def test_chunks_add_up_to_the_truncated_gradient(kind, length):
    run = TrainingRun(sequences(model={"kind": kind, "chunk": length}))
    model = copy.deepcopy(run.model)
    inputs, targets = next(batches(run, 1, 16))
    to_the_first(run, Updated)
    truncated = truncated_gradient(model, inputs, targets, length)
    torch.testing.assert_close(run.buffer.used, truncated, rtol=1e-5, atol=1e-7)
    full = gradient(model, mean_loss(model, inputs, targets))
    assert (truncated - full).norm() > 0.01 * full.norm()


def test_chunks_leave_losses_and_counters_as_they_are():
    whole, chunked = (
        TrainingRun(sequences(model={"chunk": length}, optimizer={"lr": 0.0})) for length in (0, 5)
    )
    for one, other in zip(
        *([e for e in drain(run) if isinstance(e, Updated | EpochEnded)] for run in (whole, chunked)),
        strict=True,
    ):
        assert (one.update, one.epoch, one.samples) == (other.update, other.epoch, other.samples)
        loss = "loss" if isinstance(one, Updated) else "train_loss"
        assert getattr(other, loss) == pytest.approx(getattr(one, loss), rel=1e-6)
    assert whole.counters == chunked.counters


def test_every_chunk_has_its_forward_and_backward_pass_and_its_share_of_the_weight():
    run = TrainingRun(sequences(model={"chunk": 5}, gradients={"accumulate": 2}))
    events = drain(run)
    first = events[2:]
    kinds = [type(event) for event in first[: first.index(next(e for e in first if isinstance(e, Updated)))]]
    assert kinds == [Zeroed] + 6 * [Forward, Backward]
    backward = [event for event in events if isinstance(event, Backward)][:6]
    assert [(e.batch, e.of, e.chunk, e.chunks) for e in backward] == [
        (batch, 2, chunk, 3) for batch in (1, 2) for chunk in (1, 2, 3)
    ]
    assert [e.weight for e in backward] == pytest.approx(2 * [5 / 24, 5 / 24, 2 / 24])


def test_accumulated_chunks_of_small_batches_equal_those_of_one_big_batch():
    small, large = (
        TrainingRun(
            sequences(
                model={"chunk": 5},
                gradients={"accumulate": n},
                training={"epochs": 2, "batch_size": size, "device": "cpu"},
            )
        )
        for n, size in ((4, 8), (1, 32))
    )
    drain(small)
    drain(large)
    torch.testing.assert_close(weights(small.model), weights(large.model), rtol=1e-4, atol=1e-6)


def test_another_chunk_length_holds_from_the_next_update_on():
    run = TrainingRun(sequences(gradients={"accumulate": 2}))
    chunks = []
    for event in train(run):
        if isinstance(event, Backward):
            chunks.append(event.chunks)
            run.change(sequences(model={"chunk": 4}, gradients={"accumulate": 2}))
    assert chunks == [1, 1] + (len(chunks) - 2) * [3]


def test_zeroing_between_chunks_keeps_only_the_last_chunks_gradient():
    run = TrainingRun(sequences(model={"chunk": 4}, gradients={"zero_chunks": True}))
    zeroed = 0
    for event in train(run):
        zeroed += isinstance(event, Zeroed)
        if isinstance(event, Updated):
            break
    assert zeroed == 3  # before the update, and twice between its three chunks
    assert len(run.buffer.without_left_over) == len(run.parameters.layers)
    assert torch.equal(run.buffer.used, run.buffer.batch)


@pytest.mark.parametrize("kind", KINDS)
def test_with_one_target_per_row_only_the_last_chunk_has_a_gradient(kind):
    run = TrainingRun(sequences("adding", {"kind": kind, "chunk": 5}))
    model = copy.deepcopy(run.model)
    inputs, targets = next(batches(run, 1, 16))
    passes = []
    for event in train(run):
        if isinstance(event, Forward | Backward):
            passes.append(event)
        if isinstance(event, Updated):
            break
    assert [(type(e), e.chunk, e.chunks) for e in passes] == [(Forward, 1, 1), (Backward, 1, 1)]
    assert passes[0].loss == pytest.approx(mean_loss(model, inputs, targets).item(), rel=1e-5)
    with torch.no_grad():
        state = model.recurrent1(inputs[:, :10])[1]
    outputs = model.output(model.recurrent1(inputs[:, 10:], state)[0][:, -1])
    expected = gradient(model, F.mse_loss(outputs[:, 0], targets))
    torch.testing.assert_close(run.buffer.used, expected, rtol=1e-5, atol=1e-7)


def test_chunks_teach_nearly_as_well_as_whole_sequences_unless_zeroed_in_between():
    def loss(**changes):
        run = TrainingRun(
            experiment(
                data={"source": "sequence", "pattern": "chirp", "validation_rows": 100, "noise": 0.05},
                model={"kind": "gru", "hidden": [16], "chunk": changes.pop("chunk", 10)},
                optimizer={"kind": "adam", "lr": 0.01},
                gradients=changes,
                training={"epochs": 6, "batch_size": 16, "device": "cpu"},
            )
        )
        drain(run)
        assert run.counters.updates == 150
        return run.measure(0, None).val_loss

    chunks = loss()
    assert chunks < 1.5 * loss(chunk=0)
    assert loss(zero_chunks=True) > 3 * chunks
    assert loss(zero="never") > 0.5


def test_the_matrices_of_a_recurrent_layer_are_measured_together():
    run = TrainingRun(sequences(training={"epochs": 1, "measure_every": 1, "device": "cpu"}))
    before = torch.cat(
        [p.detach().reshape(-1).clone() for p in run.model.recurrent1.parameters() if p.ndim > 1]
    )
    to_the_first(run, Updated)
    after = torch.cat([p.detach().reshape(-1) for p in run.model.recurrent1.parameters() if p.ndim > 1])
    rows = {row.layer: row for row in layer_rows(run)}
    assert list(rows) == ["recurrent1", "output"]
    expected = float((after - before).std(correction=0) / before.std(correction=0))
    assert rows["recurrent1"].update_ratio == pytest.approx(expected, rel=1e-4)


def test_predictions_at_every_step_are_shown_against_the_true_values_in_the_datas_units():
    run = TrainingRun(sequences())
    view = data_view(run, DataWish(kind="predicted"))()
    true = run.split.dataset.targets[run.split.validation_rows]
    np.testing.assert_allclose(view.true, true.ravel(), rtol=1e-6)
    expected = run.split.target_in_units(run.model(run.evaluation.rows[0]).detach().numpy())
    np.testing.assert_allclose(view.predicted, expected.ravel(), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_initial_weights_are_drawn_gate_by_gate_with_biases_of_zero(kind):
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    run = TrainingRun(sequences(model={"kind": kind, "hidden": [64], "init": "xavier"}))
    layer = run.model.recurrent1
    for gate in layer.weight_hh_l0.detach().chunk(gates):
        limit = (6 / 128) ** 0.5
        assert 0.9 * limit < gate.abs().max() <= limit
    assert not layer.bias_ih_l0.any()
    assert not layer.bias_hh_l0.any()


def test_numbers_that_blow_up_in_a_recurrent_network_end_the_run_and_name_the_place():
    run = TrainingRun(
        sequences(model={"kind": "rnn", "init": "large", "hidden": [64, 64]}, optimizer={"lr": 1000.0})
    )
    ending = drain(run)[-1]
    assert isinstance(ending, Finished)
    assert ending.reason == "diverged"
    assert "recurrent" in ending.cause or "output" in ending.cause


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (
            {"data": {"source": "iris"}, "model": {"kind": "gru"}},
            "rows of numbers; allowed here: linear, mlp, two_heads$",
        ),
        (
            {"data": {"source": "digits"}, "model": {"kind": "lstm"}},
            "pictures; allowed here: linear, mlp, cnn, two_heads$",
        ),
        (
            {"data": {"source": "sequence"}, "model": {"kind": "cnn"}},
            "sequences; allowed here: .*rnn, gru, lstm, two_heads$",
        ),
        (
            {"data": {"source": "sequence", "pattern": "chirp"}, "model": {"kind": "mlp"}},
            "at every time step; allowed here: rnn, gru, lstm$",
        ),
        (
            {"data": {"source": "sequence"}, "model": {"kind": "rnn", "activation": "gelu"}},
            "model.activation = gelu.*allowed here: relu, tanh$",
        ),
        ({"data": {"source": "sequence"}, "model": {"kind": "rnn", "hidden": []}}, r"model\.hidden = \[\]"),
    ],
)
def test_what_does_not_go_together_is_one_clear_line(settings, line):
    with pytest.raises(InputError, match=line):
        TrainingRun(experiment(**settings))
