"""Own data on the command line: what is said of them, what is written, and data that change meanwhile."""

import csv
import json
import os
import shutil

import numpy as np
import pytest
from command_line import table
from own_data import picture_folder
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from sklearn.metrics import precision_recall_fscore_support

from gradlab.cli.main import main
from gradlab.datasets.base import SOURCES
from gradlab.datasets.fingerprint import fingerprint
from gradlab.experiment.files import load
from gradlab.experiment.sections.data import Data
from gradlab.runs import lockstep

ROWS = 40
SETTINGS = """[model]
hidden = [8]
[training]
epochs = 6
batch_size = 4
device = "cpu"
"""


def numbers(count=ROWS, seed=0):
    return np.random.default_rng(seed).normal(size=(count, 2)).round(3)


def lines_of(values, words=("cancer", "healthy"), names=("a", "b", "found")):
    """A table in which every fourth row is of the first class."""
    rows = [f"{one},{two},{words[0] if n % 4 == 0 else words[1]}" for n, (one, two) in enumerate(values)]
    return [",".join(names), *rows]


def write(folder, lines=None, text=SETTINGS, **data):
    folder.mkdir(parents=True, exist_ok=True)
    if lines is not None:
        (folder / "table.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        data = {"source": "csv", "path": "table.csv", **data}
    given = "\n".join(f"{key} = {json.dumps(value)}" for key, value in data.items())
    (folder / "experiment.toml").write_text(f"[data]\n{given}\n{text}", encoding="utf-8")
    return folder / "experiment.toml"


def run(experiment, out, *more):
    return main(["run", str(experiment), "--out", str(out), *more])


def summary(out):
    return json.loads((out / "summary.json").read_text(encoding="utf-8"))


# What is written


def test_the_summary_names_inputs_target_classes_and_rows(tmp_path):
    assert run(write(tmp_path, lines_of(numbers())), tmp_path / "out") == 0
    told = summary(tmp_path / "out")
    assert told["inputs"] == ["a", "b"]
    assert (told["target"], told["classes"], told["positive_class"]) == (
        "found",
        ["healthy", "cancer"],
        "cancer",
    )
    assert told["rows"] == {"train": 30, "validation": 10, "left_out": 0}


def test_the_summary_of_pictures_and_of_numbers_is_complete_too(tmp_path):
    pictures = write(tmp_path / "pictures", source="images", path=str(picture_folder()))
    assert run(pictures, tmp_path / "of pictures") == 0
    told = summary(tmp_path / "of pictures")
    assert (told["inputs"], told["target"], told["rows"]["train"]) == ([], "class", 18)
    assert run(write(tmp_path / "numbers", source="diabetes"), tmp_path / "of numbers") == 0
    told = summary(tmp_path / "of numbers")
    assert (len(told["inputs"]), told["classes"], told["positive_class"]) == (10, [], None)
    assert run(write(tmp_path / "three", source="iris"), tmp_path / "of three") == 0
    told = summary(tmp_path / "of three")
    assert (len(told["classes"]), told["positive_class"]) == (3, None)


@pytest.mark.parametrize("positive", ["", "healthy", "cancer"])
@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.9])
def test_measures_and_matrix_are_those_of_the_positive_class(tmp_path, positive, threshold):
    experiment = write(tmp_path, lines_of(numbers()), positive_class=positive, validation=0.5)
    assert run(experiment, tmp_path / "out", "--set", f"training.threshold={threshold}") == 0
    with (tmp_path / "out" / "confusion.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    assert header == ["true_class", *(row[0] for row in rows)]
    assert header[-1] == summary(tmp_path / "out")["positive_class"] == (positive or "cancer")
    true, predicted = [], []
    for name, *counts in rows:
        for other, count in zip(header[1:], counts, strict=True):
            true += [name] * int(count)
            predicted += [other] * int(count)
    assert sorted(map(true.count, header[1:])) == [5, 15]
    expected = precision_recall_fscore_support(
        true, predicted, pos_label=header[-1], average="binary", zero_division=0
    )[:3]
    last = table(tmp_path / "out" / "epochs.csv")[-1]
    assert [float(last[f"val_{name}"]) for name in ("precision", "recall", "f1")] == pytest.approx(expected)


def test_odd_names_of_classes_survive_in_the_tables(tmp_path):
    names = ('a, "b"', "=1+1\nC", "ä 🐱")
    for place, name in enumerate(names):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(8):
            Image.new("L", (8, 8), 60 * place + number).save(tmp_path / "pictures" / name / f"{number}.png")
    assert run(write(tmp_path, source="images", path="pictures"), tmp_path / "out") == 0
    with (tmp_path / "out" / "confusion.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    assert header == ["true_class", *sorted(names)]
    assert [row[0] for row in rows] == sorted(names)
    assert summary(tmp_path / "out")["classes"] == sorted(names)


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="names are text there")
def test_a_folder_whose_name_is_no_text_still_names_its_class(tmp_path):
    for name in (b"caf\xe9", b"tea"):
        folder = os.path.join(os.fsencode(tmp_path / "pictures"), name)  # noqa: PTH118 (bytes)
        os.makedirs(folder)  # noqa: PTH103
        for number in range(4):
            Image.new("L", (8, 8), 99).save(os.fsdecode(folder) + f"/{number}.png")
    assert run(write(tmp_path, source="images", path="pictures"), tmp_path / "out") == 0
    assert sorted(summary(tmp_path / "out")["classes"]) == ["caf\\xe9", "tea"]


# What is said


def test_notices_are_said_once_and_one_line_each_before_the_run(tmp_path, capsys):
    shutil.copytree(picture_folder(), tmp_path / "pictures")
    (tmp_path / "pictures" / "dark" / "photo\n1.heic").write_bytes(b"")
    variants = '[[variants]]\nname = "one"\n[[variants]]\nname = "two"\noptimizer.lr = 0.2\n'
    path = write(tmp_path, text=f"{SETTINGS}{variants}", source="images", path="pictures", image_size=8)
    assert run(path, tmp_path / "out") == 0
    said = capsys.readouterr()
    lines = said.err.splitlines()
    assert said.out == ""
    assert all(line.startswith(f"gradlab: {tmp_path / 'pictures'}: ") for line in lines)
    assert [line for line in lines if "1 picture is left out" in line] == [lines[0]]
    assert len(set(lines)) == len(lines)
    sweep = ["sweep", str(path), "--out", str(tmp_path / "sweep"), "--seeds", "2", "--jobs", "1"]
    path.write_text(path.read_text().replace(variants, ""))
    assert main(sweep) == 0
    assert capsys.readouterr().err.splitlines() == lines


def test_data_that_come_along_say_nothing(tmp_path, capsys):
    assert run(write(tmp_path, source="wine"), tmp_path / "out") == 0
    assert capsys.readouterr().err == ""


# Data that are others when a run goes on

TABLE = lines_of(numbers())
SAME_SHAPE = "the data are not those that the run in"


def without_rows(lines):
    return lines[:-5]


def with_rows(lines):
    return [*lines, lines[-1], lines[-2]]


def with_another_value(lines):
    return [*lines[:7], lines[7].replace(lines[7].split(",")[0], "0.123"), *lines[8:]]


def in_another_order(lines):
    return [lines[0], *lines[:0:-1]]


def with_another_class_name(lines):
    return [line.replace("cancer", "tumour") for line in lines]


def with_exchanged_classes(lines):
    swapped = {"cancer": "healthy", "healthy": "cancer"}
    return [
        lines[0],
        *(f"{line.rpartition(',')[0]},{swapped[line.rpartition(',')[2]]}" for line in lines[1:]),
    ]


def with_another_column(lines):
    return [f"c,{lines[0]}", *(f"1,{line}" for line in lines[1:])]


def with_another_input_name(lines):
    return [lines[0].replace("a,", "x,", 1), *lines[1:]]


def with_another_target_name(lines):
    return [lines[0].replace("found", "lost"), *lines[1:]]


CHANGES = [
    without_rows,
    with_rows,
    with_another_value,
    in_another_order,
    with_another_class_name,
    with_exchanged_classes,
    with_another_column,
    with_another_input_name,
    with_another_target_name,
]


def interrupt(path, out, updates):
    """Train until so many updates are made, and stop there as a signal would."""
    experiment = load(path)
    made = iter([False] * updates)
    members = lockstep.begin(experiment, out, "test")
    list(lockstep.train_together(experiment, out, members, lambda: next(made, True)))
    assert (out / "checkpoint.safetensors").is_file() or list(out.glob("*/checkpoint.safetensors"))


@pytest.mark.parametrize("updates", [8, 11], ids=["between epochs", "in the middle of one"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_run_does_not_go_on_with_other_data(tmp_path, capsys, change, updates):
    path, out = write(tmp_path, TABLE), tmp_path / "out"
    interrupt(path, out, updates)
    before = (out / "epochs.csv").read_bytes()
    (tmp_path / "table.csv").write_text("\n".join(change(TABLE)) + "\n")
    assert main(["run", "--resume", str(out)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"gradlab: {tmp_path / 'table.csv'}: {SAME_SHAPE} {out} began with")
    assert (out / "epochs.csv").read_bytes() == before


def test_the_numbers_of_rows_are_named_where_they_differ(tmp_path, capsys):
    path, out = write(tmp_path, TABLE), tmp_path / "out"
    interrupt(path, out, 3)
    (tmp_path / "table.csv").write_text("\n".join(without_rows(TABLE)) + "\n")
    assert main(["run", "--resume", str(out)]) == 2
    assert "(40 rows then, 35 now)" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["replicas = 2\n{}", '{}[[variants]]\nname = "one"\n'])
def test_variants_and_replicas_do_not_go_on_with_other_data(tmp_path, capsys, text):
    path, out = write(tmp_path, TABLE), tmp_path / "out"
    path.write_text(text.format(path.read_text()))
    interrupt(path, out, 5)
    (tmp_path / "table.csv").write_text("\n".join(in_another_order(TABLE)) + "\n")
    assert main(["run", "--resume", str(out)]) == 2
    assert SAME_SHAPE in capsys.readouterr().err


@pytest.mark.parametrize("change", ["pixel", "picture", "class"])
def test_a_run_does_not_go_on_with_other_pictures(tmp_path, capsys, change):
    shutil.copytree(picture_folder(), tmp_path / "pictures")
    path, out = write(tmp_path, source="images", path="pictures"), tmp_path / "out"
    interrupt(path, out, 3)
    capsys.readouterr()
    if change == "pixel":
        picture = Image.open(tmp_path / "pictures" / "dark" / "3.png")
        picture.putpixel((5, 5), (255, 255, 255))
        picture.save(tmp_path / "pictures" / "dark" / "3.png")
    elif change == "picture":
        shutil.copy(tmp_path / "pictures" / "dark" / "3.png", tmp_path / "pictures" / "dark" / "new.png")
    else:
        (tmp_path / "pictures" / "dark").rename(tmp_path / "pictures" / "night")
    assert main(["run", "--resume", str(out)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"gradlab: {tmp_path / 'pictures'}: {SAME_SHAPE}")


def test_a_file_that_is_written_otherwise_but_says_the_same_is_no_other_data(tmp_path):
    path, out = write(tmp_path, TABLE), tmp_path / "out"
    interrupt(path, out, 11)
    (tmp_path / "table.csv").write_text("\r\n".join(line.replace(",", ";") for line in TABLE) + "\r\n\r\n")
    assert main(["run", "--resume", str(out)]) == 0
    assert run(path, tmp_path / "whole") == 0
    for name in ("epochs.csv", "updates.csv", "weights.safetensors"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def without_fingerprint(path):
    """Make a checkpoint like those before there were fingerprints."""
    with safe_open(path, framework="pt") as file:
        document = json.loads(file.metadata()["gradlab"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    del document["data"]
    save_file(tensors, path, metadata={"gradlab": json.dumps(document)})


def test_a_checkpoint_without_a_fingerprint_goes_on_and_never_ends_in_a_traceback(tmp_path, capsys):
    path, out = write(tmp_path, TABLE), tmp_path / "out"
    interrupt(path, out, 11)
    without_fingerprint(out / "checkpoint.safetensors")
    (tmp_path / "table.csv").write_text("\n".join(without_rows(TABLE)) + "\n")
    assert main(["run", "--resume", str(out)]) == 2
    assert "does not go with its experiment and data any more" in capsys.readouterr().err
    (tmp_path / "table.csv").write_text("\n".join(TABLE) + "\n")
    assert main(["run", "--resume", str(out)]) == 0


@pytest.mark.parametrize("name", ["epochs.csv", "updates.csv", "layers.csv"])
def test_a_table_that_was_cut_meanwhile_is_not_filled_up_with_zeros(tmp_path, capsys, name):
    path, out = write(tmp_path, TABLE), tmp_path / "out"
    interrupt(path, out, 11)
    whole = (out / name).read_bytes()
    for damage in (lambda: (out / name).write_bytes(whole[:-3]), (out / name).unlink):
        damage()
        assert main(["run", "--resume", str(out)]) == 2
        assert f"{out / name}: is not whole any more" in capsys.readouterr().err


def test_a_sweep_does_not_mix_runs_on_different_data(tmp_path, capsys):
    path = write(tmp_path, TABLE)
    sweep = [
        "sweep",
        str(path),
        "--out",
        str(tmp_path / "out"),
        "--jobs",
        "1",
        "--set",
        "optimizer.lr=0.1,0.2",
    ]
    assert main(sweep) == 0
    (tmp_path / "table.csv").write_text("\n".join(with_another_value(TABLE)) + "\n")
    capsys.readouterr()
    assert main([*sweep, "--resume"]) == 2
    assert "the data are not those that the run in" in capsys.readouterr().err.splitlines()[-1]


def test_a_fingerprint_is_the_same_in_every_process_and_for_every_layout_in_memory():
    data = SOURCES["wine"].build(Data(source="wine"), np.random.default_rng(0))
    told = fingerprint(data)
    assert told["rows"] == 178
    again = type(data)(
        np.asfortranarray(data.inputs), data.targets, data.target_name, data.input_names, data.class_names
    )
    assert fingerprint(again) == told
