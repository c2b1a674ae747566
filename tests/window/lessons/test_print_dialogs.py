import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton

from gradlab.lessons.files import built_in
from gradlab.window.lessons import kit_dialog, print_dialogs


@pytest.fixture
def window(open_window):
    return open_window()


@pytest.fixture
def warned(monkeypatch):
    told = []
    for module in (print_dialogs, kit_dialog):
        monkeypatch.setattr(module, "warn", lambda _, text, details: told.append((text, details)))
    return told


def test_a_lesson_is_saved_as_pages(window, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "paper"), ""))
    print_dialogs.save_handout(window, built_in()[0])
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF")


def test_a_paper_that_cannot_be_saved_is_told(window, warned, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "paper.pdf"), ""))
    print_dialogs.save_handout(window, built_in()[0])
    [(_, details)] = warned
    assert "paper.pdf" in details


def test_the_kit_is_written_while_the_window_goes_on(qtbot, window, monkeypatch, tmp_path, click):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    monkeypatch.setattr(kit_dialog, "LANGUAGES", {"en": "English"})
    writer = kit_dialog.save_kit(window)
    qtbot.waitUntil(lambda: "files are in" in writer.labelText(), timeout=60_000)
    assert len(list((tmp_path / kit_dialog.FOLDER).rglob("*.*"))) == writer.maximum()
    [close] = writer.findChildren(QPushButton)
    click(close)
    qtbot.waitUntil(lambda: not writer.isVisible())


def test_the_kit_can_be_cancelled(qtbot, window, monkeypatch, tmp_path, click):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    writer = kit_dialog.save_kit(window)
    qtbot.waitUntil(lambda: writer.value() > 2, timeout=20_000)
    [cancel] = writer.findChildren(QPushButton)
    click(cancel)
    written = len(list(tmp_path.rglob("*.*")))
    qtbot.wait(100)
    assert len(list(tmp_path.rglob("*.*"))) == written


def test_a_folder_that_cannot_be_written_is_told(qtbot, window, warned, monkeypatch, tmp_path):
    (tmp_path / kit_dialog.FOLDER).write_text("in the way")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    kit_dialog.save_kit(window)
    qtbot.waitUntil(lambda: bool(warned), timeout=20_000)
    assert kit_dialog.FOLDER in warned[0][1]
