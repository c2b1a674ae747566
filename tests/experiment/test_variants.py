"""An experiment with variants and replicas stands for single runs."""

import pytest

from gradlab.errors import InputError
from gradlab.experiment.files import dumps, load, loads
from gradlab.experiment.variants import singles

TEXT = """
seed = 5
replicas = 2
[[variants]]
name = "as it is"
[[variants]]
name = "never zeroed"
gradients.zero = "never"
optimizer = { lr = 0.5 }
"""


def test_a_plain_experiment_is_one_run_in_no_folder_of_its_own():
    (single,) = singles(loads("seed = 3"))
    assert single == ((), loads("seed = 3"))


def test_variants_change_only_what_they_name_and_replicas_count_the_seed_up():
    runs = singles(loads(TEXT))
    assert [run.folder for run in runs] == [
        ("as it is", "seed-5"),
        ("as it is", "seed-6"),
        ("never zeroed", "seed-5"),
        ("never zeroed", "seed-6"),
    ]
    last = runs[-1].experiment
    assert (last.seed, last.gradients.zero, last.optimizer.lr, last.gradients.accumulate) == (
        6,
        "never",
        0.5,
        1,
    )
    assert (last.replicas, last.variants) == (1, ())


def test_variants_survive_a_file():
    experiment = loads(TEXT)
    assert loads(dumps(experiment)) == experiment


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[[variants]]\nname='a'\ngradients.zro='never'", ['variant "a"', "gradients.zro", "did you mean"]),
        ("[[variants]]\nname='a'\noptimizer.lr=-1", ['variant "a"', "optimizer.lr = -1", "from 0 to"]),
        ("[[variants]]\nname='a'\n[[variants]]\nname='A'", ['the name "a" is given 2 times']),
        ("[[variants]]\nname='../up'", ["variants.name", "../up"]),
        ("[[variants]]\ngradients.zero='never'", ["variants.name is missing", "(variant 1)"]),
        ("[[variants]]\nname='summary.json'", ['variants.name = "summary.json"', "name a folder"]),
        ("[[variants]]\nname='Con'", ['variants.name = "Con"', "on every system"]),
        ("[[variants]]\nname='ends with a dot.'", ["variants.name", "on every system"]),
        ("[[variants]]\nname='ends with a blank '", ["variants.name", "on every system"]),
        ("[[variants]]\nname='a'\nreplicas=3", ['variant "a"', "replicas is the same for all variants"]),
        ("variants = 3", ["variants = 3", "allowed: [[variants]] tables"]),
        ("seed = 4294967295\nreplicas = 2", ["replicas: seed = 4294967296", "to 4294967295"]),
    ],
)
def test_bad_variants_are_one_clear_line(text, parts):
    with pytest.raises(InputError) as error:
        singles(loads(text, "my.toml"), "my.toml")
    assert str(error.value).startswith("my.toml: ")
    assert "\n" not in str(error.value)
    for part in parts:
        assert part in str(error.value)


def test_the_path_of_a_variants_data_is_relative_to_the_file_too(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text("data.path = 'own.csv'\n[[variants]]\nname = 'other'\ndata.path = 'sub/other.csv'\n")
    experiment = load(path)
    assert experiment.data.path == str(tmp_path.resolve() / "own.csv")
    (single,) = singles(experiment)
    assert single.experiment.data.path == str(tmp_path.resolve() / "sub" / "other.csv")
