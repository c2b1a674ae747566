"""An instrument is added with one file that also holds its record: *Where do I add …* in CONTRIBUTING."""

import importlib
import sys

import pytest
from fresh_python import printed_by
from plain_pytorch import experiment

from gradlab import instruments
from gradlab.export.tables import as_csv
from gradlab.instruments.instrument_set import found
from gradlab.instruments.records import Curves
from gradlab.runs.observed_run import ObservedRun
from gradlab.runs.race import Race

FILE = '''\
"""The steepest update so far."""

from dataclasses import dataclass

from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import Mark, Record, Table
from gradlab.language import mark
from gradlab.training.events import Updated


@dataclass(frozen=True)
class Steepness(Record):
    """The largest norm of a gradient, and the update that used it."""

    update: int
    norm: float

    def as_table(self):
        return Table(("update", "norm"), [(self.update, self.norm)])


class SteepnessRecorder(Instrument):
    """Looks for the steepest update."""

    part = Steepness
    title = mark("Steepness")
    hears = (Updated,)

    def __init__(self, run):
        super().__init__(run)
        self._steepest = None

    def observe(self, event):
        if self._steepest is None or event.grad_norm > self._steepest.norm:
            self._steepest = Steepness(event.update, event.grad_norm)

    def record(self, *, at_rest):
        return self._steepest

    def marks(self):
        if self._steepest is None:
            return ()
        return (
            Mark(self._steepest.update, "steepest", level="warning"),
            Mark(None, "never flat", layer="output", level="error", link="gradient"),
        )
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Put the file where instruments are looked for; return its module."""
    (tmp_path / "steepness.py").write_text(FILE)
    monkeypatch.setattr(instruments, "__path__", [*instruments.__path__, str(tmp_path)])
    yield importlib.import_module("gradlab.instruments.steepness")
    del sys.modules["gradlab.instruments.steepness"], instruments.steepness


@pytest.fixture
def run(toy):
    made = ObservedRun(experiment())
    made.instruments.watch(frozenset({toy.Steepness, Curves}))
    for _ in range(5):
        made.step_update()
    return made


def test_it_is_found_among_the_others(toy):
    assert toy.SteepnessRecorder in found()
    assert len(found()) == len({instrument.part for instrument in found()}) == 10


def test_a_panel_that_imports_it_does_not_load_torch():
    assert printed_by(f"{FILE}\nimport sys\nprint('torch' in sys.modules)") == "False\n"


def test_its_record_is_in_the_frame(run, toy):
    frame = run.frame(at_rest=True)
    norms = frame.get(Curves).grad_norm.tolist()
    record = frame.get(toy.Steepness)
    assert (record.update, record.norm) == (norms.index(max(norms)) + 1, max(norms))


def test_its_record_is_not_made_unless_it_is_watched(run, toy):
    run.instruments.watch(frozenset({Curves}))
    assert run.frame(at_rest=True).get(toy.Steepness) is None


def test_its_record_is_in_the_snapshot_of_a_race(toy):
    race = Race(experiment(variants=[{"name": "one"}, {"name": "other"}]))
    race.lanes.watch(frozenset({toy.Steepness}))
    race.step_update()
    one, other = race.lanes.snapshot(at_rest=True).lanes
    assert one.frame.get(toy.Steepness).update == 1
    assert other.frame.get(toy.Steepness) is None


def test_its_record_can_be_saved(run, toy):
    record = run.frame(at_rest=True).get(toy.Steepness)
    header, row = as_csv(record.as_table()).decode("utf-8-sig").splitlines()
    assert header == "update,norm"
    assert row == f"{record.update},{record.norm}"


def test_its_marks_are_on_the_curves_and_on_a_layer(run, toy):
    frame = run.frame(at_rest=True)
    (mark,) = frame.get(Curves).marks
    assert (mark.update, mark.text) == (frame.get(toy.Steepness).update, "steepest")
    (found_there,) = frame.marks
    assert (found_there.text, found_there.level, found_there.link) == ("never flat", "error", "gradient")
    assert found_there.layer == "output"
