import numpy as np
import pytest
from made_up import plane_view

from gradlab.window.charts.plane import regions


@pytest.mark.parametrize("classes", [2, 10])
def test_regions_are_the_stronger_the_surer_the_model_is(theme, classes):
    picture = regions(plane_view(classes))[10, :, :3].astype(int)
    background = np.array(theme.color("plot.background").getRgb()[:3])
    strength = np.abs(picture - background).sum(axis=1)
    assert (np.diff(strength[:10]) <= 0).all()
    assert (np.diff(strength[10:]) >= 0).all()
    assert strength[9] < strength[0] / 2
