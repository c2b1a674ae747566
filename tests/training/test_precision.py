"""Mixed precision: checked against torch.autocast and torch.amp.GradScaler in a plain loop.

Only GPUs are made for float16, but the CPU can compute in it: that is how it is tested here.
"""

import copy
import json
from dataclasses import asdict
from itertools import islice

import pytest
import torch
import torch.nn.functional as F
from plain_pytorch import batches, drain, experiment, weights

from gradlab.errors import InputError
from gradlab.instruments.curves import CurveRecorder
from gradlab.instruments.gradients import BufferRecorder
from gradlab.runs.lockstep import Member
from gradlab.training import checkpoint
from gradlab.training.events import Backward, Forward, Skipped, Updated, Zeroed
from gradlab.training.loop import train
from gradlab.training.loss_scale import STEADY, LossScale
from gradlab.training.run import TrainingRun
from gradlab.training.stack import fits

TOO_LARGE = 2.0**22  # a first loss scale that the gradients of these networks do not survive


def in_precision(kind, **changes):
    changes.setdefault("model", {"hidden": [16]})
    return experiment(**changes, training={"precision": kind, "epochs": 2, "batch_size": 64, "device": "cpu"})


def float16_run(scale=TOO_LARGE, **changes):
    run = TrainingRun(in_precision("float16", **changes))
    run.network.loss_scale.value = scale
    return run


def outputs_of(model, inputs, dtype):
    with torch.autocast("cpu", dtype):
        outputs = model(inputs)
    assert outputs.dtype is dtype
    return outputs.float()


@pytest.mark.parametrize(
    "model", [{"kind": "linear"}, {"hidden": [16, 8], "activation": "gelu"}, {"kind": "cnn", "hidden": [4]}]
)
def test_bfloat16_is_autocast_in_a_plain_loop_bit_for_bit(model):
    run = TrainingRun(in_precision("bfloat16", model=model))
    plain = copy.deepcopy(run.model)
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1)
    for inputs, targets in batches(run, 2, 64):
        optimizer.zero_grad()
        F.cross_entropy(outputs_of(plain, inputs, torch.bfloat16), targets).backward()
        optimizer.step()
    before = weights(run.model)
    drain(run)
    assert not torch.equal(weights(run.model), before)
    assert torch.equal(weights(run.model), weights(plain))
    assert run.parameters.flat.dtype is run.buffer.used.dtype is torch.float32


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_recurrent_networks_learn_in_bfloat16_too_nearly_as_in_float32(kind):
    settings = {
        "data": {"source": "sequence", "pattern": "chirp", "samples": 100},
        "model": {"kind": kind, "hidden": [6], "chunk": 12, "activation": "tanh"},
    }
    exact = drain(TrainingRun(in_precision("float32", **settings)))[-2].train_loss
    close = drain(TrainingRun(in_precision("bfloat16", **settings)))[-2].train_loss
    assert close != exact
    assert close == pytest.approx(exact, rel=0.02)


def test_what_the_model_says_is_computed_in_its_precision_and_told_in_float32():
    run = TrainingRun(in_precision("bfloat16"))
    inputs = run.evaluation.rows[0]
    assert torch.equal(run.evaluation.outputs(inputs), outputs_of(run.model.eval(), inputs, torch.bfloat16))


@pytest.mark.parametrize("clip", [0.0, 0.3])
def test_float16_is_a_plain_loop_with_grad_scaler(float16_on_the_cpu, clip):
    run = float16_run(optimizer={"lr": 0.1, "momentum": 0.9, "clip_norm": clip})
    plain = copy.deepcopy(run.model)
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1, momentum=0.9)
    scaler = torch.amp.GradScaler("cpu", init_scale=TOO_LARGE)
    norms, skipped = [], 0
    for inputs, targets in batches(run, 2, 64):
        optimizer.zero_grad()
        loss = F.cross_entropy(outputs_of(plain, inputs, torch.float16), targets)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        norm = torch.nn.utils.clip_grad_norm_(plain.parameters(), clip or 1e9)
        scaler.step(optimizer)
        before = scaler.get_scale()
        scaler.update()
        if scaler.get_scale() < before:
            skipped += 1
        else:
            norms.append(norm.item())
    updates = [event for event in drain(run) if isinstance(event, Updated)]
    # Clipping rounds a little differently, and rounding to float16 makes more of that.
    tolerance = {"rtol": 1e-3, "atol": 1e-4} if clip else {"rtol": 1e-5, "atol": 1e-6}
    torch.testing.assert_close(weights(run.model), weights(plain), **tolerance)
    assert [event.grad_norm for event in updates] == pytest.approx(norms, rel=1e-3)
    assert run.network.loss_scale.value == scaler.get_scale() < TOO_LARGE
    assert run.counters.skipped == skipped > 0
    assert run.counters.updates == len(norms)


def test_a_skipped_window_moves_no_weight_and_is_no_divergence(float16_on_the_cpu):
    run = float16_run(optimizer={"lr": 0.1, "kind": "adam"})
    before = weights(run.model)
    events = list(iter_until(train(run), Skipped))
    assert not any(isinstance(event, Updated) for event in events)
    assert events[-1] == Skipped(update=0, loss_scale=TOO_LARGE / 2)
    assert torch.equal(weights(run.model), before)
    assert run.optimizer.rule.memory == {}
    assert run.position.window is None
    rest = drain(run)
    assert isinstance(rest[0], Zeroed)  # the next window begins as any other
    assert rest[-1].reason == "finished"


def test_the_first_skipped_window_is_marked_and_all_are_counted(float16_on_the_cpu, tmp_path):
    run = float16_run()
    curves = CurveRecorder(run)
    with Member(tmp_path / "run", run) as member:
        for event in train(run):
            member.note(event)
            curves.hear(event)
    (mark,) = curves.record().marks
    assert mark.update == 0
    assert mark.text == "update skipped: too large for float16, loss scale now 2,097,152"
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["skipped"] == run.counters.skipped > 1
    assert summary["stop_reason"] == "finished"


def test_what_a_skipped_window_left_is_older_than_the_next_window(float16_on_the_cpu):
    run = float16_run(gradients={"zero": "never"})
    recorder = BufferRecorder(run)
    was_skipped = False
    for event in train(run):
        recorder.hear(event)
        if was_skipped and isinstance(event, Forward):
            break
        was_skipped = was_skipped or isinstance(event, Skipped)
    assert run.counters.updates == 0
    assert recorder.record().stale


def test_the_buffer_holds_unscaled_gradients_whatever_the_scale(float16_on_the_cpu):
    buffers = []
    for scale in (1.0, 1024.0):
        run = float16_run(scale)
        list(iter_until(train(run), Backward))
        buffers.append(run.buffer.used.clone())
    assert buffers[0].abs().max() > 0.01
    # Only the smallest numbers differ: that is what the scale is for.
    torch.testing.assert_close(*buffers, rtol=2e-3, atol=1e-5)


def test_the_scale_stays_the_same_within_a_window(float16_on_the_cpu):
    run = float16_run(gradients={"accumulate": 3})
    windows, scales = [], set()
    for event in train(run):
        if isinstance(event, Backward):
            scales.add(run.network.loss_scale.value)
        elif isinstance(event, Updated | Skipped):
            windows.append(scales)
            scales = set()
    assert {len(scales) for scales in windows} == {1}
    assert len(set.union(*windows)) > 1


def test_micro_batches_in_float16_add_up_as_with_grad_scaler(float16_on_the_cpu):
    run = float16_run(2.0**12, gradients={"accumulate": 4})
    plain = copy.deepcopy(run.model)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**12)
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1)
    for inputs, targets in islice(batches(run, 1, 64), 4):
        loss = F.cross_entropy(outputs_of(plain, inputs, torch.float16), targets)
        scaler.scale(loss / 4).backward()
    scaler.unscale_(optimizer)
    list(iter_until(train(run), Updated))
    gradient = torch.cat([parameter.grad.reshape(-1) for parameter in plain.parameters()])
    torch.testing.assert_close(run.buffer.used, gradient, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("stop", range(5, 60, 9))
@pytest.mark.parametrize("kind", ["bfloat16", "float16"])
def test_a_run_in_16_bits_resumes_bit_for_bit(float16_on_the_cpu, tmp_path, kind, stop):
    settings = {"gradients": {"accumulate": 2}, "optimizer": {"kind": "adam", "lr": 0.01}}
    run = float16_run(**settings) if kind == "float16" else TrainingRun(in_precision(kind, **settings))
    events = train(run)
    for event in islice(events, stop):
        last = event
    while not isinstance(last, Backward | Updated | Skipped):
        last = next(events)
    checkpoint.save(run, tmp_path / "half.safetensors")
    resumed, _ = checkpoint.load(tmp_path / "half.safetensors")
    assert [repr(event) for event in events] == [repr(event) for event in train(resumed)]
    assert torch.equal(weights(run.model), weights(resumed.model))
    if kind == "float16":
        assert run.network.loss_scale == resumed.network.loss_scale
        assert run.counters.skipped == resumed.counters.skipped > 0


def test_an_infinite_gradient_that_never_leaves_the_buffer_ends_the_run_as_diverged(float16_on_the_cpu):
    run = float16_run(4.0, gradients={"zero": "never"})
    events = train(run)
    list(iter_until(events, Backward))
    run.buffer.used[0] = float("inf")
    *rest, ending = events
    skips = [event for event in rest if not isinstance(event, Forward | Backward)]
    assert skips == [Skipped(0, 2.0), Skipped(0, 1.0)]  # no smaller scale helps
    assert ending.reason == "diverged"
    assert ending.cause.endswith("the gradient of hidden1.weight is not finite")


def test_the_scale_doubles_after_many_windows_in_a_row_as_that_of_grad_scaler():
    ours = LossScale(8.0)
    theirs = torch.amp.GradScaler("cpu", init_scale=8.0)
    assert theirs.get_growth_interval() == STEADY
    assert LossScale().value == torch.amp.GradScaler("cpu").get_scale()
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight])
    for window in range(2 * STEADY + 3):
        overflows = window == STEADY - 1
        weight.grad = torch.tensor([float("inf") if overflows else 1.0])
        theirs.scale(torch.ones(1))
        theirs.step(optimizer)
        theirs.update()
        ours.shrink() if overflows else ours.grow()
        assert ours.value == theirs.get_scale()
    assert ours.value == 8.0
    assert asdict(ours)["steady"] == 3


@pytest.mark.parametrize(("present", "hint"), [(("cpu",), ""), (("cpu", "cuda"), ", training.device = cuda")])
def test_float16_on_the_cpu_is_refused_in_one_clear_line(monkeypatch, present, hint):
    monkeypatch.setattr("gradlab.training.checks.devices", lambda: present)
    with pytest.raises(InputError) as refused:
        TrainingRun(in_precision("float16"))
    assert str(refused.value) == (
        "training.precision = float16 needs a GPU, and this run computes on the CPU; "
        f"allowed here: float32, bfloat16{hint}"
    )
    assert refused.value.key == "training.precision"


def test_runs_in_16_bits_are_not_stacked():
    assert fits(TrainingRun(in_precision("float32"))) is not None
    assert fits(TrainingRun(in_precision("bfloat16"))) is None


def test_the_precision_cannot_change_while_a_run_goes_on():
    run = TrainingRun(in_precision("float32"))
    with pytest.raises(InputError, match=r"training\.precision = bfloat16 needs a reset"):
        run.change(run.experiment.with_value("training.precision", "bfloat16"))


def iter_until(events, kind):
    for event in events:
        yield event
        if isinstance(event, kind):
            return
