"""The curves over epochs: what each is called, and what it says in plain words."""

from PySide6.QtCore import Qt

from gradlab.window.plots.curves import CurveKind

LOSSES = (
    CurveKind("train_loss", "Training loss", "series.train", "The mean loss over all batches of an epoch."),
    CurveKind(
        "val_loss",
        "Validation loss",
        "series.validation",
        "The loss on rows that are never trained on. When it rises while the training loss falls, "
        "the model learns by heart.",
        style=Qt.PenStyle.DashLine,
    ),
)
METRICS = (
    CurveKind("val_accuracy", "Accuracy", "series.accuracy", "The share of validation rows that are right."),
    CurveKind(
        "val_precision",
        "Precision",
        "series.precision",
        "Of the rows that were said to be of a class, the share that are.",
        on=False,
        style=Qt.PenStyle.DotLine,
    ),
    CurveKind(
        "val_recall",
        "Recall",
        "series.recall",
        "Of the rows of a class, the share that were found.",
        on=False,
        style=Qt.PenStyle.DashDotLine,
    ),
    CurveKind(
        "val_f1",
        "F1",
        "series.f1",
        "One number for precision and recall: high only if both are.",
        style=Qt.PenStyle.DashLine,
    ),
)
