"""A data set, a model, an optimizer and the like are found in the window: *Where do I add …* in CONTRIBUTING."""

import pytest
from toy_entries import ACTIVATION, OPTIMIZER, SOURCE, TOYS, ZEROING, added
from watching import look

from gradlab.experiment.in_force import SettingsInForce
from gradlab.instruments.records import BufferState, Frame
from gradlab.runs.observed_run import ObservedRun
from gradlab.window.lab.form import ExperimentForm
from gradlab.window.lab.transport import RunActions
from gradlab.window.panels.activations.words import bend_in_words
from gradlab.window.panels.code.panel import CodePanel
from gradlab.window.panels.gradients.words import facts
from gradlab.window.panels.phase_words import phases_of, sentence


@pytest.fixture
def add(tmp_path):
    """Return a function that puts a toy's file in its place until the end of the test."""
    folders = iter([tmp_path / "one", tmp_path / "two"])
    contexts = []

    def add(toy):
        folder = next(folders)
        folder.mkdir()
        contexts.append(added(toy, folder))
        contexts[-1].__enter__()
        return toy

    yield add
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.fixture(params=TOYS, ids=lambda toy: toy.name)
def toy(request, add):
    return add(request.param)


def told(experiment, presses):
    """Return what is said after so many phases, and the record that it is said of."""
    session = ObservedRun(experiment)
    for _ in range(presses):
        session.step_phase()
    record = look(session, frozenset({BufferState})).get(BufferState)
    return sentence(record), record


def test_the_form_offers_it_and_shows_the_fields_that_it_uses(toy, qtbot):
    form = ExperimentForm(SettingsInForce())
    qtbot.addWidget(form)
    combo = form.fields[toy.key].combo
    assert combo.findText(toy.label) == combo.findData(toy.name) >= 0
    form.settings.show(toy.experiment)
    form.show_experiment(toy.experiment)
    assert combo.currentData() == toy.name
    assert not any(form.fields[key].isHidden() for key in (toy.key, *toy.shown))
    assert all(form.fields[key].isHidden() for key in toy.hidden)


def test_the_data_panel_comes_up_with_a_drawn_data_set(add, open_window):
    add(SOURCE)
    window = open_window()
    window.pages.show_lab()
    assert not window.lab.panels.docks["data"].isVisible()
    window.lab.open(SOURCE.experiment)
    assert window.lab.panels.docks["data"].isVisible()


def test_the_code_panel_has_its_line(add, qtbot):
    add(OPTIMIZER)
    panel = CodePanel()
    qtbot.addWidget(panel)
    panel.show_frame(Frame(experiment=OPTIMIZER.experiment))
    assert "seen = [torch.zeros_like(weight) for weight in model.parameters()]" in panel.code.toPlainText()


def test_an_optimizers_step_is_told_in_its_words(add):
    said, _ = told(add(OPTIMIZER).experiment, 4)
    assert said == (
        "Update: every weight moved by the learning rate, whatever the buffer's size; of the past 0.25. "
        "The buffer still holds it until it is zeroed."
    )


def test_a_zeroing_mode_is_told_in_its_words(add):
    spec = add(ZEROING).experiment
    assert told(spec, 1)[0] == "Zero: it was time, so the buffer was emptied."
    said, record = told(spec, 4)
    assert said.endswith("Now and then it stays.")
    assert facts(record)[2] == "zeroed: toy second"
    assert phases_of(spec) == ("zeroed", "forward", "backward", "updated")


def test_running_again_offers_what_a_zeroing_mode_is_to_be_compared_with(add, qtbot):
    spec = add(ZEROING).experiment
    actions = RunActions()
    actions.show_zeroing(spec.gradients.zero)
    assert actions.again.text() == "Run again without zeroing"


def test_the_layers_name_the_activation_function_as_the_form_does(add):
    add(ACTIVATION)
    assert bend_in_words("toy_softsign") == "Toy softsign"
