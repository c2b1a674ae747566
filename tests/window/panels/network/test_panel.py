from dataclasses import replace

import numpy as np
import pytest
from made_up import network_frames
from plain_pytorch import experiment
from PySide6.QtCore import Qt

from gradlab.instruments.records import Frame, Progress, SignalFlow, State
from gradlab.runs.observed_run import ObservedRun
from gradlab.window.charts.formatting import short
from gradlab.window.panels.network import network_view
from gradlab.window.panels.network.layer_words import LayerWords
from gradlab.window.panels.network.panel import NetworkPanel
from gradlab.window.panels.network.unit_grid import Spot
from gradlab.window.panels.network.words import caption, unit_in_words
from gradlab.window.widgets import animation as motion


@pytest.fixture
def panel(show_widget, theme):
    return show_widget(NetworkPanel(), 600, 400)


@pytest.fixture
def frames():
    """What a window gets from a real run on moons, by phase, from before the first on."""
    session = ObservedRun(experiment(data={"source": "moons"}, model={"hidden": [3, 20]}))
    session.instruments.watch(frozenset({SignalFlow}))
    taken = [session.frame(at_rest=True)]
    for _ in range(4):
        session.step_phase()
        taken.append(session.frame(at_rest=True))
    return dict(zip(("", "zeroed", "forward", "backward", "updated"), taken, strict=True))


def colors(panel, spot) -> tuple[str, str]:
    """The colours of a unit's halves."""
    picture = panel.view.grab().toImage()
    rect = panel.view.grid.units(spot.column)[spot.index]
    halves = (rect.left() + 0.25 * rect.width(), rect.left() + 0.75 * rect.width())
    return tuple(picture.pixelColor(int(x), int(rect.center().y())).name() for x in halves)


def show(panel, frame):
    panel.show_frame(frame)
    panel.view.player.skip()


def test_before_anything_there_is_the_network_and_what_to_do(panel, frames):
    panel.show_frame(Frame())
    assert panel.hint.isVisible()
    show(panel, frames[""])
    assert not panel.hint.isVisible()
    assert "Press Phase" in panel.caption.text()


def test_nobody_is_told_to_step_on_when_the_run_is_over(panel, frames):
    for phase, words in (("", "Press Reset, then Phase"), ("updated", "Update 1; loss")):
        over = replace(frames[phase], state=State.FINISHED, progress=Progress(by_phase=False))
        show(panel, replace(over, state=State.PAUSED))
        assert "Press Phase to see" in panel.caption.text() or panel.caption.text().startswith("Press Phase")
        show(panel, over)
        assert panel.caption.text().startswith(words)
        assert "Press Phase to see" not in panel.caption.text()


def test_each_phase_says_what_it_did(panel, frames):
    said = {}
    for phase, frame in frames.items():
        show(panel, frame)
        said[phase] = panel.caption.text()
    assert said["zeroed"] == "Zero: the gradient buffer was emptied, ready for the next batch."
    assert said["forward"].startswith(
        "Forward: the signal of this batch went from the inputs to output; loss 0."
    )
    assert said["backward"] == (
        "Backward: the gradient went from the loss back to hidden1; it was added to the buffer."
    )
    assert said["updated"].startswith("Update: the optimizer used the buffer.")


def test_signal_comes_with_forward_and_the_gradient_with_backward(panel, frames, theme):
    empty = theme.color("surface.panel").name()
    spot = Spot(3, 0)
    show(panel, frames["zeroed"])
    assert colors(panel, spot) == (empty, empty)
    show(panel, frames["forward"])
    left, right = colors(panel, spot)
    assert left != empty
    assert right == empty
    show(panel, frames["backward"])
    assert colors(panel, spot)[0] == left
    assert colors(panel, spot)[1] != empty


def test_an_exact_zero_looks_unlike_nothing_and_unlike_small(panel, frames, theme):
    frame = frames["backward"]
    layer = frame.get(SignalFlow).layers[1]
    values = replace(layer.gradient, batch=np.array([0.0, 1e-9, 1.0], np.float32))
    layers = (
        frame.get(SignalFlow).layers[0],
        replace(layer, gradient=values),
        *frame.get(SignalFlow).layers[2:],
    )
    show(panel, frame.holding(replace(frame.get(SignalFlow), layers=layers)))
    zero, small, _ = (colors(panel, Spot(1, unit))[1] for unit in range(3))
    assert zero == theme.color("signed.exact_zero").name()
    assert small == theme.color("signed.zero").name()


def test_the_mouse_reads_off_the_exact_unit(panel, frames, move_to):
    show(panel, frames["backward"])
    rect = panel.view.grid.units(1)[2]
    move_to(panel.view, rect.center().toPoint())
    layer = frames["backward"].get(SignalFlow).layers[1]
    assert panel.caption.text().startswith("hidden1, unit 2: signal ")
    assert short(float(layer.gradient.batch[2])) in panel.caption.text()
    panel.rows.setCurrentIndex(1)
    assert short(float(layer.activation.row[2])) in panel.caption.text()


def test_inputs_and_outputs_have_names(panel, frames):
    show(panel, frames["forward"])
    assert unit_in_words(panel.view.moment, Spot(0, 1)).startswith("inputs, “y”: signal ")
    assert unit_in_words(panel.view.moment, Spot(3, 0)).startswith("output, “upper”: signal ")


def test_the_arrow_keys_go_from_unit_to_unit(panel, frames, qtbot):
    show(panel, frames["backward"])
    panel.view.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(panel.view, key)
    assert panel.view.marked == Spot(1, 1)
    panel.rows.setFocus()
    assert panel.view.marked is None
    assert panel.caption.text().startswith("Backward")


def test_what_does_not_fit_is_counted(panel, frames):
    show(panel, frames["backward"])
    panel.resize(420, 160)
    drawn = panel.view.grid.units(2)
    assert len(drawn) < 16
    assert {0, 15} <= set(drawn)
    panel.grab()


@pytest.mark.parametrize("width", range(150, 700, 30))
def test_what_the_buffers_hold_is_said_alike_for_all_layers(panel, frames, width):
    show(panel, frames["backward"])
    panel.view.resize(width, 200)
    inputs, *told = LayerWords(panel.view.grid, panel.view.font()).buffers()
    assert len({words.startswith("buffer ") for words in told}) == 1
    assert inputs == ("" if told[0].startswith("buffer ") else "buffer")


def test_phases_move_through_the_network_and_come_to_rest(panel, frames, qtbot, monkeypatch):
    monkeypatch.setattr(network_view, "is_wanted", lambda widget: True)
    assert motion.MILLISECONDS <= 400
    panel.show_frame(frames["zeroed"])
    panel.view.player.skip()
    panel.show_frame(frames["forward"])
    assert panel.view.player.is_playing
    panel.view.move_on(0.3)
    first, last = panel.view.moment.opacity(0, "forward"), panel.view.moment.opacity(3, "forward")
    assert (first, last) == (1.0, 0.0)
    qtbot.waitUntil(lambda: not panel.view.player.is_playing)
    assert panel.view.moment.opacity(3, "forward") == 1.0
    panel.show_frame(frames["backward"])
    panel.view.move_on(0.3)
    assert (panel.view.moment.opacity(0, "backward"), panel.view.moment.opacity(3, "backward")) == (0.0, 1.0)
    panel.view.player.stop()


def test_nothing_moves_at_speed_or_for_those_who_do_not_want_it(panel, frames, monkeypatch):
    at_speed = replace(frames["updated"], progress=Progress(by_phase=False))
    monkeypatch.setattr(network_view, "is_wanted", lambda widget: True)
    panel.show_frame(at_speed)
    assert not panel.view.player.is_playing
    assert panel.caption.text().startswith("Update 1; loss")
    monkeypatch.setattr(network_view, "is_wanted", lambda widget: False)
    panel.show_frame(frames["forward"])
    assert not panel.view.player.is_playing


def test_the_same_frame_again_does_not_start_over(panel, frames, monkeypatch):
    monkeypatch.setattr(network_view, "is_wanted", lambda widget: True)
    show(panel, frames["forward"])
    panel.show_frame(frames["forward"])
    assert not panel.view.player.is_playing


def test_a_new_run_forgets_the_old_one(panel, frames):
    show(panel, frames["backward"])
    panel.view.point(Spot(1, 1))
    panel.show_frame(Frame(run=1))
    assert panel.view.moment is None
    assert panel.hint.isVisible()


def test_a_buffer_emptied_after_backward_is_told(frames):
    signal = replace(frames["backward"].get(SignalFlow), phase="zeroed", emptied=True)
    assert "lost" in caption(signal, by_phase=True)


@pytest.mark.parametrize("size", [(420, 190), (160, 110), (900, 500)])
def test_it_can_be_drawn_at_any_size_with_any_numbers(panel, size, wear):
    panel.resize(*size)
    for frame in network_frames((4, 24, 12, 12, 12, 3)):
        layers = tuple(replace(layer, norm=float("nan")) for layer in frame.get(SignalFlow).layers)
        show(panel, frame.holding(replace(frame.get(SignalFlow), layers=layers)))
        panel.grab()
    wear("dark")
    panel.grab()


def test_it_can_be_saved_as_a_table(panel, frames):
    assert panel.as_table() is None
    show(panel, frames["forward"])
    rows = list(panel.as_table().rows)
    assert [row[2] for row in rows[:2]] == ["x", "y"]
    assert rows[0][4] is None  # no gradient yet
    show(panel, frames["backward"])
    expected = float(frames["backward"].get(SignalFlow).layers[1].gradient.batch[0])
    assert float(list(panel.as_table().rows)[2][4]) == pytest.approx(expected, rel=1e-6)
