"""Tables and pictures of people's own: every way into the lab, and what becomes of them there."""

import shutil
from pathlib import Path

import pytest
from hands import choose, deliver, wait_until
from own_data import picture_folder
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.instruments.records import Frame, Notice, Progress, Snapshot, State
from gradlab.window.lab.table_import.dialog import TableImport
from gradlab.window.lab.table_import.pictures import PicturesImport
from gradlab.window.services.file_drop import FileDrop

FLOWERS = "petal,sepal,kind\n" + "".join(f"{n}.5,{n},{'a' if n % 2 else 'b'}\n" for n in range(24))
TYPO = FLOWERS.replace("7.5,", "7.S,")


@pytest.fixture
def window(open_window):
    return open_window((1280, 720))


@pytest.fixture
def flowers(tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text(FLOWERS)
    return path


@pytest.fixture
def page_over(qtbot):
    """Wait for the import page over a window, and for what it says of the table."""

    def page_over(window):
        wait_until(qtbot, lambda: any(each.isVisible() for each in window.findChildren(TableImport)))
        (page,) = [each for each in window.findChildren(TableImport) if each.isVisible()]
        qtbot.waitUntil(lambda: page.survey is not None and not page.is_busy, timeout=20_000)
        return page

    return page_over


@pytest.fixture
def use(click, qtbot):
    """Press *Use this table* on an import page, once that is possible."""

    def use(page):
        wait_until(qtbot, page.use.isEnabled)
        click(page.use)

    return use


def drop(window, path):
    """Drop a file or a folder onto the window, as a file manager does; return whether it was accepted."""
    data, buttons = QMimeData(), Qt.MouseButton.LeftButton
    data.setUrls([QUrl.fromLocalFile(str(path))])
    enter = QDragEnterEvent(
        QPoint(300, 300), Qt.DropAction.CopyAction, data, buttons, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    there = QPoint(300, 300).toPointF()
    QApplication.sendEvent(
        window, QDropEvent(there, Qt.DropAction.CopyAction, data, buttons, Qt.KeyboardModifier.NoModifier)
    )
    return True


def loaded(trainer):
    return [experiment for (experiment,) in trainer.named("load")]


def test_a_dropped_table_is_looked_at_over_the_welcome_page_and_then_used(
    window, trainer, flowers, page_over, use
):
    assert drop(window, flowers)
    page = page_over(window)
    assert window.pages.welcome.isVisible()
    use(page)
    assert window.lab.isVisible()
    (experiment,) = loaded(trainer)
    assert experiment.data == Data(source="csv", path=str(flowers))
    assert experiment.model.kind == "mlp"
    assert experiment.name == "flowers"
    assert window.windowTitle() == "flowers – GradLab"


def test_a_table_that_was_used_is_among_the_recent_ones(window, flowers, page_over, use, store):
    window.experiments.open_file(flowers)
    page = page_over(window)
    assert store.recent() == []
    use(page)
    assert store.recent() == [flowers]
    window.pages.show_welcome()
    window.pages.welcome.recent.buttons[0].click()
    page_over(window).reject()


def test_escape_leaves_everything_as_it_was(window, trainer, flowers, page_over, qtbot):
    window.experiments.return_to_lab()
    before, title = window.lab.experiment, window.windowTitle()
    trainer.asked.clear()
    assert drop(window, flowers)
    qtbot.keyClick(page_over(window), Qt.Key.Key_Escape)
    assert (window.lab.experiment, window.windowTitle()) == (before, title)
    assert loaded(trainer) == []


def test_files_that_are_neither_are_not_accepted(window, tmp_path):
    other = tmp_path / "song.mp3"
    other.write_bytes(b"")
    assert not drop(window, other)
    assert window.findChildren(FileDrop)


@pytest.mark.parametrize("ending", ["csv", "TSV", "txt", "xlsx", "xls", "ods"])
def test_every_kind_of_table_is_accepted(window, tmp_path, ending, qtbot):
    path = tmp_path / f"table.{ending}"
    path.write_bytes(b"a,b\n1,2\n")
    assert drop(window, path)
    wait_until(qtbot, lambda: bool(window.findChildren(TableImport)))
    for page in window.findChildren(TableImport):
        page.reject()


def test_open_takes_tables(window, flowers, page_over, monkeypatch):
    asked = []

    def answer(parent, title, start, kinds):
        asked.append(kinds)
        return str(flowers), ""

    monkeypatch.setattr("gradlab.window.services.dialogs.QFileDialog.getOpenFileName", answer)
    window.pages.welcome.open.click()
    page_over(window).reject()
    for ending in ("toml", "csv", "tsv", "txt", "xlsx", "xls", "ods"):
        assert f"*.{ending}" in asked[0].split(";;")[0]


@pytest.fixture
def choose_flowers(flowers, monkeypatch):
    """Choose *Own table* from the list of data sets, and the file in the dialog that follows."""
    monkeypatch.setattr(
        "gradlab.window.services.dialogs.QFileDialog.getOpenFileName", lambda *_: (str(flowers), "")
    )

    def choose_flowers(window):
        window.experiments.return_to_lab()
        choose(window.lab.form, "data.source", "csv")

    return choose_flowers


def test_own_table_in_the_list_of_data_sets_asks_for_the_file_and_keeps_the_other_settings(
    window, choose_flowers, flowers, page_over, use
):
    choose_flowers(window)
    window.lab.form.set_value("optimizer.lr", 0.07)
    page = page_over(window)
    page.reject()
    assert window.lab.experiment.data.source == "digits"
    choose_flowers(window)
    use(page_over(window))
    assert window.lab.settings.loaded == window.lab.experiment
    assert window.lab.experiment.data == Data(source="csv", path=str(flowers))
    assert window.lab.experiment.optimizer.lr == 0.07
    assert window.windowTitle() == "flowers – GradLab"


def test_a_table_that_was_there_before_is_back_with_what_was_chosen_for_it(
    window, choose_flowers, page_over, use
):
    choose_flowers(window)
    use(page_over(window))
    window.lab.form.set_value("data.target", "sepal")
    choose(window.lab.form, "data.source", "moons")
    choose(window.lab.form, "data.source", "csv")
    page = page_over(window)
    assert page.experiment.data.target == "sepal"
    page.reject()
    assert window.lab.experiment.data.source == "moons"


@pytest.fixture
def in_use(window, flowers, page_over, use):
    """A window in which the flowers are used."""
    window.experiments.open_file(flowers)
    use(page_over(window))
    return window


def test_the_table_is_looked_at_again_from_the_form_and_a_new_choice_begins_anew(
    in_use, trainer, page_over, click, use
):
    deliver(in_use.lab, trainer, Frame(run=1, state=State.PAUSED, progress=Progress(epoch=1, update=9)))
    trainer.asked.clear()
    click(in_use.lab.form.fields["data.path"].look)
    page = page_over(in_use)
    box = page.settings.controls["data.positive_class"]
    box.setCurrentIndex(box.findData("a"))
    use(page)
    (experiment,) = loaded(trainer)
    assert experiment.data.positive_class == "a"
    assert not in_use.lab.form.reset_bar.isVisible()


def test_looking_without_changing_anything_leaves_the_run_alone(in_use, trainer, page_over, click, use):
    trainer.asked.clear()
    click(in_use.lab.form.fields["data.path"].look)
    page = page_over(in_use)
    use(page)
    assert loaded(trainer) == []


def test_an_error_of_the_run_leads_to_the_table(in_use, trainer, flowers, page_over, click):
    notice = Notice("error", f"{flowers}: line 9 is wrong; allowed: numbers", "data.gaps")
    deliver(in_use.lab, trainer, Snapshot(Frame(run=2, state=State.FAILED), notice=notice))
    message = in_use.lab.message
    assert message.isVisible()
    assert message.text.text() == "flowers.csv: line 9 is wrong"
    assert in_use.lab.form.fields["data.path"].message == "flowers.csv: line 9 is wrong"
    assert not in_use.lab.end_bar.isVisible()
    click(message.way)
    page_over(in_use).reject()


def test_a_table_dropped_in_a_lesson_says_that_the_lesson_ends_and_it_only_ends_then(
    window, flowers, page_over, use
):
    lessons = window.pages.lessons
    lessons.open(lessons.catalogue.lessons[0].id)
    assert drop(window, flowers)
    page = page_over(window)
    assert page.consequence.isVisible()
    page.reject()
    assert window.pages.place is not None
    assert drop(window, flowers)
    use(page_over(window))
    assert window.pages.place is None
    assert window.lab.experiment.data.path == str(flowers)


@pytest.fixture
def pictures_over(qtbot):
    """Wait for the page that shows pictures over a window, and for what it says of them."""

    def pictures_over(window):
        wait_until(qtbot, lambda: any(each.isVisible() for each in window.findChildren(PicturesImport)))
        (page,) = [each for each in window.findChildren(PicturesImport) if each.isVisible()]
        qtbot.waitUntil(lambda: not page.is_busy, timeout=20_000)
        return page

    return pictures_over


def test_a_dropped_folder_of_pictures_is_looked_at_and_then_used(window, trainer, pictures_over, use):
    folder = picture_folder()
    assert drop(window, folder)
    page = pictures_over(window)
    cells = page.classes.model()
    shown = [[cells.index(row, column).data() for column in (0, 1)] for row in range(cells.rowCount())]
    assert shown == [["bright", "12"], ["dark", "12"]]
    assert window.pages.welcome.isVisible()
    use(page)
    (experiment,) = loaded(trainer)
    assert experiment.data == Data(source="images", path=str(folder))
    assert window.lab.isVisible()


def test_pictures_are_opened_from_the_menu(window, trainer, pictures_over, monkeypatch):
    folder = picture_folder()
    monkeypatch.setattr(
        "gradlab.window.shell.experiments.QFileDialog.getExistingDirectory", lambda *_: str(folder)
    )
    (entry,) = [each for each in window.menus["file"].actions() if each.text() == "Open pic&tures…"]
    entry.trigger()
    page = pictures_over(window)
    assert page.experiment.data.path == str(folder)
    page.reject()
    assert loaded(trainer) == []


@pytest.fixture
def choose_pictures(monkeypatch):
    """Choose *Own pictures* from the list of data sets, and the folder in the dialog that follows."""

    def choose_pictures(window, folder):
        monkeypatch.setattr(
            "gradlab.window.lab.own_data.QFileDialog.getExistingDirectory", lambda *_: str(folder)
        )
        window.experiments.return_to_lab()
        choose(window.lab.form, "data.source", "images")

    return choose_pictures


def test_own_pictures_in_the_list_of_data_sets_ask_for_the_folder(
    window, choose_pictures, pictures_over, use, qtbot
):
    choose_pictures(window, "")
    qtbot.wait(50)
    assert window.lab.experiment.data.source == "digits"
    choose_pictures(window, picture_folder())
    use(pictures_over(window))
    assert window.lab.settings.loaded.data.path == str(picture_folder())
    assert window.lab.form.fields["data.path"].look.text() == "Look at the pictures…"


def test_a_folder_without_pictures_is_explained_and_another_one_can_be_chosen(
    window, pictures_over, tmp_path, monkeypatch, qtbot
):
    assert drop(window, tmp_path)
    page = pictures_over(window)
    assert not page.use.isEnabled()
    (row,) = page.remarks.rows
    assert tmp_path.name in row.words.accessibleName()
    monkeypatch.setattr(
        "gradlab.window.lab.table_import.pictures.QFileDialog.getExistingDirectory",
        lambda *_: str(picture_folder()),
    )
    page.other.click()
    wait_until(qtbot, page.use.isEnabled)
    assert page.experiment.data.path == str(picture_folder())
    page.reject()


def test_what_is_left_out_of_pictures_is_said_before_they_are_used(window, pictures_over, tmp_path, qtbot):
    folder = tmp_path / "pictures"
    shutil.copytree(picture_folder(), folder)
    (folder / "bright" / "notes.docx").write_bytes(b"PK")
    assert drop(window, folder)
    page = pictures_over(window)
    wait_until(qtbot, page.use.isEnabled)
    assert any(".docx" in row.words.accessibleName() for row in page.remarks.rows)
    page.reject()


def test_pictures_dropped_in_a_lesson_say_that_the_lesson_ends(window, pictures_over, use):
    lessons = window.pages.lessons
    lessons.open(lessons.catalogue.lessons[0].id)
    assert drop(window, picture_folder())
    page = pictures_over(window)
    assert page.consequence.isVisible()
    assert window.pages.place is not None
    use(page)
    assert window.pages.place is None


def test_own_data_begin_with_the_usual_settings(window, trainer, flowers, page_over, use):
    window.experiments.open(Experiment().with_value("optimizer.lr", 0.9), "Wild")
    window.experiments.open_file(Path(flowers))
    use(page_over(window))
    assert loaded(trainer)[-1].optimizer == Experiment().optimizer
