"""What came out of a trial, in a sentence with both runs' numbers."""

import pytest
from findings import CAUSE, SLOWER

from gradlab.diagnosis.trial import Outcome, Trial
from gradlab.experiment.schema import Experiment
from gradlab.window.panels.diagnosis.words import line, outcome_in_words, trial_line

TRIAL = Trial(CAUSE, SLOWER, Experiment(), 1, 1)
SAID = {
    "helped": (
        Outcome("val_loss", 2.3, 0.11, 0.1, 0.97, 20, True, "helped"),
        "It helped. With “Learning rate: 0.01”, the validation loss is 0.110 instead of 2.30 after 20 epochs. "
        "97.0% of the answers are right instead of 10.0%.",
    ),
    "did not": (
        Outcome("train_loss", 2.3, 2.3, None, None, 1, True, "same"),
        "It did not help. With “Learning rate: 0.01”, the training loss is 2.30 instead of 2.30 after 1 epoch.",
    ),
    "worse": (
        Outcome("val_f1", 0.5, 0.25, None, None, 3, True, "worse"),
        "It made things worse. With “Learning rate: 0.01”, F1 is 25.0% instead of 50.0% after 3 epochs.",
    ),
    "other weights": (
        Outcome("val_loss", 2.3, 0.4, 0.7, 0.7, None, True, "helped"),
        "It helped. With “Learning rate: 0.01”, the validation loss is 0.400 instead of 2.30 in the end. "
        "70.0% of the answers are right both times.",
    ),
    "no number before": (
        Outcome("val_loss", None, 0.4, None, None, 5, True, "helped"),
        "It helped. With “Learning rate: 0.01”, the validation loss is 0.400 after 5 epochs; as it was, the "
        "numbers grew beyond all bounds.",
    ),
    "no number after": (
        Outcome("val_loss", 0.4, None, None, None, 5, True, "worse"),
        "It made things worse. With “Learning rate: 0.01” the numbers grew beyond all bounds; as it was, the "
        "validation loss came to 0.400.",
    ),
    "so far": (
        Outcome("val_loss", 2.3, 0.11, None, None, 2, False, "helped"),
        "So far: With “Learning rate: 0.01”, the validation loss is 0.110 instead of 2.30 after 2 epochs.",
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_the_outcome_is_said_whichever_way_it_came_out(qapp, case):
    came, said = SAID[case]
    assert outcome_in_words(TRIAL, came) == said


def test_before_the_first_epoch_it_says_what_is_tried(qapp):
    assert "one as it was, one with “Learning rate: 0.01”" in outcome_in_words(TRIAL, None)
    assert trial_line(TRIAL, None).short == "Trying it…"


def test_numbers_that_mean_something_else_are_not_called_better(qapp):
    came = Outcome("val_loss", 0.1, 0.3, None, None, 5, True, "other")
    assert outcome_in_words(TRIAL, came).startswith("These numbers cannot be compared")


def test_only_what_helped_looks_like_it():
    badges = [trial_line(TRIAL, came).badge for came, _ in SAID.values() if came.is_over]
    right = [badge.token == "status.right" for badge in badges]
    assert right == [came.verdict == "helped" for came, _ in SAID.values() if came.is_over]


def test_a_line_names_the_first_finding_and_counts_the_others(qapp):
    said = line((CAUSE,) * 3, begun=True)
    assert (said.short, said.more) == ("Gradients are not cleared", "and 2 more")
    assert line((), begun=False).full == "Nothing wrong with these settings"
