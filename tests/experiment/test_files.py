"""Experiment files: every key described, errors that name file, key, given and allowed."""

import tomllib
import zipfile

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


def test_a_missing_file_and_a_binary_file_are_one_clear_line(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        load(tmp_path / "binary.toml")


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
