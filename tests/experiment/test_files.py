"""Experiment files: every key described, errors that name file, key, given and allowed."""

import os
import tomllib
import zipfile
from pathlib import Path

import pytest
from fresh_python import printed_by
from hypothesis import given
from hypothesis import strategies as st

from gradlab.errors import InputError
from gradlab.experiment.files import change, dumps, load, loads
from gradlab.experiment.registry import Entry, Registry, registry_of
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key, describe
from gradlab.models.base import MODELS

SETTINGS = list(describe(Experiment))


def test_an_empty_file_is_the_default_experiment():
    assert loads("") == Experiment()


def test_every_default_is_written_out_and_reads_back():
    text = dumps(Experiment())
    written = tomllib.loads(text)
    for setting in SETTINGS:
        value = written
        for part in setting.key.split("."):
            value = value[part]
        expected = list(setting.default) if setting.kind in ("integers", "texts") else setting.default
        assert value == expected, setting.key
    assert loads(text) == Experiment()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_every_key_says_what_it_is_and_what_it_takes(setting):
    assert setting.label
    assert setting.help.endswith((".", "?"))
    assert setting.allowed
    if setting.kind == "choice":
        values = [choice.value for choice in setting.choices]
        assert setting.default in values
        assert all(choice.label and choice.help for choice in setting.choices)
        for value in values:
            if setting.key != "optimizer.kind":
                change(Experiment(), setting.key, value)


@pytest.mark.parametrize(
    "setting", [s for s in SETTINGS if s.kind in ("number", "integer")], ids=lambda s: s.key
)
def test_a_value_outside_its_range_is_refused_with_key_value_and_range(setting):
    for value in [v for v in (setting.minimum, setting.maximum) if v is not None]:
        outside = value - 1 if value == setting.minimum else value + 1
        with pytest.raises(InputError) as error:
            change(Experiment(), setting.key, type(setting.default)(outside), "my.toml")
        line = str(error.value)
        assert line.startswith(f"my.toml: {setting.key} = ")
        assert setting.allowed in line
        assert "\n" not in line
        assert error.value.key == setting.key


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("sed = 3", ["sed = 3", "not a known key", "seed", "name"]),
        (
            "[gradients]\nzro = 'never'",
            ["gradients.zro", "did you mean gradients.zero?", "zero_to", "accumulate"],
        ),
        ("[gradient]\nzero = 'never'", ["gradient is not a known key", "did you mean gradients"]),
        (
            "[gradients]\nzero = 'sometimes'",
            ['gradients.zero = "sometimes"', "every_update", "after_backward"],
        ),
        ("[data]\nsource = 'mnist'", ['data.source = "mnist"', "digits", "moons", "csv"]),
        ("[model]\nkind = 'transformer'", ['model.kind = "transformer"', "linear, mlp, cnn"]),
        ("[optimizer]\nlr = 'fast'", ['optimizer.lr = "fast"', "a number from 0 to 1000"]),
        ("[optimizer]\nlr = nan", ["optimizer.lr = nan", "a number from 0"]),
        ("[optimizer]\nlr = true", ["optimizer.lr = true", "a number from 0"]),
        ("[training]\nepochs = 2.5", ["training.epochs = 2.5", "a whole number from 1"]),
        ("[training]\nepochs = '3'", ['training.epochs = "3"', "a whole number"]),
        ("[model]\nbatch_norm = 1", ["model.batch_norm = 1", "true or false"]),
        ("[model]\nhidden = [32, 0]", ["model.hidden", "a list of whole numbers", "place 2"]),
        ("[model]\nhidden = 32", ["model.hidden = 32", "a list of whole numbers"]),
        ("data = 3", ["data = 3", "a table with the keys source"]),
        ("format = 2", ["format = 2 is newer", "1 to 1"]),
        ("format = 'x'", ['format = "x"', "1 to 1"]),
        (
            "[training]\npatience = 3\n[data]\nvalidation = 0.0",
            ["training.patience = 3", "needs a validation set"],
        ),
        ("[optimizer]\nnesterov = true", ["optimizer.nesterov = true", "momentum above 0"]),
        ("a = = 3", ["not valid TOML", "line 1"]),
        (
            "replica = 3",
            ["did you mean replicas?", "allowed there: format, name, seed, replicas, data", "variants"],
        ),
        ('[data]\npath = "a\\u0000b"', ["data.path: ", "null"]),
        ("[optimizer]\nlr = -1\nmomentum = 7", ["optimizer.lr = -1", "and 1 more"]),
    ],
)
def test_bad_input_gets_one_line_that_names_file_key_given_and_allowed(tmp_path, text, parts):
    path = tmp_path / "my.toml"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        load(path)
    line = str(error.value)
    assert line.startswith(str(path))
    assert "\n" not in line
    for part in parts:
        assert part in line


@pytest.mark.parametrize(
    "key", ["seed.x", "optimizer.lr.x", "optimizer.lr.x.y", "variants.name", "", "data..path"]
)
def test_a_key_below_a_setting_is_unknown(key):
    with pytest.raises(InputError, match=r"is not a known key.*allowed there: .*seed"):
        change(Experiment(), key, 1)


@given(
    lr=st.floats(0, 1000), seed=st.integers(0, 2**32 - 1), hidden=st.lists(st.integers(1, 4096), max_size=5)
)
def test_values_survive_a_file_exactly(lr, seed, hidden):
    experiment = change(Experiment(), "optimizer.lr", lr)
    experiment = change(change(experiment, "seed", seed), "model.hidden", hidden)
    assert loads(dumps(experiment)) == experiment


def refused(path):
    """The one line with which an experiment file is refused, without its name."""
    with pytest.raises(InputError) as caught:
        load(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    return line.removeprefix(f"{path}: ")


def test_a_missing_file_and_a_binary_file_are_one_clear_line(tmp_path):
    assert refused(tmp_path / "none.toml").startswith("cannot be read: ")
    assert refused(tmp_path) == "cannot be read: it is a folder, not a file"
    (tmp_path / "binary.toml").write_bytes(b"\xfd\x01\x00\xff")
    assert refused(tmp_path / "binary.toml") == "is not a text file; allowed: TOML in UTF-8"


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
@pytest.mark.timeout(20)
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    assert refused(tmp_path / "pipe.toml").startswith("cannot be read: it is a pipe")
    assert refused(Path("/dev/zero")).startswith("cannot be read: it is a device")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_called_that(tmp_path, encoding):
    (tmp_path / "my.toml").write_bytes("[data]\nsource = 'wine'\n".encode(encoding))
    assert refused(tmp_path / "my.toml").startswith(
        "is text in UTF-16; allowed: TOML in UTF-8 (save it again"
    )


def test_a_file_in_the_encoding_of_windows_is_refused_with_the_line(tmp_path):
    (tmp_path / "my.toml").write_bytes("seed = 1\r\n# Übung\r\nname = 'Müller'\r\n".encode("cp1252"))
    assert refused(tmp_path / "my.toml").startswith(
        "is not UTF-8 text (line 2: # Übung); allowed: TOML in UTF-8"
    )
    (tmp_path / "my.toml").write_bytes(f"name = '{'x' * 100}é{'y' * 100}'".encode("latin-1"))
    assert f"(line 1: …{'x' * 20}é{'y' * 19}…)" in refused(tmp_path / "my.toml")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (r"C:\Users\nora\table.csv", r"C:\Users\nora\table.csv"),
        (r"C:\data\table.csv", r"C:\data\table.csv"),
        (r"data\my table.csv", r"data\my table.csv"),
        (r"\\server\share\table.csv", r"\\server\share\table.csv"),
        ("C:\\data\\", "C:\\data\\"),
    ],
)
def test_a_windows_path_in_double_quotes_gets_its_remedy(tmp_path, given, told):
    (tmp_path / "my.toml").write_text(f'# as on every day\n[data]\nsource = "csv"\npath = "{given}"\n')
    line = refused(tmp_path / "my.toml")
    assert line.startswith("is not valid TOML: ")
    assert f"write / in a path, or put it into single quotes: '{told}" in line


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("[data]\npath = C:\\data\\table.csv", "a text stands in quotes: 'C:\\data\\table.csv'"),
        ("[data]\npath = my/table.csv", "a text stands in quotes: 'my/table.csv'"),
        ("name = “Digits”", "quotation marks are \" or ' here"),
        ("name = ‘Digits’", "quotation marks are \" or ' here"),
        ("[optimizer]\nlr = 0,1 # as usual", "decimals follow a point: 0.1"),
        ("[model]\nbatch_norm = True", "a switch is true or false: true"),
        ("[model]\nbatch_norm = no", "a switch is true or false: false"),
    ],
)
def test_usual_mistakes_get_their_remedy(tmp_path, line, hint):
    (tmp_path / "my.toml").write_text(f"# one\nseed = 3\n{line}\nreplicas = 1\n", encoding="utf-8")
    said = refused(tmp_path / "my.toml")
    assert said.startswith("is not valid TOML: ")
    assert f"; {hint}" in said


@pytest.mark.parametrize("given", [r"data\new\table.csv", r"my\robots\fine.csv", r"d\u0009x"])
def test_a_windows_path_whose_escapes_are_allowed_gets_its_remedy_too(tmp_path, given):
    text = f'[data]\nsource = "csv"\npath = "{given}"\n'
    (tmp_path / "my.toml").write_text(text)
    shown = given.replace("\\u0009", "\\t")
    line = refused(tmp_path / "my.toml")
    assert line.startswith(f'data.path = "{shown}": in double quotes ')
    assert line.endswith(f"write / in a path, or put it into single quotes: '{shown}'")
    variant = f"[[variants]]\nname = 'one'\ndata.path = \"{given}\"\n"
    (tmp_path / "my.toml").write_text(f"[data]\nsource = 'csv'\npath = 'a.csv'\n{variant}")
    assert refused(tmp_path / "my.toml") == line


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_a_path_with_a_line_end_that_is_there_is_read(tmp_path):
    (tmp_path / "a\nb.csv").write_text("a,b\n1,2\n")
    (tmp_path / "my.toml").write_text('[data]\nsource = "csv"\npath = "a\\nb.csv"\n')
    assert load(tmp_path / "my.toml").data.path == str(tmp_path / "a\nb.csv")


@pytest.mark.parametrize("name", ["table.csv", "table.txt", "empty.csv", "table"])
def test_a_table_in_place_of_an_experiment_file_says_what_to_do(tmp_path, name):
    (tmp_path / name).write_text("" if name.startswith("empty") else "a;b;species\n1;2;x\n3;4;y\n")
    line = refused(tmp_path / name)
    assert line.startswith("is a table, not an experiment file; allowed: an experiment file that says")
    assert line.endswith(f"source = \"csv\" and path = '{name}'")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("my.toml", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        ("my.toml", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document"),
        ("my.toml", b"<!DOCTYPE html>\n<html lang='en'><body>404</body></html>", "a web page (HTML)"),
    ],
)
def test_other_kinds_of_files_are_called_what_they_are(tmp_path, name, content, kind):
    (tmp_path / name).write_bytes(content)
    assert refused(tmp_path / name).startswith(f"is {kind}, not an experiment file; allowed: TOML in UTF-8")


def test_a_workbook_is_called_a_table_whatever_its_name(tmp_path):
    with zipfile.ZipFile(tmp_path / "my.xlsx", "w") as workbook:
        workbook.writestr("xl/workbook.xml", "<workbook/>")
    assert refused(tmp_path / "my.xlsx").startswith("is a table, not an experiment file")
    (tmp_path / "my.xlsx").rename(tmp_path / "my.toml")
    assert refused(tmp_path / "my.toml").startswith("is a workbook, not an experiment file")


@pytest.mark.parametrize(
    "text",
    [
        f"a = {'[' * 500}",
        f"a = {'[' * 500}{']' * 500}",
        f"a = {'[' * 100_000}",
        f"a = {'{a = ' * 500}1{'}' * 500}",
        f"{'.'.join(['a'] * 3000)} = 1",
        f"[data.{'.'.join(['a'] * 3000)}]",
    ],
)
def test_endless_brackets_are_one_line(tmp_path, text):
    (tmp_path / "my.toml").write_text(text)
    assert refused(tmp_path / "my.toml")


def test_a_number_of_thousands_of_digits_is_one_line(tmp_path):
    (tmp_path / "my.toml").write_text(f"seed = {'9' * 5000}")
    assert refused(tmp_path / "my.toml").startswith("is not valid TOML: ")


def test_a_huge_file_is_not_taken_for_an_experiment(tmp_path):
    with (tmp_path / "my.toml").open("wb") as file:
        file.truncate(11_000_000)
    assert refused(tmp_path / "my.toml") == "is larger than 10 MB, and so no experiment file"


def test_a_whole_run_is_refused_with_a_hint_to_the_experiment_in_it(tmp_path):
    path = tmp_path / "mine.gradlab"
    with pytest.raises(InputError, match="cannot be read"):
        load(path)
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("experiment.toml", dumps(Experiment()))
    with pytest.raises(InputError, match=r"mine\.gradlab: is a whole run.*experiment\.toml.*zip file"):
        load(path)


def test_a_data_path_is_relative_to_the_experiment_file(tmp_path):
    (tmp_path / "my.toml").write_text("[data]\nsource = 'csv'\npath = 'sub/my.csv'\n")
    assert load(tmp_path / "my.toml").data.path == str(tmp_path / "sub" / "my.csv")


def test_a_byte_order_mark_does_not_matter(tmp_path):
    (tmp_path / "my.toml").write_bytes(b"\xef\xbb\xbfseed = 5\n")
    assert load(tmp_path / "my.toml").seed == 5


def test_names_are_taken_once():
    class First(Entry):
        name = "a"

    registry = Registry("thing", "a package")
    registry.register(First)
    with pytest.raises(ValueError, match="already a thing called 'a'"):
        registry.register(First)


def test_menus_show_the_simplest_model_first():
    assert MODELS.names()[:3] == ("linear", "mlp", "cnn")


def test_checking_a_file_loads_neither_torch_nor_qt_nor_scikit_learn():
    code = (
        "import sys; from gradlab.experiment.files import loads;"
        'loads(\'[data]\\nsource = "moons"\\n[model]\\nkind = "gru"\');'
        "print([name for name in ('torch', 'PySide6', 'sklearn') if name in sys.modules])"
    )
    assert printed_by(code) == "[]\n"


def test_every_registered_choice_uses_only_keys_of_its_section_and_ignores_only_keys():
    settings = by_key(Experiment)
    for setting in filter(lambda setting: setting.registry, settings.values()):
        section = setting.key.partition(".")[0]
        for entry in registry_of(setting.registry):
            assert {f"{section}.{key}" for key in entry.uses} | set(entry.ignores) <= set(settings)
