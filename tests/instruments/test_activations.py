"""What is said of the layers is what PyTorch's own layers give out on the probe rows."""

import numpy as np
import pytest
import torch
from plain_pytorch import drain, experiment, weights

from gradlab.instruments.activations import ActivationRecorder, Tally
from gradlab.instruments.records import Activations
from gradlab.instruments.stages import listening
from gradlab.runs.observed_run import ObservedRun
from gradlab.training.run import TrainingRun

SEQUENCE = {"source": "sequence", "pattern": "chirp"}
MODELS = [
    {"kind": "linear"},
    {"kind": "mlp", "hidden": [9, 7], "activation": "relu"},
    {"kind": "mlp", "hidden": [9], "activation": "gelu", "batch_norm": True, "dropout": 0.3},
    {"kind": "mlp", "hidden": [9], "activation": "identity"},
    {"kind": "cnn", "hidden": [3, 5], "activation": "leaky_relu", "batch_norm": True},
]
RECURRENT = [
    {"kind": "rnn", "hidden": [5], "activation": "relu", "dropout": 0.2, "chunk": 10},
    {"kind": "gru", "hidden": [5, 4]},
    {"kind": "lstm", "hidden": [5]},
]
CASES = [({"source": "digits"}, model) for model in MODELS] + [(SEQUENCE, model) for model in RECURRENT]


def run_of(data, model, **rest) -> TrainingRun:
    return TrainingRun(experiment(data=data, model=model, **rest))


def measured(run):
    return ActivationRecorder(run).record(at_rest=True)


def hooks(model) -> int:
    return sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules())


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu", "leaky_relu"])
def test_a_layer_is_measured_as_its_outputs_on_the_probe_rows_are(activation):
    run = run_of({"source": "wine"}, {"hidden": [20, 10], "activation": activation})
    outputs = run.model[:3](run.rows.train[0]).detach().double().numpy()  # all rows: there are fewer than 512
    shown = measured(run)
    layer = shown.layers[0]
    assert (shown.rows, layer.name, layer.bend) == (len(outputs), "hidden1", activation)
    assert layer.mean == pytest.approx(outputs.mean(), rel=1e-6)
    assert layer.deviation == pytest.approx(outputs.std(), rel=1e-6)
    assert layer.zeros == (outputs == 0).mean()
    counts, _ = np.histogram(outputs[outputs != 0], layer.edges)
    np.testing.assert_allclose(layer.shares, counts / outputs.size, atol=2 / outputs.size)


def test_a_unit_is_active_as_often_as_its_output_is_not_zero():
    run = run_of({"source": "wine"}, {"hidden": [20], "activation": "relu"})
    outputs = run.model[:3](run.rows.train[0])
    [hidden, output] = measured(run).layers
    np.testing.assert_allclose(hidden.active, (outputs > 0).float().mean(dim=0), rtol=1e-6)
    assert (output.name, output.bend, output.trouble) == ("output", "", "")
    assert not output.troubled.any()


def test_units_that_no_row_reaches_are_dead_and_zeros_alone_are_not():
    run = run_of({"source": "digits"}, {"hidden": [16], "activation": "relu"})
    with torch.no_grad():
        run.model.hidden1.bias[[2, 5, 11]] = -100
    layer = measured(run).layers[0]
    assert layer.trouble == "dead"
    assert np.flatnonzero(layer.troubled).tolist() == [2, 5, 11]
    assert layer.zeros > 0.3  # most of them of units that are alive


@pytest.mark.parametrize(
    ("activation", "bias"), [("tanh", 10), ("tanh", -10), ("sigmoid", 10), ("sigmoid", -10)]
)
def test_units_pushed_to_their_bounds_are_saturated(activation, bias):
    run = run_of({"source": "digits"}, {"hidden": [16], "activation": activation})
    with torch.no_grad():
        run.model.hidden1.bias[[3, 4]] = bias
    layer = measured(run).layers[0]
    assert layer.trouble == "saturated"
    assert np.flatnonzero(layer.troubled).tolist() == [3, 4]
    assert layer.troubled_share == 2 / 16


@pytest.mark.parametrize(("share", "saturated"), [(0.4, False), (0.6, True)])
def test_a_unit_is_saturated_only_if_most_rows_push_it_there(share, saturated):
    outputs = (torch.arange(100) < 100 * share).float()[:, None]  # 1 or 0
    tally = Tally("tanh", len(outputs))
    tally.add(outputs, outputs)
    assert tally.result("hidden1").troubled.tolist() == [saturated]


def test_a_gelu_unit_far_on_the_left_is_dead_and_one_without_input_is_not():
    run = run_of({"source": "digits"}, {"hidden": [8], "activation": "gelu"})
    with torch.no_grad():
        run.model.hidden1.bias[1] = -100
        run.model.hidden1.weight[2] = 0
        run.model.hidden1.bias[2] = 0  # gives out exact zeros, and still has a slope of 1/2
    layer = measured(run).layers[0]
    assert np.flatnonzero(layer.troubled).tolist() == [1]


def test_leaky_units_never_die():
    run = run_of({"source": "digits"}, {"hidden": [8], "activation": "leaky_relu"})
    with torch.no_grad():
        run.model.hidden1.bias[1] = -100
    layer = measured(run).layers[0]
    assert not layer.troubled.any()
    assert layer.active[1] == 0


def test_a_channel_is_dead_only_if_no_pixel_of_any_picture_reaches_it():
    run = run_of({"source": "digits"}, {"kind": "cnn", "hidden": [4], "activation": "relu"})
    with torch.no_grad():
        run.model.conv1.bias[2] = -100
    layer = measured(run).layers[0]
    assert layer.active.shape == (4,)
    assert np.flatnonzero(layer.troubled).tolist() == [2]


def test_hidden_states_of_all_time_steps_count():
    run = run_of(SEQUENCE, {"kind": "gru", "hidden": [6]})
    states, _ = run.model.recurrent1(run.rows.train[0])
    shown = measured(run)
    assert shown.rows == len(run.rows.train[0])
    layer = shown.layers[0]
    assert layer.mean == pytest.approx(states.double().mean().item(), rel=1e-5)
    np.testing.assert_allclose(layer.active, (states.abs() <= 0.97).float().mean(dim=(0, 1)), rtol=1e-6)


def test_of_two_heads_the_one_that_is_always_used_is_the_last_layer():
    shown = measured(run_of({"source": "wine"}, {"kind": "two_heads", "hidden": [6], "head_a_updates": 3}))
    assert [layer.name for layer in shown.layers] == ["hidden1", "head_b"]


def test_the_probe_rows_are_bounded_and_always_the_same():
    big = {"source": "moons", "samples": 5000}
    first, again = (measured(run_of(big, {"hidden": [8]})) for _ in range(2))
    assert first.rows == 512
    assert first.layers[0].mean == again.layers[0].mean


def test_numbers_that_blew_up_are_neither_dead_nor_drawn():
    run = run_of({"source": "digits"}, {"hidden": [8], "activation": "relu"})
    with torch.no_grad():
        run.model.hidden1.weight[0, 20] = float("nan")
    layer = measured(run).layers[0]
    assert np.isnan(layer.mean)
    assert np.isfinite(layer.shares).all()
    assert np.isfinite(layer.edges).all()
    assert not layer.troubled[0]


@pytest.mark.parametrize(("data", "model"), CASES)
def test_measuring_leaves_the_training_bit_identical_and_no_hooks_behind(data, model):
    spec = experiment(data=data, model=model, training={"epochs": 1, "batch_size": 64, "device": "cpu"})
    alone = TrainingRun(spec)
    drain(alone)
    session = ObservedRun(spec)
    session.instruments.watch(frozenset({Activations}))
    while session.ending is None:
        session.step_phase()
        assert session.frame(at_rest=True).get(Activations) is not None
        assert hooks(session.run.model) == 0
    assert torch.equal(weights(session.run.model), weights(alone.model))
    for one, other in zip(session.run.model.buffers(), alone.model.buffers(), strict=True):
        assert torch.equal(one, other)


def test_a_hook_that_fails_is_gone_too():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2))

    def fail(*_):
        raise ArithmeticError

    with pytest.raises(ArithmeticError), listening(list(model), fail):
        model(torch.zeros(1, 2))
    assert hooks(model) == 0


def test_the_course_has_a_point_per_measured_update():
    session = ObservedRun(experiment(data={"source": "iris"}))
    session.instruments.watch(frozenset({Activations}))
    session.frame(at_rest=True)
    for _ in range(3):
        session.step_update()
        session.frame(at_rest=True)
        shown = session.frame(at_rest=True).get(Activations)
    assert shown.course.updates.tolist() == [0, 1, 2, 3]
    assert shown.course.high.shape == (2, 4)
    assert shown.update == 3


def test_nothing_is_measured_again_before_something_was_trained():
    recorder = ActivationRecorder(run_of({"source": "iris"}, {"hidden": [4]}))
    assert recorder.record(at_rest=True) is recorder.record(at_rest=True)
