import math
from dataclasses import replace

import numpy as np
import pytest
from eyes import colors_in, heard
from hypothesis import given
from hypothesis import strategies as st
from made_up import PLANE_AXIS, plane_view
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QFont, QFontMetricsF
from PySide6.QtTest import QSignalSpy

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import (
    DataView,
    DataWish,
    Frame,
    LineView,
    MazeView,
    PicturesView,
    PlaneView,
    PredictedView,
    SequencesView,
    TableView,
)
from gradlab.window.panels.bus import RowSelection
from gradlab.window.panels.data import image_grid
from gradlab.window.panels.data.captioned_views import VIEWS
from gradlab.window.panels.data.image_grid import FRAME, LARGEST, SMALLEST, best_grid
from gradlab.window.panels.data.panel import DataPanel
from gradlab.window.theme.tokens import Theme


def line():
    points = np.column_stack([PLANE_AXIS, 2 * PLANE_AXIS])
    return LineView("x", "y", PLANE_AXIS, 1.5 * PLANE_AXIS, points[::2], points[1::2])


def predicted():
    true = np.array([1.0, 2.0, 3.0, 4.0])
    return PredictedView("price", true, true + np.array([1.0, -1.0, 1.0, -1.0]))


def sequences(every_step=True):
    steps = np.linspace(0, 6, 20)
    inputs = np.stack([np.sin(steps + shift)[:, None] for shift in range(3)])
    true = np.stack([np.cos(steps + shift) for shift in range(3)])[:, slice(None if every_step else -1, None)]
    return SequencesView(("value",), "next value", inputs, true, true + 0.5)


def pictures(count=36):
    true = np.arange(count) % 10
    guess = true.copy()
    guess[[3, 7]] = 8
    values = np.random.default_rng(0).random((count, 8, 8), np.float32)
    return PicturesView(tuple("0123456789"), values, true, guess, np.full(count, 0.75, np.float32))


def table():
    rows = np.arange(12.0).reshape(4, 3)
    true = np.array([0, 1, 1, 0])
    return TableView(
        ("a", "b", "c"), ("no", "yes"), rows, true, np.array([0, 1, 0, 0]), np.full(4, 0.6, np.float32)
    )


def maze():
    cells = 16
    return MazeView(
        side=4,
        actions=("up", "right", "down", "left"),
        is_open=np.random.default_rng(0).random((cells, 4)) < 0.5,
        policy=np.random.default_rng(1).dirichlet(np.ones(4), cells - 1),
        right=np.arange(cells - 1) % 4,
        visits=np.full(cells - 1, 1 / (cells - 1)),
        reward=-0.5,
    )


EVERY_VIEW = dict(zip(VIEWS, (plane_view, line, predicted, sequences, maze, pictures, table), strict=True))


@pytest.fixture
def panel(show_widget, bus):
    made = DataPanel()
    made.join(bus)
    return show_widget(made, 420, 330)


def shown(panel):
    return panel.pictures.views.currentWidget()


@pytest.mark.parametrize("kind", VIEWS)
def test_each_kind_of_data_has_its_own_picture_with_a_caption_and_a_name(panel, kind):
    panel.show_frame(Frame().holding(EVERY_VIEW[kind]()))
    assert isinstance(shown(panel), VIEWS[kind])
    assert panel.pictures.caption.text()
    assert shown(panel).accessibleName()
    assert not panel.hint.isVisible()


@pytest.mark.parametrize("kind", VIEWS)
def test_every_picture_takes_its_background_from_the_theme(panel, kind, wear):
    panel.show_frame(Frame().holding(EVERY_VIEW[kind]()))
    dark = wear("dark")
    assert dark.color("plot.background").name() in colors_in(panel)


@pytest.mark.parametrize("kind", VIEWS)
def test_a_new_frame_makes_no_new_widgets_nor_plot_items(panel, kind):
    view = EVERY_VIEW[kind]()
    panel.show_frame(Frame().holding(view))
    widget = shown(panel)
    items = widget.scene().items() if hasattr(widget, "scene") else []
    panel.show_frame(Frame().holding(replace(view)))
    assert shown(panel) is widget
    assert (widget.scene().items() if hasattr(widget, "scene") else []) == items


def test_before_any_data_and_after_a_reset_the_panel_says_what_will_come(panel):
    assert panel.hint.isVisible()
    panel.show_frame(Frame().holding(line()))
    panel.show_frame(Frame())
    assert not panel.hint.isVisible()
    panel.show_frame(Frame(run=1))
    assert panel.hint.isVisible()


def test_regions_stay_drawable_when_the_model_answers_nan(panel):
    view = plane_view()
    panel.show_frame(Frame().holding(replace(view, confidence=np.full_like(view.confidence, np.nan))))
    assert isinstance(shown(panel), VIEWS[PlaneView])


def test_plane_tells_training_from_validation_and_shows_class_names_as_text(panel):
    panel.show_frame(Frame().holding(plane_view()))
    assert "training" in panel.pictures.caption.text()
    assert "validation" in panel.pictures.caption.text()
    assert "class&nbsp;&lt;1&gt;" in panel.pictures.caption.text()
    without = replace(
        plane_view(), validation_points=np.empty((0, 2)), validation_classes=np.empty(0, np.int64)
    )
    panel.show_frame(Frame().holding(without))
    assert "validation" not in panel.pictures.caption.text()


def test_predicted_against_true_notes_r_squared_and_the_mean_error(panel):
    panel.show_frame(Frame().holding(predicted()))
    assert "R² 0.20" in panel.pictures.caption.text()
    assert "Off by 1.00 on average" in panel.pictures.caption.text()


@pytest.mark.parametrize(
    "lost",
    [
        replace(line(), fitted=np.full(20, np.nan)),
        replace(predicted(), predicted=np.array([1.0, np.inf, np.nan, 2.0])),
    ],
)
def test_a_diverged_model_is_named_instead_of_drawn(panel, lost):
    panel.show_frame(Frame().holding(lost))
    assert "diverged" in panel.pictures.caption.text()


def test_pictures_say_how_many_are_right_and_each_says_what_it_is(panel):
    panel.show_frame(Frame().holding(pictures()))
    assert "34 of 36 right" in panel.pictures.caption.text()
    grid = QAccessible.queryAccessibleInterface(shown(panel))
    texts = [grid.child(number).text(QAccessible.Text.Name) for number in range(grid.childCount())]
    assert "Picture 4: is 3, predicted 8 (75% sure): wrong" in texts
    assert "Picture 1: is 0, predicted 0 (75% sure): right" in texts


def test_wrong_pictures_are_framed_and_only_they(panel):
    error = Theme.load("light").color("status.error").name()
    panel.show_frame(Frame().holding(pictures()))
    assert error in colors_in(panel)
    right = pictures()
    panel.show_frame(Frame().holding(replace(right, predicted=right.true)))
    assert error not in colors_in(panel)


def test_new_predictions_keep_the_pictures(panel):
    view = pictures()
    panel.show_frame(Frame().holding(view))
    reset = QSignalSpy(shown(panel).model().modelReset)
    panel.show_frame(Frame().holding(replace(view, pictures=view.pictures.copy(), predicted=view.true)))
    assert reset.count() == 0
    assert "36 of 36 right" in panel.pictures.caption.text()
    panel.show_frame(Frame().holding(pictures(9)))
    assert shown(panel).model().rowCount() == 9


@given(st.integers(1, 60), st.integers(100, 1200), st.integers(100, 900))
def test_pictures_fill_the_room_without_scrolling_unless_they_would_be_tiny(count, width, height):
    label = 20
    columns, edge = best_grid(count, QSize(width, height), label)
    assert columns * (edge + 2 * FRAME + 2) <= width
    assert SMALLEST <= edge <= LARGEST
    rows = -(-count // columns)
    assert edge == SMALLEST or rows * (edge + label) <= height


def test_wrong_rows_are_marked_by_a_word_and_not_by_colour_alone(panel):
    panel.show_frame(Frame().holding(table()))
    assert "3 of 4 right" in panel.pictures.caption.text()
    model = shown(panel).model()
    assert [model.data(model.index(row, 0)) for row in range(4)] == [
        "✓ right",
        "✓ right",
        "✗ wrong",
        "✓ right",
    ]
    assert [model.headerData(column, Qt.Orientation.Horizontal) for column in range(7)] == [
        *("Verdict", "True", "Predicted", "Confidence"),
        *("a", "b", "c"),
    ]
    assert model.data(model.index(2, 0), Qt.ItemDataRole.ToolTipRole) == (
        "Row 3 is yes, predicted no (60% sure): wrong"
    )


def test_rows_change_in_place_and_only_where_something_changed(panel):
    view = table()
    panel.show_frame(Frame().holding(view))
    changed = QSignalSpy(shown(panel).model().dataChanged)
    panel.show_frame(Frame().holding(replace(view, predicted=view.true)))
    areas = [
        (first.row(), last.row(), last.column()) for first, last, _ in map(changed.at, range(changed.count()))
    ]
    assert areas == [(0, 3, 3), (2, 2, 6)]


@pytest.mark.parametrize("classes", [(), ("only",)])
def test_one_class_or_no_rows_break_nothing(panel, classes):
    empty = np.empty(0, np.int64)
    view = TableView(("a",), classes, np.empty((0, 1)), empty, empty, np.empty(0, np.float32))
    panel.show_frame(Frame().holding(view))
    assert "0 of 0 right" in panel.pictures.caption.text()
    panel.show_frame(
        Frame().holding(
            replace(
                pictures(),
                pictures=np.empty((0, 8, 8), np.float32),
                true=empty,
                predicted=empty,
                confidence=np.empty(0, np.float32),
            )
        )
    )
    assert "0 of 0 right" in panel.pictures.caption.text()


# --- choosing views and rows -----------------------------------------------------------------------------------


def answering(view, wish, choices=("pictures", "projection")):
    return replace(view, wish=wish, choices=choices, can_sort=True)


def test_only_where_there_is_a_choice_it_is_offered(panel):
    panel.show_frame(Frame().holding(line()))
    assert not panel.choices.isVisible()
    panel.show_frame(Frame().holding(answering(pictures(), DataWish())))
    assert [panel.choices.view.itemText(number) for number in range(2)] == ["Pictures", "Projection"]
    assert panel.choices.worst_first.isVisible()
    panel.show_frame(Frame().holding(answering(plane_view(), DataWish())))
    assert panel.choices.view.isVisible()
    assert not panel.choices.worst_first.isVisible()  # points have no order


def test_what_is_chosen_is_asked_of_the_trainer_and_again_after_a_reset(panel, bus):
    asked = heard(bus.asked)
    panel.show_frame(Frame().holding(answering(pictures(), DataWish())))
    panel.choices.view.setCurrentIndex(1)
    panel.choices.worst_first.click()
    panel.show_frame(Frame(run=1))
    wishes = [(ask.kind, ask.wish.kind, ask.wish.worst_first) for ask in asked]
    assert wishes == [
        (DataView, "projection", False),
        (DataView, "projection", True),
        (DataView, "projection", True),
    ]


def test_selected_rows_are_asked_for_told_and_let_go_of(panel, bus, click):
    panel.show_frame(Frame().holding(answering(pictures(), DataWish())))
    asked = heard(bus.asked)
    bus.rows_selected.emit(RowSelection(np.arange(41), "true 3, predicted 8, after epoch 2"))
    wish = asked[-1].wish
    assert len(wish.rows) == 41
    panel.show_frame(Frame().holding(answering(pictures(36), wish)))
    text = "Showing 36 of 41 rows: true 3, predicted 8, after epoch 2"
    assert panel.selection.text.text() == text
    assert panel.selection.isVisible()
    said = heard(bus.rows_selected)
    click(panel.selection.show_all)
    assert len(said[0].rows) == 0  # so that the confusion matrix lets go of its cell
    assert asked[-1].wish.rows is None
    assert not panel.selection.isVisible()


def test_escape_shows_all_rows_again(panel, bus, qtbot):
    panel.activateWindow()
    qtbot.waitActive(panel)
    panel.show_frame(Frame().holding(answering(pictures(), DataWish())))
    bus.rows_selected.emit(RowSelection(np.arange(3), "three of them"))
    shown(panel).setFocus()
    qtbot.keyClick(shown(panel), Qt.Key.Key_Escape)
    assert not panel.selection.isVisible()


def test_chosen_points_are_ringed_and_the_others_step_back(panel, bus):
    panel.show_frame(Frame().holding(plane_view()))
    bus.rows_selected.emit(RowSelection(np.array([4, 5]), "true b, predicted a"))
    wish = panel.wish
    chosen = np.array([[0.1, 0.2], [0.3, 0.4]])
    panel.show_frame(Frame().holding(replace(plane_view(), wish=wish, chosen_points=chosen)))
    plot = shown(panel)
    np.testing.assert_array_equal(np.column_stack(plot.chosen.getData()), chosen)
    assert all(item.opacity() < 0.5 for pair in plot.points for item in pair)
    assert panel.selection.text.text() == "2 rows marked: true b, predicted a"
    panel.show_frame(Frame().holding(plane_view()))
    assert len(plot.chosen.getData()[0]) == 0
    assert all(item.opacity() == 1 for pair in plot.points for item in pair)


def test_rows_that_were_chosen_do_not_outlive_their_run(panel, bus):
    panel.show_frame(Frame().holding(answering(pictures(), DataWish())))
    bus.rows_selected.emit(RowSelection(np.arange(3), "three of them"))
    panel.show_frame(Frame(run=1).holding(answering(pictures(), DataWish())))
    assert panel.wish.rows is None
    assert not panel.selection.isVisible()


def test_rows_that_were_chosen_while_the_panel_was_hidden_are_shown_when_it_opens(panel, bus):
    panel.hide()
    bus.rows_selected.emit(RowSelection(np.arange(9), "nine of them"))
    panel.show()
    panel.show_frame(Frame(run=5).holding(answering(pictures(9), panel.wish)))
    assert panel.selection.text.text() == "Showing 9 rows: nine of them"


def test_the_boundary_follows_a_threshold_that_is_tried_and_the_settings_afterwards(panel, bus):
    x, _ = np.meshgrid(PLANE_AXIS, PLANE_AXIS)
    positive = ((x + 1) / 2).astype(np.float32)
    view = replace(plane_view(), scores=np.stack([1 - positive, positive], axis=-1))
    experiment = Experiment()
    panel.show_frame(Frame(experiment=experiment).holding(view))

    def boundary():
        """Return where, from left to right, class 1 begins in the picture."""
        colors = shown(panel).regions.image[10, :, :3].astype(int)
        return PLANE_AXIS[int((colors[:, 0] > colors[:, 2]).argmax())]  # more red than blue: class 1

    assert boundary() == pytest.approx(0, abs=0.1)
    bus.threshold_tried.emit(0.8)
    assert boundary() == pytest.approx(0.6, abs=0.1)
    panel.show_frame(Frame(experiment=experiment).holding(replace(view)))
    assert boundary() == pytest.approx(0.6, abs=0.1)
    panel.show_frame(Frame(experiment=experiment.with_value("training.threshold", 0.2)).holding(view))
    assert boundary() == pytest.approx(-0.6, abs=0.1)


def test_a_slice_says_that_points_may_lie_on_the_other_side(panel):
    panel.show_frame(Frame().holding(replace(plane_view(), is_slice=True)))
    assert "may lie on the other side" in panel.pictures.caption.text()
    panel.show_frame(Frame().holding(plane_view()))
    assert "may lie on the other side" not in panel.pictures.caption.text()


def test_a_low_panel_shows_the_legend_alone_and_the_rest_as_a_tooltip(panel):
    panel.resize(420, 180)
    panel.show_frame(Frame().holding(replace(plane_view(), is_slice=True)))
    assert "validation" in panel.pictures.caption.text()
    assert "slice" not in panel.pictures.caption.text()
    assert "slice" in panel.pictures.views.toolTip()
    panel.resize(420, 500)
    assert "slice" in panel.pictures.caption.text()


@pytest.mark.parametrize("every_step", [True, False])
def test_a_sequence_is_drawn_with_its_target_and_prediction_at_their_steps(panel, every_step):
    view = sequences(every_step)
    panel.show_frame(Frame().holding(view))
    plot = shown(panel)
    plot.slider.setValue(2)
    steps = np.arange(1, 21)
    for item, expected in ((plot.true, view.true[2]), (plot.predicted, view.predicted[2])):
        x, y = item.getOriginalDataset()
        np.testing.assert_array_equal(x, steps if every_step else [20])
        np.testing.assert_allclose(y, expected)
    x, y = plot.inputs[0].getOriginalDataset()
    np.testing.assert_allclose(y, view.inputs[2, :, 0])
    assert plot.text.text() == "3 of 3 · off by 0.500"


def test_sequences_with_fewer_features_hide_the_curves_of_the_others(panel):
    view = sequences()
    two = replace(view, inputs=np.repeat(view.inputs, 2, axis=2), input_names=("value", "mark"))
    panel.show_frame(Frame().holding(two))
    assert "input mark" in panel.pictures.caption.text().replace("&nbsp;", " ")
    panel.show_frame(Frame().holding(view))
    assert [item.isVisible() for item in shown(panel).inputs] == [True, False]


def test_each_choice_has_a_name_that_is_seen_and_an_explanation(panel):
    panel.show_frame(Frame().holding(answering(pictures(), DataWish())))
    seen = {
        panel.choices.view: panel.choices.label.text(),
        panel.choices.worst_first: panel.choices.worst_first.text(),
    }
    for control, name in seen.items():
        assert control.accessibleName() == name
        assert control.toolTip()


def test_a_verdict_is_cut_only_where_its_shortest_wording_has_no_room(panel):
    wrong = pictures(36)
    row = int(np.flatnonzero(wrong.true != wrong.predicted)[0])
    true, said = (wrong.class_names[number[row]] for number in (wrong.true, wrong.predicted))
    wordings = {f"{true} → {said}, 75%", f"{true} → {said}", f"→ {said}"}
    for size in range(8, 20):
        font = QFont(panel.font())
        font.setPointSize(size)
        least = QFontMetricsF(font).horizontalAdvance(f"→ {said}") + 1
        for width in range(math.ceil(least), 200):
            assert image_grid._label(wrong, row, width, font) in wordings
