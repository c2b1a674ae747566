import json
import subprocess
import sys
import time

import pytest

from gradlab import language, selftest
from gradlab.experiment.files import dumps
from gradlab.runs import lockstep
from gradlab.runs.folder import prepare_folder


@pytest.mark.parametrize(
    "address",
    [
        ("127.0.0.1", 80),
        ("127.8.0.1", 0),
        ("::1", 80, 0, 0),
        ("localhost", 1),
        "/tmp/.X11-unix/X0",
        b"\0bus",
        None,
    ],
)
def test_addresses_on_this_machine_are_local(address):
    assert selftest.is_local(address)


@pytest.mark.parametrize(
    "address",
    [("192.168.0.1", 80), ("0.0.0.0", 80), ("", 80), ("2001:db8::1", 1, 0, 0), ("example.org", 443)],
)
def test_all_other_addresses_are_not(address):
    assert not selftest.is_local(address)


def test_whoever_asks_for_the_network_is_refused_and_found_out():
    code = """
import socket
from gradlab.selftest import LocalOnly, SelfTestError
LocalOnly._hear.__cantrace__ = True  # otherwise Python hides from coverage what a hook does
local = LocalOnly()
local.check()
with socket.socket() as here, socket.socket() as there:
    here.bind(("127.0.0.1", 0))
    try:
        there.connect(("192.0.2.1", 9))
    except PermissionError:
        print("refused")
try:
    local.check()
except SelfTestError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    refused, told = done.stdout.splitlines()
    assert refused == "refused"
    assert "192.0.2.1" in told


def begun(out, settings, updates):
    """Return the folder of a run that was stopped after so many updates."""
    prepare_folder(out, False)
    members = lockstep.begin(settings, out, "test", lockstep.Alone())
    stops = iter([False] * updates)
    for _ in lockstep.train_together(settings, out, members, lambda: next(stops, True)):
        pass
    return out


@pytest.fixture
def interrupted(tmp_path):
    """Return the folder of a run that was stopped after its first update."""
    return begun(tmp_path / "interrupted", selftest.experiment("mlp"), 1)


def test_an_interrupted_run_passes_when_it_ends_as_one_that_was_never_interrupted(interrupted, tmp_path):
    selftest.check_resuming(interrupted, tmp_path / "fresh")
    assert json.loads((interrupted / "summary.json").read_text())["stop_reason"] == "finished"


def test_a_language_whose_texts_were_left_out_fails(monkeypatch):
    selftest.check_languages()
    monkeypatch.setitem(language.LANGUAGES, "xx", "Xxish")
    with pytest.raises(selftest.SelfTestError, match=r"the texts in Xxish \(xx\) are missing"):
        selftest.check_languages()


def test_a_run_that_ends_elsewhere_fails(interrupted, tmp_path):
    file = interrupted / "experiment.toml"
    file.write_text(dumps(selftest.experiment("mlp").with_value("seed", 7)))
    with pytest.raises(selftest.SelfTestError, match="elsewhere"):
        selftest.check_resuming(interrupted, tmp_path / "fresh")


def test_a_run_that_was_not_interrupted_proves_nothing(tmp_path):
    whole = begun(tmp_path / "whole", selftest.experiment("mlp"), 10_000)
    with pytest.raises(selftest.SelfTestError, match="whole: is not an interrupted run"):
        selftest.check_resuming(whole, tmp_path / "fresh")


def test_a_run_that_does_not_come_to_its_end_fails(tmp_path):
    settings = selftest.experiment("mlp")
    for key, value in {"optimizer.lr": 1000, "model.init": "large", "model.hidden": (64, 64, 64)}.items():
        settings = settings.with_value(key, value)
    diverging = begun(tmp_path / "diverging", settings, 1)
    with pytest.raises(selftest.SelfTestError, match="diverging: the run did not come to its end"):
        selftest.check_resuming(diverging, tmp_path / "fresh")


def test_a_folder_without_a_run_fails_in_one_line(tmp_path):
    with pytest.raises(selftest.SelfTestError, match="holds no run"):
        selftest.check_resuming(tmp_path, tmp_path / "fresh")


def test_what_fails_is_told_in_one_line_and_exit_code_1(capsys):
    assert selftest.Report().fail(selftest.SelfTestError("no panel")) == 1
    assert capsys.readouterr().err == "gradlab: self-test failed: no panel\n"


def test_a_result_is_one_line_of_json_with_its_time(capsys, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: selftest.STARTED + 1.5)
    selftest.Report().tell("first update", updates=3)
    told = capsys.readouterr().out
    assert told.endswith("}\n")
    assert json.loads(told) == {
        "event": "first update",
        "at": pytest.approx(selftest.STARTED + 1.5, abs=1e-3),
        "seconds": 1.5,
        "updates": 3,
    }


def test_a_program_without_a_terminal_tells_nothing_and_does_not_fail(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    selftest.Report().tell("window")
    assert selftest.Report().fail(selftest.SelfTestError("no panel")) == 1
