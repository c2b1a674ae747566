import json
import subprocess
import sys

import pytest

from gradlab.errors import InputError
from gradlab.lessons import files
from gradlab.lessons.answers import COLUMNS, key, sheet, write_sheet
from gradlab.lessons.progress import Learners, LessonProgress, open_steps, questions
from gradlab.resources import resource


@pytest.fixture
def path(tmp_path):
    return tmp_path / "settings" / "learners.json"


@pytest.fixture
def learners(path):
    return Learners(path)


@pytest.fixture(scope="module")
def lesson():
    return files.load(resource("lessons", "why-zero"))


def test_there_is_a_learner_from_the_beginning(learners):
    assert [each.name for each in learners.all] == [learners.current.name]


def test_everything_survives_a_restart(learners, path):
    learners.add("Ada")
    learners.go_to("why-zero", 2)
    learners.see("why-zero", 1, [True, False])
    learners.answer("why-zero", 0, "predict", 1, right=False)
    learners.finish("epochs")
    again = Learners(path)
    assert again.current.name == "Ada"
    assert again.progress("why-zero") == learners.progress("why-zero")
    assert again.progress("why-zero").step == 2
    assert again.progress("epochs").finished
    assert [each.name for each in again.all] == [each.name for each in learners.all]


def test_each_learner_has_a_way_of_their_own(learners):
    first = learners.current.name
    learners.go_to("why-zero", 3)
    learners.add("Ada")
    assert learners.progress("why-zero") == LessonProgress()
    learners.choose(first)
    assert learners.progress("why-zero").step == 3


def test_asking_how_far_one_came_begins_nothing(learners):
    learners.progress("why-zero")
    assert not learners.current.lessons


def test_answers_are_kept_in_order_and_a_second_click_is_no_second_answer(learners):
    for answer in (1, 1, 0, 1):
        learners.answer("why-zero", 0, "predict", answer, right=answer == 0)
    progress = learners.progress("why-zero")
    assert [each.answer for each in progress.given] == [1, 0, 1]
    assert progress.chosen(0, "predict") == [0, 1]
    assert progress.is_right(0, "predict")
    assert not progress.is_right(1, "predict")


def test_reset_of_a_lesson_leaves_the_others(learners):
    learners.go_to("a", 1)
    learners.go_to("b", 2)
    learners.reset("a")
    assert set(learners.current.lessons) == {"b"}
    learners.reset()
    assert not learners.current.lessons


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "ADA"])
def test_a_name_that_is_no_name_is_refused(learners, name):
    learners.add("Ada")
    with pytest.raises(InputError, match="allowed"):
        learners.add(name)
    assert len(learners.all) == 2


def test_a_name_can_be_written_with_other_capitals(learners):
    learners.rename("ada")
    learners.rename("ADA")
    assert [learner.name for learner in learners.all] == ["ADA"]


def test_a_renamed_learner_keeps_the_progress(learners, path):
    learners.go_to("why-zero", 3)
    learners.rename("Grace")
    assert Learners(path).current.name == "Grace"
    assert Learners(path).progress("why-zero").step == 3


def test_there_is_always_a_learner(learners):
    learners.remove()
    assert len(learners.all) == 1


@pytest.mark.parametrize("text", ["{", "[]", '{"learners": []}', '{"learners": 3}', "\x00\xff"])
def test_a_damaged_file_is_kept_aside_and_everybody_starts_afresh(path, text):
    path.parent.mkdir()
    path.write_text(text, encoding="latin-1")
    learners = Learners(path)
    assert not learners.current.lessons
    learners.go_to("why-zero", 1)
    (kept,) = path.parent.glob("learners-damaged-*.json")
    assert kept.read_text(encoding="latin-1") == text
    assert Learners(path).progress("why-zero").step == 1


def test_a_crash_while_writing_leaves_the_old_file(learners, path, monkeypatch):
    learners.go_to("why-zero", 1)
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("crash")))
    learners.go_to("why-zero", 2)
    assert json.loads(path.read_text())["learners"][0]["lessons"]["why-zero"]["step"] == 1


def test_what_is_open_is_known(learners, lesson):
    assert list(open_steps(lesson, learners.progress(lesson.id))) == list(range(len(lesson.steps)))
    text = lesson.text_in("en")
    for number, (step, told) in enumerate(zip(lesson.steps, text.steps, strict=True)):
        learners.see(lesson.id, number, [True] * len(step.plan.observe))
        for name, question in questions(told).items():
            right = [answer.right for answer in question.answers].index(True)
            given = (right + 1) % len(question.answers) if name == "predict" else right
            learners.answer(lesson.id, number, name, given, right=name != "predict")
    assert not list(open_steps(lesson, learners.progress(lesson.id)))  # a prediction may be wrong
    learners.see(lesson.id, 3, [True, False])
    assert list(open_steps(lesson, learners.progress(lesson.id))) == [3]


def test_the_answer_sheet_has_a_row_for_each_answer_of_everybody(learners, lesson, tmp_path):
    learners.rename("=Grace")
    learners.answer("why-zero", 0, "predict", 1, right=False)
    learners.answer("why-zero", 0, "predict", 0, right=True)
    learners.add("Ada")
    learners.answer("gone", 0, "check 1", 2, right=True)
    rows = list(sheet(learners.all, [lesson], "en"))
    assert [row[0] for row in rows] == ["'=Grace", "'=Grace", "Ada"]
    assert [row[5] for row in rows] == ["no", "yes", "yes"]
    asked = lesson.text_in("en").steps[0].predict
    assert rows[0][3] == " ".join(asked.text.split())
    assert [row[4] for row in rows[:2]] == [asked.answers[1].text, asked.answers[0].text]
    assert rows[2][1:5] == ("gone", "1", "check 1", "3")  # the lesson is not here any more
    write_sheet(tmp_path / "answers.csv", iter(rows))
    assert (tmp_path / "answers.csv").read_text(encoding="utf-8-sig").splitlines()[0] == ",".join(COLUMNS)


def test_a_sheet_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write_sheet(tmp_path / "no" / "answers.csv", iter(()))


def test_the_key_marks_every_right_answer_and_explains_all(lesson):
    text = key([lesson], "en")
    for step in lesson.text_in("en").steps:
        for question in questions(step).values():
            for answer in question.answers:
                assert answer.text in text
                assert answer.explanation.split("\n")[0] in text


def test_a_name_that_stays_as_it_is_is_not_taken(learners, path):
    learners.add("Ada")
    written = path.stat().st_mtime_ns
    learners.rename(" Ada ")
    assert learners.current.name == "Ada"
    assert path.stat().st_mtime_ns == written


def test_learners_are_kept_in_memory_where_no_file_can_be(tmp_path, caplog):
    learners = Learners(tmp_path)  # a folder is there
    learners.add("Ada")
    learners.go_to("why-zero", 2)
    assert learners.progress("why-zero").step == 2
    assert "is not readable, starting afresh" in caplog.text
    assert "cannot be written" in caplog.text


def test_a_damaged_file_that_cannot_be_put_aside_stops_nobody(path, monkeypatch, caplog):
    path.parent.mkdir()
    path.write_text("{damaged")
    with monkeypatch.context() as patch:
        patch.setattr(type(path), "replace", lambda path, _: path.with_name("gone").read_bytes())
        assert len(Learners(path).all) == 1
    assert "cannot be put aside: " in caplog.text
    assert path.read_text() == "{damaged"


def test_two_windows_keep_each_others_learners_and_answers(path):
    one, other = Learners(path), Learners(path)
    one.add("Ada")
    other.add("Grace")
    one.answer("why-zero", 0, "predict", 1, right=False)
    other.answer("epochs", 0, "predict", 0, right=True)
    again = Learners(path)
    assert [each.name for each in again.all][1:] == ["Ada", "Grace"]
    assert {name: list(learner.lessons) for learner in again.all if (name := learner.name)}["Ada"] == [
        "why-zero"
    ]
    assert one.current.name == "Ada"
    assert other.current.name == "Grace"


def test_many_processes_that_answer_at_once_lose_nothing(path):
    code = f"""
from pathlib import Path
from gradlab.lessons.progress import Learners
import sys
learners = Learners(Path({str(path)!r}))
learners.add(sys.argv[1])
for number in range(20):
    learners.answer("why-zero", 0, f"check {{number}}", 0, right=True)
"""
    Learners(path).add("Zoe")
    names = ["Ada", "Grace", "Emmy"]
    running = [subprocess.Popen([sys.executable, "-c", code, name]) for name in names]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    given = {
        each.name: len(each.lessons["why-zero"].given) for each in Learners(path).all if each.name in names
    }
    assert given == dict.fromkeys(names, 20)
