"""Which settings a form shows, said for each by hand."""

import pytest

from gradlab.experiment.files import build
from gradlab.experiment.relevance import means_something
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key


def meant(key, task="", **document):
    return means_something(build(document), key, task)


@pytest.mark.parametrize("key", ["seed", "training.epochs", "optimizer.lr", "gradients.zero", "data.source"])
def test_most_settings_always_mean_something(key):
    assert meant(key)
    assert meant(key, "regression", data={"source": "surface"}, model={"kind": "surface"})


@pytest.mark.parametrize(
    ("kind", "momentum", "nesterov", "decay"),
    [
        ("by_hand", False, False, False),
        ("sgd", True, True, True),
        ("rmsprop", True, False, True),
        ("adam", False, False, True),
        ("adagrad", False, False, True),
    ],
)
def test_an_optimizer_has_settings_of_its_own(kind, momentum, nesterov, decay):
    keys = ("optimizer.momentum", "optimizer.nesterov", "optimizer.weight_decay")
    assert [meant(key, optimizer={"kind": kind}) for key in keys] == [momentum, nesterov, decay]


def test_keys_of_other_data_and_models_mean_nothing():
    assert meant("data.noise", data={"source": "moons"})
    assert not meant("data.noise", data={"source": "digits"})
    assert meant("model.hidden", model={"kind": "mlp"})
    assert not meant("model.hidden", model={"kind": "linear"})


@pytest.mark.parametrize("key", ["data.standardize", "training.loss"])
def test_on_a_surface_there_is_nothing_to_predict_or_to_scale(key):
    assert not meant(key, data={"source": "surface"}, model={"kind": "surface"})
    assert meant(key)


@pytest.mark.parametrize("key", ["training.min_delta", "training.restore_best"])
def test_stopping_early_needs_patience(key):
    assert not meant(key)
    assert meant(key, training={"patience": 3})


def test_emptying_between_chunks_needs_a_model_that_reads_in_chunks():
    assert not meant("gradients.zero_chunks", model={"kind": "gru"})
    assert not meant("gradients.zero_chunks", model={"kind": "mlp", "chunk": 8})
    assert meant("gradients.zero_chunks", model={"kind": "gru", "chunk": 8})


@pytest.mark.parametrize(
    ("key", "task"),
    [
        ("data.standardize_target", "regression"),
        ("training.class_weights", "classification"),
        ("data.label_noise", "classification"),
        ("training.threshold", "classification"),
    ],
)
def test_some_settings_are_for_one_task_and_shown_while_it_is_not_known(key, task):
    assert meant(key)
    assert {other: meant(key, other) for other in ("classification", "regression")} == {
        other: other == task for other in ("classification", "regression")
    }


def test_what_a_setting_stands_beside_is_a_setting():
    settings = by_key(Experiment)
    assert all(setting.beside in settings for setting in settings.values() if setting.beside)
