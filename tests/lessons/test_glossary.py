import pytest

from gradlab.language import LANGUAGES
from gradlab.lessons.files import built_in
from gradlab.lessons.glossary import terms
from gradlab.resources import resource

WRITTEN = [name for name in LANGUAGES if (resource("glossary") / f"text.{name}.md").exists()]


@pytest.mark.parametrize("language", WRITTEN)
def test_every_term_is_explained_in_every_language(language):
    told = terms(language)
    assert len({term.title for term in told}) == len(told)
    assert all(term.text and "##" not in term.text for term in told)


def test_terms_lead_to_lessons_that_exist_and_every_lesson_is_found():
    linked = {lesson for term in terms("en") for lesson in term.place.lessons}
    assert linked == {lesson.id for lesson in built_in()}


def test_a_language_without_a_text_gets_the_english_one():
    assert terms("fr") == terms("en")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("zero_grad", "zeroing"),
        ("RECALL", "recall"),
        ("harmonic mean", "f1"),
        ("parameter.grad", "gradient-buffer"),
    ],
)
def test_terms_are_found_by_their_words_and_by_their_code(words, found):
    assert found in [term.place.id for term in terms("en") if term.is_about(words)]


def test_nothing_is_found_for_what_stands_nowhere():
    assert not [term for term in terms("en") if term.is_about("quux")]
