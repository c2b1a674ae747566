"""A sweep: the product equals the single runs, however and wherever they are trained."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from command_line import command, gradlab, running, table, wait_for_rows, write_experiment
from joblib.externals.loky.process_executor import BrokenProcessPool

from gradlab.cli.main import main
from gradlab.cli.sweep import split_values
from gradlab.errors import InputError
from gradlab.experiment.files import build
from gradlab.runs.sweep import RunOutcome, SweepTable, dask_cluster, plan, this_machine, train_all

SMALL = "[model]\nhidden = [8]\n[training]\nepochs = 2\nmeasure_every = 7\ndevice = 'cpu'\n"
FILES = ("experiment.toml", "epochs.csv", "updates.csv", "layers.csv", "confusion.csv", "weights.safetensors")


@pytest.mark.parametrize("where", ["processes", "dask", "one after the other"])
def test_the_product_equals_the_single_runs_byte_by_byte(tmp_path, where):
    if where == "dask":
        pytest.importorskip("distributed")
    path, out = write_experiment(tmp_path, SMALL), tmp_path / "out"
    place = {"processes": ["--jobs", 2], "dask": ["--jobs", 2, "--dask", "local"]}.get(where, ["--jobs", 1])
    sets = ["--set", "optimizer.lr=0.01,0.1", "--set", "model.hidden=[4],[4, 3]"]
    result = gradlab("sweep", path, *sets, "--seeds", 2, "--out", out, *place)
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    rows = table(out / "sweep.csv")
    asked = [(lr, hidden, seed) for lr in ("0.01", "0.1") for hidden in ("[4]", "[4, 3]") for seed in "01"]
    assert [(row["optimizer.lr"], row["model.hidden"], row["seed"]) for row in rows] == asked
    assert {file.name for file in out.iterdir()} == {row["folder"] for row in rows} | {"sweep.csv"}
    for row in (rows[1], rows[6]):
        single = tmp_path / f"single{row['seed']}"
        keys = ("optimizer.lr", "model.hidden", "seed")
        changes = [part for key in keys for part in ("--set", f"{key}={row[key]}")]
        assert main(["run", str(path), "--out", str(single), *changes]) == 0
        for name in FILES:
            assert (out / row["folder"] / name).read_bytes() == (single / name).read_bytes(), name


def test_the_table_repeats_each_runs_summary(tmp_path):
    sets = ["--set", "gradients.zero=every_update,never", "--set", "optimizer.lr=0.1,1000"]
    assert (
        main(
            [
                "sweep",
                str(write_experiment(tmp_path, SMALL)),
                *sets,
                "--out",
                str(tmp_path / "out"),
                "--jobs",
                "1",
            ]
        )
        == 0
    )
    rows = table(tmp_path / "out" / "sweep.csv")
    assert len(rows) == 4
    for row in rows:
        summary = json.loads((tmp_path / "out" / row["folder"] / "summary.json").read_text())
        for name in ("stop_reason", "best_epoch", "epochs", "updates", "seconds", "train_loss", "val_f1"):
            assert row[name] == ("" if summary.get(name) is None else str(summary[name])), name
        assert row["error"] == ""


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--set", "optimizer.lr=0.1,-1"], "optimizer.lr = -1"),
        (["--set", "optimizer.rate=0.1"], "optimizer.rate"),
        (["--set", "optimizer.lr"], "KEY=VALUE"),
        (["--set", "optimizer.lr=0.1,,0.2"], "a value is missing"),
        (["--set", "optimizer.lr=1,1.0"], "asked for twice"),
        (["--set", "optimizer.lr=1", "--set", "optimizer.lr=2"], "given twice"),
        (["--set", "model.kind=mlp,gru"], "model.kind=gru"),
        (["--set", "seed=1,2", "--seeds", "2"], "--seeds"),
        (["--set", "replicas=2"], "replicas"),
        (["--seeds", "none"], "--seeds none"),
        (["--jobs", "0"], "--jobs 0"),
        (["--dask", "somewhere"], "--dask somewhere"),
        (["--resume", "--overwrite"], "without each other"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two_before_anything_is_trained(
    tmp_path, capsys, arguments, part
):
    out = tmp_path / "out"
    assert main(["sweep", str(write_experiment(tmp_path, SMALL)), "--out", str(out), *arguments]) == 2
    text = capsys.readouterr().err
    assert part in text
    assert len(text.strip().splitlines()) == 1
    assert not out.exists()


def test_a_failed_run_has_a_row_and_the_others_go_on(tmp_path, capsys):
    arguments = [
        "sweep",
        str(write_experiment(tmp_path, SMALL)),
        "--seeds",
        "3",
        "--jobs",
        "1",
        "--out",
        str(tmp_path / "out"),
    ]
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "seed=1").write_text("in the way")
    assert main([*arguments, "--resume"]) == 1
    rows = table(tmp_path / "out" / "sweep.csv")
    assert [(row["seed"], row["stop_reason"], bool(row["error"])) for row in rows] == [
        ("0", "finished", False),
        ("1", "", True),
        ("2", "finished", False),
    ]
    assert "seed=1: failed" in capsys.readouterr().err
    (tmp_path / "out" / "seed=1").unlink()
    before = {seed: (tmp_path / "out" / f"seed={seed}" / "summary.json").read_bytes() for seed in (0, 2)}
    assert main([*arguments, "--resume"]) == 0
    assert [row["stop_reason"] for row in table(tmp_path / "out" / "sweep.csv")] == ["finished"] * 3
    for seed, summary in before.items():
        assert (tmp_path / "out" / f"seed={seed}" / "summary.json").read_bytes() == summary


def test_resuming_refuses_the_runs_of_another_experiment(tmp_path, capsys):
    arguments = [
        "sweep",
        str(write_experiment(tmp_path, SMALL)),
        "--jobs",
        "1",
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(arguments) == 0
    assert main(arguments) == 2
    assert "not empty" in capsys.readouterr().err
    write_experiment(tmp_path, SMALL.replace("[8]", "[9]"))
    assert main([*arguments, "--resume"]) == 2
    assert "another experiment" in capsys.readouterr().err
    assert main([*arguments, "--overwrite"]) == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals between processes")
@pytest.mark.parametrize(("place", "number"), [("processes", signal.SIGINT), ("dask", signal.SIGTERM)])
def test_a_stopped_sweep_keeps_what_is_done_and_goes_on_to_the_same_tables(tmp_path, place, number):
    if place == "dask":
        pytest.importorskip("distributed")
    path, out = write_experiment(tmp_path, SMALL), tmp_path / "out"
    sweep = [path, "--set", "training.epochs=1,400,500", "--jobs", 2, "--out", out]
    sweep += ["--dask", "local"] if place == "dask" else []
    with running(command("sweep", *sweep), stderr=subprocess.PIPE) as process:
        wait_for_rows(process, out / "sweep.csv", 1)
        time.sleep(0.6)  # into the long runs
        # Ctrl+C in a terminal reaches the workers too.
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        _, errors = process.communicate(timeout=40)
    assert process.returncode == 128 + number, errors
    assert "Traceback" not in errors
    first, *others = table(out / "sweep.csv")
    assert first["stop_reason"] == "finished"
    assert "interrupted" in {row["stop_reason"] for row in others}
    resumed = gradlab("sweep", *sweep, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    rows = table(out / "sweep.csv")
    assert [(row["stop_reason"], row["epochs"]) for row in rows] == [
        ("finished", epochs) for epochs in ("1", "400", "500")
    ]
    assert main(["run", str(path), "--out", str(tmp_path / "one"), "--set", "training.epochs=400"]) == 0
    for name in FILES:
        assert (out / rows[1]["folder"] / name).read_bytes() == (tmp_path / "one" / name).read_bytes(), name


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0.1,0.2", ["0.1", "0.2"]),
        ("[8],[16, 16]", ["[8]", "[16, 16]"]),
        ("'a,b',\"c,'d\", e", ["'a,b'", '"c,\'d"', "e"]),
        ("", [""]),
    ],
)
def test_values_are_split_at_commas_outside_brackets_and_quotes(text, values):
    assert split_values(text) == values


def test_folder_names_differ_also_where_a_system_ignores_case_and_signs_are_replaced():
    experiment = build({"data": {"source": "digits"}})
    texts = ["a", "A", "a b", "a_b", "a/b", "ä", "Ä", "x" * 300, "x" * 299]
    names = [run.name for run in plan(experiment, {"name": texts}, 2)]
    assert len({name.lower() for name in names}) == len(names) == 2 * len(texts)
    assert all("/" not in name and len(name) < 140 for name in names)


def test_a_variant_has_no_place_in_a_sweep():
    experiment = build({"variants": [{"name": "a"}, {"name": "b"}]})
    with pytest.raises(InputError, match="variants"):
        plan(experiment, {}, 1)


def test_switches_are_named_as_in_the_experiment_file():
    runs = plan(build({"optimizer": {"momentum": 0.9}}), {"optimizer.nesterov": [True, False]}, 1)
    assert [run.name for run in runs] == ["optimizer.nesterov=true_seed=0", "optimizer.nesterov=false_seed=0"]


def test_runs_that_never_began_have_no_folder_and_no_row(tmp_path):
    planned = plan(build({"training": {"epochs": 1}}), {}, 2)
    table_file = SweepTable(tmp_path, planned)
    with this_machine(1) as place:
        place.stop()
        for outcome in train_all(planned, tmp_path, place, lambda: True):
            table_file.add(outcome)
    assert [path.name for path in tmp_path.iterdir()] == ["sweep.csv"]
    assert table(tmp_path / "sweep.csv") == []


@pytest.mark.parametrize("stopped", [False, True])
def test_a_process_that_is_ended_from_outside_is_told_unless_the_sweep_was_stopped(
    tmp_path, capsys, monkeypatch, stopped
):
    def one_ends(planned, *_):
        yield RunOutcome(planned[0].name, {"stop_reason": "finished"})
        if stopped:
            signal.raise_signal(signal.SIGTERM)
        raise BrokenProcessPool("A worker was abruptly terminated")

    monkeypatch.setattr("gradlab.runs.sweep.train_all", one_ends)
    arguments = [str(write_experiment(tmp_path, SMALL)), "--seeds", "2", "--out", str(tmp_path / "out")]
    assert main(["sweep", *arguments]) == (143 if stopped else 1)
    told = capsys.readouterr()
    assert ("ended from outside, perhaps for want of memory" in told.out + told.err) != stopped
    assert "1 of 2 runs failed" in told.err
    assert [row["seed"] for row in table(tmp_path / "out" / "sweep.csv")] == ["0"]


def test_a_table_that_cannot_be_written_is_one_line(tmp_path, capsys, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(SweepTable, "write", full)
    arguments = [str(write_experiment(tmp_path, SMALL)), "--out", str(tmp_path / "out")]
    assert main(["sweep", *arguments]) == 2
    assert (
        capsys.readouterr().err
        == f"gradlab: {tmp_path / 'out'}: cannot be written: No space left on device\n"
    )


# --- a Dask cluster ---


@pytest.fixture
def dask(tmp_path, capsys):
    """Return a function that sweeps on the cluster at an address and returns the exit code and what is told."""

    def sweep(address):
        arguments = ["--out", str(tmp_path / "out"), "--dask", address]
        code = main(["sweep", str(write_experiment(tmp_path, SMALL)), *arguments])
        return code, capsys.readouterr().err

    return sweep


def test_where_dask_is_not_installed_a_line_says_how_to_get_it(dask, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, told = dask("local")
    assert code == 2
    assert told.startswith("gradlab: --dask: the package distributed is not installed; allowed here: --jobs")


@pytest.fixture
def cluster(monkeypatch):
    """A Dask client that is told what its scheduler does: ``refuses`` it, has no ``workers``, or neither."""
    made = SimpleNamespace(refuses=False, workers=1, closed=0, address="")

    class Client:
        def __init__(self, address, timeout, set_as_default):
            assert timeout > 0
            assert not set_as_default
            made.address = address
            if made.refuses:
                raise OSError("Timed out during handshake\nwhile connecting")

        def wait_for_workers(self, count, timeout):
            if made.workers < count:
                raise TimeoutError(f"Only {made.workers}/{count} workers arrived after {timeout} s")

        def close(self):
            made.closed += 1

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.close()

    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=Client))
    return made


def test_a_scheduler_that_does_not_answer_is_one_line(dask, cluster):
    cluster.refuses = True
    assert dask("10.0.0.7:8786") == (
        2,
        "gradlab: --dask 10.0.0.7:8786: no Dask cluster answers there: "
        "Timed out during handshake while connecting\n",
    )
    assert cluster.closed == 0


def test_a_cluster_without_workers_is_left_again(dask, cluster):
    cluster.workers = 0
    code, told = dask("10.0.0.7:8786")
    assert code == 2
    assert "no Dask cluster answers there: Only 0/1 workers arrived" in told
    assert cluster.closed == 1


def test_the_cluster_at_an_address_is_used_and_left_at_the_end(cluster):
    with dask_cluster("10.0.0.7:8786", 1) as place:
        assert cluster.address == "10.0.0.7:8786"
        assert place.client.wait_for_workers(1, 1) is None
        assert cluster.closed == 0
    assert cluster.closed == 1
