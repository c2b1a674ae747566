import pytest

from gradlab.experiment.schema import Experiment
from gradlab.experiment.words import differences_in_words


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("gradients.zero", "never", "Zero gradients: never"),
        ("model.activation", "gelu", "Activation: GELU"),
        ("model.init", "xavier", "Initial weights: Xavier (Glorot)"),
        ("model.batch_norm", True, "Batch normalization: on"),
        ("data.standardize", False, "Standardize inputs: off"),
        ("optimizer.lr", 0.5, "Learning rate: 0.5"),
    ],
)
def test_a_value_is_written_as_in_a_sentence_and_a_name_as_it_is(key, value, words):
    usual = Experiment()
    assert differences_in_words(usual, usual.with_value(key, value)) == words
