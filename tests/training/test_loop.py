"""The loop does what plain PyTorch does, and its zeroing modes, windows and tails are exact."""

import copy

import numpy as np
import pytest
import torch
from plain_pytorch import STOPS_EARLY, batches, drain, experiment, mean_loss, plain_training, weights
from torch import nn

from gradlab.errors import InputError
from gradlab.training.events import (
    Backward,
    Changed,
    Clipped,
    EpochEnded,
    Finished,
    Forward,
    TailLeft,
    Updated,
    Zeroed,
)
from gradlab.training.loop import finish, train
from gradlab.training.run import TrainingRun

OPTIMIZERS = {
    "by_hand": ({}, lambda p: torch.optim.SGD(p, lr=0.01)),
    "sgd": ({}, lambda p: torch.optim.SGD(p, lr=0.01)),
    "momentum": (
        {"kind": "sgd", "momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
        lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.01),
    ),
    "adam": ({"weight_decay": 0.01}, lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.01)),
    "adamw": ({"weight_decay": 0.01}, lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.01)),
    "rmsprop": ({"momentum": 0.5}, lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.5)),
    "adagrad": ({}, lambda p: torch.optim.Adagrad(p, lr=0.01)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_trains_as_plain_pytorch_does(name):
    settings, make = OPTIMIZERS[name]
    run = TrainingRun(experiment(optimizer={"kind": name, "lr": 0.01, **settings}))
    expected = plain_training(run, make)
    drain(run)
    torch.testing.assert_close(weights(run.model), weights(expected), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "model",
    [
        {"kind": "linear"},
        {"kind": "mlp", "hidden": [16, 8], "activation": "tanh", "batch_norm": True},
        {"kind": "cnn", "hidden": [4, 4], "init": "he"},
        {"kind": "mlp", "hidden": [], "init": "xavier"},
    ],
)
def test_every_model_trains_as_plain_pytorch_does(model):
    run = TrainingRun(experiment(model=model))
    expected = plain_training(run, lambda p: torch.optim.SGD(p, lr=0.1))
    drain(run)
    torch.testing.assert_close(weights(run.model), weights(expected), rtol=1e-4, atol=1e-5)


def test_regression_trains_as_plain_pytorch_does():
    run = TrainingRun(experiment(data={"source": "diabetes"}, model={"kind": "linear"}))
    expected = plain_training(run, lambda p: torch.optim.SGD(p, lr=0.1))
    drain(run)
    torch.testing.assert_close(weights(run.model), weights(expected), rtol=1e-5, atol=1e-6)


def test_dropout_switches_off_the_same_units_as_pytorchs():
    run = TrainingRun(experiment(model={"hidden": [16], "dropout": 0.5}))
    model = copy.deepcopy(run.model)
    seed = model.dropout1.chance.initial_seed()
    model.dropout1 = nn.Dropout(0.5)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for inputs, targets in batches(run, 2, 64):
            optimizer.zero_grad()
            mean_loss(model, inputs, targets).backward()
            optimizer.step()
    drain(run)
    torch.testing.assert_close(weights(run.model), weights(model), rtol=1e-5, atol=1e-6)


def test_the_phases_come_in_the_textbooks_order():
    run = TrainingRun(experiment(gradients={"accumulate": 2}, optimizer={"lr": 0.1, "clip_norm": 0.1}))
    kinds = [type(event) for event in drain(run)]
    assert kinds[0] is EpochEnded  # epoch 0: before training
    assert kinds[2:9] == [Zeroed, Forward, Backward, Forward, Backward, Clipped, Updated]
    assert kinds[-2:] == [EpochEnded, Finished]


def test_never_zeroing_is_momentum_of_one_bit_for_bit():
    never = TrainingRun(experiment(gradients={"zero": "never"}))
    momentum = TrainingRun(experiment(optimizer={"lr": 0.1, "momentum": 1.0}))
    drain(never)
    drain(momentum)
    assert torch.equal(weights(never.model), weights(momentum.model))


def test_without_zeroing_the_buffer_is_bitwise_the_sum_of_the_batch_gradients():
    run = TrainingRun(experiment(gradients={"zero": "never"}))
    total = None
    seen = iter(batches(run, 2, 64))
    for event in train(run):
        if isinstance(event, Forward):  # the weights are still those that this batch was judged with
            model = copy.deepcopy(run.model)
            mean_loss(model, *next(seen)).backward()
            gradient = torch.cat([p.grad.reshape(-1) for p in model.parameters()])
        elif isinstance(event, Backward):
            left_over = total
            total = gradient if total is None else total + gradient
            assert torch.equal(run.buffer.used, total)
            assert torch.equal(run.buffer.batch, gradient)
            assert bool(run.buffer.without_left_over) == (left_over is None)
            if left_over is not None:
                assert torch.equal(run.buffer.left_over, left_over)


@pytest.mark.parametrize(
    "optimizer", [{"kind": "sgd", "momentum": 0.9, "weight_decay": 0.1}, {"kind": "adam"}]
)
def test_zeroing_after_backward_leaves_the_weights_bitwise_alone(optimizer):
    run = TrainingRun(experiment(gradients={"zero": "after_backward"}, optimizer=optimizer))
    before = weights(run.model)
    drain(run)
    assert torch.equal(weights(run.model), before)


def test_zeroing_to_zeros_still_lets_weight_decay_move_the_weights():
    gradients = {"zero": "after_backward", "zero_to": "zeros"}
    run = TrainingRun(experiment(gradients=gradients, optimizer={"lr": 0.1, "weight_decay": 0.1}))
    before = weights(run.model)
    drain(run)
    torch.testing.assert_close(weights(run.model), before * 0.99**run.counters.updates)


@pytest.mark.parametrize("data", ["digits", "diabetes"])
def test_accumulated_micro_batches_equal_one_big_batch_with_unequal_tails_too(data):
    small = TrainingRun(
        experiment(data={"source": data}, training={"batch_size": 25}, gradients={"accumulate": 4})
    )
    large = TrainingRun(experiment(data={"source": data}, training={"batch_size": 100}))
    rows = len(small.rows.train[1])
    assert rows % 25 and rows % 100  # neither comes out even
    drain(small)
    drain(large)
    assert small.counters.updates == large.counters.updates
    torch.testing.assert_close(weights(small.model), weights(large.model), rtol=1e-4, atol=1e-5)


def test_class_weights_keep_accumulation_equal_to_one_big_batch():
    settings = {"data": {"source": "wine"}}
    small = TrainingRun(
        experiment(
            **settings, training={"batch_size": 7, "class_weights": "balanced"}, gradients={"accumulate": 4}
        )
    )
    large = TrainingRun(experiment(**settings, training={"batch_size": 28, "class_weights": "balanced"}))
    drain(small)
    drain(large)
    torch.testing.assert_close(weights(small.model), weights(large.model), rtol=1e-4, atol=1e-5)


def _first_windows_gradient(scale, batch_size=60, accumulate=4, rows=None):
    run = TrainingRun(
        experiment(
            gradients={"accumulate": accumulate, "scale": scale},
            training={"batch_size": batch_size, "epochs": 1},
        )
    )
    start = copy.deepcopy(run.model)
    for event in train(run):
        if isinstance(event, Updated):
            break
    gradients = []
    for inputs, targets in list(batches(run, 1, batch_size))[:accumulate]:
        start.zero_grad()
        mean_loss(start, inputs, targets).backward()
        gradients.append(torch.cat([p.grad.reshape(-1) for p in start.parameters()]))
    return run.buffer.used, gradients


def test_scales_weigh_the_batches_as_they_say():
    used, gradients = _first_windows_gradient("sum")
    torch.testing.assert_close(used, sum(gradients), rtol=1e-4, atol=1e-6)
    used, gradients = _first_windows_gradient("mean")
    torch.testing.assert_close(used, sum(gradients) / 4, rtol=1e-4, atol=1e-6)
    rows = 1347  # with batches of 900: 900 and 447
    used, gradients = _first_windows_gradient("samples", batch_size=900, accumulate=2)
    torch.testing.assert_close(used, (900 * gradients[0] + 447 * gradients[1]) / rows, rtol=1e-4, atol=1e-6)


def test_mean_divides_a_partial_window_by_n_too():
    used, gradients = _first_windows_gradient("mean", batch_size=900, accumulate=4)
    torch.testing.assert_close(used, sum(gradients[:2]) / 4, rtol=1e-4, atol=1e-6)


def test_zeroing_every_batch_keeps_only_the_last_batch_of_a_window():
    run = TrainingRun(experiment(gradients={"zero": "every_batch", "accumulate": 3, "scale": "sum"}))
    for event in train(run):
        if isinstance(event, Updated):
            assert len(run.buffer.without_left_over) == len(run.parameters.layers)
            assert torch.equal(run.buffer.used, run.buffer.batch)


def test_zeroing_every_epoch_empties_the_buffer_at_each_epochs_start_only():
    run = TrainingRun(experiment(gradients={"zero": "every_epoch"}))
    events = drain(run)
    zeroed = [i for i, event in enumerate(events) if isinstance(event, Zeroed)]
    epochs = [i for i, event in enumerate(events) if type(event).__name__ == "EpochStarted"]
    assert zeroed == [i + 1 for i in epochs]


def test_a_window_that_fills_no_update_is_stepped_carried_or_left_out():
    batch_count = 22  # 1347 rows in batches of 64
    runs = {}
    for tail in ("step", "carry", "drop"):
        runs[tail] = TrainingRun(experiment(gradients={"accumulate": 5, "tail": tail}))
        events = drain(runs[tail])
        told = {event for event in events if isinstance(event, TailLeft)}
        assert told == {"step": set(), "carry": {TailLeft("carry", 2), TailLeft("carry", 4)}}.get(
            tail, {TailLeft("drop", 2)}
        )
    assert runs["step"].counters.updates == 2 * 5
    assert runs["carry"].counters.updates == 2 * batch_count // 5
    assert runs["drop"].counters.updates == 2 * 4
    assert runs["drop"].counters.samples == 2 * 4 * 5 * 64
    assert runs["step"].counters.samples == 2 * 1347


def test_a_carried_window_weighs_its_rows_across_the_epochs_equally():
    run = TrainingRun(experiment(gradients={"accumulate": 15, "tail": "carry"}, optimizer={"lr": 0.0}))
    sizes = [len(targets) for _, targets in batches(run, 2, 64)]
    second = sizes[15:30]  # reaches over the short last batch of the first epoch
    assert min(second) < 64
    seen = [event.weight for event in drain(run) if isinstance(event, Backward)]
    assert seen[15:30] == pytest.approx([size / sum(second) for size in second])
    assert sum(seen[15:30]) == pytest.approx(1)


def test_clipping_equals_pytorchs_and_comes_once_after_accumulation():
    limit = 0.3
    run = TrainingRun(experiment(optimizer={"lr": 0.1, "clip_norm": limit}))
    expected = plain_training(
        run,
        lambda p: torch.optim.SGD(p, lr=0.1),
        before_step=lambda model: nn.utils.clip_grad_norm_(model.parameters(), limit),
    )
    updates = [event for event in drain(run) if isinstance(event, Updated)]
    torch.testing.assert_close(weights(run.model), weights(expected), rtol=1e-4, atol=1e-5)
    assert all(event.clipped_norm <= limit + 1e-6 for event in updates)
    assert any(event.grad_norm > limit for event in updates)


def test_the_logged_loss_is_unscaled_and_the_mean_over_the_windows_rows():
    run = TrainingRun(experiment(gradients={"accumulate": 3, "scale": "sum"}, optimizer={"lr": 0.0}))
    losses = [mean_loss(run.model, *batch).item() for batch in batches(run, 1, 64)]
    first = next(event for event in train(run) if isinstance(event, Updated))
    assert first.loss == pytest.approx(np.mean(losses[:3]), rel=1e-6)


def test_epoch_zero_measures_the_untouched_model():
    run = TrainingRun(experiment())
    expected = mean_loss(run.model, *run.rows.train).item()
    first = next(iter(train(run)))
    assert (first.epoch, first.update, first.samples) == (0, 0, 0)
    assert first.train_loss == pytest.approx(expected, rel=1e-5)
    assert first.val_loss == pytest.approx(mean_loss(run.model, *run.evaluation.rows).item(), rel=1e-5)


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    first, again, other = (TrainingRun(experiment(seed=seed, model={"dropout": 0.3})) for seed in (1, 1, 2))
    for run in (first, again, other):
        drain(run)
    assert torch.equal(weights(first.model), weights(again.model))
    assert not torch.equal(weights(first.model), weights(other.model))


def test_runs_in_one_process_do_not_disturb_each_other():
    alone = TrainingRun(experiment(model={"dropout": 0.3}))
    drain(alone)
    one, two = (TrainingRun(experiment(model={"dropout": 0.3})) for _ in range(2))
    for _ in zip(train(one), train(two), strict=True):
        torch.rand(1)  # somebody else draws from the global generator
    assert torch.equal(weights(alone.model), weights(one.model))
    assert torch.equal(weights(alone.model), weights(two.model))


def test_numbers_that_blow_up_end_the_run_and_name_the_place():
    run = TrainingRun(experiment(optimizer={"lr": 1000.0}, model={"hidden": [64, 64, 64], "init": "large"}))
    ending = drain(run)[-1]
    assert (ending.reason, ending.infinite) == ("diverged", "loss")
    assert "update" in ending.cause
    assert "hidden" in ending.cause or "output" in ending.cause


def test_weights_that_are_lost_are_named_rather_than_the_layers_behind_them():
    run = TrainingRun(experiment())
    events = train(run)
    next(event for event in events if isinstance(event, Updated))
    with torch.no_grad():
        run.parameters.segments[2].of(run.parameters.flat)[1, 2] = float("nan")
    *_, ending = events
    assert ending.reason == "diverged"
    assert ending.cause.endswith(
        "the loss became nan; the first weights that are not finite are output.weight"
    )


def test_an_infinite_gradient_is_named_before_it_reaches_the_weights():
    run = TrainingRun(experiment())
    before = weights(run.model)
    events = []
    for event in train(run):
        events.append(event)
        if isinstance(event, Backward):
            run.parameters.segments[1].of(run.buffer.used)[3] = float("inf")
    assert (events[-1].reason, events[-1].infinite) == ("diverged", "gradient")
    assert "gradient of hidden1.bias is not finite" in events[-1].cause
    assert torch.equal(weights(run.model), before)


def test_a_gradient_whose_squares_overflow_is_not_taken_for_infinite():
    run = TrainingRun(experiment())
    run.buffer.used.fill_(1e25)
    assert run.gradient_norm() == pytest.approx(1e25 * len(run.buffer.used) ** 0.5)


def test_early_stopping_waits_its_patience_and_brings_the_best_weights_back():
    run = TrainingRun(experiment(**STOPS_EARLY))
    events = drain(run)
    losses = [event.val_loss for event in events if isinstance(event, EpochEnded)][1:]
    best = int(np.argmin(losses)) + 1
    assert events[-1] == Finished("early_stopping", "", best, restored=True)
    assert len(losses) == best + 5
    assert run.measure(0, None).val_loss == pytest.approx(losses[best - 1], rel=1e-6)


def test_the_best_weights_come_back_when_a_run_is_interrupted_too():
    run = TrainingRun(experiment(training={"epochs": 5, "patience": 3}, optimizer={"lr": 0.5}))
    events = train(run)
    losses = []
    for event in events:
        if isinstance(event, EpochEnded) and event.epoch:
            losses.append(event.val_loss)
        if isinstance(event, Updated) and event.epoch == 4:
            break
    events.close()
    ending = finish(run, "interrupted")
    assert ending.restored
    assert run.measure(0, None).val_loss == pytest.approx(min(losses), rel=1e-6)


def test_min_delta_asks_for_a_real_gain():
    run = TrainingRun(experiment(training={"epochs": 20, "patience": 2, "min_delta": 1000.0}))
    assert drain(run)[-1].best_epoch == 1  # any first epoch beats nothing; no later one gains 1000


def test_a_live_change_holds_from_the_next_update_and_is_told():
    run = TrainingRun(experiment(gradients={"accumulate": 3}))
    changed = experiment(gradients={"accumulate": 3}, optimizer={"lr": 0.01})
    events = []
    for event in train(run):
        events.append(event)
        if isinstance(event, Forward) and run.counters.updates == 1 and run.position.window.batches == 2:
            run.change(changed)  # in the middle of the second window
    rates = [event.lr for event in events if isinstance(event, Updated)]
    assert rates[:3] == [0.1, 0.1, 0.01]
    assert [event for event in events if isinstance(event, Changed)] == [
        Changed(2, {"optimizer.lr": (0.1, 0.01)})
    ]


def test_a_live_change_of_data_is_refused():
    run = TrainingRun(experiment())
    with pytest.raises(InputError, match="needs a reset"):
        run.change(experiment(data={"source": "iris"}))


def test_raising_the_epochs_lets_a_finished_run_go_on_as_if_it_had_never_stopped():
    whole = TrainingRun(experiment(training={"epochs": 4}))
    drain(whole)
    run = TrainingRun(experiment(training={"epochs": 2}))
    drain(run)
    run.change(experiment(training={"epochs": 4}))
    drain(run)
    assert torch.equal(weights(whole.model), weights(run.model))


def test_settings_with_which_no_update_would_ever_happen_are_refused():
    with pytest.raises(InputError, match="no update would ever happen; allowed here: 1 to 22"):
        TrainingRun(experiment(gradients={"accumulate": 23, "tail": "drop"}))


@pytest.mark.parametrize(
    ("accumulate", "epochs", "replicas"), [(23 * 2, 2, 1), (45, 2, 1), (1000, 45, 1), (45, 2, 2)]
)
def test_carried_windows_that_never_fill_are_refused(accumulate, epochs, replicas):
    spec = experiment(
        gradients={"accumulate": accumulate, "tail": "carry"}, training__epochs=epochs, replicas=replicas
    )
    with pytest.raises(
        InputError, match=f"only {22 * epochs} batches.*allowed here: 1 to {22 * epochs}$"
    ) as caught:
        TrainingRun(spec)
    assert caught.value.key == "gradients.accumulate"


def test_a_carried_window_that_fills_at_the_very_end_is_trained():
    run = TrainingRun(experiment(gradients={"accumulate": 44, "tail": "carry"}))
    drain(run)
    assert run.counters.updates == 1


def test_batch_norm_with_a_batch_of_one_row_is_refused_before_it_fails_half_way():
    with pytest.raises(InputError, match="a single one of the 1347 training rows"):
        TrainingRun(experiment(model={"batch_norm": True}, training={"batch_size": 1346}))


def digits(rows, model, training, **gradients):
    return experiment(
        data={"source": "digits", "train_rows": rows},
        model={"batch_norm": True, **model},
        training={"epochs": 2, "device": "cpu", **training},
        gradients=gradients,
    )


DEEP, SHALLOW = {"kind": "cnn", "hidden": [4] * 4}, {"kind": "cnn", "hidden": [4] * 3}


@pytest.mark.parametrize("model", [DEEP, {"kind": "mlp"}, {"kind": "two_heads"}])
@pytest.mark.parametrize("size", [1, 8, 16, 32])
@pytest.mark.parametrize(
    ("accumulate", "tail"), [(1, "step"), (3, "step"), (3, "carry"), (1, "drop"), (3, "drop"), (9, "drop")]
)
def test_batch_norm_is_refused_exactly_where_plain_pytorch_would_fail(model, size, accumulate, tail):
    spec = digits(33, model, {"batch_size": size}, accumulate=accumulate, tail=tail)
    if tail == "drop" and accumulate > -(-33 // size):
        return
    rows = [min(size, 33 - start) for start in range(0, 33, size)]
    trained = rows[: len(rows) // accumulate * accumulate] if tail == "drop" else rows
    if 1 in trained:
        with pytest.raises(InputError, match="a single one of the 33 training rows") as caught:
            TrainingRun(spec)
        assert caught.value.key == "training.batch_size"
    else:
        drain(TrainingRun(spec))


def test_a_single_picture_is_enough_for_batch_norm_where_its_maps_are_larger():
    run = TrainingRun(digits(33, SHALLOW, {"batch_size": 32}))
    assert isinstance(drain(run)[-1], Finished)


def test_a_live_change_that_leaves_batch_norm_a_single_row_is_refused():
    spec = digits(100, {"kind": "mlp"}, {"batch_size": 30})
    run = TrainingRun(spec)
    for event in train(run):
        if isinstance(event, Updated) and event.update == 1:
            with pytest.raises(InputError, match="a single one of the 70 training rows that are left"):
                run.change(spec.with_value("training.batch_size", 23))
            run.change(spec.with_value("training.batch_size", 34))
            run.change(spec.with_value("gradients.accumulate", 2))
    assert isinstance(event, Finished)


def test_a_cnn_halves_a_picture_until_it_is_a_single_row():
    model = TrainingRun(experiment(model={"kind": "cnn", "hidden": [3, 3, 3, 3, 3]})).model
    assert [name for name, _ in model.named_children() if name.startswith("halve")] == [
        "halve1",  # digits have 8 × 8 pixels
        "halve2",
        "halve3",
    ]
    assert model.output.in_features == 3


def test_a_cnn_without_pictures_is_refused():
    with pytest.raises(InputError, match="needs pictures"):
        TrainingRun(experiment(data={"source": "iris"}, model={"kind": "cnn"}))


def test_a_device_that_is_not_there_is_refused():
    if torch.backends.mps.is_available():
        pytest.skip("this machine has the device")
    with pytest.raises(InputError, match=r"training\.device = mps.*allowed here: auto, cpu"):
        TrainingRun(experiment(training={"device": "mps"}))


def test_cross_entropy_without_classes_is_refused():
    with pytest.raises(InputError, match="allowed here: auto, mse"):
        TrainingRun(experiment(data={"source": "diabetes"}, training={"loss": "cross_entropy"}))


def test_update_ratio_is_the_deviation_of_the_real_change_over_that_of_the_weights():
    run = TrainingRun(experiment(training={"measure_every": 1}, optimizer={"kind": "adam", "lr": 0.01}))
    before = torch.cat([p.detach().reshape(-1).clone() for p in run.model.parameters() if p.ndim > 1])
    first = next(event for event in train(run) if isinstance(event, Updated))
    after = torch.cat([p.detach().reshape(-1) for p in run.model.parameters() if p.ndim > 1])
    assert first.update_ratio == pytest.approx(float((after - before).std() / before.std()), rel=1e-4)
