import numpy as np
import pytest

from gradlab.datasets.base import SOURCES
from gradlab.datasets.spam import HAMMY, NEUTRAL, SPAMMY
from gradlab.experiment.files import build
from gradlab.experiment.sections.data import Data
from gradlab.instruments.metrics import summary
from gradlab.training.events import EpochEnded
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun


def test_messages_count_fifty_words_of_which_ten_speak_for_and_ten_against_spam():
    assert (len(SPAMMY), len(HAMMY), len(NEUTRAL)) == (10, 10, 30)
    dataset = SOURCES["spam"].build(Data(source="spam", samples=40_000), np.random.default_rng(0))
    assert dataset.input_names == SPAMMY + HAMMY + NEUTRAL
    assert (dataset.inputs >= 0).all()
    assert (dataset.inputs == np.rint(dataset.inputs)).all()
    ham, spam = (dataset.inputs[dataset.targets == number].mean(axis=0) for number in (0, 1))
    expected = np.repeat([2.5, 1 / 2.5, 1], [10, 10, 30])
    np.testing.assert_allclose(spam / ham, expected, rtol=0.06)
    np.testing.assert_allclose(np.var(dataset.inputs[dataset.targets == 1], axis=0) / spam, 1, atol=0.06)


@pytest.mark.parametrize("seed", range(3))
def test_never_zeroing_costs_precision_and_recall(seed):
    right, spoilt = (precision_and_recall(seed, zero) for zero in ("every_update", "never"))
    assert (right > 0.83).all()
    assert (spoilt < right - 0.1).all()


def precision_and_recall(seed, zero):
    """The means of the last five epochs."""
    run = TrainingRun(
        build(
            {
                "seed": seed,
                "data": {"source": "spam", "samples": 1400, "validation_rows": 800},
                "model": {"hidden": [32, 32]},
                "optimizer": {"lr": 0.1},
                "gradients": {"zero": zero},
                "training": {"epochs": 20, "batch_size": 32, "device": "cpu"},
            }
        )
    )
    assert len(run.rows.train[1]) == 600
    measured = [summary(event.counts) for event in train(run) if isinstance(event, EpochEnded)]
    return np.mean([(row.precision, row.recall) for row in measured[-5:]], axis=0)
