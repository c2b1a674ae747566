"""Texts outside the window come out in the language that is spoken, as whole sentences.

The language here is made up: every letter of the text is another one, so that a plain letter is a name, a value,
or a text that was forgotten.
"""

import gettext
import re
import shutil
from string import Formatter

import pytest

from gradlab import language
from gradlab.datasets.base import SOURCES
from gradlab.datasets.split import prepare
from gradlab.errors import InputError
from gradlab.experiment import files
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key
from gradlab.experiment.variants import singles
from gradlab.experiment.words import change_in_words, differences_in_words
from gradlab.export.loop_code import lines_for
from gradlab.lessons import files as lessons
from gradlab.lessons.conditions import KINDS
from gradlab.lessons.plan import GROUPS, Plan
from gradlab.models.base import MODELS
from gradlab.panel_info import lesson_panels
from gradlab.resources import resource

SETTINGS = by_key(Experiment)  # asked for before the language changes
WORD = re.compile(r"[A-Za-z]{2,}")
OTHER_LETTERS = {letter: letter + 0xFEE0 for letter in (*range(65, 91), *range(97, 123))}


def in_other_letters(text):
    """Return a text in the made-up language; the places for values stay."""
    told = ""
    for plain, name, form, how in Formatter().parse(text):
        told += plain.translate(OTHER_LETTERS)
        if name is not None:
            told += f"{{{name}{f'!{how}' if how else ''}{f':{form}' if form else ''}}}"
    return told


class MadeUp(gettext.NullTranslations):
    """Translates everything, and remembers what it was asked for."""

    def __init__(self):
        super().__init__()
        self.asked = set()

    def gettext(self, text):
        self.asked.add(text)
        return in_other_letters(text)

    def ngettext(self, one, many, count):
        self.asked |= {one}
        return in_other_letters(one if count == 1 else many)

    def pgettext(self, context, text):
        return self.gettext(text)


@pytest.fixture
def spoken(speak_from):
    """Speak the made-up language; in the end, everything that it was asked for must be in the catalogs."""
    catalog = MadeUp()
    speak_from(catalog)
    yield catalog
    language.use(language.ENGLISH)
    template = resource("translations", "gradlab.pot").read_text(encoding="utf-8")
    wordless = re.compile(r"|1|[A-Z]\d+")  # a digit, a cell of a maze
    missing = {text for text in catalog.asked if f"msgid {quoted(text)}\n" not in template}
    assert not [text for text in missing if not wordless.fullmatch(text)]


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def plain_words(text):
    return set(WORD.findall(text))


def said(call, *given):
    with pytest.raises(InputError) as caught:
        call(*given)
    return str(caught.value)


# --- settings, data sets and models ---


@pytest.mark.parametrize("key", SETTINGS)
def test_a_setting_is_told_in_the_language_that_is_spoken(spoken, key):
    setting = SETTINGS[key]
    for text in (setting.label, setting.help, setting.unit):
        assert not plain_words(text), text
    values = {choice.value for choice in setting.choices}
    assert plain_words(setting.allowed) <= plain_words(" ".join(values))
    for choice in setting.choices:
        assert not plain_words(choice.label + choice.help)


@pytest.mark.parametrize("registry", [SOURCES, MODELS], ids=lambda registry: registry.package)
def test_what_is_registered_is_told_in_the_language_that_is_spoken(spoken, registry):
    for entry in registry:
        assert not plain_words(entry.label + entry.help)


def test_menus_have_the_same_order_in_every_language(speak_from):
    names = SOURCES.names()
    backwards = MadeUp()
    backwards.gettext = lambda text: text[::-1]
    speak_from(backwards)
    assert SOURCES.names() == names


def test_names_of_data_are_in_the_catalogs(spoken):
    for source in SOURCES.names():
        if source in ("csv", "images"):  # people's own
            continue
        dataset = prepare(files.change(Experiment(), "data.source", source)).dataset
        names = [*dataset.class_names, dataset.target_name, *dataset.input_names]
        # The species have their Latin names in every language, and the messages are in English.
        code = {"x", "y", "setosa", "versicolor", "virginica"}
        for name in names:
            if name not in code and not name.isdecimal() and source != "spam":
                language.tr(name)


def test_changes_and_differences_are_told_in_the_language_that_is_spoken(spoken):
    other = files.change(Experiment(), "gradients.zero", "never")
    assert not plain_words(differences_in_words(Experiment(), other))
    assert not plain_words(change_in_words("optimizer.lr", 0.1, 0.01))
    assert not plain_words(change_in_words("model.freeze", (), ()))
    assert not plain_words(change_in_words("model.batch_norm", False, True))


def test_comments_are_translated_but_code_is_not(spoken):
    experiment = files.loads('[gradients]\nzero = "never"\n[model]\nkind = "gru"\nchunk = 4')
    lines = [line.text.strip() for line in lines_for(experiment)]
    assert "loss.backward()" in lines
    comments = [line for line in lines if line.startswith("#")]
    assert len(comments) == 2
    assert not any(plain_words(comment) for comment in comments)


def test_groups_of_lessons_are_in_the_catalogs(spoken):
    assert not any(plain_words(language.tr(title)) for title in GROUPS.values())


# --- errors ---


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        ("sed = 3", "seed"),
        ("[gradients]\nzro = 'never'", ""),
        ("[gradients]\nzero = 'sometimes'", ""),
        ("[data]\nsource = 'mnist'", ""),
        ("[optimizer]\nlr = 'fast'", ""),
        ("[training]\nepochs = 2.5", ""),
        ("[model]\nbatch_norm = 1", ""),
        ("[model]\nhidden = [32, 0]", ""),
        ("[model]\nhidden = [32, 'a']", ""),
        ("data = 3", ""),
        ("format = 2", ""),
        ("format = 'x'", ""),
        ("[training]\npatience = 3\n[data]\nvalidation = 0.0", ""),
        ("[optimizer]\nnesterov = true", ""),
        ("[optimizer]\nlr = -1\nmomentum = 7", ""),
        ("[[variants]]\nname = 'a'\nreplicas = 2", ""),
        ("[[variants]]\nname = 'a:b'", ""),
        ("[[variants]]\nlr = 2", ""),
        ("[[variants]]\nname = 'a'\n[[variants]]\nname = 'A'", ""),
        ("[[variants]]\nname = 'a'\n[variants.data]\nnoise = -2", ""),
    ],
)
def test_what_is_wrong_with_an_experiment_is_told_in_the_language_that_is_spoken(spoken, text, extra):
    line = said(lambda: singles(files.loads(text)))
    assert line.startswith("experiment: ")
    keys = " ".join([*SETTINGS, *(choice.value for each in SETTINGS.values() for choice in each.choices)])
    assert plain_words(line) <= plain_words(f"experiment {text} {extra} {keys} format variants")
    assert re.search("[ａ-ｚ]{2}", line)


def test_an_error_that_takes_two_settings_still_names_its_key(spoken):
    with pytest.raises(InputError) as caught:
        files.loads("[optimizer]\nnesterov = true")
    assert caught.value.key == "optimizer.nesterov"


@pytest.mark.parametrize("name", ["", "missing.csv", "."])
def test_a_table_that_cannot_be_read_is_told_in_the_language_that_is_spoken(spoken, tmp_path, name):
    experiment = files.loads('[data]\nsource = "csv"')
    experiment = files.change(experiment, "data.path", str(tmp_path / name) if name else "")
    line = said(prepare, experiment)
    assert plain_words(line.replace(str(tmp_path), "")) <= {
        "missing",
        "csv",
        "No",
        "such",
        "file",
        "or",
        "directory",
    }


@pytest.mark.parametrize(
    ("table", "settings"),
    [
        ("a\n1\n", ""),
        ("", ""),
        ("a,b\n", ""),
        ("a,,b\n1,2,3\n", ""),
        ("a,a\n1,2\n", ""),
        ("a,b\n1,2\n1\n", ""),
        ("a,b\n" + "1\n" * 8, ""),
        ("a,b\n1,2\n,2\n", ""),
        ("a,b\n1,2\n1e99,2\n", ""),
        ("a;b\n1,5;2\n1.5;3\n", ""),
        ("a,b\n1,yes\n2,yes\n", ""),
        ("a,b\n1,yes\n2,no\n3,no\n", ""),
        ("a,b\n1,yes\n2,no\n3,may\n", ""),
        ("a,b\n1,yes\n2,no\n", 'task = "regression"'),
        ("a,b\n1,yes\n2,no\n", 'target = "c"'),
        ("a,b\n" + "".join(f"w{chr(97 + n % 26)}{n},{n % 2}\n" for n in range(60)), ""),
        ("a,b\n" + "".join(f"{n},{n / 3}\n" for n in range(9)), "validation = 0.01\nvalidation_rows = 9"),
        ("a,b\n" + "".join(f"{n},{n / 3}\n" for n in range(9)), "train_rows = 9"),
        ("a,b\n" + "".join(f"{n},{n / 3}\n" for n in range(9)), "label_noise = 0.5"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_in_the_language_that_is_spoken(spoken, tmp_path, table, settings):
    path = tmp_path / "t.csv"
    path.write_text(table, encoding="utf-8")
    experiment = files.loads(f'[data]\nsource = "csv"\n{settings}')
    line = said(prepare, files.change(experiment, "data.path", str(path)))
    without_keys = re.sub(r'data\.\w+( = \[?("[^"]*"|auto|\d))?|"\w+"', "", line.replace(str(path), ""))
    assert plain_words(without_keys) <= plain_words(f"{table} data {settings}")
    assert re.search("[ａ-ｚ]{2}", line)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("lesson.toml", 'group = "own"', 'group = "other"'),
        ("lesson.toml", "minutes = 10", "minutes = 0"),
        ("lesson.toml", "minutes = 10", "hours = 1"),
        ("lesson.toml", 'id = "my-lesson"', ""),
        ("lesson.toml", '["loss", "data"]', '["loss", "dada"]'),
        ("lesson.toml", 'see = "value"', 'see = "worth"'),
        ("lesson.toml", 'see = "reached", epochs = 5', 'see = "reached", epochs = -1'),
        ("lesson.toml", 'experiment = "experiment.toml"', ""),
        ("lesson.toml", 'experiment = "experiment.toml"', 'experiment = "other.toml"'),
        ("lesson.toml", 'experiment = "experiment.toml"', 'experiment = "../other.toml"'),
        ("lesson.toml", 'see = "reached", epochs = 5', 'see = "reached", epochs = 5, run = "b"'),
        ("text.en.md", "## truth", "## lies"),
        ("text.en.md", "### observe", "### look"),
        ("text.en.md", "### observe", "### observe\n\n### observe"),
        ("text.en.md", "- [x]", "- [ ]"),
        ("text.en.md", "## truth", "<b>no</b>\n\n## truth"),
        ("text.en.md", "## truth", "[no](https://x)\n\n## truth"),
        ("text.en.md", "## truth", "## more\n\n## truth"),
        ("text.en.md", "# ", "## "),
    ],
)
def test_what_is_wrong_with_a_lesson_is_told_in_the_language_that_is_spoken(
    spoken, tmp_path, name, before, after
):
    folder = shutil.copytree(resource("lessons", "_template"), tmp_path / "lesson")
    for other in set(folder.glob("text.*.md")) - {folder / "text.en.md"}:
        other.unlink()
    text = (folder / name).read_text(encoding="utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after, 1), encoding="utf-8")
    lines = said(lessons.load, folder)
    fields = [field for kind in (Plan, *KINDS.values()) for field in kind.model_fields]
    names = " ".join([*fields, *GROUPS, *KINDS, *lesson_panels()])
    assert plain_words(lines.replace(str(folder), "")) <= plain_words(
        f"{text} {after} {names} {name} png jpg jpeg"
    )
    assert re.search("[ａ-ｚ]{2}", lines)
