import errno
import io
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from fresh_python import printed_by
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import gradlab
from gradlab.errors import InputError
from gradlab.lessons import files
from gradlab.lessons.files import built_in, load, unpack
from gradlab.lessons.text import read
from gradlab.panel_info import lesson_panels
from gradlab.resources import resource


@pytest.fixture
def folder(tmp_path):
    """A lesson to spoil."""
    return shutil.copytree(resource("lessons", "_template"), tmp_path / "lesson")


def edit(folder, name, before, after):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def zipped(folder, path, **others):
    """Zip a lesson, with other files (``a/b`` given as ``a__b``) besides."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
        for name, content in others.items():
            archive.writestr(name, content)
    return path


def mistake(call, *given):
    with pytest.raises(InputError) as caught:
        call(*given)
    return str(caught.value)


def test_the_template_is_a_lesson(folder):
    lesson = load(folder)
    assert lesson.id == "my-lesson"
    assert [step.experiment is not None for step in lesson.steps] == [True, False, False]
    assert lesson.text_in("en").steps[0].predict.answers[0].right


def test_the_path_has_each_lesson_once_and_in_order():
    lessons = built_in()
    assert len({lesson.id for lesson in lessons}) == len(lessons)
    assert all(lesson.folder.name == lesson.id for lesson in lessons)
    places = [(lesson.plan.group, lesson.plan.place) for lesson in lessons]
    assert len(set(places)) == len(places)
    assert lessons[0].id == "why-zero"


def test_links_between_lessons_lead_somewhere():
    ids = {lesson.id for lesson in built_in()}
    for path in resource("lessons").glob("*/text.*.md"):
        for part in path.read_text(encoding="utf-8").split("](lesson:")[1:]:
            assert part.split(")")[0] in ids


def test_a_text_falls_back_to_its_plain_language_and_then_to_english(folder):
    text = (folder / "text.en.md").read_text(encoding="utf-8")
    (folder / "text.pt.md").write_text(text.replace("The title of the lesson", "O título"), encoding="utf-8")
    lesson = load(folder)
    assert lesson.text_in("pt_BR").title == "O título"
    assert lesson.text_in("de").title == "The title of the lesson"


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ('id = "my-lesson"', 'id = "My lesson"', 'id = "My lesson"; allowed: small letters'),
        ('id = "my-lesson"\n', "", "id is missing; allowed: small letters"),
        ("place = 1", 'place = "1"', 'place = "1"; allowed: a whole number from 0 to 1000'),
        ("minutes = 10", "hours = 10", "hours is not a known key; allowed there: format, id"),
        ('panels = ["loss", "data"]', 'panels = ["los"]', 'steps 1.panels 1 = "los"; allowed: a list'),
        ('speed = 30', 'speed = "slow"', 'steps 1.speed = "slow"; allowed: one of phase, 1, 2, 5, 10, 30, 100'),
        ('speed = 30', 'speed = 7', 'steps 1.speed = "7"; allowed: one of phase, 1'),
        ('speed = 30', 'speed = true', 'steps 1.speed = true; allowed: one of phase, 1'),
        ('speed = 30', 'speed = [1]', 'steps 1.speed = [1]; allowed: one of phase, 1'),
        ('see = "reached"', 'see = "eval"', 'steps 1.observe 1.see = "eval"; allowed: one of reached'),
        ('see = "reached", ', "", 'steps 1.observe 1.see = nothing; allowed: one of reached'),
        ("epochs = 5 }", "epochs = -5 }", "steps 1.observe 1.epochs = -5; allowed: a whole number of epochs"),
        ('measure = "val_accuracy", above = 0.8', "above = 0.8", "observe 2.measure is missing; allowed: a"),
        ("above = 0.8 }", "abov = 0.8 }", "steps 1.observe 2.abov is not a known key; allowed there: run, see"),
        ('{ see = "reached", epochs = 5 }', "3", "steps 1.observe 1"),
        ('see = "reached"', 'see = "reached", run = "x"', 'steps 1: the run "x"; allowed: none'),
        ('"experiment.toml"', '"other.toml"', 'there is no file "other.toml"; allowed: a file in the lesson'),
        ('"experiment.toml"', '"../../secret.toml"', '"../../secret.toml"; allowed: a file in the lesson'),
        ('"experiment.toml"', '"/etc/passwd"', '"/etc/passwd"; allowed: a file in the lesson'),
        ('experiment = "experiment.toml"\n', "", "steps 1: there is something to observe, but no experiment"),
        ("[[steps]]\npanels = [\"loss\"]\n", "", "steps: there are 2; allowed: 3 to 8"),
        ("format = 1", "format = 2", "format = 2; allowed: 1"),
        ("format = 1", "format 1", "is not valid TOML"),
    ],
)  # fmt: skip
def test_a_wrong_plan_is_told_in_a_line(folder, before, after, line):
    edit(folder, "lesson.toml", before, after)
    told = mistake(load, folder)
    assert line in told
    assert "lesson.toml" in told
    assert "\n" not in told


def test_every_mistake_gets_its_line(folder):
    edit(folder, "lesson.toml", "place = 1", "place = -1")
    edit(folder, "lesson.toml", "minutes = 10", "minutes = 0")
    lines = mistake(load, folder).splitlines()
    assert [line.partition(": ")[2].split(";")[0] for line in lines] == ["place = -1", "minutes = 0"]


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("# The title of the lesson", "The title", "line 1: allowed at the top: # and the title"),
        ("# The title of the lesson", "Not yet\n\n# The title", "line 1: allowed at the top: # and the title"),
        ("## The third step", "# The third step", "allowed: # once"),
        ("# The title of the lesson", "# The title\n### observe", "line 2: allowed: ## and the title of a step"),
        ("- [ ] A wrong answer", "A wrong answer", "A wrong answer; allowed: - [ ] or - [x] and an answer on"),
        ("### observe", "### observe\n- See it.\n\n### observe", "allowed: ### observe once in a step"),
        ("## truth", "## The end", "allowed: ## truth"),
        ("### predict", "### guess", "### guess; allowed: one of predict, observe, check"),
        ("- [x] The right answer", "- [ ] The right answer", "of which one is marked as right"),
        ("  Why it is wrong.\n", "", 'the answer "A wrong answer" has no explanation'),
        ("- See more than 80% right.\n", "", "1 things to observe; allowed: 2"),
        ("- See more than 80% right.", "See more than 80% right.", "allowed: a list of what is to be seen"),
        ("## truth", "## One more\n\n## truth", "4 steps; allowed: 3"),
        ("A few short sentences.", "<b>Few</b> sentences.", "HTML and link definitions are not shown"),
        ("A few short sentences.", "<!-- hidden -->", "HTML and link definitions are not shown"),
        ("A few short sentences.", "[a]: https://example.org/a.png", "HTML and link definitions are not shown"),
        ("A few short sentences.", "> [a]: /etc/a.png", "HTML and link definitions are not shown"),
        ("A few short sentences.", "- [a]: /etc/a.png", "HTML and link definitions are not shown"),
        ("A few short sentences.", "[a\nb]: /etc/a.png", "HTML and link definitions are not shown"),
        ("A few short sentences.", "[a]:\n/etc/a.png", "HTML and link definitions are not shown"),
        ("A few short sentences.", "![a](https://a.org/a.png)", "https://a.org/a.png; allowed: the name of"),
        ("A few short sentences.", "![a [b] c](\nfile:///etc/a.png)", "file:///etc/a.png; allowed: the name of"),
        ("A few short sentences.", "[a](javascript:alert)", "javascript:alert; allowed: the name of"),
        ("A few short sentences.", "![a](../a.png)", "../a.png; allowed: the name of"),
        ("A few short sentences.", "![a](/etc/a.png)", "/etc/a.png; allowed: the name of a picture"),
        ("A few short sentences.", "![a](a.png)", 'there is no file "a.png"'),
    ],
)  # fmt: skip
def test_a_wrong_text_is_told_in_a_line(folder, before, after, line):
    edit(folder, "text.en.md", before, after)
    told = mistake(load, folder)
    assert line in told
    assert "text.en.md" in told


def test_lines_without_text_may_stand_above_the_title(folder):
    edit(folder, "text.en.md", "# The title of the lesson", "\n  \n# The title of the lesson")
    assert load(folder).text_in("en").title == "The title of the lesson"


def test_a_question_asks_something(folder):
    path = folder / "text.en.md"
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition("### predict\n")
    path.write_text(head + "### predict\n\n" + rest[rest.index("- [") :], encoding="utf-8")
    assert "### predict: the question is missing; allowed: a question, then its" in mistake(load, folder)


@pytest.mark.parametrize("missing", ["summary", "truth"])
def test_a_lesson_says_in_short_what_it_is_about_and_what_stays(folder, missing):
    path = folder / "text.en.md"
    lines = path.read_text(encoding="utf-8").splitlines()
    headings = [number for number, line in enumerate(lines) if line.startswith(("# ", "## "))] + [len(lines)]
    begin, end = headings[:2] if missing == "summary" else headings[-2:]
    del lines[begin + 1 : end]
    path.write_text("\n".join(lines), encoding="utf-8")
    told = mistake(load, folder)
    assert "text.en.md: allowed: a summary below the title, and a sentence below ## truth" in told


def test_a_lesson_needs_a_text(folder):
    for path in folder.glob("text.*.md"):
        path.rename(folder / path.name.removeprefix("text."))
    assert mistake(load, folder).startswith(f"{folder}: the text is missing; allowed: a file text.en.md")


def test_a_lesson_without_english_is_told_in_what_there_is(folder):
    text = (folder / "text.en.md").read_bytes()
    for path in folder.glob("text.*.md"):
        path.unlink()
    (folder / "text.pt.md").write_bytes(text)
    assert load(folder).text_in("de").title == "The title of the lesson"


@pytest.mark.parametrize("language", ["en", "hi", "nowhere"])
def test_titles_are_those_of_the_whole_lessons(language):
    told = files.titles(language)
    assert told == {lesson.id: lesson.text_in(language).title for lesson in built_in()}


def test_all_languages_ask_the_same(folder):
    text = (folder / "text.en.md").read_text(encoding="utf-8")
    swapped = text.replace("- [x] The right", "- [ ] The right", 1).replace(
        "- [ ] A wrong", "- [x] A wrong", 1
    )
    (folder / "text.hi.md").write_text(swapped, encoding="utf-8")
    assert "text.hi.md: other questions or right answers than text.en.md" in mistake(load, folder)


def test_code_may_hold_headings_of_its_own(folder):
    edit(folder, "text.en.md", "A few short sentences.", "```python\n# a comment\n```")
    assert "# a comment" in load(folder).text_in("en").steps[0].body


def test_a_picture_is_looked_at_before_it_is_shown(folder):
    edit(folder, "text.en.md", "A few short sentences.", "![A picture](a.png)")
    Image.new("1", (100, 100)).save(folder / "a.png")
    load(folder)
    Image.new("1", (5000, 5000)).save(folder / "a.png")
    assert "has 5000 × 5000 pixels" in mistake(load, folder)
    (folder / "a.png").write_text("no picture")
    assert "is not a picture" in mistake(load, folder)


def test_an_experiment_reads_no_data_from_elsewhere(folder):
    edit(folder, "experiment.toml", 'source = "moons"', 'source = "csv"\npath = "../../other.csv"')
    assert "allowed: a file in the lesson's folder" in mistake(load, folder)


def test_a_variant_reads_no_data_from_elsewhere(folder):
    with (folder / "experiment.toml").open("a", encoding="utf-8") as file:
        file.write('[[variants]]\nname = "a"\ndata = { source = "csv", path = "/etc/passwd" }\n')
    assert "allowed: a file in the lesson's folder" in mistake(load, folder)


def test_a_link_does_not_lead_out_of_the_folder(folder, tmp_path):
    (tmp_path / "secret.toml").write_text("secret")
    (folder / "experiment.toml").unlink()
    try:
        (folder / "experiment.toml").symlink_to(tmp_path / "secret.toml")
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert "allowed: a file in the lesson's folder" in mistake(load, folder)


def test_every_panel_that_a_lesson_can_ask_for_is_there():
    panels = Path(gradlab.__file__).parent / "window" / "panels"
    for name in set(lesson_panels()) - {"experiment"}:  # the form
        assert (panels / name / "panel.py").is_file()


def test_lessons_are_listed_without_loading_torch():
    code = "from gradlab.lessons.files import built_in; built_in(); import sys; print('torch' in sys.modules)"
    assert printed_by(code) == "False\n"


# --- one file -------------------------------------------------------------------------------------------------


def test_a_zipped_lesson_is_the_same(folder, tmp_path):
    archive = zipped(folder, tmp_path / "a.gradlesson")
    lesson = unpack(archive, tmp_path / "unpacked")
    assert lesson.texts == load(folder).texts
    assert lesson.plan == load(folder).plan


def test_what_systems_add_to_a_zip_file_is_left_out(folder, tmp_path):
    clutter = {"__MACOSX/lesson/._text.en.md": b"\0", "lesson/.DS_Store": b"\0"}
    lesson = unpack(zipped(folder, tmp_path / "a.gradlesson", **clutter), tmp_path / "unpacked")
    assert lesson.id == "my-lesson"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("../evil.toml", "the file name '../evil.toml'"),
        ("/evil.toml", "the file name '/evil.toml'"),
        ("lesson/../../evil.toml", "the file name"),
        ("C:evil.toml", "the file name"),
        ("lesson\\..\\evil.toml", "the file name"),
        ("lesson/evil.exe", "the file 'lesson/evil.exe'; allowed: .toml"),
        ("lesson/.hidden.toml", "the file name"),
    ],
)
def test_a_zip_file_writes_nowhere_else(folder, tmp_path, name, line):
    archive = zipped(folder, tmp_path / "a.gradlesson", **{name: "evil"})
    assert line in mistake(unpack, archive, tmp_path / "into" / "unpacked")
    assert not (tmp_path / "into").exists()
    assert not list(tmp_path.rglob("evil*"))


def test_a_zip_bomb_is_not_unpacked(folder, tmp_path):
    archive = zipped(folder, tmp_path / "a.gradlesson", **{"lesson/a.csv": bytes(files.MOST_BYTES + 1)})
    assert archive.stat().st_size < 100_000
    assert "is too large; allowed: at most 20 MB" in mistake(unpack, archive, tmp_path / "unpacked")
    assert not (tmp_path / "unpacked").exists()


def test_an_entry_that_lies_about_its_size_is_no_way_around(folder, tmp_path):
    archive = zipped(folder, tmp_path / "a.gradlesson", **{"lesson/a.csv": bytes(files.MOST_BYTES + 1)})
    content = archive.read_bytes()
    size = (files.MOST_BYTES + 1).to_bytes(4, "little")
    archive.write_bytes(content.replace(size, (10).to_bytes(4, "little")))
    mistake(unpack, archive, tmp_path / "unpacked")


def test_too_many_files_are_refused(folder, tmp_path):
    others = {f"lesson/{number}.csv": b"" for number in range(files.MOST_FILES)}
    assert "allowed: at most 200" in mistake(unpack, zipped(folder, tmp_path / "a", **others), tmp_path / "b")
    for name in others:
        (folder.parent / name).touch()
    assert "allowed: at most 200" in mistake(load, folder)


def test_nothing_is_unpacked_over_what_is_there(folder, tmp_path):
    path = zipped(folder, tmp_path / "a.gradlesson")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine.txt").write_text("keep me")
    assert "new: is there already; allowed: a folder that does not" in mistake(unpack, path, tmp_path / "new")
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["mine.txt"]


def test_where_nothing_can_be_written_a_line_says_why_and_nothing_is_left(folder, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path, new = zipped(folder, tmp_path / "a.gradlesson"), tmp_path / "new"
    monkeypatch.setattr(Path, "write_bytes", full)
    assert mistake(unpack, path, new) == f"{path}: cannot be unpacked into {new}: No space left on device"
    assert not new.exists()
    monkeypatch.setattr(shutil, "copyfile", full)
    assert mistake(files.copy, folder, new) == f"{folder}: cannot be copied: No space left on device"


def test_a_folder_that_is_too_large_is_not_read(folder, monkeypatch):
    sizes = [path.stat().st_size for path in folder.iterdir()]
    monkeypatch.setattr(files, "MOST_BYTES", sum(sizes))
    load(folder)
    monkeypatch.setattr(files, "MOST_BYTES", sum(sizes) - 1)
    assert mistake(load, folder).startswith(f"{folder}: is too large; allowed: at most ")


def test_files_that_cannot_be_read_are_told(folder, tmp_path, monkeypatch):
    assert "nowhere.gradlesson: cannot be read: No such" in mistake(
        unpack, tmp_path / "nowhere.gradlesson", tmp_path / "new"
    )
    (folder / "text.en.md").write_bytes(b"# The title \xff\n")
    assert "text.en.md: is not UTF-8 text (byte 12)" in mistake(load, folder)


def test_a_wrong_lesson_leaves_nothing_behind_and_is_named_by_its_file(folder, tmp_path):
    edit(folder, "lesson.toml", "place = 1", "place = -1")
    archive = zipped(folder, tmp_path / "a.gradlesson")
    assert mistake(unpack, archive, tmp_path / "unpacked").startswith(str(archive))
    assert not (tmp_path / "unpacked").exists()


@pytest.mark.parametrize("content", [b"", b"no zip file", b"PK\x03\x04 broken"])
def test_what_is_no_zip_file_is_told(tmp_path, content):
    archive = tmp_path / "a.gradlesson"
    archive.write_bytes(content)
    assert "is not a lesson" in mistake(unpack, archive, tmp_path / "unpacked")


def test_a_damaged_zip_file_is_told(folder, tmp_path):
    archive = zipped(folder, tmp_path / "a.gradlesson")
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        start = whole.getinfo("lesson/text.en.md").header_offset + 60
    content[start : start + 200] = bytes(200)
    archive.write_bytes(content)
    assert "is not a lesson" in mistake(unpack, archive, tmp_path / "unpacked")


# --- whatever comes -------------------------------------------------------------------------------------------

ANYTHING = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)


@ANYTHING
@given(place=st.integers(0, 2**32), byte=st.integers(0, 255), length=st.integers(1, 40))
def test_any_damage_to_a_zip_file_ends_in_a_line_or_in_a_lesson(folder, tmp_path, place, byte, length):
    archive = zipped(folder, tmp_path / "a.gradlesson")
    content = bytearray(archive.read_bytes())
    place %= len(content)
    content[place : place + length] = bytes([byte]) * length
    archive.write_bytes(content)
    try:
        unpack(archive, tmp_path / "unpacked")
    except InputError:
        assert not (tmp_path / "unpacked").exists()
    else:
        shutil.rmtree(tmp_path / "unpacked")


PIECES = (
    "# a",
    "## b",
    "## truth",
    "### predict",
    "### check",
    "### observe",
    "- [x] c",
    "- [ ] d",
    "  e",
    "f",
    "",
    "```",
)


@given(st.lists(st.sampled_from(PIECES)).map("\n".join) | st.text())
def test_any_text_ends_in_a_line_or_in_a_lesson(text):
    try:
        assert read(text, "text.en.md").title
    except InputError as error:
        assert str(error).startswith("text.en.md: ")


@pytest.mark.parametrize(
    "line",
    [
        "a = " + "[" * 100_000,
        "a = " + "9" * 10_000,
        "steps = [" + "{a=1}," * 40_000 + "]",
        "id = '" + "a" * 200_000 + "'",
    ],
    ids=["lists in lists", "a huge number", "very many steps", "a very long name"],
)
@pytest.mark.parametrize("name", ["lesson.toml", "experiment.toml"])
def test_monstrous_files_end_in_short_lines(folder, name, line):
    (folder / name).write_text(line, encoding="utf-8")
    lines = mistake(load, folder).splitlines()
    assert len(lines) <= 11
    assert max(map(len, lines)) < 2000


def test_a_text_that_is_too_long_is_not_read(folder):
    (folder / "text.en.md").write_text("# " + "a" * files.MOST_TEXT, encoding="utf-8")
    assert "allowed: at most 256 kB of text" in mistake(load, folder)


def test_only_runs_that_there_are_stand_side_by_side(folder):
    edit(folder, "lesson.toml", 'panels = ["loss", "data"]', 'panels = ["gradients"]\nside_by_side = true')
    assert "steps 1: side_by_side; allowed: with 2 to 4 variants" in mistake(load, folder)
    runs = '\n[[variants]]\nname = "a"\n[[variants]]\nname = "b"\n[variants.optimizer]\nlr = 0.2\n'
    path = folder / "experiment.toml"
    path.write_text(path.read_text(encoding="utf-8") + runs, encoding="utf-8")
    load(folder)
    edit(folder, "lesson.toml", 'panels = ["gradients"]', 'panels = ["loss"]')
    assert "side_by_side" in mistake(load, folder)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_packed_so_that_it_unpacks_all_at_once_is_refused_unread(folder, tmp_path, method):
    path = zipped(folder, tmp_path / "large.gradlesson")
    with zipfile.ZipFile(path, "a", method) as archive:
        archive.writestr("lesson/zeros.csv", b"0" * 40_000_000)
    assert path.stat().st_size < 100_000
    told = mistake(unpack, path, tmp_path / "new")
    assert "zeros.csv is packed with" in told
    assert "allowed: a zip file as every system makes it" in told
    assert not (tmp_path / "new").exists()
