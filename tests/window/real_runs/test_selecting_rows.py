"""From a cell of the matrix to its rows, and from the threshold slider to the experiment, in a real run."""

import numpy as np
import pytest
from hands import panel_of, wait_for, wait_until

from gradlab.experiment.files import build
from gradlab.instruments.records import Confusion, DataView, State
from gradlab.window.panels.confusion.panel import ConfusionPanel
from gradlab.window.panels.data.panel import DataPanel

REAL = (ConfusionPanel, DataPanel)


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
    wait_for(qtbot, page, State.READY)
    page.commands.run.trigger()
    wait_for(qtbot, page, State.FINISHED)
    return page


def test_a_click_on_a_cell_opens_its_rows_in_the_data_panel_and_show_all_lets_go(lab, qtbot, click_cell):
    table, data = panel_of(lab, "confusion").page.table, panel_of(lab, "data")
    assert not data.isVisible()
    count = int(table.matrix.counts.matrix[1, 1])
    assert 0 < count <= 50  # as many as the table shows
    click_cell(table, 1, 1)
    assert data.isVisible()
    wait_until(qtbot, lambda: f"{count} rows marked: true" in data.selection.text.text())
    data.choices.view.setCurrentIndex(data.choices.view.findData("rows"))
    wait_until(qtbot, lambda: f"Showing {count} rows" in data.selection.text.text())
    assert set(data.newest(DataView).true) == {1}
    data.selection.show_all.click()
    wait_until(qtbot, lambda: set(data.newest(DataView).true) == {0, 1})
    assert table.look.chosen is None


def test_worst_first_begins_with_the_row_whose_class_was_found_least_likely(lab, qtbot):
    lab.panels.show_panel("data")
    data, confusion = panel_of(lab, "data"), panel_of(lab, "confusion")
    wait_until(qtbot, lambda: data.choices.view.count() > 1)
    data.choices.view.setCurrentIndex(data.choices.view.findData("rows"))
    data.choices.worst_first.click()
    wait_until(qtbot, lambda: data.newest(DataView).wish.worst_first)
    record = confusion.newest(Confusion)
    positive = record.at(3).scores
    likely = np.where(record.true == 1, positive, 1 - positive)
    assert data.newest(DataView).true[0] == record.true[likely.argmin()]
    assert data.newest(DataView).scores[0, record.true[likely.argmin()]] == pytest.approx(
        likely.min(), abs=1e-6
    )


def test_the_threshold_slider_of_a_finished_run_changes_the_experiment_and_every_answer(lab, qtbot):
    confusion, data = panel_of(lab, "confusion"), panel_of(lab, "data")
    lab.panels.show_panel("data")
    wait_until(qtbot, lambda: data.newest(DataView) is not None)
    slider = confusion.page.slider.slider
    before = data.newest(DataView).predicted.sum()
    slider.setSliderDown(True)
    slider.setValue(1000)
    assert confusion.page.table.matrix.counts.matrix[:, 1].sum() == 0
    assert lab.experiment.training.threshold == 0.5
    slider.setSliderDown(False)
    assert lab.experiment.training.threshold == 1.0
    wait_until(qtbot, lambda: data.newest(DataView).predicted.sum() < before)
    np.testing.assert_array_equal(data.newest(DataView).predicted, data.newest(DataView).scores[..., 1] >= 1)
    assert confusion.page.slider.value == 1.0
