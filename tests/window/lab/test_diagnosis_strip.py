"""The line above the panels: it says what is wrong, and never costs more than a line."""

import pytest
from eyes import EventCounter
from findings import CAUSE, END, SYMPTOM, THREE, frame_with
from hands import deliver
from PySide6.QtCore import QEvent, Qt

from gradlab.diagnosis.finding import Advice, Change
from gradlab.experiment.schema import Experiment
from gradlab.window.panels.bus import TrialWish
from gradlab.window.panels.catalogue import make_panels as all_panels
from gradlab.window.panels.diagnosis.panel import DiagnosisPanel

LONG = "Problem: Gradients are not cleared: since update 2 the buffer"


@pytest.fixture
def make_panels(make_panels):
    """Light panels, and the real one about findings."""
    return lambda: [*make_panels(), DiagnosisPanel()]


@pytest.fixture
def say(lab, trainer):
    """Let the lab take a frame in which these findings are."""
    return lambda *findings, **more: deliver(lab, trainer, frame_with(findings, **more))


def test_it_counts_the_other_findings(lab, say):
    say()
    assert lab.strip.words == "Nothing wrong so far"
    say(CAUSE)
    assert lab.strip.words.startswith(LONG)
    assert not lab.strip.words.endswith("more")
    say(*THREE)
    assert lab.strip.words.endswith(" and 2 more")
    assert lab.strip.accessibleName() == f"Diagnosis: {lab.strip.words}"
    assert "used again and again" in lab.strip.toolTip()
    assert "To try: Zero the gradients before every update." in lab.strip.toolTip()


def test_a_press_opens_the_panel_and_another_one_closes_it(lab, say, click, qtbot):
    say(*THREE)
    dock = lab.panels.docks["diagnosis"]
    click(lab.strip)
    assert dock.isVisible()
    assert lab.strip.accessibleDescription() == "Press to close the findings."
    click(lab.strip)
    assert not dock.isVisible()
    lab.strip.setFocus()
    qtbot.keyClick(lab.strip, Qt.Key.Key_Space)
    assert dock.isVisible()


def test_it_brings_the_panel_forward_where_it_is_behind_another(lab, say, click, qtbot):
    say(*THREE)
    click(lab.strip)
    lab.panels.show_panel("gradients")
    qtbot.waitUntil(lambda: not lab.panels.docks["diagnosis"].in_sight)
    click(lab.strip)
    qtbot.waitUntil(lambda: lab.panels.docks["diagnosis"].in_sight)


def test_a_frame_with_the_same_findings_costs_it_nothing(lab, say, qtbot):
    say(*THREE)
    qtbot.wait(50)
    counters = [EventCounter(lab.strip, kind) for kind in (QEvent.Type.Paint, QEvent.Type.LayoutRequest)]
    page = EventCounter(lab.body.middle, QEvent.Type.LayoutRequest)
    field = EventCounter(lab.form.fields["gradients.zero"], QEvent.Type.LayoutRequest)
    for update in range(101, 121):
        say(*THREE, update=update)
        qtbot.wait(2)
    assert [each.count for each in (*counters, page, field)] == [0, 0, 0, 0]


def test_beside_a_message_it_leaves_the_message_most_of_the_row(lab, say, qtbot):
    say(*THREE)
    qtbot.wait(20)
    whole = lab.strip.width()
    assert whole > 0.95 * lab.body.middle.width()
    lab.open(Experiment(), "A question about this experiment?")
    say(*THREE)
    qtbot.waitUntil(lambda: lab.strip.width() < 0.4 * whole)
    assert lab.strip.y() == lab.message.y()
    lab.message.clear()
    qtbot.waitUntil(lambda: lab.strip.width() == whole)


def test_settings_that_findings_have_to_do_with_are_marked_and_no_others(lab, say):
    say(CAUSE, SYMPTOM, END)
    marked = {key for key, field in lab.form.fields.items() if field.found and not field.found.isHidden()}
    assert marked == {"gradients.zero", "optimizer.lr"}
    say(CAUSE)
    assert lab.form.fields["optimizer.lr"].found.isHidden()
    assert not lab.form.fields["gradients.zero"].found.isHidden()


def test_a_settings_own_refusal_is_said_before_what_it_would_lead_to(lab, qtbot):
    field = lab.form.fields["gradients.zero"]
    lab.form.set_value("gradients.zero", "never")
    foreseen = field.message
    field.show_message("This is not possible.")
    assert field.message == "This is not possible."
    field.show_message("")
    assert field.message == foreseen != ""


def test_advice_that_is_not_possible_is_refused_at_its_field_and_nothing_starts(lab, trainer, say):
    say(CAUSE)
    before = lab.experiment
    impossible = Advice("Turn around.", (Change("optimizer.lr", -1.0),))
    lab.panels.bus.trial_wanted.emit(TrialWish(CAUSE, impossible))
    assert "-1" in lab.form.fields["optimizer.lr"].message
    assert lab.adviser.trial is None
    assert lab.experiment == before
    assert trainer.named("load") == []


def test_all_panels_have_room_for_it_in_the_menu_view(show_lab, trainer):
    lab = show_lab(trainer, all_panels())
    names = [action.text() for action in lab.panels.view_actions()]
    assert names[-1] == "Diagnosis"
