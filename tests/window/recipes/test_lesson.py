"""A lesson is added with one folder: *Where do I add …* in CONTRIBUTING."""

import pytest
from small_lesson import write_lesson


@pytest.fixture
def window(added, open_window):
    write_lesson(added("lessons") / "small")
    made = open_window()
    made.pages.show_lessons()
    return made


@pytest.fixture
def page(window):
    return window.pages.lessons.page


def test_it_has_a_card_in_its_group(page):
    card = page.cards["small"]
    assert card.isVisible()
    assert card.accessibleName() == "A small lesson"
    assert page.removers == {}  # it came along, and stays


def test_its_card_begins_it_in_the_lab(window, page, trainer):
    page.cards["small"].click()
    assert window.windowTitle() == "A small lesson – GradLab"
    assert (window.pages.place.lesson, window.pages.place.step) == ("small", 0)
    assert window.pages.lessons.steps.panel.isVisible()
    (experiment,) = trainer.named("load")[-1]
    assert experiment.name == "Moons"


def test_the_menu_goes_through_its_steps(window, page):
    page.cards["small"].click()
    entries = {entry.text().replace("&", ""): entry for entry in window.menus["lessons"].actions()}
    entries["Next step"].trigger()
    assert window.pages.place.step == 1
    entries["Previous step"].trigger()
    assert window.pages.place.step == 0


def test_other_lessons_lead_to_it(window):
    catalogue = window.pages.lessons.catalogue
    names = [lesson.id for lesson in catalogue.lessons]
    window.pages.lessons.open(names[names.index("small") - 1])
    window.pages.lessons.steps.go_to(99)
    window.pages.lessons.steps.panel.view.following.click()
    assert window.pages.place.lesson == "small"
