"""Options that some of the tests take, what is not measured, and torch as the lab loads it."""

import sys
import time

import pytest
from hypothesis import HealthCheck, settings

from gradlab import language
from gradlab.startup.parts import let_parts_wait

let_parts_wait()
# A busy machine is no failure: nothing here is timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser):
    parser.addoption(
        "--seeds", type=int, default=2, help="how many seeds the promises of the lessons are checked with"
    )


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test moves by hand: a list with the time."""
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


@pytest.fixture
def speak_from(monkeypatch):
    """Speak what a made-up catalog says, under the name of English, until the test is over."""

    def speak_from(catalog):
        with monkeypatch.context() as patch:
            patch.setattr(language, "catalog", lambda _: catalog)
            language.use(language.ENGLISH)

    yield speak_from
    language.use(language.ENGLISH)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Do not note what a test reaches that is marked so: noting it takes half as long as the training itself."""
    coverage = sys.modules.get("coverage")
    measured = coverage and item.get_closest_marker("unmeasured") and coverage.Coverage.current()
    if not measured:
        return (yield)
    measured.stop()
    try:
        return (yield)
    finally:
        measured.start()
