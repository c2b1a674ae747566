import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from small_lesson import PLAN, write_lesson

from gradlab.instruments.records import State, Timeline
from gradlab.lessons.files import load
from gradlab.lessons.progress import Learners, order_of
from gradlab.runs.speed import FASTEST, WATCH, Speed
from gradlab.window.lessons.step_view import EndView


def view(window):
    return window.pages.lessons.steps.panel.view


def panel(window):
    return window.pages.lessons.steps.panel


def shown_panels(window):
    return {name for name, dock in window.lab.panels.docks.items() if not dock.isHidden()}


def answer(window, question, number, click):
    button = view(window).questions[question].answers[number].button
    button.window().repaint()
    click(button)


def explained(window, question):
    rows = view(window).questions[question].answers
    return [number for number, row in enumerate(rows) if row.explanation.isVisible()]


def test_the_path_is_a_click_away_and_shows_each_lesson(window, click):
    click(window.pages.welcome.lessons)
    page = window.pages.lessons.page
    assert page.isVisible()
    assert page.go_on.hasFocus()
    assert next(iter(page.cards)) == "why-zero"
    assert list(page.cards)[-1] == "small"
    card = page.cards["small"]
    assert card.accessibleName() == "A small lesson"
    assert "Not begun" in card.accessibleDescription()
    assert "3 min" in card.accessibleDescription()


def test_a_lesson_shows_the_panels_of_its_step_and_opens_its_experiment(begun, trainer):
    assert panel(begun).isVisible()
    assert shown_panels(begun) == {"loss", "compare"}
    (experiment,) = trainer.named("load")[-1]
    assert experiment.name == "Moons"
    assert begun.windowTitle() == "A small lesson – GradLab"


def test_first_the_prediction_then_the_run(begun, click, see):
    see()
    assert "Predict first" in panel(begun).note.text()
    assert not view(begun).observations.run.isVisible()
    assert begun.lab.transport.buttons["run"].isEnabled()  # nobody is locked out
    answer(begun, "predict", 1, click)
    assert view(begun).observations.run.isVisible()
    answer(begun, "predict", 0, click)
    assert explained(begun, "predict") == []  # there is something to find out yet
    assert view(begun).questions["predict"].kept.isVisible()
    see(update=9, epoch=2)
    assert explained(begun, "predict") == [0, 1]
    assert not view(begun).questions["predict"].kept.isVisible()
    assert [each.right for each in Learners().progress("small").given] == [False, True]


def test_a_run_that_is_over_also_says_whether_the_prediction_holds(begun, click, see):
    answer(begun, "predict", 1, click)
    see(update=3, state=State.FINISHED)
    assert explained(begun, "predict") == [1]


def test_a_run_before_the_prediction_asks_for_it_once(begun, click, see, trainer):
    see()
    click(begun.lab.transport.buttons["run"])
    assert trainer.named("run") == []
    assert "What will happen?" in panel(begun).note.text()
    click(begun.lab.transport.buttons["run"])
    assert len(trainer.named("run")) == 1


def test_after_the_prediction_the_run_begins_at_once(begun, click, see, trainer):
    see()
    answer(begun, "predict", 1, click)
    click(begun.lab.transport.buttons["run"])
    assert len(trainer.named("run")) == 1


def test_questions_come_once_what_they_ask_about_was_seen(begun, click, see):
    click(panel(begun).next)
    assert not view(begun).questions["check 1"].isVisible()
    see(update=1)
    assert view(begun).questions["check 1"].isVisible()


def test_the_order_of_the_answers_is_the_learners_own(begun, small):
    question = load(small).text_in("en").steps[0].predict
    orders = {tuple(order_of(question, f"Learner {number}", "small", 0, "predict")) for number in range(9)}
    assert orders == {(0, 1), (1, 0)}
    shown = view(begun).questions["predict"].answers
    from_top = sorted((0, 1), key=lambda number: shown[number].y())
    assert from_top == order_of(question, "Learner 1", "small", 0, "predict")


def test_an_experiment_that_is_no_longer_the_lessons_is_put_back_by_a_button(begun, click, see, trainer):
    see()
    answer(begun, "predict", 0, click)
    begun.lab.form.set_value("optimizer.lr", 0.5)
    assert "no longer the lesson's experiment: Learning rate 0.1 → 0.5." in panel(begun).note.text()
    loads = len(trainer.named("load"))
    click(panel(begun).put_back)
    assert trainer.named("load")[-1][0].optimizer.lr == 0.1
    assert len(trainer.named("load")) == loads + 1
    assert panel(begun).note.text() == "2 things are still to be seen."
    assert not panel(begun).put_back.isVisible()


def test_what_is_seen_is_ticked_and_what_is_open_is_said(begun, click, see):
    see()
    answer(begun, "predict", 0, click)
    assert panel(begun).note.text() == "2 things are still to be seen."
    see(update=5)
    assert panel(begun).note.text() == "1 thing is still to be seen."
    see(update=6, state=State.FINISHED)
    assert "Reset" in panel(begun).note.text()
    see(update=90, epoch=2)
    assert panel(begun).note.text() == ""
    assert Learners().progress("small").seen[0] == [True, True]


def test_what_a_later_step_asks_for_may_be_seen_before(begun, click, see):
    see(update=7)
    assert Learners().progress("small").seen == {0: [True, False], 1: [True]}


def test_a_frame_of_the_experiment_before_counts_for_nothing(window, click, see, trainer):
    window.experiments.return_to_lab()
    see(update=50, epoch=5)
    window.pages.show_lessons()
    click(window.pages.lessons.page.cards["small"])
    see(update=60, epoch=6, run=1)
    assert Learners().progress("small").seen == {}
    see(update=5)
    assert Learners().progress("small").seen == {0: [True, False], 1: [True]}


def test_the_trainer_computes_what_the_lesson_waits_for(window, trainer):
    window.pages.lessons.open("none-or-zeros")
    _, of_lanes = trainer.named("watch")[-1]
    assert {Timeline} <= of_lanes["None"]
    assert {Timeline} <= of_lanes["zeros"]
    window.experiments.return_to_lab()
    assert trainer.named("watch")[-1][1] == {}


def test_a_whole_lesson_by_clicking(begun, click, see):
    answer(begun, "predict", 0, click)
    see(update=9, epoch=2)
    click(panel(begun).next)
    assert shown_panels(begun) == {"gradients"}
    answer(begun, "check 1", 0, click)
    assert explained(begun, "check 1") == [0]
    answer(begun, "check 1", 1, click)
    click(panel(begun).next)
    assert panel(begun).next.text() == "Finish"
    click(panel(begun).next)
    assert isinstance(view(begun), EndView)
    assert not view(begun).back
    assert not view(begun).following.isVisible()  # it is the last lesson
    click(view(begun).path)
    assert "Done" in begun.pages.lessons.page.cards["small"].accessibleDescription()


def test_the_run_goes_on_where_a_step_has_no_experiment(begun, click, trainer):
    click(panel(begun).next)
    assert len(trainer.named("load")) == 1
    click(panel(begun).next)
    assert trainer.named("load")[-1][0].name == "Line"
    click(panel(begun).back)
    assert trainer.named("load")[-1][0].name == "Moons"


def test_what_was_left_open_is_listed_at_the_end_with_a_way_back(begun, click):
    for _ in range(3):
        click(panel(begun).next)
    first, second = view(begun).back
    assert "First" in first.accessibleName()
    click(second)
    assert begun.pages.place.step == 1


def test_the_next_lesson_is_a_click_away_at_the_end(window, click):
    window.pages.lessons.open("why-zero")
    window.pages.lessons.steps.go_to(5)
    click(view(window).following)
    assert window.pages.place.lesson == "whiteboard"


def test_steps_can_be_walked_with_keys(begun, qtbot):
    with qtbot.waitActive(begun):
        begun.activateWindow()
    qtbot.keyClick(begun.lab, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert begun.pages.place.step == 1
    qtbot.keyClick(begun.lab, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert begun.pages.place.step == 0


def test_a_link_leads_to_another_lesson(begun):
    view(begun).text.anchorClicked.emit("lesson:epochs")
    assert begun.pages.place.lesson == "epochs"


def test_progress_survives_a_restart(begun, click, see, open_window):
    answer(begun, "predict", 1, click)
    see(update=5)
    click(panel(begun).next)
    begun.close()
    again = open_window()
    click(again.pages.welcome.lessons)
    page = again.pages.lessons.page
    assert "Step 2 of 3" in page.cards["small"].accessibleDescription()
    assert page.go_on.text() == "Continue: A small lesson"
    click(page.go_on)
    assert again.pages.place.step == 1
    click(panel(again).back)
    assert explained(again, "predict") == []
    assert view(again).questions["predict"].answers[1].button.property("chosen")
    assert panel(again).note.text() == "1 thing is still to be seen."


def test_leaving_brings_the_free_lab_back(window, click, trainer):
    click(window.pages.welcome.free_lab)
    window.lab.panels.show_panel("code")
    before = shown_panels(window)
    window.pages.show_lessons()
    click(window.pages.lessons.page.cards["small"])
    assert shown_panels(window) != before
    assert window.lab.panels.layouts.free() != window.lab.panels.layouts.now()  # if it is closed now
    click(panel(window).path)
    window.experiments.return_to_lab()
    assert shown_panels(window) == before
    assert not panel(window).isVisible()
    assert trainer.named("load")[-1][0].name == "Free lab"
    assert window.pages.place is None


def test_an_experiment_that_is_opened_ends_the_lesson(begun, click):
    begun.pages.show_welcome()
    click(begun.pages.welcome.cards[0])
    assert begun.pages.place is None
    assert not panel(begun).isVisible()


def test_coming_back_to_the_same_lesson_finds_its_run(begun, click, trainer):
    click(panel(begun).path)
    click(begun.pages.lessons.page.cards["small"])
    assert len(trainer.named("load")) == 1
    assert panel(begun).isVisible()


def test_reset_asks_first(begun, click, press_in_box, choose_entry):
    answer(begun, "predict", 1, click)
    choose_entry(begun, "Reset progress of this lesson…")
    press_in_box(begun, "Cancel")
    assert Learners().progress("small").given
    choose_entry(begun, "Reset progress of this lesson…")
    press_in_box(begun, "Reset")
    assert not Learners().progress("small").given
    assert explained(begun, "predict") == []


def test_a_new_window_goes_on_where_the_one_before_was(begun, click, open_window, trainer):
    click(panel(begun).next)
    place = begun.pages.place
    begun.close()
    again = open_window()
    loads = len(trainer.named("load"))
    again.pages.lessons.go_on_with(place)
    assert again.pages.place == place
    assert len(trainer.named("load")) == loads


def test_everything_that_can_be_pressed_has_a_name(begun, click):
    answer(begun, "predict", 1, click)
    for button in panel(begun).findChildren(QAbstractButton):
        assert button.accessibleName()
    begun.pages.show_lessons()
    for button in begun.pages.lessons.page.findChildren(QAbstractButton):
        assert button.accessibleName()


def test_a_change_of_language_keeps_the_heights_of_a_step(begun, see, qtbot):
    def heights():
        docks = begun.lab.panels.docks
        return [docks[name].height() for name in ("loss", "compare")]

    see()
    qtbot.wait(1)
    before = heights()
    lab = begun.lab
    begun.choose_language("hi")
    qtbot.waitUntil(lambda: begun.lab is not lab and begun.updatesEnabled(), timeout=10_000)
    qtbot.wait(1)
    loss, compare = heights()
    assert loss > compare  # the step names it first
    assert abs(loss - before[0]) < 20 and abs(compare - before[1]) < 20  # words have other heights


def test_each_step_shows_its_panels_as_they_are_at_first(begun, click, monkeypatch):
    put_back = []
    for name, dock in begun.lab.panels.docks.items():
        monkeypatch.setattr(dock.panel, "put_back", lambda name=name: put_back.append(name))
    click(panel(begun).next)
    assert set(put_back) == set(begun.lab.panels.docks)


@pytest.fixture
def paced(unhurried, small, window, trainer):
    """A lesson whose first step trains at five updates per second, and its second as fast as possible."""
    plan = PLAN.replace('experiment = "moons', 'speed = 5\nexperiment = "moons')
    write_lesson(small, plan=plan.replace('["gradients"]', '["gradients"]\nspeed = "fastest"'))
    window.pages.lessons.open("small")
    return window


def choose_speed(window, speed):
    window.lab.transport.speed.setCurrentText(speed.words)


def test_a_step_trains_at_its_own_speed_and_the_next_at_another_one(paced, click, trainer):
    told = []
    for _ in range(3):
        told.append((paced.lab.transport.chosen_speed, trainer.named("set_speed")[-1][0]))
        click(panel(paced).next)
    assert told == [(speed, speed) for speed in (Speed(5), FASTEST, WATCH)]  # the third says none


def test_who_leaves_a_lesson_finds_the_own_speed_again_and_it_alone_is_kept(paced, trainer, store):
    choose_speed(paced, Speed(100))  # for this step
    assert trainer.named("set_speed")[-1] == (Speed(100),)
    paced.experiments.return_to_lab()
    assert (paced.lab.transport.chosen_speed, store.get("speed")) == (WATCH, None)
    assert trainer.named("set_speed")[-1] == (WATCH,)
    choose_speed(paced, Speed(10))
    assert store.get("speed") == "10"


def test_a_speed_that_is_chosen_for_a_step_stays_when_its_panels_are_put_back(paced):
    choose_speed(paced, Speed(100))
    paced.pages.reset_layout()
    assert paced.lab.transport.chosen_speed == Speed(100)


def test_a_speed_that_people_choose_where_a_step_has_none_is_their_own(paced, store):
    paced.pages.lessons.steps.go_to(2)
    choose_speed(paced, Speed(10))
    paced.experiments.return_to_lab()
    assert (paced.lab.transport.chosen_speed, store.get("speed")) == (Speed(10), "10")


def test_a_change_of_language_keeps_both_speeds(paced, qtbot):
    choose_speed(paced, Speed(100))
    lab = paced.lab
    paced.choose_language("hi")
    qtbot.waitUntil(lambda: paced.lab is not lab and paced.updatesEnabled(), timeout=10_000)
    assert paced.lab.transport.chosen_speed == Speed(100)
    paced.experiments.return_to_lab()
    assert paced.lab.transport.chosen_speed == WATCH
