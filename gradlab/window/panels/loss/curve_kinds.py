"""The curves over epochs: what each is called, and what it says in plain words."""

from PySide6.QtCore import Qt

from gradlab.language import mark
from gradlab.window.language.numbers import percent
from gradlab.window.panels.loss.curves import CurveKind

LOSSES = (
    CurveKind(
        "train_loss",
        mark("Training loss"),
        "series.train",
        mark("The mean loss over all batches of an epoch."),
    ),
    CurveKind(
        "val_loss",
        mark("Validation loss"),
        "series.validation",
        mark(
            "The loss on rows that are never trained on. When it rises while the training loss falls, "
            "the model learns by heart."
        ),
        style=Qt.PenStyle.DashLine,
    ),
)
METRICS = (
    CurveKind(
        "val_accuracy",
        mark("Accuracy"),
        "series.accuracy",
        mark("The share of validation rows that are right."),
        write=percent,
    ),
    CurveKind(
        "val_precision",
        mark("Precision"),
        "series.precision",
        mark("Of the rows that were said to be of a class, the share that are."),
        on=False,
        style=Qt.PenStyle.DotLine,
        write=percent,
    ),
    CurveKind(
        "val_recall",
        mark("Recall"),
        "series.recall",
        mark("Of the rows of a class, the share that were found."),
        on=False,
        style=Qt.PenStyle.DashDotLine,
        write=percent,
    ),
    CurveKind(
        "val_f1",
        "F1",
        "series.f1",
        mark("One number for precision and recall: high only if both are."),
        style=Qt.PenStyle.DashLine,
        write=percent,
    ),
    CurveKind(
        "reward",
        mark("Reward"),
        "series.validation",
        mark("What an episode earned: the mean over all that were played before the epoch."),
        style=Qt.PenStyle.DashDotDotLine,
    ),
)
