"""What tests of the window share. They run without a screen, and only where Qt is installed."""

import gc
import importlib.util
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if importlib.util.find_spec("PySide6") is None:
    collect_ignore_glob = ["*"]
else:
    from idle_trainer import IdleTrainer
    from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, QThread
    from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

    from gradlab.instruments.records import Frame, Record
    from gradlab.panel_info import PanelInfo, panels
    from gradlab.runs.speed import FASTEST
    from gradlab.window import theme as themes
    from gradlab.window.lab.page import LabPage
    from gradlab.window.panels.base import Panel
    from gradlab.window.services.settings_store import SettingsStore
    from gradlab.window.shell.main_window import MainWindow
    from gradlab.window.shell.speech import speak
    from gradlab.window.theme.style import Appearance
    from gradlab.window.theme.tokens import Theme
    from gradlab.window.training.trainer import Trainer
    from gradlab.window.training.training_thread import TrainingThread

# What the platform without a screen cannot do, and says so; everything else that Qt says fails the test.
PLATFORM_LIMITS = ["This plugin does not support"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore(*PLATFORM_LIMITS, extend=True))


@pytest.fixture(autouse=True)
def in_light(request: pytest.FixtureRequest) -> Iterator[None]:
    """Begin and end each test in the light theme."""
    yield
    if "qtbot" in request.fixturenames or "qapp" in request.fixturenames:
        themes.use(Theme.load("light"))


@pytest.fixture
def wear(qapp):
    """Put a theme in force for every widget there is, without the style sheet of ``appearance``."""

    def wear(name: str) -> "Theme":
        themes.use(Theme.load(name))
        for widget in QApplication.allWidgets():
            QCoreApplication.sendEvent(widget, QEvent(QEvent.Type.PaletteChange))
        return themes.current()

    return wear


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest, wear) -> "Theme":
    """Each theme in turn, in force."""
    return wear(request.param)


@pytest.fixture(autouse=True)
def own_settings(tmp_path, monkeypatch) -> None:
    """Keep the settings of whoever runs the tests out of them, and them untouched."""
    monkeypatch.setenv("GRADLAB_DATA", str(tmp_path / "settings"))


@pytest.fixture
def unhurried() -> None:
    """Leave the speed as people find it."""


@pytest.fixture(autouse=True)
def in_a_hurry(request: pytest.FixtureRequest, monkeypatch) -> None:
    """Train as fast as possible: few tests have the time to watch."""
    if "unhurried" not in request.fixturenames:
        monkeypatch.setattr("gradlab.window.lab.transport.DEFAULT_SPEED", FASTEST)


@pytest.fixture(autouse=True)
def in_english(request: pytest.FixtureRequest, monkeypatch) -> Iterator[None]:
    """Read and write English, whatever the system speaks; a test that changes that changes it for itself."""
    monkeypatch.setenv("GRADLAB_LANGUAGE", "en")
    if "qtbot" in request.fixturenames or "qapp" in request.fixturenames:
        request.getfixturevalue("qapp")
        speak("en")
        yield
        speak("en")
    else:
        yield


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest, monkeypatch) -> Iterator[None]:
    """Fail a test that leaves a window open or a thread running."""
    if "qtbot" not in request.fixturenames and "qapp" not in request.fixturenames:
        yield
        return
    started: list[QThread] = []
    start = QThread.start

    def note_and_start(thread, *priority) -> None:
        started.append(thread)
        start(thread, *priority)

    monkeypatch.setattr(QThread, "start", note_and_start)
    before = set(QApplication.topLevelWidgets())
    yield
    running = [thread.objectName() or type(thread).__name__ for thread in started if thread.isRunning()]
    assert not running, f"left running: {running}"
    if left_open(before):
        gc.collect()  # slow, and seldom needed: what is in a cycle is no leak
    assert not left_open(before), f"left open: {left_open(before)}"


def left_open(before: "set[QWidget]") -> "list[QWidget]":
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    opened = [widget for widget in QApplication.topLevelWidgets() if widget not in before]
    # Qt keeps the label of its tooltips.
    return [widget for widget in opened if widget.metaObject().className() != "QTipLabel"]


@cache
def kind_called(name: str) -> type["Record"]:
    """Return the kind of record that a light panel of this name watches."""
    return type(name, (Record,), {})


def noting_panel(known: PanelInfo) -> "Panel":
    """Return a panel that notes the frames it is given, and has the place of another one."""

    class NotingPanel(Panel):
        about = replace(
            known, watches=frozenset({kind_called(known.name)}), help=f"{known.title} in plain words."
        )

        def __init__(self, parent: QWidget | None = None) -> None:
            super().__init__(parent)
            self.frames: list[Frame] = []
            self.wear()

        def dress(self) -> None:
            self.worn = themes.current()

        def show_frame(self, frame: Frame) -> None:
            self.frames.append(frame)

    return NotingPanel()


NOTING = ("loss", "gradients", "confusion", "data", "code", "compare", "network")


@pytest.fixture
def trainer() -> "IdleTrainer":
    return IdleTrainer()


@pytest.fixture
def training(qapp) -> "Iterator[TrainingThread]":
    """The real one, for a test to start."""
    made = TrainingThread()
    yield made
    made.shut_down()


@pytest.fixture
def make_panels():
    """Light panels in place of the plots: they note what they are given."""
    return lambda: [noting_panel(info) for name in NOTING for info in panels() if info.name == name]


@pytest.fixture
def appearance(qapp) -> Iterator["Appearance"]:
    made = Appearance(qapp, "light")
    yield made
    made.deleteLater()
    qapp.setStyleSheet("")


@pytest.fixture
def store() -> "SettingsStore":
    return SettingsStore()


@pytest.fixture
def click(qtbot):
    """Click on a control that can be clicked on, in its middle or at a place."""

    def click(widget: "QWidget", place: "QPoint | None" = None) -> None:
        assert widget.isVisible()
        assert widget.isEnabled()
        qtbot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place or QPoint())

    return click


@pytest.fixture
def click_cell(click):
    """Click on a cell of a table."""

    def click_cell(table: "QAbstractItemView", row: int, column: int = 0) -> None:
        click(table.viewport(), table.visualRect(table.model().index(row, column)).center())

    return click_cell


@pytest.fixture
def move_to(qtbot):
    """Move the mouse to a place, wherever it was left: where it already is, Qt hears nothing."""

    def move_to(widget: "QWidget", place: "QPoint") -> None:
        qtbot.mouseMove(widget, QPoint(0, 0))
        qtbot.mouseMove(widget, place)

    return move_to


@pytest.fixture
def show_widget(qtbot):
    """Show a widget as a window of its own, in a size or as large as it likes; return it."""

    def show_widget(widget: "QWidget", *size: int) -> "QWidget":
        qtbot.addWidget(widget)
        if size:
            widget.resize(*size)
        with qtbot.waitExposed(widget):
            widget.show()
        return widget

    return show_widget


@pytest.fixture
def show_lab(qtbot):
    """Show a lab in a window of its own, around a trainer."""

    def show_lab(trainer: "Trainer", panels: "Iterable[Panel]", height: int = 680) -> "LabPage":
        made = LabPage(trainer, panels)
        qtbot.addWidget(made)
        made.resize(1280, height)
        with qtbot.waitActive(made):
            made.show()
            made.activateWindow()
        return made

    return show_lab


@pytest.fixture
def open_window(qtbot, appearance, store, trainer, make_panels):
    """Open the window with light panels, as large as it likes for no size; once more, by the same person."""

    def open_window(size: tuple[int, int] | None = (1280, 720)) -> "MainWindow":
        made = MainWindow(appearance, store, trainer, make_panels)
        qtbot.addWidget(made)
        if size is not None:
            made.resize(*size)
        with qtbot.waitActive(made):
            made.show()
            made.activateWindow()
        return made

    return open_window
