import csv

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox
from small_lesson import TEXT, write_lesson, zipped

from gradlab.experiment import files
from gradlab.experiment.schema import Experiment
from gradlab.lessons.progress import Learners
from gradlab.window.services.file_drop import FileDrop


def drop(window, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    # Qt hands a drop only to where something was dragged before.
    assert window.findChild(FileDrop).eventFilter(window, event)


@pytest.fixture
def window(open_window):
    return open_window()


@pytest.fixture
def folder(tmp_path):
    return write_lesson(tmp_path / "brought")


@pytest.fixture
def packed(folder, tmp_path):
    return zipped(folder, tmp_path / "brought.gradlesson")


@pytest.mark.parametrize("form", ["folder", "packed", "plan"])
def test_a_lesson_that_is_dropped_begins_and_is_listed(form, window, folder, packed):
    drop(window, {"folder": folder, "packed": packed, "plan": folder / "lesson.toml"}[form])
    assert window.pages.place.lesson == "small"
    window.pages.show_lessons()
    assert "small" in window.pages.lessons.page.cards


def test_an_experiment_that_is_dropped_is_opened(window, tmp_path, trainer):
    path = tmp_path / "x.toml"
    path.write_text(files.dumps(Experiment().with_value("seed", 7)))
    drop(window, path)
    assert trainer.named("load")[-1][0].seed == 7


def test_a_broken_lesson_is_explained_in_one_message(window, folder):
    (folder / "text.en.md").write_text("# Only a title")
    drop(window, folder)
    (box,) = window.findChildren(QMessageBox)
    assert "truth" in box.informativeText()
    assert window.pages.place is None
    box.close()


def test_one_that_is_there_already_is_replaced_after_asking(window, folder, press_in_box):
    window.experiments.open_file(folder)
    (folder / "text.en.md").write_text(TEXT.replace("# A small", "# A changed"))
    window.experiments.open_file(folder)
    press_in_box(window, "Cancel")
    assert "small" in window.pages.lessons.catalogue.get("small").text_in("en").title
    window.experiments.open_file(folder)
    press_in_box(window, "Replace")
    assert "changed" in window.pages.lessons.catalogue.get("small").text_in("en").title


def test_an_own_lesson_can_be_removed(window, folder, click, press_in_box):
    window.experiments.open_file(folder)
    window.pages.show_lessons()
    (button,) = window.pages.lessons.page.removers.values()
    window.pages.lessons.page.removers.clear()
    button.click()
    press_in_box(window, "Remove")
    assert "small" not in window.pages.lessons.page.cards
    assert window.pages.lessons.catalogue.get("small") is None


def test_learners_are_added_chosen_renamed_and_removed(window, click, monkeypatch, press_in_box):
    window.pages.show_lessons()
    page = window.pages.lessons.page
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Ada", True))
    click(page.learners.add)
    assert page.learners.learner.currentText() == "Ada"
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Grace", True))
    click(page.learners.rename)
    assert [each.name for each in Learners().all] == ["Learner 1", "Grace"]
    click(page.learners.add)  # the name is taken
    box = window.findChild(QMessageBox)
    assert "Grace" in box.informativeText()
    box.close()
    box.deleteLater()
    page.learners.learner.textActivated.emit("Learner 1")
    assert Learners().current.name == "Learner 1"
    click(page.learners.remove)
    press_in_box(window, "Remove")
    assert [each.name for each in Learners().all] == ["Grace"]


def test_the_answer_sheet_and_the_key_are_written(window, folder, tmp_path, monkeypatch, choose_entry):
    window.experiments.open_file(folder)
    window.pages.lessons.steps.panel.view.questions["predict"].answers[1].button.click()
    where = tmp_path / "out"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(where), ""))
    choose_entry(window, "Export answers…")
    table = where.with_suffix(".csv")  # nobody has to type the ending
    (row,) = csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())
    assert (row["answer"], row["right"], row["step"]) == ("That", "no", "1")
    choose_entry(window, "Save answer key of this lesson…")
    key = where.with_suffix(".md")
    assert "Yes, this." in key.read_text(encoding="utf-8")
    choose_entry(window, "Save answer key of all lessons…")
    assert len(key.read_text(encoding="utf-8")) > 20_000


def test_projector_makes_text_larger_and_is_kept(window, store, appearance):
    (action,) = [each for each in window.menus["view"].actions() if each.text() == "&Projector"]
    before = window.font().pointSizeF()
    action.trigger()
    assert window.font().pointSizeF() == pytest.approx(1.4 * before)
    assert store.get("projector") is True
    action.trigger()
    assert window.font().pointSizeF() == pytest.approx(before)


def test_what_cannot_be_opened_is_not_taken(window, tmp_path):
    path = tmp_path / "song.mp3"
    path.write_bytes(b"la")
    with pytest.raises(AssertionError):
        drop(window, path)
