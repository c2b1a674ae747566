"""What the tour shows: its stops, in the order in which it visits them."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QMainWindow, QWidget

from gradlab.instruments.records import State
from gradlab.language import mark
from gradlab.window.shell.experiments import Experiments
from gradlab.window.shell.pages import Pages

MORE_EPOCHS = 20  # for a run that is over where the tour wants to go on


@dataclass(frozen=True)
class TourStop:
    """A place in the window.

    Attributes:
        find: returns the widget that the text is about.
        arrive: what is done before, so that there is something to see.
        make_ready: what is done so that a button can be pressed; again and again, until it can.
    """

    title: str
    text: str
    find: Callable[[Pages], QWidget]
    arrive: Callable[[Pages, Experiments], object] = lambda *_: None
    make_ready: Callable[[Pages], object] = lambda _: None


def _panel(name: str) -> Callable[[Pages], QWidget]:
    return lambda pages: pages.lab.panels.docks[name]


def _button(name: str) -> Callable[[Pages], QWidget]:
    return lambda pages: pages.lab.transport.buttons[name]


def _menu_bar(pages: Pages) -> QWidget:
    window = pages.window()
    assert isinstance(window, QMainWindow)
    return window.menuBar()


def _enter_lab(pages: Pages, experiments: Experiments) -> None:
    experiments.return_to_lab()
    if pages.lab.state is State.FAILED:
        experiments.new()


def _go_on(pages: Pages) -> None:
    """Give a run that is over more epochs, or begin it anew where it ended for another reason."""
    lab = pages.lab
    if lab.state is not State.FINISHED:
        return
    wanted, done = lab.experiment.training.epochs, lab.frame.progress.epoch
    if done == lab.frame.progress.epochs == wanted:
        lab.form.set_value("training.epochs", wanted + MORE_EPOCHS)
    elif done < wanted == lab.frame.progress.epochs:
        lab.control.reset()


def _run_on(pages: Pages, _: Experiments) -> None:
    _go_on(pages)
    pages.lab.control.run_on()


def _hold(pages: Pages, _: Experiments) -> None:
    pages.lab.pause()


def _pause(pages: Pages, _: Experiments) -> None:
    pages.lab.pause()
    pages.lab.panels.show_panel("gradients")


STOPS = (
    TourStop(
        mark("Welcome"),
        mark(
            "Here everything begins: lessons that take you by the hand, a free lab to try things yourself, "
            "and some experiments to begin with. Let us go into the lab."
        ),
        lambda pages: pages.welcome.lessons,
        lambda pages, _: pages.show_welcome(),
    ),
    TourStop(
        mark("What is trained"),
        mark(
            "A small neural network is going to learn to read handwritten digits. Here you choose the "
            "data, the network and how it learns. Rest the mouse on a field to read what it means. "
            "You cannot break anything."
        ),
        _panel("experiment"),
        _enter_lab,
    ),
    TourStop(
        mark("Run and pause"),
        mark(
            "This button starts the training, and pauses it. Beside it you go step by step: one epoch, one "
            "update, or one phase of an update. At the next stop of this tour the training runs."
        ),
        _button("run"),
        make_ready=_go_on,
    ),
    TourStop(
        mark("The network learns"),
        mark(
            "The loss says how wrong the answers are. It falls: the network gets better. The second curve "
            "is for pictures that it never learns from. That is the one that counts."
        ),
        _panel("loss"),
        _run_on,
    ),
    TourStop(
        mark("Right and wrong"),
        mark(
            "A row for each true digit, a column for each answer. What is right gathers on the diagonal. "
            "Click on a number to see the pictures behind it."
        ),
        _panel("confusion"),
        lambda pages, _: pages.lab.panels.show_panel("confusion"),
    ),
    TourStop(
        mark("The heart of the lab"),
        mark(
            "Each update is made of gradients. Here is what is in the gradient buffer, layer by layer: "
            "what was left over, what this batch added, and what the optimizer will use. They are "
            "the real numbers."
        ),
        _panel("gradients"),
        _pause,
    ),
    TourStop(
        mark("Phase by phase"),
        mark(
            "Press this again and again, and watch one update in slow motion: the buffer is emptied, "
            "filled, and used. Then set Zero gradients to Never, and see what becomes of it."
        ),
        _button("step_phase"),
        _hold,
        _go_on,
    ),
    TourStop(
        mark("Whenever you wonder"),
        mark(
            "Every panel has a question mark. The menu Help has a glossary of all words, and this tour. "
            "Lessons are the best place to go on: they ask you to predict, let you see, and ask you why."
        ),
        _menu_bar,
    ),
)
