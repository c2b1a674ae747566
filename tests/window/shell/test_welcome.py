import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from gradlab.datasets.base import SOURCES
from gradlab.experiment import files
from gradlab.window.shell.welcome import FirstExperiment, WelcomePage, first_experiments

FIRST = first_experiments()


@pytest.fixture
def page(show_widget):
    return show_widget(WelcomePage(), 1280, 690)


@pytest.mark.parametrize("first", FIRST, ids=lambda first: first.path.stem)
def test_every_first_experiment_is_valid_and_asks_something(first):
    experiment = files.load(first.path)
    assert experiment.name == first.name
    assert "?" in first.question
    assert experiment.data.source in SOURCES.names()


def test_there_are_about_six_of_them_with_different_names():
    assert len({first.name for first in FIRST}) == len(FIRST) >= 5


def test_the_question_is_the_comment_at_the_top(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text('# What if?\n# Try it.\nname = "X"  # not this\n# nor this\n[data]\nsource = "moons"\n')
    assert FirstExperiment.read(path).question == "What if? Try it."


def test_every_experiment_has_a_card_that_opens_it(page, qtbot):
    for card, first in zip(page.cards, FIRST, strict=True):
        assert card.accessibleName() == first.name
        assert card.accessibleDescription() == first.question
        assert {first.name, first.question} <= {label.text() for label in card.findChildren(QLabel)}
        with qtbot.waitSignal(page.wants_file) as waiting:
            card.click()
        assert waiting.args == [first.path]


@pytest.mark.parametrize("width", [960, 1280, 1920])
def test_no_card_cuts_its_words_off(page, width, qtbot):
    page.resize(width, 690)
    qtbot.wait(1)
    for card in page.cards:
        for label in card.findChildren(QLabel):
            if label.text():
                assert label.heightForWidth(label.width()) <= label.height()


def test_the_buttons_are_named_as_they_read(page, qtbot):
    pairs = {
        page.lessons: page.wants_lessons,
        page.free_lab: page.wants_lab,
        page.open: page.wants_open,
    }
    for button, signal in pairs.items():
        assert button.accessibleName() == button.text()
        with qtbot.waitSignal(signal):
            button.click()


def test_recent_files_open_by_click(page, qtbot, tmp_path):
    paths = [tmp_path / "second.toml", tmp_path / "first.toml"]
    page.show_recent(paths)
    assert [button.text() for button in page.recent.buttons] == ["second", "first"]
    with qtbot.waitSignal(page.wants_file) as waiting:
        page.recent.buttons[1].click()
    assert waiting.args == [paths[1]]


def test_the_recent_list_says_what_it_is_for_while_empty(page, tmp_path, qtbot):
    hint = page.recent.findChild(QLabel)
    page.show_recent([])
    assert hint.isVisible()
    page.show_recent([tmp_path / "a.toml"])
    assert not hint.isVisible()
    page.show_recent([tmp_path / "b.toml"])
    qtbot.waitUntil(lambda: visible_texts(page.recent) == ["b"])


def visible_texts(widget):
    return [button.text() for button in widget.findChildren(QPushButton) if button.isVisible()]


def test_enter_presses_what_has_the_keyboard(page, qtbot):
    card = page.cards[0]
    for button, signal in (
        (page.free_lab, page.wants_lab),
        (page.open, page.wants_open),
        (card, page.wants_file),
    ):
        button.setFocus()
        with qtbot.waitSignal(signal):
            qtbot.keyClick(button, Qt.Key.Key_Return)
