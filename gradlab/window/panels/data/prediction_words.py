"""A model's prediction for a row, in words."""

import math

from gradlab.instruments.records import PicturesView, TableView
from gradlab.language import shown_name, tr, trn
from gradlab.window.language import numbers


def row_in_words(view: PicturesView | TableView, row: int) -> str:
    """Say what a row is, what it was taken for, and how sure the model was."""
    right = tr("Row {number} is {true}, predicted {predicted} ({percent} sure): right")
    wrong = tr("Row {number} is {true}, predicted {predicted} ({percent} sure): wrong")
    return _verdict(view, row, right, wrong)


def picture_in_words(view: PicturesView | TableView, row: int) -> str:
    """Say what a picture shows, what it was taken for, and how sure the model was."""
    right = tr("Picture {number}: is {true}, predicted {predicted} ({percent} sure): right")
    wrong = tr("Picture {number}: is {true}, predicted {predicted} ({percent} sure): wrong")
    return _verdict(view, row, right, wrong)


def _verdict(view: PicturesView | TableView, row: int, right: str, wrong: str) -> str:
    true, predicted = view.class_names[view.true[row]], view.class_names[view.predicted[row]]
    return (right if true == predicted else wrong).format(
        number=row + 1,
        true=shown_name(true),
        predicted=shown_name(predicted),
        percent=percent(view.confidence[row]),
    )


def right_in_words(view: PicturesView | TableView) -> str:
    """Say how many of the rows are right, as rich text."""
    right = int((view.true == view.predicted).sum())
    said = trn("{right} of {count} right.", "{right} of {count} right.", right)
    return f"<b>{said.format(right=right, count=len(view.true))}</b>"


def percent(share: float) -> str:
    """Return a share in whole percent; ``NaN`` if the model has diverged."""
    return "NaN" if math.isnan(share) else numbers.percent(share, 0)
