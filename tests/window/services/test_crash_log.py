import os
import signal
import subprocess
import sys
import time

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from gradlab.window.services.crash_log import CrashLog
from gradlab.window.shell.crash_box import tell_of_earlier

DYING = """
import ctypes, sys, time
from pathlib import Path
from gradlab.window.services.crash_log import CrashLog
with CrashLog(Path(sys.argv[1])) as log:
    print("ready", flush=True)
    if sys.argv[2] == "crash":
        ctypes.string_at(0)
    if sys.argv[2] == "exception":
        log.note("what was survived")
        ctypes.string_at(0)
    if sys.argv[2] == "wait":
        time.sleep(60)
"""


def start(folder, how):
    child = subprocess.Popen(
        [sys.executable, "-c", DYING, str(folder), how], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout.readline() == "ready\n"
    return child


@pytest.fixture
def log(qapp, tmp_path):
    with CrashLog(tmp_path) as made:
        yield made


def test_a_crash_is_told_once_with_the_place_where_it_was(log, tmp_path):
    with start(tmp_path, "crash") as child:
        assert child.wait(30) not in (0, 1)
    told = log.earlier()
    assert "Segmentation fault" in told or "access violation" in told
    assert "string_at" in told
    assert log.earlier() == ""


def test_what_was_survived_before_is_told_too(log, tmp_path):
    with start(tmp_path, "exception") as child:
        child.wait(30)
    assert "what was survived" in log.earlier()


def test_whoever_ends_in_order_leaves_nothing(qapp, tmp_path):
    with start(tmp_path, "end") as child:
        assert child.wait(30) == 0
    assert list(tmp_path.iterdir()) == []
    with CrashLog(tmp_path) as log:
        log.note("survived")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_who_was_killed_did_not_crash(log, tmp_path):
    with start(tmp_path, "wait") as child:
        child.send_signal(signal.SIGKILL)
        child.wait(30)
    assert log.earlier() == ""
    assert not [path for path in tmp_path.glob("crash-*.log") if str(os.getpid()) not in path.name]


def test_a_program_that_is_still_running_is_left_alone(log, tmp_path):
    with start(tmp_path, "wait") as child:
        time.sleep(0.1)
        assert log.earlier() == ""
        assert len(list(tmp_path.glob("crash-*.log"))) == 2
        child.kill()


def test_a_folder_that_cannot_be_used_keeps_nobody_from_starting(qapp, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    with CrashLog(tmp_path / "file" / "below") as log:
        log.note("nowhere")
        assert log.earlier() == ""
    assert "no crash log" in caplog.text


def test_people_are_told_and_can_copy_the_details(qtbot, log, tmp_path, click):
    with start(tmp_path, "crash") as child:
        child.wait(30)
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    box = tell_of_earlier(window, log)
    [copy] = [button for button in box.findChildren(QPushButton) if button.text() == "Copy details"]
    click(copy)
    assert "string_at" in QGuiApplication.clipboard().text()
    assert copy.text() == "Copied"
    assert box.isVisible()
    click(box.button(QMessageBox.StandardButton.Close))
    assert tell_of_earlier(window, log) is None
