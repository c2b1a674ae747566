"""The self-test of an installation: ``gradlab --selftest``. This is its part without Qt.

It checks on the user's machine whether everything shipped works together: what was left out by mistake, or does
not fit the system, fails here. The part with the window is ``gradlab.window.selftest``.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradlab.experiment.schema import Experiment

STARTED = time.time()
EPOCHS = 2
SHORT: dict[str, Any] = {"training.epochs": EPOCHS, "optimizer.lr": 0.05}
# A layer of each kind: dense, convolutional with batch norm, recurrent.
MODELS: dict[str, dict[str, Any]] = {
    "mlp": {"data.source": "digits", "model.kind": "mlp"},
    "cnn": {"data.source": "digits", "model.kind": "cnn", "model.batch_norm": True},
    "gru": {"data.source": "sequence", "model.kind": "gru", "data.samples": 200},
}
NETWORK = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo")


class SelfTestError(Exception):
    """One line that says what does not work."""


class Report:
    """Reports each result as one JSON line on stdout, if there is one.

    A line has the ``event``, its time ``at`` (seconds since 1970, to compare with the time when the program was
    started) and the ``seconds`` since Python started running it.
    """

    def tell(self, event: str, **numbers: object) -> None:
        """Write a line."""
        now = time.time()
        line = {"event": event, "at": round(now, 3), "seconds": round(now - STARTED, 3), **numbers}
        if sys.stdout is not None:  # a program without a terminal has none on Windows
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()

    def fail(self, error: SelfTestError) -> int:
        """Report on stderr in one line what does not work; return the exit code."""
        if sys.stderr is not None:
            sys.stderr.write(f"gradlab: self-test failed: {error}\n")
        return 1


def experiment(name: str) -> Experiment:
    """Return the short experiment with this kind of model."""
    from gradlab.experiment.files import loads

    made = loads(f'name = "self-test {name}"')
    for key, value in {**MODELS[name], **SHORT}.items():
        made = made.with_value(key, value)
    return made


class LocalOnly:
    """Refuses connections beyond this machine, and records them, since libraries may hide that they were refused.

    It is an audit hook (PEP 578), which stays until the process ends.
    """

    def __init__(self) -> None:
        self.refused: list[str] = []
        sys.addaudithook(self._hear)

    def check(self) -> None:
        """Fail if any connection was refused."""
        if self.refused:
            raise SelfTestError(f"the network was asked for: {', '.join(self.refused)}")

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in NETWORK:
            return
        address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        if not is_local(address):
            self.refused.append(f"{event} {address!r}")
            raise PermissionError(f"not on this machine: {address!r}")


def is_local(address: object) -> bool:
    """Return whether a socket's address is on this machine: a file, a loopback address, or none at all."""
    host = address[0] if isinstance(address, tuple) and address else address
    if isinstance(address, tuple) and len(address) >= 2:
        try:
            return ip_address(str(host).partition("%")[0]).is_loopback
        except ValueError:
            return host == "localhost"
    if isinstance(host, str | bytes) and not isinstance(address, tuple):
        text = host.decode(errors="replace") if isinstance(host, bytes) else host
        return text in ("localhost", "127.0.0.1", "::1", "") or "/" in text or text.startswith("\0")
    return host is None


def check_resuming(interrupted: Path, fresh: Path) -> None:
    """Resume an interrupted run, and compare it bit for bit with one that was never interrupted.

    Raises:
        SelfTestError: if it was not interrupted, does not continue, or ends differently.
    """
    from gradlab.experiment.files import loads
    from gradlab.runs import lockstep

    if _stop_reason(interrupted) != "interrupted":
        raise SelfTestError(f"{interrupted}: is not an interrupted run")
    settings = loads((interrupted / "experiment.toml").read_text(encoding="utf-8"))
    _train(settings, interrupted, lockstep.resume)
    _train(settings, fresh, lambda out: lockstep.begin(settings, out, "self-test", lockstep.Alone()))
    for folder in (interrupted, fresh):
        if _stop_reason(folder) != "finished":
            raise SelfTestError(f"{folder}: the run did not come to its end")
    if _last_epoch(interrupted) != _last_epoch(fresh):
        raise SelfTestError("a resumed run ends elsewhere than one that was never interrupted")


def check_languages() -> None:
    """Check that the texts of every language were shipped.

    Raises:
        SelfTestError: if those of a language are missing.
    """
    from gradlab.language import LANGUAGES, catalog

    for language, name in LANGUAGES.items():
        try:
            catalog(language)
        except OSError:
            raise SelfTestError(f"the texts in {name} ({language}) are missing") from None


def _train(settings: Experiment, out: Path, members: Callable[[Path], list[Any]]) -> None:
    from gradlab.runs.lockstep import train_together

    for _ in train_together(settings, out, members(out), lambda: False):
        pass


def _stop_reason(folder: Path) -> object:
    try:
        return json.loads((folder / "summary.json").read_text(encoding="utf-8"))["stop_reason"]
    except (OSError, ValueError, KeyError) as error:
        raise SelfTestError(f"{folder}: holds no run: {error}") from None


def _last_epoch(folder: Path) -> dict[str, str]:
    with (folder / "epochs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))[-1]
