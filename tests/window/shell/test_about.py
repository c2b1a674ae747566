import sys

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from gradlab import debug_log
from gradlab.window.services import licences
from gradlab.window.shell.about import AboutDialog, versions


@pytest.fixture
def dialog(show_widget):
    window = show_widget(QWidget())
    made = AboutDialog(window)
    made.open()
    yield made
    made.close()


def test_it_tells_the_versions_that_matter():
    for name in ("GradLab ", "Python 3", "torch ", "PySide6"):
        assert name in versions()


def test_a_log_is_named_with_the_versions(monkeypatch, tmp_path):
    assert "log" not in versions()
    monkeypatch.setattr(debug_log, "path", lambda: tmp_path / "debug.log")
    assert versions().splitlines()[-1] == f"log: {tmp_path / 'debug.log'}"


def test_the_versions_can_be_copied(dialog, click):
    dialog.pages.setCurrentIndex(1)
    click(dialog.copy)
    assert QGuiApplication.clipboard().text() == versions()


def test_every_part_that_the_lab_asks_for_has_its_licence():
    named = {part.name.lower(): part for part in licences.parts()}
    for name in licences.PACKAGES:
        part = named[name.lower().replace("pyside6-essentials", "pyside6_essentials")]
        assert part.licence or part.texts, name
    assert "MIT" in named["gradlab"].read()
    assert "Phosphor Icons" in named["phosphor"].read()
    assert "numpy" in named


def test_a_part_that_is_chosen_shows_its_text(dialog):
    dialog.pages.setCurrentIndex(2)
    [row] = [row for row in range(dialog.parts.count()) if dialog.parts.item(row).text().startswith("numpy:")]
    dialog.parts.setCurrentRow(row)
    assert "Redistribution" in dialog.licence.toPlainText()


def test_an_installed_program_shows_the_licences_that_lie_beside_it(monkeypatch, tmp_path):
    folder = tmp_path / "licences"
    (folder / "somelib").mkdir(parents=True)
    (folder / "README.txt").write_text("What GradLab is made of.\n\nsomelib: BSD-3-Clause\ngradlab: MIT\n")
    (folder / "somelib" / "LICENSE").write_text("You may.")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gradlab"))
    lab, library = licences.parts()
    assert (lab.name, library.name, library.licence, library.read()) == (
        "gradlab",
        "somelib",
        "BSD-3-Clause",
        "You may.",
    )
