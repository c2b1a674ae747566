"""What is shown of the data is what was asked for, and what the model says of it."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from plain_pytorch import drain, experiment
from sklearn.decomposition import PCA

from gradlab.instruments.records import (
    DataWish,
    LineView,
    MazeView,
    PicturesView,
    PlaneView,
    PredictedView,
    SequencesView,
    TableView,
    at_threshold,
)
from gradlab.instruments.views import DataRecorder, data_view, planes
from gradlab.instruments.views.planes import principal_plane
from gradlab.training.events import Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun


def trained(source, **data):
    run = TrainingRun(experiment(data={"source": source, **data}, model={"hidden": [8]}))
    drain(run)
    return run


@pytest.mark.parametrize("source", ["iris", "digits", "wine"])
def test_a_projection_shows_scikit_learns_components_of_the_training_inputs(source):
    run = trained(source)
    view = data_view(run, DataWish(kind="projection"))()
    assert isinstance(view, PlaneView)
    assert view.is_slice
    split = run.split
    flat = split.train_inputs.reshape(len(split.train_inputs), -1)
    components = PCA(2, svd_solver="full").fit(flat)
    expected = np.abs(components.transform(flat))  # a component's sign means nothing
    np.testing.assert_allclose(
        np.sort(np.abs(view.train_points), axis=0), np.sort(expected, axis=0), atol=1e-3
    )
    for name, share in zip(view.axis_names, components.explained_variance_ratio_, strict=True):
        assert f"{100 * share:.0f}%" in name


def test_the_background_of_a_projection_is_the_models_answer_on_the_plane_through_the_mean():
    run = trained("iris")
    view = data_view(run, DataWish(kind="projection"))()
    flat = run.split.train_inputs
    components = PCA(2, svd_solver="full").fit(flat)
    row, column = 20, 60
    # A component's sign means nothing: take those of the view's own points.
    signs = np.sign((view.train_points * components.transform(flat)).sum(axis=0))
    point = np.array([view.x[column], view.y[row]]) * signs
    inputs = torch.from_numpy(components.inverse_transform(point[None]).astype(np.float32))
    answer = run.evaluation.outputs(inputs).softmax(dim=1)[0]
    assert view.predicted[row, column] == answer.argmax()
    assert view.confidence[row, column] == pytest.approx(float(answer.max()), abs=1e-3)


@pytest.mark.parametrize(("source", "kind"), [("digits", "pictures"), ("iris", "rows"), ("moons", "rows")])
def test_worst_first_shows_the_rows_with_the_highest_loss(source, kind):
    run = trained(source)
    view = data_view(run, DataWish(kind=kind, worst_first=True))()
    losses = F.cross_entropy(
        run.evaluation.outputs(run.evaluation.rows[0]), run.evaluation.rows[1], reduction="none"
    ).numpy()
    count = len(view.true)
    worst = np.sort(losses)[::-1][:count]
    shown = -np.log(np.where(view.true == view.predicted, view.confidence, np.nan))
    right = view.true == view.predicted
    np.testing.assert_allclose(shown[right], worst[right], rtol=1e-3, atol=1e-5)
    order = np.argsort(-losses, kind="stable")[:count]
    np.testing.assert_array_equal(view.true, run.split.validation_targets[order])


@pytest.mark.parametrize("worst_first", [False, True])
def test_wished_rows_are_shown_alone_in_lists(worst_first):
    run = trained("digits")
    rows = run.split.validation_rows[[3, 5, 8]]
    view = data_view(run, DataWish(rows=rows, worst_first=worst_first))()
    assert len(view.pictures) == 3
    expected = run.split.dataset.inputs[rows].mean(axis=1)
    np.testing.assert_array_equal(np.sort(view.pictures, axis=None), np.sort(expected, axis=None))


def test_wished_rows_are_marked_in_planes_where_their_points_are():
    run = trained("moons")
    rows = run.split.validation_rows[:4]
    view = data_view(run, DataWish(rows=rows))()
    np.testing.assert_array_equal(view.chosen_points, run.split.dataset.inputs[rows])
    assert len(view.validation_points) > 4


def test_a_kind_that_does_not_suit_the_data_gives_way_to_one_that_does():
    view = data_view(trained("moons"), DataWish(kind="pictures"))()
    assert isinstance(view, PlaneView)
    assert view.choices == ("plane", "rows")


def test_without_validation_rows_nothing_can_be_sorted():
    run = trained("iris", validation=0.0)
    view = data_view(run, DataWish(kind="rows", worst_first=True))()
    assert not view.can_sort
    assert len(view.true) == 50


@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("kind", ["plane", "rows"])
def test_another_threshold_can_be_tried_on_what_was_seen(kind, threshold):
    changes = {"data": {"source": "moons"}, "training": {"epochs": 2, "device": "cpu"}}
    run = TrainingRun(experiment(**changes))
    drain(run)
    tried = at_threshold(data_view(run, DataWish(kind=kind))(), threshold)
    other = TrainingRun(experiment(**changes).with_value("training.threshold", threshold))
    other.model.load_state_dict(run.model.state_dict())
    expected = data_view(other, DataWish(kind=kind))()
    np.testing.assert_array_equal(tried.predicted, expected.predicted)
    np.testing.assert_array_equal(tried.confidence, expected.confidence)


def test_a_changed_threshold_is_seen_before_the_next_update():
    run = trained("moons")
    recorder = DataRecorder(run)
    before = recorder.record(at_rest=True)
    run.change(run.experiment.with_value("training.threshold", 1.0))
    after = recorder.record(at_rest=True)
    assert before.predicted.any()
    assert not after.predicted.any()


def test_a_wish_changes_the_view_at_once():
    recorder = DataRecorder(trained("iris"))
    assert isinstance(recorder.record(at_rest=False), PlaneView)
    recorder.ask(DataWish(kind="rows"))
    assert isinstance(recorder.record(at_rest=False), TableView)


@pytest.mark.parametrize("pattern", ["chirp", "adding"])
def test_sequences_come_with_target_and_prediction_in_the_datas_units_worst_first(pattern):
    run = TrainingRun(
        experiment(
            data={"source": "sequence", "pattern": pattern, "samples": 60, "length": 8},
            model={"kind": "gru", "hidden": [6]},
        )
    )
    drain(run)
    view = data_view(run, DataWish(worst_first=True))()
    everything = run.split.target_in_units(run.evaluation.outputs(run.evaluation.rows[0]).numpy()).reshape(
        15, -1
    )
    true = run.split.dataset.targets[run.split.validation_rows].reshape(15, -1)
    errors = np.square(everything - true).mean(axis=1)
    order = np.argsort(-errors)[: len(view.true)]
    np.testing.assert_allclose(view.true, true[order], atol=1e-6)
    np.testing.assert_allclose(view.predicted, everything[order], atol=1e-5)
    assert view.inputs.shape == (12, 8, {"chirp": 1, "adding": 2}[pattern])


def test_the_model_looks_at_fewer_points_where_the_inputs_are_large(monkeypatch):
    monkeypatch.setattr(planes, "GRID_NUMBERS", 100_000)
    view = data_view(trained("digits"), DataWish(kind="projection"))()
    assert 1000 < view.predicted.size <= 100_000 / 64


@pytest.mark.parametrize("shape", [(50, 5), (8, 30), (40, 40)])
def test_the_principal_plane_is_scikit_learns(shape):
    rows = np.random.default_rng(shape[0]).standard_normal(shape) * np.geomspace(10, 1, shape[1])
    theirs = PCA(2, svd_solver="full").fit(rows)
    mean, axes, shares = principal_plane(rows)
    np.testing.assert_allclose(mean, theirs.mean_, atol=1e-12)
    np.testing.assert_allclose(axes, theirs.components_, atol=1e-9)
    np.testing.assert_allclose(shares, theirs.explained_variance_ratio_, rtol=1e-9)


def test_rows_that_do_not_differ_have_a_plane_too():
    mean, axes, shares = principal_plane(np.ones((6, 3)))
    assert np.isfinite(axes).all()
    np.testing.assert_array_equal(mean, 1)
    np.testing.assert_array_equal(shares, 0)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("moons", PlaneView),
        ("line", LineView),
        ("diabetes", PredictedView),
        ("digits", PicturesView),
        ("iris", PlaneView),
        ("sequence", SequencesView),
    ],
)
def test_the_view_fits_the_data_and_watching_it_changes_nothing(source, kind):
    settings = {"data": {"source": source}, "model": {"hidden": [8], "dropout": 0.2}}
    watched, alone = TrainingRun(experiment(**settings)), TrainingRun(experiment(**settings))
    look = data_view(watched)
    for event in train(watched):
        if isinstance(event, Updated):
            view = look()
    assert isinstance(view, kind)
    drain(alone)
    assert torch.equal(watched.parameters.flat, alone.parameters.flat)


def test_fitted_line_and_points_are_in_the_datas_own_units():
    run = TrainingRun(
        experiment(data={"source": "line", "noise": 0.0}, model={"kind": "linear"}, training={"epochs": 60})
    )
    drain(run)
    view = data_view(run)()
    slope, offset = np.polyfit(*view.train_points.T, 1)
    np.testing.assert_allclose(view.fitted, slope * view.x + offset, atol=1e-3)


@pytest.mark.parametrize(
    ("names", "row"),
    [("ms,y", "{ms},{place}.25"), ("ms,a,y", "{ms},{place}.5,{side}")],
    ids=["line", "plane"],
)
def test_a_view_over_times_in_milliseconds_is_as_fine_as_over_others(tmp_path, names, row):
    path = tmp_path / "times.csv"
    times = [1_700_000_000_000 + 500 * place for place in range(60)]
    rows = [
        row.format(ms=ms, place=place * 7 % 11, side="early" if place < 30 else "late")
        for place, ms in enumerate(times)
    ]
    path.write_text("\n".join([names, *rows]), encoding="utf-8")
    view = data_view(trained("csv", path=str(path)))()
    values = view.fitted if isinstance(view, LineView) else view.confidence[0]
    assert len(np.unique(values)) > 0.9 * len(view.x)


def test_pictures_show_what_the_model_predicts():
    run = TrainingRun(experiment(training={"epochs": 15}))
    drain(run)
    view = data_view(run)()
    assert view.pictures.min() >= 0
    assert view.pictures.max() <= 1
    assert (view.true == view.predicted).mean() > 0.8
    assert ((view.confidence > 0) & (view.confidence <= 1)).all()


def test_where_there_is_nothing_to_predict_there_is_no_view():
    run = TrainingRun(
        experiment(data={"source": "surface", "samples": 20, "validation": 0.0}, model={"kind": "surface"})
    )
    assert DataRecorder(run).record(at_rest=True) is None


def test_a_maze_shows_the_policy_of_every_cell_and_where_steps_began():
    run = TrainingRun(experiment(data={"source": "maze"}))
    next(event for event in train(run) if isinstance(event, Updated))
    view = data_view(run, DataWish(kind="pictures"))()
    assert isinstance(view, MazeView)
    assert view.choices == ("maze", "rows")
    cells = view.side**2 - 1
    inputs = torch.from_numpy(run.split.train_inputs)
    with torch.no_grad():
        expected = run.model(inputs).double().softmax(dim=1).numpy()
    np.testing.assert_allclose(view.policy, expected, atol=1e-6)
    played = run.rows.train[0].argmax(dim=1).tolist()
    assert view.visits.tolist() == [played.count(cell) / len(played) for cell in range(cells)]
    table = list(view.as_table().rows)
    assert [row[:2] for row in table] == [divmod(cell, view.side) for cell in range(cells)]
    assert [view.actions.index(row[2]) for row in table] == view.right.tolist()
    assert [list(row[3:-1]) for row in table] == view.policy.tolist()


@pytest.mark.parametrize(("columns", "choices"), [(1, ("rows",)), (3, ("projection", "rows"))])
def test_a_projection_needs_two_columns(tmp_path, columns, choices):
    path = tmp_path / "own.csv"
    lines = [
        ",".join([*(str(row * column) for column in range(1, columns + 1)), "ab"[row % 2]])
        for row in range(40)
    ]
    path.write_text("\n".join([",".join("xyz"[:columns]) + ",kind", *lines]))
    run = TrainingRun(experiment(data={"source": "csv", "path": str(path)}))
    view = data_view(run, DataWish(kind="projection"))()
    assert view.choices == choices
    assert isinstance(view, PlaneView) == ("projection" in choices)


def test_rows_are_sorted_by_loss_before_any_epoch_was_evaluated_too():
    run = TrainingRun(experiment(data={"source": "iris"}))
    view = data_view(run, DataWish(kind="rows", worst_first=True))()
    inputs, targets = run.evaluation.rows
    with torch.no_grad():
        losses = F.cross_entropy(run.model(inputs), targets, reduction="none").numpy()
    worst = run.split.validation_rows[np.argsort(-losses, kind="stable")][: len(view.rows)]
    np.testing.assert_allclose(view.rows, run.split.dataset.inputs[worst], rtol=1e-5)


def test_a_threshold_judges_two_classes_alone():
    three = data_view(trained("iris"), DataWish(kind="rows"))()
    assert at_threshold(three, 0.0) is three
    two = data_view(trained("moons"), DataWish(kind="rows"))()
    assert at_threshold(two, 0.0).predicted.all()
