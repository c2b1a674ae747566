"""What a model says of a row, in words."""

import math

from gradlab.instruments.records import PicturesView, TableView


def sentence(view: PicturesView | TableView, row: int) -> str:
    """Say what a row is, what it was taken for, and how sure the model was."""
    true, predicted = view.class_names[view.true[row]], view.class_names[view.predicted[row]]
    verdict = "right" if true == predicted else "wrong"
    return f"is {true}, predicted {predicted} ({percent(view.confidence[row])} sure): {verdict}"


def right_in_words(view: PicturesView | TableView) -> str:
    """Say how many of the rows are right, as rich text."""
    right = int((view.true == view.predicted).sum())
    return f"<b>{right} of {len(view.true)} right.</b>"


def percent(share: float) -> str:
    """Return whole percent; a model that has diverged knows none."""
    return "NaN" if math.isnan(share) else f"{100 * share:.0f} %"
