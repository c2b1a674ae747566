import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from gradlab.language import LANGUAGES
from gradlab.panel_info import PanelInfo
from gradlab.window.panels.base import Panel
from gradlab.window.panels.catalogue import make_panels
from gradlab.window.selftest import is_drawn

NOWHERE = {"00000000", "0" * 32}


def start(*arguments, code="import sys; from gradlab.__main__ import main; sys.exit(main())"):
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"},
    )


def internet_sockets(process):
    """Return the sockets of a process that are no files, as Linux lists them, whoever in it opened them."""
    mine = set()
    for link in Path(f"/proc/{process.pid}/fd").glob("*"):
        try:
            mine |= set(re.findall(r"socket:\[(\d+)\]", str(link.readlink())))
        except OSError:  # closed since
            continue
    found = []
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        lines = Path(f"/proc/{process.pid}/net/{table}").read_text().splitlines()[1:]
        found += [f"{table} {words[1]} {words[2]}" for line in lines if (words := line.split())[9] in mine]
    return found


def is_away(entry):
    """Tell whether a socket is connected to, or open for, another machine."""
    _, own, other = entry.split()
    hosts = {own.partition(":")[0], other.partition(":")[0]} - NOWHERE
    loopback = {"0100007F", "00000000000000000000000001000000"}
    return not hosts or bool(hosts - loopback)


def test_it_trains_in_the_window_draws_every_panel_resumes_and_never_leaves_the_machine(qtbot):
    panels = list(make_panels())
    panel_count = len(panels)
    for panel in panels:
        qtbot.addWidget(panel)
    process = start("--selftest")
    away = set()
    while process.poll() is None:
        if sys.platform == "linux":
            try:
                away |= {entry for entry in internet_sockets(process) if is_away(entry)}
            except FileNotFoundError:  # ended meanwhile
                break
        time.sleep(0.05)
    out, err = process.communicate()
    assert process.returncode == 0, err
    lines = [json.loads(line) for line in out.splitlines()]
    events = [line["event"] for line in lines]
    assert events[:2] == ["window", "first update"]
    assert events[-2:] == ["resumed", "done"]
    assert [line["model"] for line in lines if line["event"] == "trained"] == ["mlp", "cnn", "gru"]
    assert [line["language"] for line in lines if line["event"] == "lesson"] == list(LANGUAGES)
    assert len({line["title"] for line in lines if line["event"] == "lesson"}) == len(LANGUAGES)
    drawn = [line["count"] for line in lines if line["event"] == "panels"]
    assert drawn == [panel_count + 1] * 3  # and the form
    assert [line["seconds"] for line in lines] == sorted(line["seconds"] for line in lines)
    assert away == set()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("import gradlab.selftest as part\npart.MODELS['cnn']['model.freeze'] = ('head',)", "head"),
        (
            "import gradlab.window.panels.loss.panel as part\n"
            "def fail(*_): raise RuntimeError('no curve')\n"
            "part.LossPanel.show_snapshot = fail",
            "no curve",
        ),
    ],
    ids=["a model that cannot be trained", "a panel that cannot draw"],
)
def test_what_does_not_work_ends_it_with_one_line_and_exit_code_1(damage, said):
    code = f"import sys\nfrom gradlab.__main__ import main\n{damage}\nsys.exit(main())"
    process = start("--selftest", code=code)
    _, err = process.communicate()
    assert process.returncode == 1
    last = err.splitlines()[-1]
    assert last.startswith("gradlab: self-test failed: ")
    assert said in last
    assert "Traceback" not in err


def test_an_empty_panel_is_not_drawn(qtbot):
    class Empty(Panel):
        about = PanelInfo(name="empty", title="Empty", help="Shows nothing.")

    panel = Empty()
    qtbot.addWidget(panel)
    panel.resize(300, 200)
    assert not is_drawn(panel)
    QLabel("Something to read", panel)
    assert is_drawn(panel)
