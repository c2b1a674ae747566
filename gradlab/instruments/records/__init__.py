"""The records that the window and the tables get: numpy arrays and numbers, no tensors, never changed later."""

from gradlab.instruments.records.activations import Activations, LayerActivations
from gradlab.instruments.records.arrays import Counts, Doubles, Floats
from gradlab.instruments.records.band import Band
from gradlab.instruments.records.confusion import Answers, Confusion, counts_table
from gradlab.instruments.records.curves import Curves, Mark, MarkKind
from gradlab.instruments.records.data import (
    DataView,
    DataWish,
    LineView,
    MazeView,
    PicturesView,
    PlaneView,
    PredictedView,
    SequencesView,
    TableView,
    ViewKind,
    at_threshold,
)
from gradlab.instruments.records.flow import Course, Flow, LayerSizes, SizeHistogram
from gradlab.instruments.records.frame import LANE_TOKENS, Frame, LaneFrame, Snapshot
from gradlab.instruments.records.gradients import BufferState, BufferWish, ParameterGradient, Timeline
from gradlab.instruments.records.landscape import (
    CancelLandscape,
    ComputeLandscape,
    Directions,
    Landscape,
    LossSurface,
    SurfaceRows,
)
from gradlab.instruments.records.progress import Level, Notice, Phase, Progress, State
from gradlab.instruments.records.record import Kinds, Record
from gradlab.instruments.records.rows import EpochRow, LayerRow, epochs_table
from gradlab.instruments.records.signal import SignalFlow, SignalLayer, UnitValues
from gradlab.instruments.records.table import Table

__all__ = [
    "LANE_TOKENS",
    "Activations",
    "Answers",
    "Band",
    "BufferState",
    "BufferWish",
    "CancelLandscape",
    "ComputeLandscape",
    "Confusion",
    "Counts",
    "Course",
    "Curves",
    "DataView",
    "DataWish",
    "Directions",
    "Doubles",
    "EpochRow",
    "Floats",
    "Flow",
    "Frame",
    "Kinds",
    "Landscape",
    "LaneFrame",
    "LayerActivations",
    "LayerRow",
    "LayerSizes",
    "Level",
    "LineView",
    "LossSurface",
    "Mark",
    "MarkKind",
    "MazeView",
    "Notice",
    "ParameterGradient",
    "Phase",
    "PicturesView",
    "PlaneView",
    "PredictedView",
    "Progress",
    "Record",
    "SequencesView",
    "SignalFlow",
    "SignalLayer",
    "SizeHistogram",
    "Snapshot",
    "State",
    "SurfaceRows",
    "Table",
    "TableView",
    "Timeline",
    "UnitValues",
    "ViewKind",
    "at_threshold",
    "counts_table",
    "epochs_table",
]
