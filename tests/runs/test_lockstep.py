"""Replicas trained in one computation leave the folders that their single runs would have left."""

import csv
import json
import shutil
from itertools import count

import pytest

from gradlab.experiment.files import build
from gradlab.runs import lockstep, replica_stack
from gradlab.training.events import Finished, Updated

SETTINGS = {
    "replicas": 4,
    "data": {"source": "moons", "samples": 120},
    "model": {"hidden": [6]},
    "optimizer": {"kind": "adam", "lr": 0.01},
    "gradients": {"accumulate": 3, "tail": "carry"},
    "training": {"epochs": 4, "batch_size": 7, "measure_every": 4, "device": "cpu"},
}
TABLES = ("epochs.csv", "updates.csv", "layers.csv", "confusion.csv")


def run(experiment, out, members=None, updates=None):
    """Train until the end, or until so many rounds were made; return the events."""
    members = members or lockstep.begin(experiment, out, "test")
    rounds = count()
    return list(
        lockstep.train_together(
            experiment, out, members, lambda: updates is not None and next(rounds) == updates
        )
    )


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return [field for row in csv.reader(file) for field in row]


def assert_same_tables(folder, other):
    for name in TABLES:
        for one, two in zip(rows(folder / name), rows(other / name), strict=True):
            assert one == two or float(one) == pytest.approx(float(two), rel=1e-5, abs=1e-7), name


def singles_of(experiment, out):
    """Train every replica by itself; return the folders by seed."""
    folders = {}
    for seed in range(experiment.seed, experiment.seed + experiment.replicas):
        folders[seed] = out / f"single-{seed}"
        run(experiment.model_copy(update={"replicas": 1, "seed": seed}), folders[seed])
    return folders


def summary(folder):
    whole = json.loads((folder / "summary.json").read_text())
    return {
        name: whole[name] for name in ("stop_reason", "cause", "best_epoch", "updates", "samples", "seed")
    }


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"training": {**SETTINGS["training"], "epochs": 40, "patience": 2}},
        {"model": {"hidden": [6], "dropout": 0.2}},  # not to be stacked
    ],
)
def test_replicas_write_the_tables_of_their_single_runs(tmp_path, change):
    experiment = build({**SETTINGS, **change})
    events = run(experiment, tmp_path / "out")
    for seed, single in singles_of(experiment, tmp_path).items():
        together = tmp_path / "out" / f"seed-{seed}"
        assert {path.name for path in together.iterdir()} == {path.name for path in single.iterdir()}
        assert summary(together) == summary(single)
        assert_same_tables(together, single)
    told = sum(isinstance(event, Updated) for event in events)
    assert told == sum(summary(tmp_path / "out" / f"seed-{seed}")["updates"] for seed in range(4))
    assert sum(isinstance(event, Finished) for event in events) == 4


def test_replicas_that_diverge_say_where_as_their_single_runs_do(tmp_path):
    experiment = build({**SETTINGS, "optimizer": {"lr": 1e3}, "model": {"hidden": [32, 32], "init": "large"}})
    run(experiment, tmp_path / "out")
    reasons = set()
    for seed, single in singles_of(experiment, tmp_path).items():
        assert summary(tmp_path / "out" / f"seed-{seed}") == summary(single)
        reasons.add(summary(single)["stop_reason"])
    assert "diverged" in reasons


@pytest.mark.parametrize("updates", [1, 7, 13])
def test_interrupted_replicas_are_stacked_again_and_end_as_if_never_stopped(tmp_path, updates):
    experiment = build(SETTINGS)
    run(experiment, tmp_path / "whole")
    endings = [
        event for event in run(experiment, tmp_path / "out", updates=updates) if isinstance(event, Finished)
    ]
    assert [ending.reason for ending in endings] == ["interrupted"] * 4
    members = lockstep.resume(tmp_path / "out")
    batches, alone = replica_stack.in_stacks(members)
    assert (len(batches), alone) == (1, [])
    run(experiment, tmp_path / "out", lockstep.resume(tmp_path / "out"))
    for seed in range(4):
        for name in (*TABLES, "weights.safetensors"):
            one, other = (tmp_path / part / f"seed-{seed}" / name for part in ("out", "whole"))
            assert one.read_bytes() == other.read_bytes(), name


def test_replicas_at_different_places_go_on_and_end_as_their_single_runs(tmp_path):
    experiment = build(SETTINGS)
    run(experiment, tmp_path / "out", updates=3)
    ahead = lockstep.resume(tmp_path / "out")[1]
    with ahead:
        for _ in range(5):
            list(ahead.to_the_next_update())
        ahead.save_checkpoint()
    members = lockstep.resume(tmp_path / "out")
    updates = [member.run.counters.updates for member in members]
    assert updates[1] > updates[0] == updates[2] == updates[3]
    assert len(replica_stack.in_stacks(lockstep.resume(tmp_path / "out"))[1]) == 1
    run(experiment, tmp_path / "out", members)
    for seed, single in singles_of(experiment, tmp_path).items():
        assert_same_tables(tmp_path / "out" / f"seed-{seed}", single)


def test_killed_replicas_are_stacked_again_and_end_as_if_never_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(replica_stack, "CHECKPOINT_SECONDS", 0.05)
    experiment = build({**SETTINGS, "training": {**SETTINGS["training"], "epochs": 100}})
    killed = tmp_path / "killed"
    for event in lockstep.train_together(
        experiment, tmp_path / "whole", lockstep.begin(experiment, tmp_path / "whole", "test"), lambda: False
    ):
        if isinstance(event, Updated) and event.update == 300 and not killed.exists():
            shutil.copytree(tmp_path / "whole", killed)  # what a killed process would leave
    members = lockstep.resume(killed)
    assert 1 < members[0].run.counters.updates <= 300
    assert len(replica_stack.in_stacks(members)[0]) == 1
    run(experiment, killed, lockstep.resume(killed))
    for seed in range(4):
        for name in (*TABLES, "weights.safetensors"):
            one, other = (tmp_path / part / f"seed-{seed}" / name for part in ("killed", "whole"))
            assert one.read_bytes() == other.read_bytes(), name


def test_each_variants_replicas_are_one_batch(tmp_path):
    variants = [{"name": "one"}, {"name": "other", "optimizer": {"lr": 0.1}}]
    experiment = build({**SETTINGS, "variants": variants})
    members = lockstep.begin(experiment, tmp_path, "test")
    batches, alone = replica_stack.in_stacks(members)
    assert (len(members), len(batches), alone) == (8, 2, [])


def test_a_single_run_is_no_batch(tmp_path):
    members = lockstep.begin(build({**SETTINGS, "replicas": 1}), tmp_path, "test")
    assert replica_stack.in_stacks(members) == ([], members)


def test_a_run_that_is_stopped_before_it_begins_has_a_summary_without_numbers_and_goes_on(tmp_path):
    experiment = build({**SETTINGS, "replicas": 1})
    [ending] = run(experiment, tmp_path / "out", updates=0)
    assert ending.reason == "interrupted"
    told = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (told["updates"], told["epochs"]) == (0, 0)
    assert "train_loss" not in told
    assert rows(tmp_path / "out" / "confusion.csv") == ["true_class", "upper", "lower"]  # and no counts
    run(experiment, tmp_path / "out", lockstep.resume(tmp_path / "out"))
    run(experiment, tmp_path / "whole")
    assert_same_tables(tmp_path / "out", tmp_path / "whole")


@pytest.mark.parametrize("begun", [True, False])
def test_a_run_without_a_checkpoint_is_resumed_from_its_start_with_its_own_settings(tmp_path, begun):
    experiment = build({**SETTINGS, "replicas": 2})
    run(experiment, tmp_path / "whole")
    out = shutil.copytree(tmp_path / "whole", tmp_path / "out")
    for name in ("summary.json", "weights.safetensors"):
        (out / "seed-1" / name).unlink()
    if not begun:
        shutil.rmtree(out / "seed-1")
    [member] = lockstep.resume(out)
    assert member.folder == out / "seed-1"
    assert (member.run.experiment.seed, member.run.counters.updates) == (1, 0)
    run(experiment, out, [member])
    assert_same_tables(out / "seed-1", tmp_path / "whole" / "seed-1")
