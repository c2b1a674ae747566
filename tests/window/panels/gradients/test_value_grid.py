"""Every value of a parameter has one place, and those that belong together stand together."""

import numpy as np
import pytest
import torch
from PySide6.QtCore import QRectF

from gradlab.instruments.records import ParameterGradient
from gradlab.window.charts.heat_colors import color_table
from gradlab.window.panels.gradients.pair_pictures import Cell
from gradlab.window.panels.gradients.tile_painter import with_room
from gradlab.window.panels.gradients.value_grid import GAP, Axis, arrange, strip, units_per_line
from gradlab.window.panels.gradients.value_picture import ValuePicture
from gradlab.window.panels.gradients.weight_and_bias import place_in_words

CASES = {
    "wide": (ParameterGradient("hidden1.weight", (3, 8)), False),
    "tall": (ParameterGradient("hidden1.weight", (8, 3)), False),
    "bias": (ParameterGradient("hidden1.bias", (5,)), False),
    "filters": (ParameterGradient("conv1.weight", (6, 2, 3, 3)), False),
    "wide filters": (ParameterGradient("conv1.weight", (2, 7, 3, 3)), False),
    "gru": (ParameterGradient("recurrent1.weight_ih_l0", (12, 2), gates="rzn"), False),
    "wide gru": (ParameterGradient("recurrent1.weight_ih_l0", (6, 9), gates="rzn"), False),
    "gru bias": (ParameterGradient("recurrent1.bias_hh_l0", (12,), gates="rzn"), False),
    "lstm": (ParameterGradient("recurrent1.weight_hh_l0", (16, 4), gates="ifgo"), False),
    "pictures": (ParameterGradient("hidden1.weight", (7, 12), pixels=(1, 3, 4)), True),
    "colors": (ParameterGradient("hidden1.weight", (4, 18), pixels=(3, 2, 3)), True),
}


@pytest.mark.parametrize("case", CASES)
def test_every_value_has_one_place_and_gaps_hold_none(case):
    parameter, pictures = CASES[case]
    order = arrange(parameter, parameter.shape, pictures).order
    assert sorted(order[order != GAP]) == list(range(np.prod(parameter.shape)))


@pytest.mark.parametrize("case", CASES)
def test_a_value_is_found_where_it_is_drawn(case):
    parameter, pictures = CASES[case]
    picture = ValuePicture(arrange(parameter, parameter.shape, pictures))
    picture.cells.place_in(QRectF(10, 20, 300, 170))
    for index in range(np.prod(parameter.shape)):
        assert picture.cells.index_at(picture.cells.cell_rect(index).center()) == index


@pytest.mark.parametrize("case", ["wide", "tall", "filters", "gru", "lstm"])
def test_nothing_is_drawn_higher_than_wide(case):
    parameter, pictures = CASES[case]
    rows, columns = arrange(parameter, parameter.shape, pictures).order.shape
    assert rows <= columns


@pytest.mark.parametrize("case", ["filters", "wide filters"])
def test_filters_stay_whole_and_upright_with_gaps_between_them(case):
    parameter, _ = CASES[case]
    values = np.arange(np.prod(parameter.shape)).reshape(parameter.shape)
    place = arrange(parameter, parameter.shape)
    for out in range(parameter.shape[0]):
        for channel in range(parameter.shape[1]):
            line, block = (out, channel) if place.units_down else (channel, out)
            seen = place.order[4 * line : 4 * line + 3, 4 * block : 4 * block + 3]
            np.testing.assert_array_equal(seen, values[out, channel])
    assert (place.order[3::4] == GAP).all()
    assert (place.order[:, 3::4] == GAP).all()
    assert {place.down.title, place.across.title} == {"filters", "channels"}


@pytest.mark.parametrize(("module", "gates"), [(torch.nn.GRU, "rzn"), (torch.nn.LSTM, "ifgo")])
def test_gates_are_the_chunks_of_pytorchs_stacked_matrix(module, gates):
    layer = module(2, 5)
    weight = layer.weight_hh_l0.detach()
    parameter = ParameterGradient("recurrent1.weight_hh_l0", tuple(weight.shape), gates=gates)
    place = arrange(parameter, parameter.shape)
    flat = weight.numpy().ravel()
    assert not place.units_down
    assert [text for _, text in place.across.labels] == list(gates)
    for number, chunk in enumerate(weight.chunk(len(gates))):
        start = number * 6  # five units and a gap
        np.testing.assert_array_equal(flat[place.order[:, start : start + 5]], chunk.numpy().T)
        assert start <= place.across.labels[number][0] <= start + 5
    assert (place.order[:, 5::6] == GAP).all()


def test_a_bias_runs_along_the_units_of_its_weight():
    weight, _ = CASES["gru"]
    bias, _ = CASES["gru bias"]
    across = arrange(weight, weight.shape).order
    along = strip(bias, bias.shape, down=False).order
    assert along.shape[1] == across.shape[1]
    np.testing.assert_array_equal(along[0] == GAP, across[0] == GAP)
    for column in np.flatnonzero(along[0] != GAP):
        assert across[0, column] // weight.shape[1] == along[0, column]


def test_pixels_form_the_pictures_that_the_inputs_are():
    parameter, _ = CASES["pictures"]
    values = np.arange(7 * 12).reshape(7, 3, 4)
    order = arrange(parameter, parameter.shape, True).order
    per_line = units_per_line(7)
    for unit in range(7):
        top, left = 4 * (unit // per_line), 5 * (unit % per_line)
        np.testing.assert_array_equal(order[top : top + 3, left : left + 4], values[unit])


@pytest.mark.parametrize("units", [1, 2, 7, 10, 32, 64, 100, 101])
def test_a_grid_of_pictures_is_never_higher_than_wide(units):
    per_line = units_per_line(units)
    assert -(-units // per_line) <= per_line <= units


def test_a_layer_in_blocks_does_not_claim_to_show_single_values():
    parameter = ParameterGradient("hidden2.weight", (1000, 1000), weights=np.zeros((250, 250), np.float32))
    place = arrange(parameter, (250, 250))
    assert "blocks" in place.in_words
    assert "largest" in place_in_words(parameter, Cell(False, 3))


@pytest.mark.parametrize(
    ("case", "index", "words"),
    [
        ("wide", 10, "unit 1, input 2"),
        ("bias", 4, "unit 4"),
        ("filters", 18 + 9 + 5, "filter 1, channel 1, row 1, column 2"),
        ("gru", 11, "gate z: update, unit 1, input 1"),
        ("lstm", 4 * 9 + 3, "gate g: cell value, unit 1, from unit 3 one step before"),
        ("pictures", 12 + 6, "unit 1, pixel in row 1, column 2"),
        ("colors", 18 + 6, "unit 1, pixel in row 0, column 0 of channel 1"),
    ],
)
def test_a_value_says_what_it_belongs_to(case, index, words):
    assert place_in_words(CASES[case][0], Cell(False, index)) == words


@pytest.mark.parametrize("count", [1, 2, 9, 64, 1000])
def test_the_labels_of_an_axis_do_not_touch(count):
    axis = Axis("inputs", tuple((number + 0.5, str(number)) for number in range(count)))
    shown = with_room(axis, 170 / count, [20] * count)
    places = [place for place, _ in shown]
    assert shown[0][1] == "0"
    assert (np.diff(places) >= 20).all()
    assert len(shown) >= min(count, 3)


def test_arrow_keys_step_over_gaps_and_stop_at_the_edge():
    parameter, _ = CASES["filters"]
    picture = ValuePicture(arrange(parameter, parameter.shape))
    rightmost = int(picture.cells.grid.order[0, 2])
    assert picture.cells.step(rightmost, 0, 1) == int(picture.cells.grid.order[0, 4])
    assert picture.cells.step(0, 0, -1) is None
    assert picture.cells.enter(0.0, 0, 1) == 0


def test_a_picture_smaller_than_its_values_keeps_the_loudest():
    parameter, _ = CASES["filters"]
    picture = ValuePicture(arrange(parameter, parameter.shape))
    picture.cells.place_in(QRectF(0, 0, 5, 3))
    values = np.full(parameter.shape, 0.1, dtype=np.float32)
    values[3, 1, 1, 1] = -7
    picture.take(values)
    packed = np.arange(256, dtype=np.uint32)  # each code is its own colour
    picture.draw(7, packed, 1)
    codes = {picture.image.pixel(x, y) & 255 for x in range(5) for y in range(3) if picture.image.valid(x, y)}
    assert 0 in codes


def test_nothing_is_painted_into_gaps():
    parameter = ParameterGradient("recurrent1.weight_ih_l0", (12, 2), gates="rzn")
    picture = ValuePicture(arrange(parameter, parameter.shape))
    assert picture.cells.grid.order.shape == (2, 14)
    picture.cells.place_in(QRectF(0, 0, 14 * 10, 20))
    picture.take(np.ones((12, 2), dtype=np.float32))
    picture.draw(1, color_table(), 1)
    alphas = [picture.image.pixelColor(column, 0).alpha() for column in range(14)]
    assert [column for column, alpha in enumerate(alphas) if alpha == 0] == [4, 9]
