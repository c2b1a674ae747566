import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame

from gradlab.window.lab.layout_stack import LEAST_HEIGHT, LEAST_WIDTH, fair


@pytest.mark.parametrize(
    ("sizes", "least", "shared"),
    [
        ([300, 300], 200, [300, 300]),
        ([500, 50], 200, [350, 200]),
        ([400, 400, 100], 200, [350, 350, 200]),
        ([100, 80], 200, [90, 90]),
    ],
)
def test_what_is_too_small_takes_from_what_is_larger(sizes, least, shared):
    assert fair(sizes, least) == shared


def beside(lab):
    return [lab.panels.docks[name] for name in ("loss", "data", "confusion")]


def test_a_dropped_panel_leaves_its_neighbours_no_strips(lab, qtbot):
    area, dropped = lab.panels, lab.panels.docks["data"]
    dropped.setFloating(True)
    area.resizeDocks(beside(lab), [60, 600, 100], Qt.Orientation.Horizontal)
    area.resizeDocks([area.docks["loss"], area.docks["gradients"]], [600, 50], Qt.Orientation.Vertical)
    qtbot.wait(20)
    assert min(area.docks["loss"].width(), area.docks["gradients"].height()) < LEAST_HEIGHT
    dropped.setFloating(False)
    qtbot.waitUntil(lambda: area.docks["gradients"].height() >= LEAST_HEIGHT)
    assert min(dock.width() for dock in beside(lab)) >= LEAST_WIDTH


def test_a_floating_panel_is_framed_and_says_how_to_put_it_back(lab, click, qtbot):
    dock = lab.panels.docks["loss"]
    button = dock.titleBarWidget().back
    assert not button.isVisible()
    click(dock.titleBarWidget().float)
    frames = (dock.titleBarWidget(), dock.findChild(QFrame, "dockBody"))
    assert all(frame.property("floats") for frame in frames)
    assert not dock.titleBarWidget().float.isVisible()
    click(button)
    assert not dock.isFloating()
    assert not any(frame.property("floats") for frame in frames)
    assert dock.titleBarWidget().float.isVisible()


def test_a_double_click_on_its_title_puts_a_panel_back(lab, qtbot):
    dock = lab.panels.docks["loss"]
    dock.setFloating(True)
    qtbot.mouseDClick(dock.titleBarWidget(), Qt.MouseButton.LeftButton, pos=QPoint(15, 15))
    qtbot.waitUntil(lambda: not dock.isFloating())
