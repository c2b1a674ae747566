"""What the window and the tables get: plain numpy records, no tensors, nothing that changes later."""

from gradlab.instruments.records.arrays import Counts, Doubles, Floats
from gradlab.instruments.records.confusion import Confusion
from gradlab.instruments.records.curves import Curves, Mark, MarkKind
from gradlab.instruments.records.data import (
    DataView,
    LineView,
    PicturesView,
    PlaneView,
    PredictedView,
    TableView,
)
from gradlab.instruments.records.frame import Frame
from gradlab.instruments.records.gradients import Gradients, ParameterGradient, Timeline
from gradlab.instruments.records.progress import Notice, Phase, Progress, State
from gradlab.instruments.records.rows import EpochRow, LayerRow

__all__ = [
    "Confusion",
    "Counts",
    "Curves",
    "DataView",
    "Doubles",
    "EpochRow",
    "Floats",
    "Frame",
    "Gradients",
    "LayerRow",
    "LineView",
    "Mark",
    "MarkKind",
    "Notice",
    "ParameterGradient",
    "Phase",
    "PicturesView",
    "PlaneView",
    "PredictedView",
    "Progress",
    "State",
    "TableView",
    "Timeline",
]
