"""The signal and the gradient of every unit are those of plain autograd, on the batch that was trained on."""

import copy
import time

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from plain_pytorch import batches, drain, experiment, weights
from torch import nn

from gradlab.instruments import signal as signal_module
from gradlab.instruments.records import BufferState, SignalFlow
from gradlab.instruments.signal import SignalRecorder, replay
from gradlab.runs.observed_run import ObservedRun
from gradlab.training.events import Forward
from gradlab.training.run import TrainingRun

WATCHED = frozenset({SignalFlow})
CHIRP = {"source": "sequence", "pattern": "chirp"}
CASES = [
    ({"source": "digits"}, {"kind": "linear"}),
    ({"source": "digits"}, {"kind": "mlp", "hidden": [20, 7], "activation": "tanh", "dropout": 0.4}),
    ({"source": "digits"}, {"kind": "mlp", "hidden": [9], "batch_norm": True, "activation": "gelu"}),
    ({"source": "digits"}, {"kind": "cnn", "hidden": [3, 5], "batch_norm": True, "dropout": 0.2}),
    ({"source": "diabetes"}, {"kind": "mlp", "hidden": [5], "activation": "sigmoid"}),
    (CHIRP, {"kind": "rnn", "hidden": [5], "dropout": 0.2, "chunk": 10}),
    (CHIRP, {"kind": "gru", "hidden": [5, 4], "dropout": 0.2}),
    (CHIRP, {"kind": "lstm", "hidden": [5], "chunk": 7}),
]


def session_of(data=None, model=None, **rest) -> ObservedRun:
    spec = experiment(data=data or {"source": "digits"}, model=model or {"hidden": [20]}, **rest)
    made = ObservedRun(spec)
    made.instruments.watch(WATCHED)
    made.frame(at_rest=True)  # as the window takes one when a panel is opened
    return made


def step_to(session, phase):
    """Go on to the next such phase; return the signal there."""
    while True:
        session.step_phase()
        frame = session.frame(at_rest=True)
        if frame.progress.phase == phase:
            return frame.get(SignalFlow)


def plain_signals(model, inputs, targets):
    """Every layer's output, kept with its gradient, by plain PyTorch."""
    signal = inputs.flatten(1).requires_grad_()
    signals = [signal]
    layers = list(model)[1:]
    for layer, following in zip(layers, [*layers[1:], None], strict=True):
        signal = layer(signal)
        if isinstance(layer, nn.ReLU) or following is None:
            signals.append(signal)
    for each in signals:
        each.retain_grad()
    loss = F.cross_entropy(signal, targets)
    loss.backward()
    return signals, loss.item()


def test_signal_and_gradient_of_each_unit_are_autograds():
    session = session_of(model={"hidden": [20, 7], "activation": "relu"})
    inputs, targets = next(batches(session.run, 1, 64))
    expected, loss = plain_signals(copy.deepcopy(session.run.model), inputs, targets)
    forward = step_to(session, "forward")
    assert [layer.name for layer in forward.layers] == ["inputs", "hidden1", "hidden2", "output"]
    assert [layer.units for layer in forward.layers] == [64, 20, 7, 10]
    assert all(layer.gradient is None for layer in forward.layers)
    backward = step_to(session, "backward")
    assert (backward.update, backward.loss) == (1, pytest.approx(loss, rel=1e-6))
    for layer, signal in zip(backward.layers, expected, strict=True):
        shown = signal[:, layer.shown]
        gradient = signal.grad[:, layer.shown]
        np.testing.assert_allclose(layer.activation.row, shown[0].detach(), rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(layer.activation.batch, shown.mean(0).detach(), rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(layer.gradient.row, gradient[0], rtol=1e-4, atol=1e-8)
        np.testing.assert_allclose(layer.gradient.batch, gradient.sum(0), rtol=1e-4, atol=1e-7)


def test_a_channel_stands_for_its_pixels():
    session = session_of(model={"kind": "cnn", "hidden": [3], "activation": "relu"})
    model = copy.deepcopy(session.run.model)
    inputs, targets = next(batches(session.run, 1, 64))
    bent = model[:2](inputs)
    bent.retain_grad()
    F.cross_entropy(model[2:](bent), targets).backward()
    _, layer, _ = step_to(session, "backward").layers
    assert layer.kind == "channel"
    np.testing.assert_allclose(layer.activation.batch, bent.mean((0, 2, 3)).detach(), rtol=1e-5)
    np.testing.assert_allclose(layer.gradient.batch, bent.grad.sum((0, 2, 3)), rtol=1e-4, atol=1e-8)
    np.testing.assert_allclose(layer.gradient.row, bent.grad[0].sum((1, 2)), rtol=1e-4, atol=1e-8)


def test_a_hidden_state_is_the_one_after_the_last_time_step():
    session = session_of({"source": "sequence", "pattern": "adding"}, {"kind": "gru", "hidden": [6]})
    model = copy.deepcopy(session.run.model)
    inputs, targets = next(batches(session.run, 1, 64))
    states, _ = model.recurrent1(inputs)
    last = states[:, -1]
    last.retain_grad()
    F.mse_loss(model.output(last).squeeze(1), targets).backward()
    _, layer, _ = step_to(session, "backward").layers
    assert layer.kind == "state"
    np.testing.assert_allclose(layer.activation.row, last[0].detach(), rtol=1e-5)
    np.testing.assert_allclose(layer.gradient.batch, last.grad.sum(0), rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize(("data", "model"), CASES)
def test_the_same_batch_goes_through_again_with_the_same_units_dropped_and_the_same_states(data, model):
    session = session_of(data, model)
    recorder = session.instruments.the(SignalRecorder)
    losses = []

    def note(event, hear=session.instruments.hear):
        hear(event)
        if isinstance(event, Forward):
            losses.append((recorder.record(at_rest=True).loss, event.loss))

    session.instruments.hear = note
    while len(losses) < 5:
        session.step_phase()
        session.frame(at_rest=True)
    for replayed, trained in losses:
        assert replayed == pytest.approx(trained, rel=1e-6)


@pytest.mark.parametrize(("data", "model"), CASES)
@pytest.mark.parametrize("at_rest", [True, False])
def test_watching_leaves_the_training_bit_identical_and_no_hooks_behind(data, model, at_rest):
    spec = experiment(
        data=data,
        model=model,
        gradients={"accumulate": 2},
        training={"epochs": 1, "batch_size": 64, "device": "cpu"},
    )
    alone = TrainingRun(spec)
    drain(alone)
    session = ObservedRun(spec)
    session.instruments.watch(WATCHED)
    while session.ending is None:
        session.step_phase()
        assert session.frame(at_rest=at_rest).get(SignalFlow) is not None
        assert not any(module._forward_hooks for module in session.run.model.modules())
    assert torch.equal(weights(session.run.model), weights(alone.model))
    assert torch.equal(session.run.buffer.used, alone.buffer.used)
    assert torch.equal(session.run.network.chance.get_state(), alone.network.chance.get_state())
    for one, other in zip(session.run.model.buffers(), alone.model.buffers(), strict=True):
        assert torch.equal(one, other)


def test_while_a_run_hurries_the_picture_is_of_the_same_update_as_the_buffer(monkeypatch):
    def slowly(*given, made=replay):
        time.sleep(0.02)
        return made(*given)

    monkeypatch.setattr(signal_module, "replay", slowly)
    session = session_of()
    session.instruments.watch(frozenset({SignalFlow, BufferState}))
    for update in range(1, 6):
        session.step_update()
        frame = session.frame(at_rest=False)
        assert frame.get(SignalFlow).update == frame.get(BufferState).update == update


def test_each_layers_norm_is_the_buffers_own():
    session = session_of(optimizer={"clip_norm": 0.01})
    empty = step_to(session, "zeroed")
    assert [layer.norm for layer in empty.layers] == [None, None, None]
    filled = step_to(session, "backward")
    model = session.run.model
    grads = [
        torch.cat([p.grad.flatten() for p in layer.parameters()]) for layer in (model.hidden1, model.output)
    ]
    assert [layer.norm for layer in filled.layers[1:]] == pytest.approx(
        [g.norm().item() for g in grads], rel=1e-5
    )
    clipped = step_to(session, "clipped")
    total = np.sqrt(sum(layer.norm**2 for layer in clipped.layers[1:]))
    assert total == pytest.approx(0.01, rel=1e-3)


def test_an_update_shows_how_it_moved_the_links():
    session = session_of(data={"source": "moons"}, model={"hidden": [3]})
    before = step_to(session, "forward").layers
    assert all(layer.change is None for layer in before)
    after = step_to(session, "updated").layers
    np.testing.assert_array_equal(after[1].weights, session.run.model.hidden1.weight.detach())
    np.testing.assert_array_equal(after[1].change, after[1].weights - before[1].weights)
    gradient = session.run.model.hidden1.weight.grad
    np.testing.assert_allclose(after[1].change, -0.1 * gradient, rtol=1e-3, atol=1e-7)


def test_zeroing_makes_room_for_the_next_batch():
    session = session_of()
    step_to(session, "updated")
    shown = step_to(session, "zeroed")
    assert (shown.update, shown.loss) == (2, None)
    for layer in shown.layers:
        assert layer.activation is layer.gradient is layer.norm is layer.change is None


def test_zeroing_after_backward_loses_the_gradient_but_not_the_signal():
    session = session_of(gradients={"zero": "after_backward"})
    shown = step_to(session, "zeroed")
    assert shown.emptied
    assert shown.layers[1].gradient is not None
    assert shown.layers[1].norm is None
    assert not step_to(session, "backward").emptied


def test_frozen_layers_let_the_gradient_through_and_collect_none():
    session = session_of(model={"hidden": [8], "freeze": ["hidden1"]})
    shown = step_to(session, "backward")
    assert shown.layers[1].norm is None
    assert np.abs(shown.layers[0].gradient.batch).max() > 0


def test_of_wide_layers_a_few_units_are_shown_and_named_where_they_have_names():
    session = session_of({"source": "wine"}, {"hidden": [100]})
    inputs, hidden, output = session.frame(at_rest=True).get(SignalFlow).layers
    assert (len(hidden.shown), hidden.shown[0], hidden.shown[-1]) == (16, 0, 99)
    assert len(set(hidden.shown.tolist())) == 16
    assert inputs.labels[0] == "alcohol"
    assert output.labels == session.run.split.class_names
    assert hidden.weights.shape == (16, 13)
    np.testing.assert_array_equal(
        hidden.weights, session.run.model.hidden1.weight[hidden.shown].detach()[:, inputs.shown]
    )


def test_before_anything_was_trained_there_is_the_network_alone():
    shown = session_of().frame(at_rest=True).get(SignalFlow)
    assert (shown.phase, shown.update, shown.loss) == ("", 0, None)
    assert all(layer.activation is None for layer in shown.layers)
    assert shown.layers[1].weights is not None


def test_what_was_not_seen_from_its_start_is_not_made_up():
    session = session_of(model={"hidden": [8], "dropout": 0.5})
    step_to(session, "updated")
    session.instruments.watch(frozenset())
    while session.run.counters.updates < 3:
        session.step_phase()
    session.step_phase()  # zeroed, unseen
    session.instruments.watch(WATCHED)
    session.step_phase()  # forward: which units it dropped out nobody knows any more
    shown = session.frame(at_rest=True).get(SignalFlow)
    assert shown.update == 1
    assert step_to(session, "forward").update == 5


def test_at_full_speed_only_what_is_shown_is_followed(monkeypatch):
    followed = []

    def note(*args):
        followed.append(args)
        return replay(*args)

    monkeypatch.setattr(signal_module, "replay", note)
    session = session_of()
    session.step_epoch()
    assert followed == []
    for _ in range(3):
        for _ in range(5):
            session.step_update()
        session.frame(at_rest=False)
    assert len(followed) == 3


@pytest.mark.parametrize(("data", "model"), CASES)
def test_at_rest_the_picture_is_of_the_latest_update(data, model):
    session = session_of(data, model, training={"epochs": 2, "batch_size": 64, "device": "cpu"})
    losses = []

    def note(event, hear=session.instruments.hear):
        hear(event)
        if isinstance(event, Forward):
            losses.append((event.loss, weights(session.run.model).clone()))

    session.instruments.hear = note
    while session.ending is None:
        session.step_epoch()
        now = weights(session.run.model).clone()
        shown = session.frame(at_rest=True).get(SignalFlow)
        loss, before = losses[-1]
        assert (shown.phase, shown.update) == ("updated", session.run.counters.updates)
        assert shown.loss == pytest.approx(loss, rel=1e-6)
        assert torch.equal(weights(session.run.model), now)
        assert not torch.equal(now, before)
        assert all(layer.change.any() for layer in shown.layers[1:])


def test_the_last_batch_stays_in_view_unless_other_weights_are_back():
    ended = []
    for patience in (0, 1):
        session = session_of(training={"epochs": 2, "patience": patience, "min_delta": 10.0, "device": "cpu"})
        while session.ending is None:
            session.step_phase()
            shown = session.frame(at_rest=True).get(SignalFlow)
        ended.append((session.ending.restored, shown.phase))
    assert ended == [(False, "updated"), (True, "")]
