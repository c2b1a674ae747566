"""What a model says that it can work with is what it can work with."""

import pytest
import torch
from own_data import own_data

from gradlab.datasets.base import SOURCES
from gradlab.datasets.split import prepare
from gradlab.errors import InputError
from gradlab.experiment.files import build
from gradlab.experiment.relevance import ruled_out
from gradlab.experiment.rows import Rows
from gradlab.models.base import MODELS
from gradlab.training.building import build_model

DATA = [(source, {}) for source in SOURCES.names()] + [("sequence", {"pattern": "chirp"})]


@pytest.mark.parametrize(("source", "settings"), DATA)
def test_exactly_the_models_that_are_ruled_out_are_refused(source, settings):
    data = {"source": source, "samples": 60, **own_data(source), **settings}
    experiment = build({"data": data})
    split = prepare(experiment)
    refused = {}
    for kind in MODELS.names():
        try:
            model = build_model(experiment.with_value("model.kind", kind), split)
        except InputError as error:
            assert error.key == "model.kind"
            refused[kind] = str(error)
        else:
            model(torch.from_numpy(split.train_inputs[:4]))
    reasons = ruled_out(experiment, "model.kind")
    assert reasons.keys() == refused.keys() < set(MODELS.names())
    for kind, line in refused.items():
        *_, allowed = line.partition("allowed here: ")
        assert set(allowed.split(", ")) == set(MODELS.names()) - refused.keys()
        assert reasons[kind].startswith("Needs ")


def test_a_data_set_gives_what_it_says():
    assert SOURCES["digits"].rows(build({}).data) is Rows.PICTURES
    assert ruled_out(build({}), "optimizer.lr") == {}
