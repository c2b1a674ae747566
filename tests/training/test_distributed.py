"""Several processes under torchrun train as one process with as many times larger micro-batches."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from command_line import running, table, wait_for_rows, write_experiment
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file

from gradlab.cli.main import main
from gradlab.diagnosis.rules.base import RULES
from gradlab.training.distributed import share

# 97 rows: with two or three processes the last micro-batch is a single row, so that some get none.
KINDS = """
seed = 3
[data]
train_rows = 97
[model]
hidden = [12]
activation = "tanh"
[training]
epochs = 4
batch_size = 16
measure_every = 2
device = "cpu"
[[variants]]
name = "sgd"
optimizer = {momentum = 0.9, clip_norm = 0.5, schedule = "plateau"}
gradients.accumulate = 2
[[variants]]
name = "adam"
optimizer = {kind = "adam", lr = 0.01}
gradients = {accumulate = 3, scale = "mean", tail = "carry"}
[[variants]]
name = "left over"
optimizer.lr = 0.001
gradients = {accumulate = 2, zero = "never", scale = "sum", tail = "drop"}
[[variants]]
name = "stops early"
optimizer.lr = 3.0
training = {patience = 1, min_delta = 0.5, epochs = 30}
[[variants]]
name = "diverges"
optimizer.lr = 1000.0
model = {hidden = [64, 64, 64], init = "large", activation = "relu"}
[[variants]]
name = "number"
data.source = "diabetes"
optimizer.kind = "rmsprop"
optimizer.lr = 0.001
[[variants]]
name = "chunks"
data = {source = "sequence", pattern = "chirp", samples = 150}
model = {kind = "gru", chunk = 15, hidden = [6]}
"""
NAMES = re.findall(r'^name = "(.*)"', KINDS, re.MULTILINE)


def torchrun(processes: int, *arguments: object) -> list[str]:
    # As --standalone, but by number: a bare machine may not know the name localhost.
    here = ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0", "--local-addr", "127.0.0.1"]
    launch = ["torch.distributed.run", *here, "--nproc-per-node", processes, "-m", "gradlab", "run"]
    return [sys.executable, "-m", *map(str, (*launch, *arguments))]


def run(processes: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        torchrun(processes, *arguments), check=False, capture_output=True, text=True, timeout=100
    )


def assert_equal_tables(first: Path, second: Path) -> None:
    """Empty fields in the same places, and numbers that agree to 1e-5."""
    for name in ("epochs.csv", "updates.csv"):
        ours, theirs = table(first / name), table(second / name)
        assert len(ours) == len(theirs) > 1, name
        for one, other in zip(ours, theirs, strict=True):
            assert [key for key in one if one[key]] == [key for key in other if other[key]]
            numbers = {key: float(value) for key, value in other.items() if value}
            assert {key: float(one[key]) for key in numbers} == pytest.approx(numbers, rel=1e-5, abs=1e-6)


def assert_equal_findings(first: Path, second: Path) -> None:
    exact = {rule.name for rule in RULES if rule.kind == "exact"}
    ours, theirs = (
        [each for each in json.loads((folder / "findings.json").read_text()) if each["id"] in exact]
        for folder in (first, second)
    )
    assert [each["id"] for each in ours] == [each["id"] for each in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert (one["since_update"], one["advice"]) == (other["since_update"], other["advice"])
        assert one["evidence"] == pytest.approx(other["evidence"], rel=1e-3)


@pytest.fixture(scope="module", params=[2, 3])
def both(request, tmp_path_factory):
    """The folders of the same experiment, trained by several processes and by one."""
    folder = tmp_path_factory.mktemp("distributed")
    path = write_experiment(folder, KINDS)
    result = run(request.param, path, "--out", folder / "several")
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert result.stderr.count("gradlab: diverged") == 1
    size = ["--set", f"training.batch_size={16 * request.param}"]
    assert main(["run", str(path), "--out", str(folder / "one"), *size]) == 0
    return folder / "several", folder / "one"


@pytest.mark.parametrize("name", NAMES)
def test_several_processes_make_the_same_run_as_one_with_larger_batches(both, name):
    several, one = (folder / name for folder in both)
    assert {path.name for path in several.iterdir()} == {path.name for path in one.iterdir()}
    assert (several / "experiment.toml").read_text() == (one / "experiment.toml").read_text()
    ours, theirs = (json.loads((folder / "summary.json").read_text()) for folder in (several, one))
    assert (ours["stop_reason"], ours["updates"]) == (theirs["stop_reason"], theirs["updates"])
    assert ours["stop_reason"] == {"stops early": "early_stopping", "diverges": "diverged"}.get(
        name, "finished"
    )
    if name == "diverges":
        assert ours["cause"].split(":")[0] == theirs["cause"].split(":")[0]
        return
    assert ours["samples"] == theirs["samples"]
    assert_equal_tables(several, one)
    assert_equal_findings(several, one)
    weights = load_file(one / "weights.safetensors")
    for layer, ours in load_file(several / "weights.safetensors").items():
        np.testing.assert_allclose(ours, weights[layer], rtol=1e-5, atol=1e-5)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals between processes")
def test_all_processes_stop_after_the_same_update_and_resume_to_the_same_tables(tmp_path):
    text = (
        "[data]\ntrain_rows = 97\n[model]\nhidden=[16]\ndropout=0.3\n[training]\nbatch_size=8\nepochs=120\n"
        "device='cpu'\n[gradients]\naccumulate=3\ntail='carry'\n"
    )
    path, out = write_experiment(tmp_path, text), tmp_path / "out"
    with running(torchrun(2, path, "--out", out), stderr=subprocess.PIPE) as process:
        wait_for_rows(process, out / "epochs.csv", 3)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)
    assert process.returncode != 0
    summary = json.loads((out / "summary.json").read_text())
    assert summary["stop_reason"] == "interrupted"
    assert len(table(out / "updates.csv")) == summary["updates"]
    assert (out / "checkpoint.safetensors").exists()
    resumed = run(2, "--resume", out)
    assert resumed.returncode == 0, resumed.stderr
    assert run(2, path, "--out", tmp_path / "whole").returncode == 0
    assert len(table(out / "epochs.csv")) == 121
    for name in ("epochs.csv", "updates.csv", "layers.csv", "weights.safetensors"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_bad_input_is_said_once_and_ends_all_processes(tmp_path):
    path = write_experiment(
        tmp_path, "[data]\ntrain_rows=97\n[model]\nbatch_norm=true\n[training]\nbatch_size=16\n"
    )
    result = run(2, path, "--out", tmp_path / "out")
    assert result.returncode != 0
    lines = [line for line in result.stderr.splitlines() if line.startswith("gradlab:")]
    assert len(lines) == 1
    assert "batch normalization" in lines[0]
    assert not (tmp_path / "out").exists()


@given(rows=st.integers(0, 100), size=st.integers(1, 12))
def test_shares_are_all_rows_in_order_and_as_equal_as_can_be(rows, size):
    shares = [share(rows, rank, size) for rank in range(size)]
    assert [row for part in shares for row in part] == list(range(rows))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
