import numpy as np
import pytest

from gradlab.experiment.files import build
from gradlab.instruments.records import DataWish, MazeView
from gradlab.instruments.views import data_view
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun
from gradlab.window.panels.data.maze import MazePlot


@pytest.fixture(scope="module")
def run():
    made = TrainingRun(
        build(
            {
                "data": {"source": "maze"},
                "optimizer": {"kind": "adam", "lr": 0.01},
                "training": {"epochs": 30, "device": "cpu"},
            }
        )
    )
    list(train(made))
    return made


@pytest.fixture
def plot(qtbot):
    made = MazePlot()
    qtbot.addWidget(made)
    made.resize(240, 200)
    return made


def test_what_is_seen_is_what_the_model_says_and_what_was_played(run):
    view = data_view(run)()
    assert isinstance(view, MazeView)
    assert view.choices == ("maze", "rows")
    np.testing.assert_allclose(view.policy.sum(axis=1), 1, rtol=1e-6)
    assert (view.policy.argmax(axis=1) == view.right).all()
    assert view.is_open[np.arange(15), view.right].all()
    assert view.visits.sum() == pytest.approx(1)
    assert view.reward == run.rows.reward
    assert len(list(view.as_table().rows)) == 15


def test_the_maze_is_drawn_with_arrows_in_the_colour_of_right_ways(run, plot, theme):
    view = data_view(run, DataWish(rows=np.array([3])))()
    caption = plot.show_view(view)
    assert "15 of 15 cells" in caption
    picture = plot.grab().toImage()
    tip = theme.color("series.accuracy")
    place = plot.cell(0)
    inside = {
        picture.pixelColor(x, y).name()
        for x in range(int(place.left()) + 3, int(place.right()) - 3)
        for y in range(int(place.top()) + 3, int(place.bottom()) - 3)
    }
    assert tip.name() in inside


def test_cells_lie_row_by_row_within_the_plot(run, plot):
    plot.show_view(data_view(run)())
    assert plot.rect().contains(plot.cell(0).toRect())
    assert plot.rect().contains(plot.cell(15).toRect())
    assert plot.cell(1).left() == plot.cell(0).right()
    assert plot.cell(4).top() == plot.cell(0).bottom()


def test_a_cell_says_its_numbers_in_words(run, plot):
    plot.show_view(data_view(run)())
    words = plot.in_words(0)
    assert "up" in words
    assert "right:" in words
    assert "of the steps began here" in words
