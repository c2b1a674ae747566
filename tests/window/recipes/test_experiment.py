"""An experiment is added with one file: *Where do I add …* in CONTRIBUTING."""

import pytest

FILE = """\
# What becomes of a toy?
# Run it and see.
name = "Toy"
[data]
source = "moons"
[optimizer]
lr = 0.3
"""


@pytest.fixture
def window(added, open_window):
    (added("experiments") / "9-toy.toml").write_text(FILE)
    return open_window()


@pytest.fixture
def card(window):
    return next(card for card in window.pages.welcome.cards if card.accessibleName() == "Toy")


def test_it_has_a_card_that_asks_its_question(card, window):
    assert card.isVisible()
    assert card.accessibleDescription() == "What becomes of a toy? Run it and see."
    assert card.experiment.glyph == "ph.moon-stars"
    assert window.pages.welcome.cards[-1] is card  # the number in its name says where


def test_its_card_opens_it_in_the_lab(card, window, trainer, store):
    card.click()
    (experiment,) = trainer.named("load")[-1]
    assert (experiment.name, experiment.optimizer.lr) == ("Toy", 0.3)
    assert window.windowTitle() == "Toy – GradLab"
    assert window.lab.message.text.text() == "What becomes of a toy? Run it and see."
    assert store.recent() == []  # it has a card already
