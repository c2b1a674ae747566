import pytest
from hands import deliver
from PySide6.QtCore import QRect, QSize, Qt

from gradlab.instruments.records import Frame, Progress, State
from gradlab.window.shell.tour import beside
from gradlab.window.shell.tour_stops import STOPS

STEP_PHASE = next(number for number, stop in enumerate(STOPS) if stop.title == "Phase by phase")


@pytest.fixture
def window(open_window):
    made = open_window()
    made.start_tour()
    return made


def test_the_tour_leads_through_the_real_window_and_ends(window, trainer, click):
    tour = window.tour
    seen = []
    for stop in STOPS:
        assert tour.bubble.isVisible()
        assert stop.find(window.pages).isVisible()
        assert window.rect().contains(tour.bubble.geometry())
        seen.append(tour.bubble.title.text())
        click(tour.bubble.next if stop is not STOPS[-1] else tour.bubble.skip)
    assert seen == [stop.title for stop in STOPS]
    assert window.tour is None
    assert trainer.named("run")


def test_it_can_be_skipped_and_taken_again(qtbot, window, click):
    click(window.tour.bubble.skip)
    assert window.tour is None
    window.start_tour()
    qtbot.keyClick(window.tour.bubble.next, Qt.Key.Key_Escape)
    assert window.tour is None


def test_escape_ends_it_wherever_the_keyboard_is(qtbot, window):
    window.tour.go(3)
    window.lab.setFocus()
    qtbot.keyClick(window.lab, Qt.Key.Key_Escape)
    assert window.tour is None


@pytest.mark.parametrize("number", range(len(STOPS)))
def test_light_falls_only_on_what_can_be_used(window, number):
    """Behind this trainer nothing is ever ready: the button stays in the dark."""
    window.tour.go(1)
    window.tour.go(number)
    target = STOPS[number].find(window.pages)
    assert window.tour.shade.hole.isEmpty() != target.isEnabled()


def test_a_run_that_is_over_goes_on_for_the_button_that_the_tour_is_about(window, trainer, qtbot):
    window.tour.go(1)
    lab = window.lab
    epochs = lab.experiment.training.epochs
    over = Frame(run=1, state=State.FINISHED, progress=Progress(update=9, epoch=epochs, epochs=epochs))
    deliver(lab, trainer, over)
    window.tour.go(STEP_PHASE)
    assert lab.experiment.training.epochs > epochs
    change = trainer.asked[-1]
    assert change[0] == "change"
    on = Frame(run=1, state=State.PAUSED, progress=Progress(update=9, epoch=epochs, epochs=epochs + 20))
    deliver(lab, trainer, on)
    hole = lambda: not window.tour.shade.hole.isEmpty()  # noqa: E731
    qtbot.waitUntil(hole)
    assert lab.transport.buttons["step_phase"].isEnabled()


def test_a_run_that_ends_while_the_tour_waits_goes_on_too(window, trainer, qtbot):
    window.tour.go(1)
    lab = window.lab
    epochs = lab.experiment.training.epochs
    deliver(lab, trainer, Frame(run=1, state=State.RUNNING, progress=Progress(epoch=1, epochs=epochs)))
    window.tour.go(STEP_PHASE)
    assert trainer.named("rest")
    deliver(lab, trainer, Frame(run=1, state=State.FINISHED, progress=Progress(epoch=epochs, epochs=epochs)))
    qtbot.waitUntil(lambda: lab.experiment.training.epochs > epochs)


def test_a_run_that_was_stopped_early_begins_anew(window, trainer):
    window.tour.go(1)
    epochs = window.lab.experiment.training.epochs
    deliver(window.lab, trainer, Frame(state=State.FINISHED, progress=Progress(epoch=3, epochs=epochs)))
    trainer.asked.clear()
    window.tour.go(STEP_PHASE)
    assert trainer.named("load")


def test_at_its_end_there_is_a_first_lesson_to_go_on_with(window, click):
    window.tour.go(len(STOPS) - 1)
    click(window.tour.bubble.first_lesson)
    assert window.tour is None
    assert window.pages.place.lesson == window.pages.lessons.catalogue.lessons[0].id


def test_at_its_end_there_is_a_free_lab_to_go_on_in(window, trainer, click):
    window.tour.go(1)
    window.lab.form.set_value("training.epochs", 3)
    window.tour.go(len(STOPS) - 1)
    click(window.tour.bubble.free_lab)
    assert window.pages.in_lab
    assert window.lab.experiment.training.epochs != 3


def test_what_was_in_the_lab_before_the_tour_is_there_after_it(open_window, click):
    window = open_window()
    window.experiments.return_to_lab()
    window.lab.form.set_value("training.epochs", 3)
    window.start_tour()
    window.tour.go(len(STOPS) - 1)
    click(window.tour.bubble.free_lab)
    assert window.lab.experiment.training.epochs == 3


def test_back_leads_back(window, click):
    bubble = window.tour.bubble
    assert not bubble.back.isVisible()
    click(bubble.next)
    click(bubble.back)
    assert bubble.title.text() == STOPS[0].title


def test_what_is_told_of_can_be_pressed(qtbot, window):
    """The shade lets the mouse through."""
    place = window.pages.welcome.lessons.mapTo(window, window.pages.welcome.lessons.rect().center())
    assert window.childAt(place) is window.pages.welcome.lessons


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_newcomers_are_asked_once(open_window, answer, click):
    first = open_window()
    assert first.pages.welcome.offer.isVisible()
    click(getattr(first.pages.welcome.offer, answer))
    assert (first.tour is not None) == (answer == "yes")
    assert not first.pages.welcome.offer.isVisible()
    assert not open_window().pages.welcome.offer.isVisible()


@pytest.mark.parametrize(
    "place",
    [QRect(0, 0, 100, 30), QRect(1180, 690, 100, 30), QRect(0, 0, 300, 720), QRect(900, 0, 380, 720)],
)
def test_the_bubble_is_inside_the_window_and_beside_what_it_tells_of(place):
    room = QRect(0, 0, 1280, 720)
    bubble = beside(place, QSize(380, 160), room)
    assert room.contains(bubble)
    assert not bubble.intersects(place)


def test_the_bubble_is_on_what_fills_the_window():
    room = QRect(0, 0, 960, 640)
    assert room.contains(beside(room, QSize(380, 160), room))
