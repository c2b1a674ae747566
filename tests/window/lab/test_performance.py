from dataclasses import replace

import pytest
from hands import deliver
from PySide6.QtWidgets import QLabel

from gradlab.instruments.records import Frame, Progress, Snapshot, State
from gradlab.window.lab.performance import PerformanceWindow, milliseconds

RUNNING = Snapshot(
    Frame(
        run=1,
        state=State.RUNNING,
        progress=Progress(epoch=1, epochs=20, update=40, updates_per_second=1234.4),
    ),
    serial=1,
)


@pytest.fixture
def window(lab, qtbot):
    made = PerformanceWindow(lab)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def show(lab, trainer, snapshot, qtbot):
    drawn = lab.polling.cost.per_second
    deliver(lab, trainer, snapshot)
    qtbot.waitUntil(lambda: trainer.turn.is_free)
    return drawn


def test_it_measures_only_while_it_can_be_seen(window, trainer):
    assert trainer.named("measure") == [(True,)]
    window.hide()
    assert trainer.named("measure") == [(True,), (False,)]


def test_each_panel_in_sight_has_its_cost_and_the_form_has_none(window, lab, trainer, qtbot):
    for serial in range(1, 4):
        show(lab, trainer, replace(RUNNING, serial=serial), qtbot)
    window.show_numbers()
    texts = window.drawing.texts
    assert [*texts][2:] == [
        "Loss and metrics",
        "Gradients",
        "Confusion matrix",
        "Data and predictions",
    ]
    assert all(text.endswith(" ms") for name, text in texts.items() if name != "Pictures per second")
    assert float(texts["Pictures per second"]) > 0


def test_panels_that_are_closed_go_from_the_list(window, lab):
    lab.panels.docks["loss"].close()
    window.show_numbers()
    assert "Loss" not in window.drawing.texts


def test_the_training_says_its_pace_and_what_is_measured(window, lab, trainer, qtbot):
    window.show_numbers()
    assert window.training.texts == {"Updates per second": "0.0", "All measurements": "–"}
    show(lab, trainer, replace(RUNNING, shares={"Curves": 0.02, "Gradient flow": 0.105}), qtbot)
    window.show_numbers()
    assert window.training.texts == {
        "Updates per second": "1,234",
        "All measurements": "12.5%",
        "Curves": "2.0%",
        "Gradient flow": "10.5%",
    }


def test_a_screen_reader_finds_each_name_with_its_value(window):
    window.training.show_rows([("Updates per second", "40")])
    names = [label.accessibleName() for label in window.training.findChildren(QLabel)]
    assert "Updates per second 40" in names


@pytest.mark.parametrize(("seconds", "text"), [(None, "–"), (0.0123, "12.3 ms"), (1.5, "1,500.0 ms")])
def test_times_are_in_milliseconds(seconds, text):
    assert milliseconds(seconds) == text
