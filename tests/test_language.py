import pytest

from gradlab import language


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        (["hi-IN"], "hi"),
        (["zh_CN.UTF-8"], "zh_CN"),
        (["zh-Hans-SG"], "zh_CN"),
        (["fr-FR", "hi"], "hi"),
        (["fr", "de"], "en"),
        (["C"], "en"),
        ([], "en"),
    ],
)
def test_the_first_wanted_language_that_there_is_is_spoken(wanted, spoken):
    assert language.closest(wanted) == spoken


def test_english_stands_as_it_is_written():
    assert language.tr("Run") == "Run"
    assert language.tr("") == ""
    assert language.trn("{count} row", "{count} rows", 1).format(count=1) == "1 row"
    assert language.trn("{count} row", "{count} rows", 2).format(count=2) == "2 rows"


def test_an_unknown_language_is_refused():
    with pytest.raises(KeyError):
        language.use("xx")
    assert language.current() == "en"


@pytest.mark.parametrize(
    ("language_name", "joined"),
    [("en", ("a, b, c", "a; b; c", "a b c")), ("zh_CN", ("a、b、c", "a；b；c", "abc"))],
)
def test_words_and_sentences_are_put_side_by_side_as_the_language_does(language_name, joined):
    language.use(language_name)
    try:
        said = tuple(join("abc") for join in (language.listed, language.grouped, language.sentences))
    finally:
        language.use("en")
    assert said == joined


def test_what_is_empty_takes_no_place_between_sentences():
    assert language.sentences(("", "One.", "", "Two.")) == "One. Two."
    assert language.sentences(()) == ""
