"""Where there is no desktop, one line says so: Qt would abort the program."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a desktop")
PLACES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def start(tmp_path, *arguments, **places):
    kept = {name: value for name, value in os.environ.items() if name not in PLACES}
    environment = {**kept, "GRADLAB_DATA": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), **places}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "places",
    [
        {},
        {"DISPLAY": ""},
        {"DISPLAY": ":7777"},
        {"DISPLAY": "nowhere.invalid:1"},
        {"WAYLAND_DISPLAY": "not-there"},
        {"WAYLAND_DISPLAY": "not-there", "DISPLAY": ":7777"},
        {"QT_QPA_PLATFORM": "xcb"},
        {"QT_QPA_PLATFORM": "misspelt"},
    ],
    ids=str,
)
def test_without_a_desktop_the_window_ends_with_one_line(tmp_path, places):
    told = start(tmp_path, "-m", "gradlab", **places)
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.startswith("gradlab: the window needs a desktop")
    assert told.stderr.endswith("; gradlab run works without one\n")
    assert told.stderr.count("\n") == 1
    assert list(tmp_path.rglob("crash*")) == []


def test_the_line_says_which_desktop_was_not_reached(tmp_path):
    assert ":7777" in start(tmp_path, "-m", "gradlab", DISPLAY=":7777").stderr


def test_hand_outs_are_written_without_any_desktop(tmp_path):
    write = (
        "from pathlib import Path; from gradlab.window.entry import write_pdf; "
        "write_pdf('# Hi', Path(), Path(r'{}'))"
    )
    path = tmp_path / "hand-out.pdf"
    told = start(tmp_path, "-c", write.format(path), DISPLAY=":7777")
    assert (told.returncode, told.stderr) == (0, "")
    assert path.read_bytes().startswith(b"%PDF")
