"""The policy gradient, against one that is written without GradLab: the same episodes, the same gradients."""

import copy

import numpy as np
import pytest
import torch
from plain_pytorch import drain, experiment, weights

from gradlab.errors import InputError
from gradlab.training import checkpoint
from gradlab.training.events import Backward, EpochEnded, EpochStarted, Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun
from gradlab.training.stack import fits


def maze(*, epochs=3, batch_size=32, kind="adam", lr=0.01, gradients=None, model=None, seed=0, **data):
    return experiment(
        seed=seed,
        data={"source": "maze", **data},
        model=model or {"hidden": [16]},
        optimizer={"kind": kind, "lr": lr},
        gradients=gradients or {},
        training={"epochs": epochs, "batch_size": batch_size, "device": "cpu"},
    )


def policy_gradient(run, inputs, targets):
    """The mean of advantage · ∇ −log π(action), row by row in double precision; for one hidden ReLU layer."""
    w1, b1, w2, b2 = (parameter.detach().double().numpy() for parameter in run.model.parameters())
    total = np.zeros(sum(part.size for part in (w1, b1, w2, b2)))
    for x, (action, advantage) in zip(inputs.double().numpy(), targets.double().numpy(), strict=True):
        hidden = np.maximum(w1 @ x + b1, 0)
        scores = w2 @ hidden + b2
        policy = np.exp(scores - scores.max())
        policy /= policy.sum()
        by_score = advantage * (policy - np.eye(4)[int(action)])
        by_hidden = (w2.T @ by_score) * (hidden > 0)
        own = (np.outer(by_hidden, x).ravel(), by_hidden, np.outer(by_score, hidden).ravel(), by_score)
        total += np.concatenate(own) / len(inputs)
    return total


@pytest.mark.parametrize("baseline", ["state", "mean", "none"])
@pytest.mark.parametrize("model", [{"hidden": [16]}, {"hidden": [16], "freeze": ["output"]}])
def test_the_gradient_is_the_policy_gradient_of_the_episodes(baseline, model):
    run = TrainingRun(maze(baseline=baseline, model=model, batch_size=100))
    seen = 0
    for event in train(run):
        if isinstance(event, Backward):
            rows = slice(run.position.epoch.position - 100, run.position.epoch.position)
            expected = policy_gradient(run, run.position.epoch.inputs[rows], run.position.epoch.targets[rows])
            learns = len(expected) if "freeze" not in model else 16 * 15 + 16
            np.testing.assert_allclose(run.buffer.used[:learns], expected[:learns], rtol=1e-4, atol=1e-7)
            seen += 1
    assert seen == 15


@pytest.mark.parametrize("zero", ["every_update", "never", "every_epoch"])
def test_a_run_is_plain_reinforce_on_the_same_episodes(zero):
    run = TrainingRun(maze(kind="sgd", lr=0.05, gradients={"zero": zero, "accumulate": 4}, batch_size=50))
    model = copy.deepcopy(run.model)
    optimizer = torch.optim.SGD(model.parameters(), 0.05)
    optimizer.zero_grad()
    for event in train(run):
        if isinstance(event, EpochStarted):
            start, ends = 0, iter((200, 400, 500))
            if zero == "every_epoch":
                optimizer.zero_grad()
        if isinstance(event, Updated):
            end = next(ends)
            states, targets = run.position.epoch.inputs[start:end], run.position.epoch.targets[start:end]
            start = end
            policy = torch.distributions.Categorical(logits=model(states))
            if zero == "every_update":
                optimizer.zero_grad()
            (-policy.log_prob(targets[:, 0]) * targets[:, 1]).mean().backward()
            optimizer.step()
            torch.testing.assert_close(weights(model), weights(run.model), rtol=1e-4, atol=1e-6)


def test_before_each_epoch_the_policy_of_that_moment_plays():
    run = TrainingRun(maze(epochs=2))
    played = []
    for event in train(run):
        if isinstance(event, EpochStarted):
            policy = run.objective.scores(run.evaluation.outputs(run.evaluation.rows[0]))
            played.append((run.rows.train, run.rows.reward, policy))
        if isinstance(event, EpochEnded) and event.epoch:
            assert event.reward == played[-1][1]
    assert len(played) == 2
    assert not torch.equal(played[0][0][0], played[1][0][0])
    assert len(played[0][0][0]) == 500


def test_the_same_seed_plays_the_same_episodes_and_another_does_not():
    one, same, other = (drain(TrainingRun(maze(seed=seed))) for seed in (1, 1, 2))
    assert repr(one) == repr(same) != repr(other)


@pytest.mark.parametrize(("kind", "count"), [(Updated, 3), (Backward, 7), (Backward, 30), (EpochEnded, 2)])
@pytest.mark.parametrize("model", [{"hidden": [16]}, {"hidden": [16], "dropout": 0.2, "batch_norm": True}])
def test_resuming_is_bit_identical_in_the_middle_of_an_epoch_too(tmp_path, kind, count, model):
    spec = maze(gradients={"accumulate": 3, "tail": "carry"}, model=model)
    whole = TrainingRun(spec)
    expected = [repr(event) for event in drain(whole)]
    run, seen = TrainingRun(spec), []
    for event in train(run):
        seen.append(event)
        if sum(isinstance(e, kind) for e in seen) == count:
            break
    checkpoint.save(run, tmp_path / "checkpoint.safetensors")
    resumed, _ = checkpoint.load(tmp_path / "checkpoint.safetensors")
    assert resumed.rows.reward == run.rows.reward
    seen += drain(resumed)
    assert [repr(event) for event in seen] == expected
    assert torch.equal(resumed.parameters.flat, whole.parameters.flat)


@pytest.mark.parametrize("seed", range(3))
def test_it_finds_the_way_from_everywhere(seed):
    ends = [
        event for event in drain(TrainingRun(maze(epochs=30, seed=seed))) if isinstance(event, EpochEnded)
    ]
    assert ends[0].reward < 0
    assert ends[-1].reward > 0.6
    assert ends[-1].counts.trace() == ends[-1].counts.sum() == 15


def test_runs_that_play_are_not_stacked():
    assert fits(TrainingRun(maze())) is None


@pytest.mark.parametrize(("key", "value"), [("loss", "mse"), ("class_weights", "balanced")])
def test_losses_that_need_right_answers_are_refused(key, value):
    with pytest.raises(InputError, match=rf"training.{key} = {value} .*allowed here") as caught:
        TrainingRun(experiment(data={"source": "maze"}, training={key: value, "device": "cpu"}))
    assert caught.value.key == f"training.{key}"
