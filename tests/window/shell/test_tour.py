import pytest
from PySide6.QtCore import QRect, QSize, Qt

from gradlab.window.shell.tour import beside
from gradlab.window.shell.tour_stops import STOPS


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
        click(tour.bubble.next)
    assert seen == [stop.title for stop in STOPS]
    assert window.tour is None
    assert trainer.named("run")


def test_it_can_be_skipped_and_taken_again(qtbot, window, click):
    click(window.tour.bubble.skip)
    assert window.tour is None
    window.start_tour()
    qtbot.keyClick(window.tour.bubble.next, Qt.Key.Key_Escape)
    assert window.tour is None


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
