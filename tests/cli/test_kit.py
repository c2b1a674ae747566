"""``gradlab kit``: everything for a workshop, in a folder that holds nothing yet."""

import pytest

from gradlab.cli.main import main
from gradlab.language import LANGUAGES
from gradlab.lessons.files import SUFFIX, built_in


def write_pdf(text, pictures, path):
    """Write the text of a hand-out instead of setting it, which needs Qt."""
    assert pictures.is_dir()
    path.write_text(text, encoding="utf-8")


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_kit_lies_in_the_folder_and_the_command_tells_how_many_files(tmp_path, capsys):
    out = tmp_path / "kit"
    assert main(["kit", str(out), "--language", "en"], write_pdf) == 0
    lessons = built_in()
    assert len(list((out / "lessons").glob(f"*{SUFFIX}"))) == len(lessons)
    assert len(list((out / "hand-outs" / "en").glob("*.pdf"))) == 2 * len(lessons)  # and one with answers
    assert {path.name for path in (out / "hand-outs").iterdir()} == {"en"}
    assert capsys.readouterr().err == f"gradlab: {len(files(out))} files are in {out}\n"


def test_hand_outs_come_in_every_language_unless_some_are_chosen(tmp_path):
    out = tmp_path / "kit"
    out.mkdir()
    assert main(["kit", str(out)], write_pdf) == 0
    assert {path.name for path in (out / "hand-outs").iterdir()} == set(LANGUAGES)
    chosen = tmp_path / "chosen"
    assert main(["kit", str(chosen), "--language", "hi", "--language", "zh_CN"], write_pdf) == 0
    assert {path.name for path in (chosen / "hand-outs").iterdir()} == {"hi", "zh_CN"}


@pytest.mark.parametrize("kind", ["a folder that holds something", "a file"])
def test_what_is_there_is_kept_unless_it_may_be_overwritten(tmp_path, capsys, kind):
    out = tmp_path / "kit"
    mine = out
    if kind != "a file":
        out.mkdir()
        mine = out / "my notes.txt"
    mine.write_text("keep me")
    assert main(["kit", str(out), "--language", "en"], write_pdf) == 2
    told = capsys.readouterr().err
    assert told == f"gradlab: {out}: is not empty; allowed: a new or empty folder, or --overwrite\n"
    assert files(tmp_path) == [mine]
    # Beside other files there is room, in place of a file there is none.
    overwritten = main(["kit", str(out), "--language", "en", "--overwrite"], write_pdf)
    assert overwritten == (2 if kind == "a file" else 0)
    assert mine.read_text() == "keep me"


def test_without_qt_one_line_says_what_is_missing(tmp_path, capsys):
    assert main(["kit", str(tmp_path / "kit")]) == 2
    assert capsys.readouterr().err == "gradlab: kit: hand-outs need Qt, which is not installed\n"
    assert not (tmp_path / "kit").exists()
