"""The panel Diagnosis: findings with their symptoms, and what can be done about them."""

from dataclasses import replace

import numpy as np
import pytest
from eyes import EventCounter, colors_in, heard
from findings import CAUSE, END, LOOK, SLOWER, SYMPTOM, THREE, ZERO, frame_with
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QMenu

from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Curves
from gradlab.panel_info import panels
from gradlab.window.panels.bus import PanelBus, TrialWish
from gradlab.window.panels.diagnosis.marks import Marker
from gradlab.window.panels.diagnosis.panel import DiagnosisPanel
from gradlab.window.panels.diagnosis.words import BADGES
from gradlab.window.services.explain import words_of


@pytest.fixture
def panel(show_widget):
    made = DiagnosisPanel()
    made.bus = PanelBus(made)
    made.join(made.bus)
    return show_widget(made, 880, 260)


def texts(panel):
    return [row._text.text() for row in panel.rows]


def test_symptoms_hang_below_their_cause(panel):
    panel.show_frame(frame_with(THREE))
    assert [row.nesting for row in panel.rows] == [0, 1, 1]
    assert texts(panel)[0].startswith("Problem: Gradients are not cleared")
    assert texts(panel)[1].startswith("Warning · it leads to: hidden1 is not trained")
    left = [row._icon.mapTo(panel, QPoint()).x() for row in panel.rows]
    assert left[0] < left[1] == left[2]


def test_how_bad_it_is_is_seen_in_words_and_in_colour(panel, theme):
    for level, badge in BADGES.items():
        panel.show_frame(frame_with([replace(CAUSE, level=level, leads_to=())]))
        assert texts(panel)[0].startswith(badge.word)
        assert theme.color(badge.token).name() in colors_in(panel.rows[0]._icon)
    assert len({badge.glyph for badge in BADGES.values()}) == len(BADGES)


def test_without_findings_it_says_so_in_a_sentence(panel):
    panel.show_frame(frame_with())
    assert panel.fine.isVisible()
    assert panel.fine.text() == "Nothing wrong so far."
    panel.show_frame(frame_with(THREE))
    assert not panel.fine.isVisible()


def test_before_training_it_says_what_the_settings_let_foresee(panel):
    never = Experiment().with_value("gradients.zero", "never")
    panel.show_frame(frame_with(update=0, experiment=never))
    assert [row.finding.id for row in panel.rows] == ["not_cleared"]
    assert panel.rows[0]._evidence.text() == "from the start"
    panel.show_frame(frame_with(update=0))
    assert panel.rows == []
    assert "before training" in panel.fine.text()


def test_the_buttons_say_what_is_wanted(panel, click):
    wishes, shown, lessons = (
        heard(signal) for signal in (panel.bus.trial_wanted, panel.bus.finding_shown, panel.bus.lesson_wanted)
    )
    panel.show_frame(frame_with(THREE))
    for button in (panel.rows[0].try_first, panel.rows[0].show_me, panel.rows[0].explain):
        click(button)
    assert (wishes, shown, lessons) == ([TrialWish(CAUSE, ZERO)], [CAUSE], ["why-zero/2"])


def test_other_advice_is_offered_and_what_no_setting_does_is_only_said(panel, click):
    wishes = heard(panel.bus.trial_wanted)
    panel.show_frame(frame_with(THREE))
    click(panel.rows[0].others)
    menu = panel.rows[0].findChild(QMenu)
    assert [action.text() for action in menu.actions()] == [SLOWER.text, LOOK.text]
    assert [action.isEnabled() for action in menu.actions()] == [True, False]
    menu.actions()[0].trigger()
    menu.close()
    assert wishes == [TrialWish(CAUSE, SLOWER)]


def test_what_the_button_tries_is_what_stands_beside_it(panel, click):
    wishes = heard(panel.bus.trial_wanted)
    panel.show_frame(frame_with([replace(CAUSE, advice=(LOOK, SLOWER), leads_to=())]))
    assert panel.rows[0]._advice.text() == SLOWER.text
    click(panel.rows[0].try_first)
    assert wishes[0].advice == SLOWER


def test_a_click_leaves_the_keyboard_where_it_is_and_tab_reaches_every_button(panel, click, qtbot):
    panel.show_frame(frame_with(THREE))
    row = panel.rows[0]
    panel.setFocus()
    click(row.show_me)
    assert not row.show_me.hasFocus()
    for button in (row.show_me, row.explain, row.try_first, row.others):
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        button.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(button.hasFocus)


def test_buttons_that_would_do_nothing_are_not_there(panel):
    panel.show_frame(frame_with([END]))
    row = panel.rows[0]
    assert not any(each.isVisible() for each in (row.try_first, row.others, row.explain))
    assert row.show_me.isVisible()


def test_every_button_tells_what_it_is_and_which_finding_it_belongs_to(panel):
    panel.show_frame(frame_with(THREE))
    row = panel.rows[0]
    for button in (row.try_first, row.show_me, row.explain, row.others):
        assert button.accessibleName()
        assert button.accessibleDescription() == "Gradients are not cleared"
        assert words_of(button, QPoint(2, 2))


def test_other_numbers_of_the_same_finding_leave_its_buttons_where_they_are(panel):
    panel.show_frame(frame_with([replace(CAUSE, leads_to=())]))
    row = panel.rows[0]
    panel.show_frame(frame_with([replace(CAUSE, words={"update": "7"}, leads_to=())]))
    assert panel.rows == [row]
    assert "since update 7" in row._text.text()


def test_nothing_is_laid_out_or_painted_again_while_the_findings_stay_the_same(panel, qtbot):
    panel.show_frame(frame_with(THREE))
    qtbot.wait(50)
    counters = [EventCounter(panel, kind) for kind in (QEvent.Type.LayoutRequest, QEvent.Type.Paint)]
    for update in range(101, 121):
        later = [replace(each, stretch=(2, update)) for each in THREE]  # as rules make them
        panel.show_frame(frame_with(later, update=update))
        qtbot.wait(2)
    assert [counter.count for counter in counters] == [0, 0]


def test_its_table_has_a_row_per_finding(panel):
    assert panel.as_table() is None
    panel.show_frame(frame_with(THREE))
    assert [row[0] for row in panel.as_table().rows] == [finding.id for finding in THREE]


def test_every_rule_names_a_panel_that_there_is():
    names = {info.name for info in panels()}
    assert {rule.name: rule.seen_in for rule in RULES if rule.seen_in not in names} == {}


# ------------------------------------------------------------------ marks


def curves():
    return Curves(*[np.arange(1.0, 101.0)] * 7)


def test_a_cause_is_marked_on_the_curves_and_its_symptoms_only_while_they_are_pointed_at():
    marker, frame = Marker(), frame_with(THREE).holding(curves())
    marks = marker.marked(frame).get(Curves).marks
    assert [(mark.update, mark.level, mark.until) for mark in marks] == [(2, "error", None)]
    marker.pointed = SYMPTOM
    marks = marker.marked(frame).get(Curves).marks
    assert [(mark.update, mark.level, mark.until) for mark in marks] == [
        (2, "error", None),
        (60, "warning", 80),
    ]


def test_a_finding_without_a_stretch_is_marked_from_its_begin_to_now():
    marker = Marker()
    marker.pointed = CAUSE
    (mark,) = marker.marked(frame_with(THREE).holding(curves())).get(Curves).marks
    assert (mark.update, mark.until) == (2, 100)


def test_a_finding_about_a_layer_is_marked_beside_its_name():
    marks = Marker().marked(frame_with(THREE)).marks
    assert [(mark.layer, mark.level, mark.update) for mark in marks] == [("hidden1", "warning", None)]
    assert marks[0].text == SYMPTOM.text


def test_what_did_not_change_stays_the_same_object():
    marker, frame = Marker(), frame_with(THREE).holding(curves())
    assert marker.marked(frame).get(Curves) is marker.marked(frame).get(Curves)
    fine = frame_with().holding(curves())
    assert marker.marked(fine) is fine


def test_marks_of_another_finding_are_not_those_of_the_one_before():
    marker, shared = Marker(), curves()
    first = marker.marked(frame_with([CAUSE]).holding(shared)).get(Curves)
    other = Finding("blew_up", "problem", "The numbers blew up.", since_update=9)
    second = marker.marked(frame_with([other]).holding(shared)).get(Curves)
    assert [first.marks[0].update, second.marks[0].update] == [2, 9]
    assert shared.marks == ()
