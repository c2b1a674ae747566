"""In a lesson the lab says what is wrong only where the step asks for it: it would give the answer away."""

import pytest
from findings import THREE, frame_with
from PySide6.QtCore import Qt

from gradlab.experiment.schema import Experiment
from gradlab.window.panels.diagnosis.panel import DiagnosisPanel

NEVER = Experiment().with_value("gradients.zero", "never")


@pytest.fixture
def make_panels(make_panels):
    """Light panels, and the real one about findings."""
    return lambda: [*make_panels(), DiagnosisPanel()]


@pytest.fixture
def find(window, trainer):
    """Let the window take a frame of the run that was opened last, in which something is wrong."""

    def find():
        run = len(trainer.named("load"))
        trainer.slot.append(frame_with(THREE, run=run, experiment=window.lab.experiment))
        window.lab.polling.poll()

    return find


def ask_for_it(folder):
    plan = folder / "lesson.toml"
    text = plan.read_text(encoding="utf-8").replace(
        'panels = ["loss", "compare"]', 'panels = ["diagnosis", "loss"]'
    )
    plan.write_text(text, encoding="utf-8")


def said(lab):
    """Return where in the lab something is said about the findings."""
    field = lab.form.fields["gradients.zero"]
    marks = lab.panels.docks["loss"].panel.frames[-1].marks
    places = {
        "strip": lab.strip.isVisible(),
        "field": field.found is not None and not field.found.isHidden(),
        "layer": any(mark.layer == "hidden1" for mark in marks),
        "panel": lab.panels.docks["diagnosis"].isVisible(),
    }
    return {name for name, there in places.items() if there}


def test_a_lesson_that_does_not_ask_for_it_gets_none(begun, find):
    find()
    assert said(begun.lab) == set()
    begun.lab.form.set_value("gradients.zero", "never")
    assert begun.lab.form.fields["gradients.zero"].message == ""
    assert not begun.lab.strip.action.isEnabled()


def test_a_lesson_that_asks_for_it_gets_the_panel_and_the_marks(small, window, click, find):
    ask_for_it(small)
    click(window.pages.welcome.lessons)
    click(window.pages.lessons.page.cards["small"])
    find()
    assert said(window.lab) == {"field", "layer", "panel"}


def test_the_free_lab_speaks_again_after_a_lesson(begun, find):
    begun.experiments.return_to_lab()
    find()
    assert said(begun.lab) == {"strip", "field", "layer"}
    begun.lab.form.set_value("gradients.zero", "never")
    assert begun.lab.form.fields["gradients.zero"].message != ""


def test_explain_opens_the_step_of_the_lesson(window, click, find, qtbot):
    window.experiments.open(NEVER, "Never")
    find()
    click(window.lab.strip)
    click(window.lab.panels.docks["diagnosis"].panel.rows[0].explain)
    place = window.pages.lessons.place
    assert (place.lesson, place.step) == ("why-zero", 1)
    assert not window.lab.strip.isVisible()
    window.experiments.return_to_lab()
    assert window.lab.experiment == NEVER


def test_the_key_that_opens_it_is_in_the_menu_run(window, find, qtbot):
    window.experiments.open(NEVER, "Never")
    find()
    (entry,) = [each for each in window.menus["run"].actions() if each.text().replace("&", "") == "Diagnosis"]
    assert entry.statusTip()
    window.lab.setFocus()
    qtbot.keyClick(window.lab, Qt.Key.Key_D)
    qtbot.waitUntil(window.lab.panels.docks["diagnosis"].isVisible)
    qtbot.keyClick(window.lab, Qt.Key.Key_D)
    qtbot.waitUntil(lambda: not window.lab.panels.docks["diagnosis"].isVisible())


def test_a_trial_goes_on_in_another_language(window, click, find, qtbot):
    window.experiments.open(NEVER, "Never")
    find()
    click(window.lab.strip)
    click(window.lab.panels.docks["diagnosis"].panel.rows[0].try_first)
    trial = window.lab.adviser.trial
    assert trial is not None
    before = window.lab
    window.choose_language("hi")
    qtbot.waitUntil(lambda: window.lab is not before)
    assert window.lab.adviser.trial == trial
