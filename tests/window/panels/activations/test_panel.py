import numpy as np
import pytest
from made_up import activation_frames
from PySide6.QtCore import QPoint, Qt

from gradlab.instruments.records import Activations, Course, Frame, LayerActivations
from gradlab.window.panels.activations.panel import COURSE, LAYERS, UNITS, ActivationsPanel
from gradlab.window.panels.bus import PanelBus


def layer(name="hidden1", bend="relu", trouble="dead", active=(0.5, 0.0, 0.4), zeros=0.5, **rest):
    active = np.array(active, dtype=np.float32)
    values = {
        "edges": np.linspace(0, 2, 5, dtype=np.float32),
        "shares": np.array([0.3, 0.1, 0.1, 0], dtype=np.float32),
        "mean": 0.4,
        "deviation": 0.6,
        "troubled": active < (0.5 if trouble == "saturated" else 1e-9)
        if trouble
        else np.zeros(len(active), bool),
    }
    return LayerActivations(
        name=name, bend=bend, trouble=trouble, active=active, zeros=zeros, **values | rest
    )


def output():
    return layer("output", "", "", active=(1, 1), zeros=0.0)


def frame_of(*layers, update=1, run=0):
    shares = np.array([[0.0, each.troubled_share] for each in layers])
    course = Course(np.array([0.0, update]), shares, shares)
    return Frame(run=run).holding(Activations(update, 512, layers, course))


@pytest.fixture
def panel(show_widget, theme):
    return show_widget(ActivationsPanel(), 700, 400)


def test_before_the_first_measurement_it_says_what_will_come(panel):
    panel.show_frame(Frame())
    assert panel.hint.isVisible()


def test_dead_units_are_counted_named_and_explained(panel):
    panel.show_frame(frame_of(layer(), output()))
    assert "hidden1: 1 of 3 dead" in panel.caption.text()
    assert "no gradient reaches" in panel.caption.text()
    assert "1 of 3 dead" in panel.rows[0].accessibleDescription()
    assert "can neither die nor saturate" in panel.rows[1].accessibleDescription()


def test_zeros_alone_are_said_to_be_normal(panel):
    panel.show_frame(frame_of(layer(active=(0.5, 0.4), zeros=0.55), output()))
    assert panel.caption.text().startswith("No unit is dead")
    assert "Zeros are normal" in panel.caption.text()
    assert "45 to 60%" in panel.caption.text()


def test_a_model_without_activation_functions_gets_a_hint(panel):
    panel.show_frame(frame_of(output()))
    assert "could die or saturate" in panel.caption.text()


def test_saturated_units_are_explained(panel):
    panel.show_frame(frame_of(layer(bend="tanh", trouble="saturated", active=(0.1, 0.9), zeros=0.0)))
    assert "1 of 2 saturated" in panel.caption.text()


def test_a_click_on_a_layer_shows_its_units_and_the_mouse_reads_them_off(panel, click, move_to):
    panel.show_frame(frame_of(layer(), layer("hidden2", active=(0.2, 0.3)), output()))
    click(panel.rows[1])
    assert panel.tabs.currentIndex() == UNITS
    assert panel.layer.currentText() == "hidden2"
    assert panel.units.layer.name == "hidden2"
    move_to(panel.units, panel.units.square(1).center().toPoint())
    assert panel.caption.text() == "hidden2, unit 1: active in 30% of its outputs"
    move_to(panel.units, QPoint(panel.units.width() - 1, panel.units.height() - 1))
    assert "A square is a unit" in panel.caption.text()


def test_a_dead_unit_looks_unlike_one_that_is_seldom_active(panel):
    panel.show_frame(frame_of(layer(active=(0.01, 0.0))))
    panel.tabs.setCurrentIndex(UNITS)
    picture = panel.units.grab().toImage()

    def colors(unit):
        square = panel.units.square(unit).toRect().adjusted(2, 2, -2, -2)
        inside = [
            (x, y) for x in range(square.left(), square.right()) for y in range(square.top(), square.bottom())
        ]
        return {picture.pixelColor(QPoint(*place)).name() for place in inside}

    assert len(colors(0)) == 1
    assert len(colors(1)) > 1  # hatched


def test_the_keyboard_does_what_the_mouse_does(panel, qtbot):
    panel.show_frame(frame_of(layer(), output()))
    qtbot.keyClick(panel.rows[0], Qt.Key.Key_Return)
    assert panel.tabs.currentIndex() == UNITS
    panel.units.setFocus()
    qtbot.keyClick(panel.units, Qt.Key.Key_Right)
    qtbot.keyClick(panel.units, Qt.Key.Key_Right)
    assert panel.caption.text() == "hidden1, unit 1: active in 0% of its outputs – dead"
    for _ in range(5):
        qtbot.keyClick(panel.units, Qt.Key.Key_Right)
    assert panel.units.marked == 2


def test_the_histogram_is_read_off_under_the_mouse(panel, move_to):
    panel.show_frame(frame_of(layer()))
    row = panel.rows[0]
    rect = row.parts[1]
    move_to(row, QPoint(int(rect.left() + 0.1 * rect.width()), int(rect.center().y())))
    assert panel.caption.text() == (
        "hidden1: 30% of the outputs are from 0 to 0.500 · 50% are exactly 0 (the pale line)"
    )


def test_the_course_shows_the_share_in_percent_for_layers_that_can_be_in_trouble(panel):
    panel.show_frame(frame_of(layer(), output()))
    panel.tabs.setCurrentIndex(COURSE)
    [curve] = panel.course.curves
    assert curve.name.name == "hidden1"
    assert curve.key.value == "33.3"


def test_another_model_gets_its_own_rows(panel):
    panel.show_frame(frame_of(layer(), output()))
    panel.tabs.setCurrentIndex(UNITS)
    panel.layer.setCurrentIndex(1)
    panel.show_frame(frame_of(layer("conv1", active=[0.5] * 8), run=1))
    panel.tabs.setCurrentIndex(LAYERS)
    assert [row.accessibleName() for row in panel.rows] == ["conv1"]
    assert [panel.layer.itemText(number) for number in range(panel.layer.count())] == ["conv1"]
    assert len(panel.course.curves) == 1


def test_numbers_that_blew_up_can_be_shown(panel):
    panel.show_frame(
        frame_of(layer(mean=float("nan"), deviation=float("nan"), shares=np.zeros(4, np.float32)))
    )
    panel.grab()
    assert "NaN" in panel.rows[0].accessibleDescription()


@pytest.mark.parametrize("size", [(420, 190), (200, 120), (900, 500)])
def test_every_view_can_be_drawn_at_any_size(panel, size, wear):
    panel.resize(*size)
    frames = activation_frames()
    panel.show_frame(frames[-1])
    for view in (LAYERS, UNITS, COURSE):
        panel.tabs.setCurrentIndex(view)
        panel.grab()
    wear("dark")
    panel.grab()


def test_it_shares_the_x_axis_of_the_bus(panel):
    bus = PanelBus()
    panel.join(bus)
    assert panel.course.axis is bus.x_axis
    panel.show_frame(activation_frames()[-1])
    panel.tabs.setCurrentIndex(COURSE)
    bus.x_axis.choose("updates")
    assert panel.course.x_label == "Update"


def test_each_view_can_be_saved_as_a_table(panel):
    assert panel.as_table() is None
    panel.show_frame(frame_of(layer(), output()))
    zeros, first, *_ = panel.as_table().rows
    assert zeros == ("hidden1", 0.0, 0.0, 0.5)
    assert (first[0], *map(float, first[1:])) == ("hidden1", 0.0, 0.5, 0.3)
    panel.tabs.setCurrentIndex(UNITS)
    units = [(unit, float(active), trouble) for unit, active, trouble in panel.as_table().rows]
    assert units == [(0, 0.5, ""), (1, 0.0, "dead"), (2, 0.4, "")]
    panel.tabs.setCurrentIndex(COURSE)
    assert len(list(panel.as_table().rows)) == 2
