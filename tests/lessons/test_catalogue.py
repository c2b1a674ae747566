import errno
import os
import shutil

import pytest
from small_lesson import zipped

from gradlab.errors import InputError
from gradlab.lessons import files
from gradlab.lessons.catalogue import AlreadyThereError, Catalogue
from gradlab.resources import resource


@pytest.fixture
def own(tmp_path):
    return tmp_path / "own"


@pytest.fixture
def catalogue(own):
    return Catalogue(own)


@pytest.fixture
def folder(tmp_path):
    """A lesson from outside, as a folder."""
    return shutil.copytree(resource("lessons", "_template"), tmp_path / "somewhere")


def test_without_own_lessons_it_is_the_path(catalogue):
    assert [each.id for each in catalogue.lessons] == [each.id for each in files.built_in()]
    first, second, *_, last = catalogue.lessons
    assert catalogue.after(first.id) is second
    assert catalogue.after(last.id) is None
    assert catalogue.after("nothing") is None


@pytest.mark.parametrize("form", ["folder", "plan", "packed"])
def test_a_lesson_from_outside_is_peoples_own_and_stays(form, catalogue, own, folder, tmp_path):
    path = {
        "folder": folder,
        "plan": folder / files.PLAN,
        "packed": zipped(folder, tmp_path / "x.gradlesson"),
    }[form]
    lesson = catalogue.add(path)
    shutil.rmtree(folder)
    again = Catalogue(own)
    assert again.lessons[-1].id == lesson.id
    assert again.group_of(again.lessons[-1]) == "own"
    assert again.is_own(again.lessons[-1])
    assert not list(own.glob(".*"))


def test_only_the_files_of_a_lesson_are_copied(catalogue, folder, tmp_path):
    (folder / "program.exe").write_bytes(b"x")
    secret = tmp_path / "secret.csv"
    secret.write_text("mine")
    (folder / "link.csv").symlink_to(secret)
    lesson = catalogue.add(folder)
    assert {path.name for path in lesson.folder.iterdir()} == {
        "experiment.toml",
        "lesson.toml",
        "text.en.md",
    } | {path.name for path in folder.glob("text.*.md")}


def test_one_with_the_same_id_is_replaced_only_when_that_is_wanted(catalogue, folder):
    catalogue.add(folder)
    text = folder / "text.en.md"
    text.write_text(text.read_text().replace("# ", "# New ", 1))
    with pytest.raises(AlreadyThereError) as caught:
        catalogue.add(folder)
    assert not caught.value.title.startswith("New ")
    assert catalogue.add(folder, replace=True).text_in("en").title.startswith("New ")
    assert len([each for each in catalogue.lessons if each.id == "my-lesson"]) == 1


def test_one_that_is_there_already_is_taken_as_it_is(catalogue, own, tmp_path):
    archive = tmp_path / "epochs.gradlesson"
    files.pack(catalogue.get("epochs"), archive)
    assert catalogue.add(archive) == catalogue.get("epochs")
    assert not list(own.iterdir())


def test_one_that_comes_along_is_back_when_its_replacement_is_removed(catalogue, folder):
    plan = folder / files.PLAN
    plan.write_text(plan.read_text().replace('"my-lesson"', '"epochs"'))
    with pytest.raises(AlreadyThereError):
        catalogue.add(folder)
    lesson = catalogue.add(folder, replace=True)
    assert catalogue.get("epochs") == lesson
    catalogue.remove(lesson)
    assert catalogue.get("epochs").folder == resource("lessons", "epochs")


def test_one_that_comes_along_cannot_be_removed(catalogue):
    lesson = catalogue.get("epochs")
    catalogue.remove(lesson)
    assert lesson.folder.is_dir()


def test_what_is_wrong_leaves_nothing_behind(catalogue, own, folder):
    (folder / "text.en.md").write_text("no title")
    with pytest.raises(InputError, match="allowed"):
        catalogue.add(folder)
    with pytest.raises(InputError):
        catalogue.add(folder / "nothing.gradlesson")
    assert not list(own.iterdir())


def test_an_own_lesson_that_is_damaged_later_is_named_and_can_go(catalogue, folder):
    lesson = catalogue.add(folder)
    (lesson.folder / "text.en.md").write_text("no title")
    catalogue.refresh()
    assert catalogue.get(lesson.id) is None
    ((place, reason),) = catalogue.broken.items()
    assert place == lesson.folder
    assert "text.en.md" in reason
    catalogue.discard(place)
    assert not catalogue.broken


def test_only_what_lies_among_peoples_own_lessons_is_removed(catalogue, folder, own):
    catalogue.discard(folder)
    catalogue.discard(catalogue.lessons[0].folder)
    assert folder.is_dir()
    assert catalogue.lessons[0].folder.is_dir()
    mine = catalogue.add(folder)
    catalogue.discard(mine.folder)
    assert not mine.folder.exists()
    assert catalogue.get(mine.id) is None


def test_where_no_own_lessons_can_be_kept_a_line_says_why(folder, tmp_path):
    in_the_way = tmp_path / "a file"
    in_the_way.touch()
    with pytest.raises(InputError, match="own: cannot be written: Not a directory"):
        Catalogue(in_the_way / "own").add(folder)


def test_a_lesson_that_cannot_be_put_in_its_place_is_told(catalogue, folder, own, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(type(folder), "rename", full)
    with pytest.raises(InputError, match="my-lesson: cannot be written: No space left on device"):
        catalogue.add(folder)
    assert list(own.iterdir()) == []
