from dataclasses import replace

import numpy as np
import pytest
from made_up import plane_view
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradlab.window.charts.plane import PlanePlot, regions
from gradlab.window.widgets.boxes import fill


@pytest.mark.parametrize("classes", [2, 10])
def test_regions_are_the_stronger_the_surer_the_model_is(theme, classes):
    picture = regions(plane_view(classes))[10, :, :3].astype(int)
    background = np.array(theme.color("plot.background").getRgb()[:3])
    strength = np.abs(picture - background).sum(axis=1)
    assert (np.diff(strength[:10]) <= 0).all()
    assert (np.diff(strength[10:]) >= 0).all()
    assert strength[9] < strength[0] / 2


def test_points_are_small_where_many_share_little_room_and_large_where_there_is_room(show_widget):
    view = plane_view()
    many = replace(
        view,
        train_points=np.repeat(view.train_points, 800, axis=0),
        train_classes=np.repeat(view.train_classes, 800),
    )
    plot = PlanePlot()
    box = QWidget()  # by itself, a plot takes itself apart when it is closed
    fill(QVBoxLayout(box), plot)
    show_widget(box, 400, 400)
    plot.show_view(many)
    points, _ = plot.points[0]
    small, faint = points.opts["size"], points.opacity()
    plot.show_view(view)
    assert small < points.opts["size"] == points.size
    assert faint < points.opacity() == 1
