import json
import subprocess
import sys

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


@pytest.fixture
def interrupted(tmp_path):
    """Return the folder of a run that was stopped after its first update."""
    out = tmp_path / "interrupted"
    settings = selftest.experiment("mlp")
    prepare_folder(out, False)
    members = lockstep.begin(settings, out, "test", lockstep.Alone())
    updates = iter([False, True])
    for _ in lockstep.train_together(settings, out, members, lambda: next(updates, True)):
        pass
    return out


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


def test_a_folder_without_a_run_fails_in_one_line(tmp_path):
    with pytest.raises(selftest.SelfTestError, match="holds no run"):
        selftest.check_resuming(tmp_path, tmp_path / "fresh")


def test_what_fails_is_told_in_one_line_and_exit_code_1(capsys):
    assert selftest.Report().fail(selftest.SelfTestError("no panel")) == 1
    assert capsys.readouterr().err == "gradlab: self-test failed: no panel\n"


def test_a_program_without_a_terminal_tells_nothing_and_does_not_fail(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    selftest.Report().tell("window")
    assert selftest.Report().fail(selftest.SelfTestError("no panel")) == 1
