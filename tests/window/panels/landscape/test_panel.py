from dataclasses import replace

import numpy as np
import pytest
from eyes import colors_in
from made_up import landscape_frames
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from gradlab.instruments.records import (
    CancelLandscape,
    ComputeLandscape,
    Frame,
    Landscape,
    LossSurface,
    Progress,
    State,
)
from gradlab.window.panels.bus import PanelBus
from gradlab.window.panels.landscape.heights import Heights, codes
from gradlab.window.panels.landscape.panel import LandscapePanel
from gradlab.window.panels.landscape.surface_plot import epoch_marks
from gradlab.window.panels.landscape.words import percent

AXIS = np.linspace(-1.0, 1.0, 5)
BOWL = 0.5 + AXIS**2 + 2 * AXIS[:, None] ** 2


def landscape(losses=BOWL, **changes):
    surface = LossSurface("path", "path", 120, AXIS, AXIS, losses, 0.5, "training", 375)
    made = Landscape(
        surface=surface,
        progress=1.0,
        computing=False,
        seconds_left=None,
        is_current=True,
        path=np.array([[-0.8, 0.5], [-0.4, 0.1], [0.0, 0.0]]),
        epochs=np.array([0.0, 6.0, 10.0]),
        share=0.97,
    )
    own = {name: changes.pop(name) for name in ("directions", "wanted") if name in changes}
    return replace(made, surface=replace(surface, **own), **changes)


def frame(shown=None, update=120, state=State.PAUSED, run=0):
    bare = Frame(run=run, state=state, progress=Progress(update=update))
    return bare.holding(shown) if shown else bare


@pytest.fixture
def panel(show_widget):
    made = LandscapePanel()
    made.wishes = []
    made.bus = PanelBus(made)
    made.bus.asked.connect(lambda ask: made.wishes.append((ask.kind, ask.wish)))
    made.join(made.bus)
    return show_widget(made, 420, 230)


def test_an_empty_panel_says_what_to_do_and_waits_for_a_run(panel):
    assert panel.hint.isVisible()
    assert "Press Compute" in panel.hint.text()
    assert not panel.head.button.isEnabled()
    panel.show_frame(frame(state=State.READY))
    assert panel.head.button.isEnabled()
    assert panel.head.button.text() == panel.head.button.accessibleName() == "Compute"


def test_compute_asks_for_what_the_options_say(panel, qtbot, click):
    panel.show_frame(frame())
    click(panel.head.button)
    panel.show_frame(frame(landscape()))
    panel.options.directions.choose("random")
    panel.options.span.choose(2.0)
    panel.options.detail.choose(65)
    panel.options.rows.choose("validation")
    assert len(panel.wishes) == 1  # nothing is computed before it is asked for
    qtbot.keyClick(panel.head.button, Qt.Key.Key_Space)
    assert panel.wishes == [
        (Landscape, ComputeLandscape()),
        (Landscape, ComputeLandscape("random", 2.0, 65, "validation")),
    ]


def test_while_it_computes_there_is_progress_and_a_way_to_stop(panel, click):
    panel.show_frame(frame(landscape(progress=0.34, computing=True, seconds_left=7.2)))
    assert panel.head.status.text() == "34% · 7 s left"
    assert panel.head.progress.isVisible()
    assert panel.head.progress.value() == 34
    assert panel.head.button.text() == panel.head.button.accessibleName() == "Cancel"
    click(panel.head.button)
    assert panel.wishes == [(Landscape, CancelLandscape())]
    panel.show_frame(frame(landscape(progress=0.4)))
    assert panel.head.status.text() == "Unfinished. At update 120, up to date"
    assert not panel.head.progress.isVisible()


def test_the_button_answers_at_once_even_where_the_trainer_is_late(panel, click):
    old = landscape(is_current=False)
    panel.show_frame(frame(old))
    click(panel.head.button)
    assert panel.head.button.text() == "Cancel"
    panel.show_frame(frame(replace(old)))  # made before the wish arrived
    assert panel.head.button.text() == "Cancel"
    assert (panel.head.status.text(), panel.head.progress.value()) == ("Starting …", 0)
    panel.show_frame(frame(landscape()))
    assert panel.head.button.text() == "Compute again"


def test_it_says_when_the_weights_have_moved_on(panel):
    panel.show_frame(frame(landscape()))
    assert panel.head.status.text() == "At update 120, up to date"
    panel.show_frame(frame(landscape(is_current=False), update=1340))
    assert panel.head.status.text() == "At update 120; now 1,340"
    assert panel.head.button.text() == "Compute again"
    panel.show_frame(frame(landscape(is_current=False)))  # the best weights came back
    assert panel.head.status.text() == "At update 120; the weights have moved since"


def test_following_computes_once_after_each_rest_and_not_while_training(panel):
    panel.show_frame(frame(state=State.READY, update=0))
    panel.options.follow.setChecked(True)
    assert len(panel.wishes) == 1
    panel.show_frame(frame(state=State.READY, update=0))
    assert len(panel.wishes) == 1
    panel.show_frame(frame(landscape(is_current=False), update=200, state=State.RUNNING))
    assert len(panel.wishes) == 1
    for _ in range(2):
        panel.show_frame(frame(landscape(is_current=False), update=201))
    assert len(panel.wishes) == 2
    panel.show_frame(frame(landscape(), update=201))
    assert len(panel.wishes) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "This slice holds 97% of the path’s movement."),
        (
            {"directions": "random", "wanted": "random", "share": 0.0004},
            "Random slice: it holds less than 0.1% of the path’s movement.",
        ),
        (
            {"directions": "random", "wanted": "random", "share": None},
            "A slice through the space of all weights.",
        ),
        ({"share": None}, "A slice through the space of all weights."),
        ({"directions": "random"}, "The path is still too short: two random directions for now."),
    ],
)
def test_the_caption_says_how_much_of_the_path_the_slice_holds(panel, changes, words):
    panel.show_frame(frame(landscape(**changes)))
    assert panel.page.caption.text() == words
    panel.resize(700, 25 * panel.fontMetrics().height())
    assert panel.page.caption.text().startswith(words)
    assert "Each point shows the loss on 375 training rows." in panel.page.caption.text()


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0.0%"),
        (0.0004, "less than 0.1%"),
        (0.043, "4.3%"),
        (0.5, "50%"),
        (0.9999, "more than 99.9%"),
        (1 - 1e-7, "100%"),
    ],
)
def test_a_share_never_looks_like_all_or_nothing_by_rounding(share, words):
    assert percent(share) == words


def test_the_loss_under_the_mouse_is_read_out(panel):
    panel.show_frame(frame(landscape()))
    plot = panel.page.view.plot
    place = plot.view.mapViewToScene(QPointF(0.55, -0.95))
    pointer = QPointF(plot.mapFromScene(place))
    no = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, pointer, plot.mapToGlobal(pointer), no, no, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(plot.viewport(), event)
    assert panel.page.caption.text() == "Here the loss is 2.75, 5.5 times that of the weights at update 120."
    QApplication.sendEvent(plot.viewport(), QEvent(QEvent.Type.Leave))
    plot.leaveEvent(QEvent(QEvent.Type.Leave))
    assert "path’s movement" in panel.page.caption.text()


def test_a_new_run_starts_without_a_map(panel):
    panel.show_frame(frame(landscape()))
    assert panel.page.view.isVisible()
    panel.show_frame(frame(run=1))
    assert panel.hint.isVisible()
    assert panel.head.status.text() == ""


def test_losses_that_are_not_numbers_are_marked_and_named(panel):
    losses = BOWL.copy()
    losses[0, 0], losses[4, 4] = np.nan, np.inf
    panel.show_frame(frame(landscape(losses)))
    assert "not&nbsp;a&nbsp;number" in panel.page.legend.text()
    assert "at 2 of 25 points it is not a number" in panel.page.view.plot.accessibleDescription()
    heights = panel.page.view.heights(losses)
    assert (codes(heights) == 255).sum() == 2
    panel.show_frame(frame(landscape(np.full((5, 5), np.nan))))
    assert panel.page.view.plot.accessibleDescription() == "The loss is nowhere a number"


def test_the_picture_is_drawn_anew_only_where_the_surface_changed(panel):
    shown = landscape()
    panel.show_frame(frame(shown))
    image = panel.page.view.plot.image.image
    panel.show_frame(frame(replace(shown, path=shown.path + 0.1)))
    assert panel.page.view.plot.image.image is image
    panel.options.log_scale.trigger()
    assert panel.page.view.plot.image.image is not image
    assert not panel.page.view.heights.logarithmic


def test_heights_go_from_the_lowest_to_the_highest_loss():
    losses = np.array([[0.01, 1.0], [100.0, np.inf]])
    np.testing.assert_allclose(Heights.of(losses, True)(losses)[:1], [[0, 0.5]])
    np.testing.assert_allclose(Heights.of(losses, False)(losses)[0, 1], 0.99 / 99.99)
    assert Heights.of(losses, True).labels() == ["0.010", "0.10", "1.0", "10", "100"]


def test_the_scale_has_as_many_digits_as_tell_its_losses_apart():
    labels = Heights.of(np.array([0.5301, 0.5309]), False).labels()
    assert labels == ["0.5301", "0.5303", "0.5305", "0.5307", "0.5309"]
    assert Heights.of(np.array([0.53]), False).labels() == ["0.53"] * 5
    with_zero = np.array([[0.0, 1e-3], [1e-12, 1e3]])
    np.testing.assert_allclose(Heights.of(with_zero, True)(with_zero), [[0, 0], [0, 1]])
    flat = np.full((2, 2), 0.7)
    assert (Heights.of(flat, True)(flat) == 0).all()


def test_epoch_marks_stand_at_round_epochs_on_the_path():
    shown = landscape()
    every, marks = epoch_marks(shown)
    assert every == 2
    np.testing.assert_allclose(marks[2], shown.path[1])  # epoch 6
    assert len(marks) == 4
    _, none = epoch_marks(replace(shown, path=shown.path[:1], epochs=shown.epochs[:1]))
    assert len(none) == 0


@pytest.mark.parametrize("path", [np.empty((0, 2)), np.zeros((1, 2))])
def test_a_path_without_points_breaks_nothing(panel, path):
    panel.show_frame(frame(landscape(path=path, epochs=np.zeros(len(path)), is_current=False)))
    panel.grab()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_colour_comes_from_the_theme(panel, name, wear):
    panel.show_frame(frame(landscape()))
    theme = wear(name)
    seen = colors_in(panel)
    assert theme.color("series.validation").name() in seen
    assert theme.colors("magnitude.stops")[-1].name() in seen


def test_weights_that_left_the_map_are_said_to_be_outside(panel):
    panel.show_frame(frame(landscape()))
    assert "outside" not in panel.page.legend.text()
    gone = np.array([[-0.8, 0.5], [0.0, 0.0], [3.0, 0.0]])
    panel.show_frame(frame(landscape(path=gone, is_current=False), update=500))
    assert "now:&nbsp;outside&nbsp;this&nbsp;map" in panel.page.legend.text()
    assert "computed&nbsp;here" in panel.page.legend.text()


def test_the_map_can_be_saved_as_a_table(panel):
    assert panel.as_table() is None
    panel.show_frame(frame(landscape()))
    assert len(list(panel.as_table().rows)) == 3 + 25


def test_the_made_up_frames_can_be_shown(panel):
    for each in landscape_frames():
        panel.show_frame(each)
    assert "not&nbsp;a&nbsp;number" in panel.page.legend.text()
