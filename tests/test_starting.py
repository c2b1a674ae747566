"""What ``gradlab`` opens, by its arguments."""

import multiprocessing
import sys

import pytest

from gradlab import __main__ as program
from gradlab import debug_log
from gradlab.content import ENDINGS_OF_TABLES
from gradlab.window import entry


@pytest.fixture
def opened(monkeypatch):
    """Return a function that starts the program with some arguments and returns what was opened, and with what."""
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "some")  # and none of it is changed for other tests
    monkeypatch.delenv("GRADLAB_DATA", raising=False)
    opened = []

    def opens(what, code):
        return lambda *given: opened.append((what, *given)) or code

    monkeypatch.setattr(entry, "main", opens("window", 0))
    monkeypatch.setattr(entry, "selftest", opens("self-test", 1))
    monkeypatch.setattr("gradlab.cli.main.main", lambda rest, _: opened.append(("command", rest)) or 7)

    def start(*arguments):
        monkeypatch.setattr(sys, "argv", ["gradlab", *arguments])
        code = program.main()
        return (*opened.pop(), code)

    return start


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["mine.toml"],
        ["run of yesterday.gradlab"],
        ["lesson.gradlesson"],
        *[[f"table{ending}"] for ending in ENDINGS_OF_TABLES],
        ["SALES.XLSX"],
    ],
    ids=str,
)
def test_without_a_command_the_window_opens_with_the_file_if_there_is_one(opened, arguments):
    assert opened(*arguments) == ("window", arguments, 0)


def test_a_command_gets_its_arguments_and_gives_the_exit_code(opened):
    assert opened("run", "mine.toml", "--out", "x") == ("command", ["run", "mine.toml", "--out", "x"], 7)


def test_the_self_test_gives_the_exit_code(opened):
    assert opened("--selftest") == ("self-test", 1)


def test_a_child_of_the_packaged_program_does_its_work_and_opens_nothing(opened, monkeypatch):
    def ends():
        raise SystemExit(0)  # as in the child of a frozen program

    monkeypatch.setattr(multiprocessing, "freeze_support", ends)
    with pytest.raises(SystemExit):
        opened("--multiprocessing-fork", "parent_pid=1")
    monkeypatch.setattr(multiprocessing, "freeze_support", lambda: pytest.fail("is no child"))
    assert opened()[0] == "window"


def test_where_the_log_is_goes_nowhere_without_a_terminal(opened, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(debug_log, "begin", lambda arguments: tmp_path / f"{len(arguments)}.log")
    assert opened("mine.toml", "--debug") == ("window", ["mine.toml"], 0)
    assert capsys.readouterr().err == f"gradlab: log in {tmp_path / '1.log'}\n"
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", None)
        assert opened("--debug", "mine.toml") == ("window", ["mine.toml"], 0)
