"""--debug writes a log, where it says."""

import logging
import re
import threading

import pytest
from command_line import gradlab

from gradlab import debug_log
from gradlab.folders import logs_folder


@pytest.fixture(autouse=True)
def as_before(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADLAB_DATA", str(tmp_path))
    before = list(logging.getLogger().handlers)
    yield
    for handler in set(logging.getLogger().handlers) - set(before):
        logging.getLogger().removeHandler(handler)
        handler.close()
    logging.getLogger("gradlab").setLevel(logging.NOTSET)
    logging.captureWarnings(False)


def test_logs_lie_with_settings_and_runs_where_those_are_moved_and_else_where_the_system_keeps_them(
    monkeypatch, tmp_path
):
    assert logs_folder() == tmp_path / "logs"
    monkeypatch.delenv("GRADLAB_DATA")
    assert logs_folder().is_absolute()
    assert tmp_path not in logs_folder().parents


def test_a_line_tells_time_thread_and_module():
    path = debug_log.begin(["run"])
    thread = threading.Thread(target=lambda: logging.getLogger("gradlab.runs").debug("hello"), name="trainer")
    thread.start()
    thread.join()
    *_, last = path.read_text(encoding="utf-8").splitlines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} DEBUG +trainer gradlab\.runs: hello", last)


def test_there_is_a_log_only_when_it_was_asked_for():
    assert debug_log.path() is None
    assert debug_log.begin([]) == debug_log.path()


def test_old_logs_go_when_there_are_many():
    logs_folder().mkdir()
    for number in range(30):
        (logs_folder() / f"debug-20200101-0000{number:02}-1.log").touch()
    debug_log.begin([])
    left = sorted(path.name for path in logs_folder().iterdir())
    assert len(left) == debug_log.KEPT + 1
    assert left[0] == "debug-20200101-000010-1.log"


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_command_says_where_its_log_is_and_keeps_its_exit_code(place, tmp_path):
    arguments = ["run", "nowhere.toml", "--out", "x"]
    done = gradlab(*arguments[:place], "--debug", *arguments[place:])
    told, wrong = done.stderr.splitlines()
    path = told.removeprefix("gradlab: log in ")
    [written] = (tmp_path / "logs").iterdir()
    assert path == str(written)
    assert done.returncode == 2
    assert wrong.removeprefix("gradlab: ") in written.read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_told_and_nothing_else(tmp_path):
    (tmp_path / "file").touch()
    done = gradlab("--debug", "--data", str(tmp_path / "file"), "doctor")
    assert done.returncode == 0
    assert done.stderr.startswith("gradlab: no log: ")


def test_without_debug_nothing_is_written(tmp_path):
    assert gradlab("doctor").stderr == ""
    assert not (tmp_path / "logs").exists()
