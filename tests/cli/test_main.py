"""The command line: the files of a run, exit codes, one clear line for bad input."""

import csv
import errno
import json
import os
import signal
import subprocess
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from command_line import command, gradlab, running, table, wait_for_rows, write_experiment
from safetensors.numpy import load_file

from gradlab.cli import run
from gradlab.cli.main import main
from gradlab.experiment.files import load
from gradlab.runs import lockstep

SMALL = "[training]\nepochs = 3\nmeasure_every = 7\ndevice = 'cpu'\n"
FILES = {
    "experiment.toml",
    "epochs.csv",
    "updates.csv",
    "layers.csv",
    "confusion.csv",
    "findings.json",
    "summary.json",
    "weights.safetensors",
}


def assert_close(path: Path, other: Path) -> None:
    """Two tables with the same numbers, but for rounding."""
    fields, expected = ([field for row in table(name) for field in row.values()] for name in (path, other))
    for one, two in zip(fields, expected, strict=True):
        assert one == two or float(one) == pytest.approx(float(two), rel=1e-4), path.name


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    result = gradlab("run", write_experiment(folder, SMALL), "--out", folder / "out")
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    return folder / "out"


def test_a_run_writes_the_files_of_the_contract(finished):
    assert {path.name for path in finished.iterdir()} == FILES


def test_the_tables_have_the_columns_of_the_contract(finished):
    headers = {
        name: (finished / name).read_text().splitlines()[0]
        for name in ("epochs.csv", "updates.csv", "layers.csv")
    }
    assert headers == {
        "epochs.csv": "epoch,update,samples,train_loss,train_accuracy,val_loss,val_accuracy,val_precision,"
        "val_recall,val_f1,lr",
        "updates.csv": "update,epoch,samples,loss,lr,grad_norm,clipped_norm,update_ratio",
        "layers.csv": "update,layer,grad_norm,grad_mean_abs,zero_share,update_ratio",
    }


def test_rows_are_one_per_epoch_update_and_measured_layer(finished):
    epochs, updates, layers = (table(finished / f"{name}.csv") for name in ("epochs", "updates", "layers"))
    assert [int(row["epoch"]) for row in epochs] == [0, 1, 2, 3]
    per_epoch = -(-int(epochs[1]["samples"]) // 32)
    assert [int(row["update"]) for row in updates] == list(range(1, 3 * per_epoch + 1))
    measured = [int(row["update"]) for row in updates if row["update_ratio"]]
    assert measured == list(range(7, 3 * per_epoch + 1, 7))
    assert [(int(row["update"]), row["layer"]) for row in layers] == [
        (update, layer) for update in measured for layer in ("hidden1", "output")
    ]


def test_epoch_losses_are_the_sample_weighted_means_of_the_updates(finished):
    epochs, updates = table(finished / "epochs.csv"), table(finished / "updates.csv")
    for epoch in (1, 2, 3):
        rows = [row for row in updates if int(row["epoch"]) == epoch]
        samples = np.diff([int(epochs[epoch - 1]["samples"]), *(int(row["samples"]) for row in rows)])
        mean = np.average([float(row["loss"]) for row in rows], weights=samples)
        assert float(epochs[epoch]["train_loss"]) == pytest.approx(mean, rel=1e-9)


def test_layer_norms_add_up_to_the_whole_gradients_norm(finished):
    norms = {row["update"]: float(row["grad_norm"]) for row in table(finished / "updates.csv")}
    layers = table(finished / "layers.csv")
    for update in {row["update"] for row in layers}:
        squares = [float(row["grad_norm"]) ** 2 for row in layers if row["update"] == update]
        assert sum(squares) ** 0.5 == pytest.approx(norms[update], rel=1e-5)


def test_the_confusion_matrix_agrees_with_the_last_epochs_metrics(finished):
    with (finished / "confusion.csv").open(newline="") as file:
        header, *rows = list(csv.reader(file))
    counts = np.array(rows, dtype=int)
    last = table(finished / "epochs.csv")[-1]
    assert header == [str(digit) for digit in range(10)]
    assert counts.shape == (10, 10)
    assert np.trace(counts) / counts.sum() == float(last["val_accuracy"])
    assert np.mean(np.diag(counts) / counts.sum(axis=1)) == pytest.approx(float(last["val_recall"]))


def test_the_summary_says_how_it_ended_and_with_what(finished):
    summary = json.loads((finished / "summary.json").read_text())
    last = table(finished / "epochs.csv")[-1]
    assert summary["stop_reason"] == "finished"
    assert (summary["epochs"], summary["updates"]) == (3, int(last["update"]))
    assert summary["val_loss"] == float(last["val_loss"])
    assert summary["train_loss"] == float(last["train_loss"])
    assert {"gradlab", "python", "torch"} <= set(summary["versions"])
    assert json.loads((finished / "findings.json").read_text()) == []


def test_the_written_experiment_repeats_the_run_number_by_number(finished, tmp_path):
    result = gradlab("run", finished / "experiment.toml", "--out", tmp_path)
    assert result.returncode == 0
    for name in ("epochs.csv", "updates.csv", "layers.csv", "confusion.csv", "weights.safetensors"):
        assert (finished / name).read_bytes() == (tmp_path / name).read_bytes()


def test_the_weights_are_those_of_the_model(finished):
    weights = load_file(finished / "weights.safetensors")
    assert {name: value.shape for name, value in weights.items()} == {
        "hidden1.weight": (32, 64),
        "hidden1.bias": (32,),
        "output.weight": (10, 32),
        "output.bias": (10,),
    }


def test_regression_without_validation_leaves_those_columns_empty(tmp_path):
    text = "[data]\nsource = 'diabetes'\nvalidation = 0.0\n[model]\nkind = 'linear'\n[training]\nepochs = 1\n"
    assert gradlab("run", write_experiment(tmp_path, text), "--out", tmp_path / "out").returncode == 0
    for row in table(tmp_path / "out" / "epochs.csv"):
        assert row["train_loss"]
        assert {row[name] for name in row if name.startswith("val_")} | {row["train_accuracy"]} == {""}
    assert (tmp_path / "out" / "confusion.csv").read_text().strip() == ""


def test_a_diverged_run_says_where_and_still_writes_everything(tmp_path):
    text = "[model]\nhidden=[64, 64, 64]\ninit='large'\n[optimizer]\nlr = 1000.0\n"
    result = gradlab("run", write_experiment(tmp_path, text), "--out", tmp_path / "out")
    assert result.returncode == 0
    assert "diverged at update" in result.stderr
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["stop_reason"] == "diverged"
    assert "update" in summary["cause"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES


def test_early_stopping_writes_the_best_epochs_weights_and_numbers(tmp_path):
    text = (
        "[data]\nsource='moons'\nsamples=100\nnoise=0.4\n[model]\nhidden=[64, 64]\n"
        "[optimizer]\nkind='adam'\nlr=0.02\n[training]\nepochs=100\nbatch_size=16\npatience=5\n"
    )
    assert gradlab("run", write_experiment(tmp_path, text), "--out", tmp_path / "out").returncode == 0
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    losses = [float(row["val_loss"]) for row in table(tmp_path / "out" / "epochs.csv")]
    assert summary["stop_reason"] == "early_stopping"
    assert summary["best_epoch"] == 1 + int(np.argmin(losses[1:]))
    assert summary["epochs"] == summary["best_epoch"] + 5
    assert summary["val_loss"] == pytest.approx(min(losses[1:]), rel=1e-6)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals between processes")
def test_a_stopped_run_ends_after_the_update_and_writes_everything(tmp_path, number, code):
    path = write_experiment(tmp_path, "[training]\nepochs = 1000000\n")
    with running(command("run", path, "--out", tmp_path / "out"), stderr=subprocess.PIPE) as process:
        wait_for_rows(process, tmp_path / "out" / "epochs.csv", 3)
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == code
    assert "Traceback" not in errors
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["stop_reason"] == "interrupted"
    assert int(table(tmp_path / "out" / "updates.csv")[-1]["update"]) == summary["updates"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES | {"checkpoint.safetensors"}


def test_a_folder_that_holds_something_is_refused_unless_told_to_overwrite(finished, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "my notes.txt").write_text("keep me")
    path = write_experiment(tmp_path, SMALL)
    refused = gradlab("run", path, "--out", out)
    assert refused.returncode == 2
    assert "not empty" in refused.stderr
    assert "--overwrite" in refused.stderr
    assert gradlab("run", path, "--out", out, "--overwrite").returncode == 0
    assert (out / "my notes.txt").read_text() == "keep me"
    assert {path.name for path in out.iterdir()} == FILES | {"my notes.txt"}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[optimizer]\nlr = -1", "optimizer.lr = -1"),
        ("[data]\nsource = 'csv'\npath = 'none.csv'", "none.csv"),
        ("[data]\nsource = 'iris'\n[model]\nkind = 'cnn'", "model.kind = cnn needs pictures"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(tmp_path, text, part):
    result = gradlab("run", write_experiment(tmp_path, text), "--out", tmp_path / "out")
    assert result.returncode == 2
    assert result.stdout == ""
    assert part in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_settings_can_be_changed_on_the_command_line(tmp_path):
    path = write_experiment(tmp_path, SMALL)
    changes = ["--set", "training.epochs=1", "--set", "gradients.zero=never", "--set", "model.hidden=[8]"]
    assert gradlab("run", path, "--out", tmp_path / "out", *changes).returncode == 0
    written = load(tmp_path / "out" / "experiment.toml")
    assert (written.training.epochs, written.gradients.zero, written.model.hidden) == (1, "never", (8,))
    refused = gradlab("run", path, "--out", tmp_path / "other", "--set", "training.epoch=1")
    assert refused.returncode == 2
    assert "did you mean training.epochs?" in refused.stderr


def test_doctor_tells_versions_and_devices():
    result = gradlab("doctor")
    assert result.returncode == 0
    for word in ("gradlab", "torch", "devices", "cpu"):
        assert word in result.stdout


TABLES = ("epochs.csv", "updates.csv", "layers.csv", "confusion.csv", "weights.safetensors")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals between processes")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_resumed_run_has_the_same_tables_as_if_it_had_never_stopped(tmp_path, number):
    text = (
        "[model]\nhidden=[128, 128]\ndropout=0.2\n[training]\nepochs = 150\n"
        "[gradients]\naccumulate=3\ntail='carry'\nscale='mean'\n"
    )
    path = write_experiment(tmp_path, text)
    with running(command("run", path, "--out", tmp_path / "out"), stderr=subprocess.DEVNULL) as process:
        wait_for_rows(process, tmp_path / "out" / "epochs.csv", 10)
        process.send_signal(number)
        process.wait(timeout=30)
    assert process.returncode != 0
    assert gradlab("run", "--resume", tmp_path / "out").returncode == 0
    assert gradlab("run", path, "--out", tmp_path / "whole").returncode == 0
    for name in (*TABLES, "findings.json"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert {file.name for file in (tmp_path / "out").iterdir()} == FILES
    again = gradlab("run", "--resume", tmp_path / "out")
    assert again.returncode == 0
    assert "nothing to resume" in again.stderr


def test_variants_and_replicas_have_their_own_folders_and_equal_their_single_runs(tmp_path):
    slow = SMALL + "[optimizer]\nlr = 0.003\n"  # numbers that do not blow up, and rounding with them
    text = (
        slow + "[[variants]]\nname = 'kept'\n[[variants]]\nname = 'never zeroed'\ngradients.zero = 'never'\n"
    )
    out = tmp_path / "out"
    assert (
        gradlab("run", write_experiment(tmp_path, "seed = 7\nreplicas = 2\n" + text), "--out", out).returncode
        == 0
    )
    runs = json.loads((out / "summary.json").read_text())["runs"]
    assert [run["folder"] for run in runs] == [
        f"{name}/seed-{seed}" for name in ("kept", "never zeroed") for seed in (7, 8)
    ]
    single = write_experiment(tmp_path, slow)
    changes = ["--set", "seed=8", "--set", "gradients.zero=never"]
    assert gradlab("run", single, "--out", tmp_path / "single", *changes).returncode == 0
    together = out / "never zeroed" / "seed-8"
    for name in TABLES:
        if name.endswith(".csv"):
            # Replicas are trained in one computation, which rounds a little differently.
            assert_close(together / name, tmp_path / "single" / name)
    weights = load_file(tmp_path / "single" / "weights.safetensors")
    for name, tensor in load_file(together / "weights.safetensors").items():
        np.testing.assert_allclose(tensor, weights[name], rtol=1e-4, atol=1e-6)


def test_what_is_wrong_is_told_in_a_line_with_what_to_try(tmp_path):
    path = write_experiment(tmp_path, SMALL)
    never = ["--set", "gradients.zero=never", "--set", "optimizer.lr=0.001"]
    result = gradlab("run", path, "--out", tmp_path / "out", *never)
    assert (result.returncode, result.stdout) == (0, "")
    line, *_ = result.stderr.splitlines()
    assert line.startswith("gradlab: problem: Gradients are not cleared: since update 2 ")
    assert line.endswith(" Try --set gradients.zero=every_update")
    first, *_ = json.loads((tmp_path / "out" / "findings.json").read_text())
    assert first["text"] in line
    assert list(first) == [
        "id",
        "level",
        "since_update",
        "epoch",
        "layer",
        "evidence",
        "text",
        "advice",
        "leads_to",
        "lesson",
    ]


def test_findings_of_several_runs_are_told_once_and_in_five_lines_at_most(tmp_path):
    text = "replicas = 2\n" + SMALL + "[data]\nleak = 0.5\n"
    faults = {
        "kept": "",
        "never": "gradients.zero = 'never'",
        "late": "gradients.zero = 'after_backward'",
        "sum": "gradients = {accumulate = 4, scale = 'sum'}\noptimizer.lr = 0.001",
        "mean": "gradients = {accumulate = 4, scale = 'mean'}\noptimizer.lr = 0.001",
        "head": "model.freeze = ['hidden1']",
        "still": "optimizer.lr = 0.0",
    }
    text += "".join(f"[[variants]]\nname = '{name}'\n{fault}\n" for name, fault in faults.items())
    result = gradlab("run", write_experiment(tmp_path, text), "--out", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    lines = [line for line in result.stderr.splitlines() if "diverged" not in line]
    assert 1 < len(lines) <= 5
    assert any(
        "kept/seed-0 and 13 more: problem: " in line and "--set data.leak=0.0" in line for line in lines
    )
    assert lines[-1].startswith("gradlab: and ")
    for name in faults:
        for seed in (0, 1):
            found = json.loads((tmp_path / "out" / name / f"seed-{seed}" / "findings.json").read_text())
            assert "leaked" in [finding["id"] for finding in found]


def test_resuming_what_is_no_run_is_one_clear_line(tmp_path):
    result = gradlab("run", "--resume", tmp_path)
    assert result.returncode == 2
    assert "holds no run" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["mine.toml"], "needs EXPERIMENT.toml and --out DIR, or --resume DIR"),
        (["--out", "there"], "needs EXPERIMENT.toml and --out DIR, or --resume DIR"),
        (["mine.toml", "--resume", "there"], "--resume DIR goes with nothing else"),
        (["--resume", "there", "--out", "here"], "--resume DIR goes with nothing else"),
        (["--resume", "there", "--set", "seed=1"], "--resume DIR goes with nothing else"),
        (["--resume", "there", "--overwrite"], "--resume DIR goes with nothing else"),
    ],
)
def test_what_to_train_is_asked_for_in_one_of_two_ways(capsys, arguments, told):
    assert main(["run", *arguments]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("gradlab: run: ")
    assert told in line


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """Return a function that runs an experiment whose training ends with an error."""

    def train(error):
        def fails(*_):
            raise error

        monkeypatch.setattr(lockstep, "train_together", fails)
        return main(["run", str(write_experiment(tmp_path, SMALL)), "--out", str(tmp_path / "out")])

    return train


def test_a_disk_that_is_full_is_one_line(broken, tmp_path, capsys):
    assert broken(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) == 2
    told = capsys.readouterr().err
    assert told == f"gradlab: {tmp_path / 'out'}: cannot be written: No space left on device\n"


def test_memory_that_runs_out_is_one_line_with_what_to_do(broken, capsys):
    assert broken(RuntimeError("can't allocate memory")) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("gradlab: The memory of cpu ran out with a batch size of 32; choose a smaller")


def test_any_other_error_is_left_to_who_looks_for_its_cause(broken):
    with pytest.raises(RuntimeError, match="is a bug"):
        broken(RuntimeError("this is a bug"))


def test_a_process_that_does_not_write_leaves_what_is_done_to_the_one_that_does(
    finished, monkeypatch, capsys
):
    quiet = lockstep.Alone()
    quiet.writes = False
    monkeypatch.setattr(run, "_team", lambda _: nullcontext(quiet))
    before = {path.name: path.stat().st_mtime_ns for path in finished.iterdir()}
    assert main(["run", "--resume", str(finished)]) == 0
    assert capsys.readouterr().err == ""
    assert {path.name: path.stat().st_mtime_ns for path in finished.iterdir()} == before


def test_a_file_is_no_folder_for_results(tmp_path, capsys):
    path = write_experiment(tmp_path, SMALL)
    for out, told in ((path, "is a file; allowed: a new"), (path / "out", "cannot be written: Not a dir")):
        assert main(["run", str(path), "--out", str(out), "--overwrite"]) == 2
        assert f"gradlab: --out {out}: {told}" in capsys.readouterr().err
    assert path.read_text() == SMALL
