import os
import subprocess
import sys

import pytest

from gradlab.folders import lessons_folder, runs_folder, settings_folder, write_whole
from gradlab.resources import resource


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """Pretend to be the installed program in a folder of its own."""
    program = tmp_path / "Program with ü" / "gradlab"
    program.parent.mkdir()
    program.touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.delenv("GRADLAB_DATA", raising=False)
    return program.parent


def test_an_installed_program_keeps_nothing_beside_itself(installed):
    assert installed not in [*settings_folder().parents, *runs_folder().parents]


def test_a_portable_one_keeps_everything_beside_itself(installed):
    (installed / "portable").touch()
    assert settings_folder() == installed / "gradlab-data"
    assert runs_folder() == installed / "gradlab-data" / "runs"


def test_a_portable_bundle_keeps_everything_beside_the_bundle(installed, monkeypatch):
    program = installed / "GradLab.app" / "Contents" / "MacOS" / "gradlab"
    monkeypatch.setattr(sys, "executable", str(program))
    (installed / "portable").touch()
    assert settings_folder() == installed / "gradlab-data"


def test_a_folder_that_is_asked_for_comes_before_the_portable_one(installed, monkeypatch, tmp_path):
    (installed / "portable").touch()
    monkeypatch.setenv("GRADLAB_DATA", str(tmp_path / "mine"))
    assert settings_folder() == tmp_path / "mine"


def test_from_source_nothing_is_portable(monkeypatch, tmp_path):
    monkeypatch.delenv("GRADLAB_DATA", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (tmp_path / "portable").touch()
    assert tmp_path not in settings_folder().parents


def start(*arguments, code, cwd):
    code = f"import sys; from gradlab.__main__ import main\n{code}\nsys.exit(main())"
    environment = {name: value for name, value in os.environ.items() if name != "GRADLAB_DATA"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=cwd)


def test_the_command_line_can_name_the_folder(tmp_path):
    tell = "import gradlab.cli.main as c, gradlab.folders as f\n"
    tell += "c.main = lambda rest, _: print(rest, f.runs_folder())"
    done = start("--data", "a ü b", "doctor", code=tell, cwd=tmp_path)
    assert done.stdout.strip() == f"['doctor'] {tmp_path / 'a ü b' / 'runs'}"


def test_a_folder_that_is_left_out_is_one_line_and_exit_code_2(tmp_path):
    done = start("--data", code="", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "gradlab: --data needs the folder for settings and runs\n"


@pytest.mark.parametrize("content", ["ein Übel", b"\xff\x00"], ids=["text", "bytes"])
def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch, content):
    path = tmp_path / "new" / "folder" / "file.json"
    write_whole(path, content)
    expected = content if isinstance(content, bytes) else content.encode()
    assert path.read_bytes() == expected

    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(path), "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, type(content)())
    assert path.read_bytes() == expected


def test_own_lessons_lie_beside_the_runs(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADLAB_DATA", str(tmp_path))
    assert lessons_folder() == tmp_path / "lessons"


def test_a_file_that_was_not_installed_is_named():
    with pytest.raises(
        FileNotFoundError, match=r"^resources/icons/none\.svg is missing from this installation$"
    ):
        resource("icons", "none.svg")
