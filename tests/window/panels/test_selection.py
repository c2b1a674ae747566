"""From a cell of the matrix to its rows, and from the threshold slider to the experiment, in a real run."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gradlab.experiment.files import build
from gradlab.instruments.records import Confusion, DataView, State
from gradlab.window.panels.confusion.panel import ConfusionPanel
from gradlab.window.panels.data.panel import DataPanel

REAL = (ConfusionPanel, DataPanel)
PATIENCE = 30_000  # milliseconds: libraries are loaded on the way


@pytest.fixture
def lab(qtbot, show_lab, training, make_panels):
    """A lab after three epochs on data of two classes, with two real panels beside light ones."""

    def panels():
        others = [made for made in make_panels() if made.about.name not in {real.about.name for real in REAL}]
        return [*others, *(real() for real in REAL)]

    training.start()
    page = show_lab(training.trainer, panels(), height=720)
    page.open(
        build(
            {
                "data": {"source": "breast_cancer"},
                "model": {"kind": "linear"},
                "training": {"epochs": 3, "device": "cpu"},
            }
        )
    )
    qtbot.waitUntil(lambda: page.state is State.READY, timeout=PATIENCE)
    page.commands.run.trigger()
    qtbot.waitUntil(lambda: page.state is State.FINISHED, timeout=PATIENCE)
    return page


def panel(lab, name):
    return lab.panels.docks[name].panel


def pick(qtbot, table, true, predicted):
    place = table.visualRect(table.matrix.index(true, predicted)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_on_a_cell_opens_its_rows_in_the_data_panel_and_show_all_lets_go(lab, qtbot):
    table, data = panel(lab, "confusion").page.table, panel(lab, "data")
    assert not data.isVisible()
    count = int(table.matrix.counts.matrix[1, 1])
    assert 0 < count <= 50  # as many as the table shows
    pick(qtbot, table, 1, 1)
    assert data.isVisible()
    qtbot.waitUntil(lambda: f"{count} rows marked: true" in data.selection.text.text(), timeout=PATIENCE)
    data.choices.view.setCurrentIndex(data.choices.view.findData("rows"))
    qtbot.waitUntil(lambda: f"Showing {count} rows" in data.selection.text.text(), timeout=PATIENCE)
    assert set(data.newest(DataView).true) == {1}
    data.selection.show_all.click()
    qtbot.waitUntil(lambda: set(data.newest(DataView).true) == {0, 1}, timeout=PATIENCE)
    assert table.look.chosen is None


def test_worst_first_begins_with_the_row_whose_class_was_found_least_likely(lab, qtbot):
    lab.panels.show_panel("data")
    data, confusion = panel(lab, "data"), panel(lab, "confusion")
    qtbot.waitUntil(lambda: data.choices.view.count() > 1, timeout=PATIENCE)
    data.choices.view.setCurrentIndex(data.choices.view.findData("rows"))
    data.choices.worst_first.click()
    qtbot.waitUntil(lambda: data.newest(DataView).wish.worst_first, timeout=PATIENCE)
    record = confusion.newest(Confusion)
    positive = record.at(3).scores
    likely = np.where(record.true == 1, positive, 1 - positive)
    assert data.newest(DataView).true[0] == record.true[likely.argmin()]
    assert data.newest(DataView).scores[0, record.true[likely.argmin()]] == pytest.approx(
        likely.min(), abs=1e-6
    )


def test_the_threshold_slider_of_a_finished_run_changes_the_experiment_and_every_answer(lab, qtbot):
    confusion, data = panel(lab, "confusion"), panel(lab, "data")
    lab.panels.show_panel("data")
    qtbot.waitUntil(lambda: data.newest(DataView) is not None, timeout=PATIENCE)
    slider = confusion.page.slider.slider
    before = data.newest(DataView).predicted.sum()
    slider.setSliderDown(True)
    slider.setValue(1000)
    assert confusion.page.table.matrix.counts.matrix[:, 1].sum() == 0
    assert lab.experiment.training.threshold == 0.5
    slider.setSliderDown(False)
    assert lab.experiment.training.threshold == 1.0
    qtbot.waitUntil(lambda: data.newest(DataView).predicted.sum() < before, timeout=PATIENCE)
    np.testing.assert_array_equal(data.newest(DataView).predicted, data.newest(DataView).scores[..., 1] >= 1)
    assert confusion.page.slider.value == 1.0
