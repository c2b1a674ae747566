"""Ctrl+C in the first moments ends the program at once, without a traceback or a crash to tell of later."""

import os
import signal
import subprocess
import sys
import time

import pytest

START = """
import sys
from gradlab.__main__ import main
from gradlab.window import entry
sys.argv = ["gradlab"]
before = entry.begin
entry.begin = lambda: (print("up", flush=True), before())
sys.exit(main())
"""
STOPPED = {-signal.SIGINT, 130}  # before the window watches for it, and afterwards


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl+C to a whole console")
@pytest.mark.parametrize("seconds", [0.0, 0.1, 0.3, 0.6, 1.0, 1.5, 2.5])
def test_it_ends_without_a_word(tmp_path, seconds):
    environment = {**os.environ, "GRADLAB_DATA": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [sys.executable, "-c", START],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "up\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode in STOPPED
    assert "Traceback" not in told
    assert not any(path.read_text() for path in tmp_path.rglob("crash-*.log"))
