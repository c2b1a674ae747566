"""Tables hold what was recorded, exactly."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from gradlab.export.tables import as_csv
from gradlab.instruments.records import (
    Activations,
    BufferState,
    Course,
    Curves,
    EpochRow,
    Landscape,
    LayerActivations,
    LineView,
    LossSurface,
    ParameterGradient,
    PicturesView,
    PlaneView,
    PredictedView,
    Record,
    SequencesView,
    Table,
    TableView,
    Timeline,
    counts_table,
    epochs_table,
)

ROWS = (
    EpochRow(0, 0, 0, 2.5, 0.1, 2.4, 0.1, 0.1, 0.1, 0.1, 0.5),
    EpochRow(1, 3, 96, 1.1, 0.5, None, None, None, None, None, 0.5),
)


def read(table: Table) -> list[dict[str, str]]:
    """Read a table as a spreadsheet would."""
    return list(csv.DictReader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline="")))


def numbers(rows, name):
    return [float(row[name]) for row in rows if row[name]]


def test_curves_keep_every_recorded_update_and_every_epoch():
    chance = np.random.default_rng(0)
    losses, seconds = chance.uniform(0, 1, 3), np.cumsum(chance.uniform(0, 1, 3))
    update = np.arange(1.0, 4)
    rows = read(Curves(update, update / 3, 32 * update, seconds, losses, losses, losses, ROWS).as_table())
    assert [int(row["update"]) for row in rows] == [0, 1, 2, 3, 3]
    assert numbers(rows, "loss") == losses.tolist()
    assert numbers(rows, "seconds") == seconds.tolist()
    assert numbers(rows, "samples") == [0, 32, 64, 96, 96]
    assert numbers(rows, "train_loss") == [2.5, 1.1]
    assert numbers(rows, "val_loss") == [2.4]


def test_epochs_are_the_rows_of_the_run():
    rows = read(epochs_table(ROWS))
    assert numbers(rows, "lr") == [0.5, 0.5]
    assert rows[1]["val_f1"] == ""


def test_a_timeline_tells_none_from_zero():
    timeline = Timeline(("hidden1", "output"), np.array([1.0, 2.0]), np.array([[0.1, -1.0], [0.0, np.nan]]))
    rows = read(timeline.as_table())
    assert [list(row.values()) for row in rows] == [["1", "0.1", "0.0"], ["2", "", "nan"]]


def buffer_of(*parameters: ParameterGradient) -> BufferState:
    return BufferState(1, 1, 1, 0.5, 0.5, "never", parameters)


def test_the_buffer_has_a_row_per_value():
    weight = np.array([[1.5, -2.25]], dtype=np.float32)
    parameter = ParameterGradient("output.weight", (1, 2), left_over=None, batch=weight, used=weight)
    nothing = ParameterGradient("output.bias", (1,))
    rows = read(buffer_of(parameter, nothing).as_table())
    assert [(row["parameter"], row["row"], row["column"]) for row in rows] == [
        ("output.weight", "0", "0"),
        ("output.weight", "0", "1"),
        ("output.bias", "", ""),
    ]
    assert numbers(rows, "used") == [1.5, -2.25]
    assert numbers(rows, "left_over") == []


@pytest.mark.parametrize("value", [0.1, 1e-30, 3.4e38, 1 / 3])
def test_single_precision_reads_back_exactly(value):
    weight = np.array([[value]], dtype=np.float32)
    text = read(buffer_of(ParameterGradient("w", (1, 1), used=weight)).as_table())[0]["used"]
    assert np.float32(text) == weight[0, 0]
    assert len(text) <= 13


def test_a_confusion_matrix_keeps_names_with_commas_and_accents():
    rows = read(counts_table(("a, b", "Ärger"), np.array([[5, 1], [2, 7]])))
    assert [row["Ärger"] for row in rows] == ["1", "7"]
    assert rows[1]["true \\ predicted"] == "Ärger"


def test_a_plane_has_the_points_and_the_answers():
    axis = np.linspace(0, 1, 3)
    view = PlaneView(
        axis_names=("x", "y"),
        class_names=("blue", "orange"),
        x=axis,
        y=axis,
        predicted=np.eye(3, dtype=np.int64),
        confidence=np.full((3, 3), 0.75, dtype=np.float32),
        train_points=np.array([[0.1, 0.2]]),
        train_classes=np.array([1]),
        validation_points=np.array([[0.3, 0.4]]),
        validation_classes=np.array([0]),
    )
    rows = read(view.as_table())
    assert [row["what"] for row in rows[:2]] == ["training", "validation"]
    assert (rows[0]["x"], rows[0]["y"], rows[0]["class"]) == ("0.1", "0.2", "orange")
    model = [row for row in rows if row["what"] == "model"]
    assert len(model) == 9
    assert {(row["x"], row["y"]) for row in model if row["class"] == "orange"} == {
        ("0.0", "0.0"),
        ("0.5", "0.5"),
        ("1.0", "1.0"),
    }


def test_other_views_of_the_data_have_their_rows():
    points = np.array([[1.0, 2.0]])
    line = LineView(input_name="hours", target_name="grade", x=np.arange(2.0), fitted=np.ones(2),
                    train_points=points, validation_points=points)  # fmt: skip
    assert [row["what"] for row in read(line.as_table())] == ["training", "validation", "model", "model"]
    predicted = PredictedView(target_name="price", true=np.array([1.0]), predicted=np.array([1.5]))
    assert read(predicted.as_table()) == [{"price (true)": "1.0", "price (predicted)": "1.5"}]
    answers = {"class_names": ("no", "yes"), "true": np.array([1]), "predicted": np.array([0]),
               "confidence": np.array([0.6], np.float32)}  # fmt: skip
    pictures = PicturesView(pictures=np.zeros((1, 2, 2), np.float32), **answers)
    assert read(pictures.as_table()) == [
        {"picture": "1", "true": "yes", "predicted": "no", "confidence": "0.6"}
    ]
    table = TableView(columns=("length",), rows=np.array([[5.1]]), **answers)
    assert read(table.as_table())[0]["length"] == "5.1"
    sequences = SequencesView(
        input_names=("level",), target_name="next", inputs=np.array([[[1.0], [2.0]]]),
        true=np.array([[3.0]]), predicted=np.array([[3.5]]),
    )  # fmt: skip
    rows = read(sequences.as_table())
    assert [(row["step"], row["level"], row["next (true)"]) for row in rows] == [
        ("1", "1.0", ""),
        ("2", "2.0", "3.0"),
    ]


def test_what_has_no_table_says_so():
    class Mood(Record):
        pass

    with pytest.raises(NotImplementedError, match="no table for Mood"):
        Mood().as_table()


def test_a_landscape_has_its_path_and_the_loss_at_every_point():
    x, y = np.array([-1.0, 0.0, 1.0]), np.array([-0.5, 0.5])
    losses = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, np.nan]])
    surface = LossSurface("path", "path", 7, x, y, losses, 2.0, "training", 100)
    path = np.array([[-0.9, 0.1], [0.0, 0.0]])
    rows = read(Landscape(surface, 1.0, False, None, True, path, np.array([0.0, 2.5]), 0.9).as_table())
    assert [row["what"] for row in rows] == ["path"] * 2 + ["slice"] * 6
    assert numbers(rows, "epoch") == [0, 2.5]
    assert list(rows[4].values()) == ["slice", "1.0", "-0.5", "", "3.0"]
    assert rows[-1]["loss"] == "nan"


def test_activations_have_a_row_for_each_bin_and_those_of_a_layer_for_each_unit():
    layer = LayerActivations(
        name="hidden1",
        bend="relu",
        edges=np.array([-1.0, 0.0, 0.5], dtype=np.float32),
        shares=np.array([0.25, 0.5], dtype=np.float32),
        zeros=0.125,
        mean=0.0,
        deviation=1.0,
        active=np.array([0.0, 0.75], dtype=np.float32),
        trouble="dead",
        troubled=np.array([True, False]),
    )
    other = replace(layer, name="output", zeros=0.0, shares=np.array([1.0, 0.0], dtype=np.float32))
    course = Course(np.zeros(0), np.zeros((2, 0)), np.zeros((2, 0)))
    rows = read(Activations(3, 64, (layer, other), course).as_table())
    assert [row["layer"] for row in rows] == ["hidden1"] * 3 + ["output"] * 3
    assert [(row["from"], row["to"]) for row in rows[:3]] == [("0.0", "0.0"), ("-1.0", "0.0"), ("0.0", "0.5")]
    assert numbers(rows, "share") == [0.125, 0.25, 0.5, 0.0, 1.0, 0.0]
    units = read(layer.as_table())
    assert [row["trouble"] for row in units] == ["dead", ""]
    assert numbers(units, "active") == [0.0, 0.75]
