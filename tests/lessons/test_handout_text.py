from itertools import chain

import pytest

from gradlab.errors import InputError
from gradlab.lessons import workshop_kit
from gradlab.lessons.files import built_in, unpack
from gradlab.lessons.handout_text import handout

LESSONS = built_in()


def questions(lesson):
    steps = lesson.text_in("en").steps
    return list(chain.from_iterable([*filter(None, [step.predict]), *step.checks] for step in steps))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_learners_get_every_question_and_no_answer(lesson):
    paper = handout(lesson, "en")
    assert "[x]" not in paper
    for question in questions(lesson):
        assert question.text in paper
        for answer in question.answers:
            assert f"- [ ] {answer.text}" in paper
            assert answer.explanation.splitlines()[0] not in paper


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_the_instructor_gets_the_answers_explained(lesson):
    paper = handout(lesson, "en", key=True)
    for answer in chain.from_iterable(question.answers for question in questions(lesson)):
        assert f"- [{'x' if answer.right else ' '}] {answer.text}" in paper
        assert answer.explanation.splitlines()[0] in paper


def test_the_kit_holds_each_lesson_whole_and_a_paper_of_each_kind(tmp_path):
    written = []
    items = list(
        workshop_kit.kit(tmp_path, ["en"], lambda text, pictures, path: written.append((text, path)))
    )
    paths = list(workshop_kit.write(items))
    assert [path for path, _ in items] == paths
    assert len(written) == 2 * len(LESSONS)
    archives = sorted((tmp_path / "lessons").iterdir())
    again = [unpack(archive, tmp_path / archive.stem) for archive in archives]
    assert [lesson.plan for lesson in again] == [lesson.plan for lesson in LESSONS]
    assert [lesson.texts for lesson in again] == [lesson.texts for lesson in LESSONS]


def test_the_same_kit_has_the_same_bytes(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        list(workshop_kit.write(list(workshop_kit.kit(folder, [], lambda *_: None))))
    names = [path.relative_to(first) for path in first.rglob("*") if path.is_file()]
    assert names
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "lessons").write_text("in the way")
    with pytest.raises(InputError, match=r"lessons.*: cannot be written: "):
        list(workshop_kit.write(list(workshop_kit.kit(tmp_path, [], lambda *_: None))))
