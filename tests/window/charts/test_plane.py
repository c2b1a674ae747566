import numpy as np
import pytest
from made_up import plane_view

from gradlab.window.charts.plane import PlanePlot, regions


@pytest.mark.parametrize("classes", [2, 10])
def test_regions_are_the_stronger_the_surer_the_model_is(theme, classes):
    picture = regions(plane_view(classes))[10, :, :3].astype(int)
    background = np.array(theme.color("plot.background").getRgb()[:3])
    strength = np.abs(picture - background).sum(axis=1)
    assert (np.diff(strength[:10]) <= 0).all()
    assert (np.diff(strength[10:]) >= 0).all()
    assert strength[9] < strength[0] / 2


def test_points_are_small_where_many_share_little_room_and_large_where_there_is_room(show_widget):
    plot = show_widget(PlanePlot(), 250, 200)
    plot.show_view(plane_view())
    small, opacity = plot.points[0][0].opts["size"], plot.points[0][0].opacity()
    plot.resize(1200, 1000)
    large = plot.points[0][0].opts["size"]
    assert small < large == plot.points[0][0].size
    assert opacity < 1 == plot.points[0][0].opacity()
