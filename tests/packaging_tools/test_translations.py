"""Tests of what keeps the catalogs, with a small checkout of its own."""

import gettext
import importlib

import pytest

TOOL = "translations"
CODE = """
from gradlab.language import mark, tr, trc, trn

GREETING = mark("Hello")

def show(name, count):
    tr("{name} is {share:.1f} % full").format(name=name, share=count)
    trn("{count} row", "{count} rows", count - 1).format(count=count - 1)
    trc("menu", "Open")
    tr("&Save <b>all</b>")
    tr(GREETING)
"""
EXPERIMENT = '# What is seen?\n# Look.\nname = "Digits"\n[[variants]]\nname = "never"\n'
GERMAN = {  # stands in for any language
    "Hello": "Hallo",
    "{name} is {share:.1f} % full": "{name}: {share:.1f} % voll",
    "Open": "Öffnen",
    "&Save <b>all</b>": "<b>Alles</b> &speichern",
    "What is seen? Look.": "Was sieht man?",
    "Digits": "Ziffern",
    "never": "nie",
    "Lesson's": "aus der Lektion",
}


@pytest.fixture
def checkout(tmp_path, part):
    """A checkout in which everything is translated."""
    lesson = tmp_path / "resources" / "lessons" / "one"
    for folder in (lesson, tmp_path / "gradlab", tmp_path / "resources" / "experiments"):
        folder.mkdir(parents=True)
    (tmp_path / "gradlab" / "show.py").write_text(CODE)
    (tmp_path / "resources" / "experiments" / "1.toml").write_text(EXPERIMENT)
    (lesson / "lesson.toml").write_text('id = "one"')
    (lesson / "experiment.toml").write_text('name = "Lesson\'s"')
    for language in ("en", "zh_CN", "hi"):
        (lesson / f"text.{language}.md").touch()
    part("catalogs").update(tmp_path)
    for language, rows in {"zh_CN": ["{count} Zeilen"], "hi": ["{count} Zeile", "{count} Zeilen"]}.items():
        text = po(tmp_path, language).read_text()
        for english, other in GERMAN.items():
            text = text.replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{other}"')
        for number, form in enumerate(rows):
            text = text.replace(f'msgstr[{number}] ""', f'msgstr[{number}] "{form}"')
        po(tmp_path, language).write_text(text)
    part("catalogs").update(tmp_path)
    return tmp_path


def po(root, language="hi"):
    return root / "resources" / "translations" / language / "LC_MESSAGES" / "gradlab.po"


@pytest.fixture
def wrong(checkout, part):
    """Return a function that changes the Hindi catalog and returns the mistakes that are found then."""

    def wrong(old="", new="", again=True):
        text = po(checkout).read_text()
        assert old in text
        po(checkout).write_text(text.replace(old, new))
        if again:
            part("catalogs").update(checkout)
        return list(part("check").mistakes(checkout))

    return wrong


def test_nothing_is_wrong_with_a_checkout_that_is_translated(wrong):
    assert wrong() == []


def test_every_text_is_found_in_the_order_of_the_code(checkout, part):
    found = [(message.id, message.context) for message in part("extract").texts(checkout) if message.id]
    assert found == [
        ("Hello", None),
        ("{name} is {share:.1f} % full", None),
        (("{count} row", "{count} rows"), None),
        ("Open", "menu"),
        ("&Save <b>all</b>", None),
        ("What is seen? Look.", None),
        ("Digits", None),
        ("never", None),
        ("Lesson's", None),
    ]


def test_writing_again_changes_nothing(checkout, part):
    files = [path for path in (checkout / "resources" / "translations").rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in files}
    part("catalogs").update(checkout)
    assert {path: path.read_bytes() for path in files} == before
    assert len(before) == 5


def test_the_compiled_catalog_speaks(checkout):
    catalog = gettext.translation("gradlab", str(checkout / "resources" / "translations"), ["hi"])
    assert catalog.gettext("Hello") == "Hallo"
    assert catalog.pgettext("menu", "Open") == "Öffnen"
    assert [catalog.ngettext("{count} row", "{count} rows", count) for count in (0, 1, 2)] == [
        "{count} Zeile",
        "{count} Zeile",
        "{count} Zeilen",
    ]


def test_a_text_that_is_not_translated_is_told(wrong):
    assert wrong("Hallo", "") == [
        'resources/translations/hi/LC_MESSAGES/gradlab.po: "Hello" has no translation'
    ]


def test_a_changed_text_keeps_its_translation_as_a_guess(checkout, wrong):
    code = checkout / "gradlab" / "show.py"
    code.write_text(CODE.replace('% full"', '% full now"'))
    lines = wrong()
    assert len(lines) == 2  # one per language
    assert all("has a guess for a translation (fuzzy)" in line for line in lines)
    assert "{name}: {share:.1f} % voll" in po(checkout).read_text()


def test_catalogs_that_lag_behind_the_code_are_told(checkout, part):
    (checkout / "gradlab" / "show.py").write_text(CODE.replace('mark("Hello")', 'mark("Good-bye")'))
    lines = "\n".join(part("check").mistakes(checkout))
    assert "gradlab.pot: is not up to date" in lines
    assert 'hi/LC_MESSAGES/gradlab.po: "Good-bye" is missing' in lines
    assert 'hi/LC_MESSAGES/gradlab.po: "Hello" is not in the code any more' in lines


def test_a_catalog_that_was_not_compiled_again_is_told(wrong):
    (line,) = wrong("Hallo", "Moin", again=False)
    assert line.startswith("resources/translations/hi/LC_MESSAGES/gradlab.mo: is not up to date")


@pytest.mark.parametrize("suffix", [".po", ".mo"])
def test_a_missing_file_is_told(checkout, part, suffix):
    po(checkout).with_suffix(suffix).unlink()
    (line,) = part("check").mistakes(checkout)
    assert f"gradlab{suffix}: is missing" in line


def test_what_was_left_in_a_catalog_is_told(checkout, wrong):
    with po(checkout).open("a") as file:
        file.write('\n#~ msgid "Once"\n#~ msgstr "Einst"\n')
    lines = wrong(again=False)
    assert 'resources/translations/hi/LC_MESSAGES/gradlab.po: "Once" is not used any more' in lines
    assert wrong() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{name}: {share:.1f}", "{nahme}: {share:.1f}", "the places for values"),
        ("{name}: {share:.1f}", "{name}: {share}", "the places for values"),
        ("{name}: {share:.1f}", "{name}: {share:.1f", "the places for values"),
        ('"{count} Zeilen"', '"{number} Zeilen"', "the places for values"),
        ('"{count} Zeilen"', '"Zeilen"', "the places for values"),
        ('"{count} Zeile"', '"eine Zeile"', "the places for values"),
        ("&speichern", "speichern", "the marks for keys"),
        ("&speichern", "&spei&chern", "the marks for keys"),
        ("<b>Alles</b>", "<b>Alles<b>", "the tags"),
        ("<b>Alles</b>", "Alles", "the tags"),
        ('"Hallo"', '"Hallo "', "the spaces at both ends"),
        ('"Hallo"', '"Hallo\\n"', "the spaces at both ends"),
    ],
)
def test_what_must_be_the_same_in_a_translation_is_compared(wrong, old, new, told):
    (line,) = wrong(old, new)
    assert told in line


def test_an_ampersand_that_is_no_mark_for_a_key_is_none(part):
    message = importlib.import_module("babel.messages.catalog").Message
    wrong = part("check").wrong_translation
    assert not list(wrong(message("Loss && more &lt;", "Verlust")))
    assert list(wrong(message("&Loss", "&&Verlust")))


def test_the_form_for_one_may_go_without_the_number_where_english_does(part):
    message = importlib.import_module("babel.messages.catalog").Message
    wrong = part("check").wrong_translation
    assert not list(wrong(message(("one row", "{count} rows"), ("eine Zeile", "{count} Zeilen"))))
    assert not list(wrong(message(("one row", "{count} rows"), ("{count} Zeile", "{count} Zeilen"))))
    assert not list(wrong(message(("one row", "{count} rows"), ("{count} Zeilen",))))
    assert list(wrong(message(("one row", "{count} rows"), ("eine Zeile",))))


def test_other_plural_forms_are_told(wrong):
    lines = "\n".join(wrong("plural=(n > 1)", "plural=(n != 1)", again=False))
    assert 'Plural-Forms "nplurals=2; plural=(n != 1);"; allowed: "nplurals=2; plural=(n > 1);"' in lines


def test_a_conflict_that_was_left_is_told(wrong):
    (line,) = wrong('msgid "Hello"', '<<<<<<< HEAD\nmsgid "Hello"', again=False)
    assert "cannot be read" in line


def test_a_lesson_without_a_text_is_told(checkout, part):
    (checkout / "resources" / "lessons" / "one" / "text.zh_CN.md").unlink()
    assert list(part("check").mistakes(checkout)) == ["resources/lessons/one/text.zh_CN.md: is missing"]


@pytest.mark.parametrize(
    "text", ['f"{name} is full"', '"is " + name', '"{name}".format(name=name)', '"%s" % name']
)
def test_a_text_that_is_put_together_before_it_is_translated_is_told(checkout, part, text):
    (checkout / "gradlab" / "more.py").write_text(f"def show(name):\n    tr({text})\n")
    (line,) = [line for line in part("check").mistakes(checkout) if "put together" in line]
    assert line.startswith("gradlab/more.py: line 2: ")


def test_a_text_inside_an_f_string_is_told_since_babel_does_not_find_it(checkout, part):
    (checkout / "gradlab" / "more.py").write_text("def show(said):\n    return f\"{said} {tr('More')}\"\n")
    (line,) = [line for line in part("check").mistakes(checkout) if "f-string" in line]
    assert line.startswith("gradlab/more.py: line 2: ")


def test_the_command_fails_where_something_is_wrong(checkout, part, capsys):
    main = part("__main__").main
    assert main(["--check"], checkout) == 0
    (checkout / "gradlab" / "more.py").write_text('tr("More")\n')
    assert main(["--check"], checkout) == 1
    assert '"More" is missing' in capsys.readouterr().err
    assert main([], checkout) == 0
    assert '"More" has no translation' in "\n".join(part("check").mistakes(checkout))
