"""What a model says of a row, in words."""

import math

from gradlab.instruments.records import PicturesView, TableView
from gradlab.language import shown_name, tr, trn
from gradlab.window.language import numbers


def row_in_words(view: PicturesView | TableView, row: int) -> str:
    """Say what a row is, what it was taken for, and how sure the model was."""
    true, predicted = view.class_names[view.true[row]], view.class_names[view.predicted[row]]
    said = (
        tr("Row {number} is {true}, predicted {predicted} ({percent} sure): right")
        if true == predicted
        else tr("Row {number} is {true}, predicted {predicted} ({percent} sure): wrong")
    )
    return _filled(said, view, row)


def picture_in_words(view: PicturesView | TableView, row: int) -> str:
    """Say what a picture shows, what it was taken for, and how sure the model was."""
    true, predicted = view.class_names[view.true[row]], view.class_names[view.predicted[row]]
    said = (
        tr("Picture {number}: is {true}, predicted {predicted} ({percent} sure): right")
        if true == predicted
        else tr("Picture {number}: is {true}, predicted {predicted} ({percent} sure): wrong")
    )
    return _filled(said, view, row)


def _filled(said: str, view: PicturesView | TableView, row: int) -> str:
    return said.format(
        number=row + 1,
        true=shown_name(view.class_names[view.true[row]]),
        predicted=shown_name(view.class_names[view.predicted[row]]),
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
