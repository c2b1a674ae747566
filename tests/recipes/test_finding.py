"""A finding is added with one file: *Where do I add …* in CONTRIBUTING."""

import importlib
import json
import sys

import pytest
from fresh_python import printed_by
from plain_pytorch import experiment

from gradlab.diagnosis import rules
from gradlab.diagnosis.diagnosis import foreseen
from gradlab.diagnosis.findings import Findings
from gradlab.diagnosis.rules.base import RULES
from gradlab.experiment.files import change
from gradlab.runs import lockstep
from gradlab.runs.observed_run import ObservedRun

FILE = '''\
"""A run that is longer than this toy likes."""

from gradlab.diagnosis.finding import Advice, Change, Finding
from gradlab.diagnosis.rules.base import RULES, Rule
from gradlab.language import mark


@RULES.register
class TooLong(Rule):
    """More than three updates."""

    name = "toy_too_long"
    kind = "exact"
    level = "problem"
    english_label = mark("Too long")
    leads_to = ("not_cleared",)
    lesson = "epochs/1"

    def find(self, evidence):
        if evidence.update > 3:
            yield Finding(
                id=self.name,
                level=self.level,
                english=mark("There were {count} updates."),
                words={"count": str(evidence.update)},
                evidence={"updates": evidence.update},
                since_update=4,
                advice=(Advice(mark("Stop."), (Change("training.epochs", 1),)),),
                lesson=self.lesson,
            )

    def foresee(self, experiment):
        if experiment.training.epochs > 5:
            yield Finding(self.name, "info", mark("It will be long."), key="training.epochs")
'''


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Put the file where rules are looked for."""
    RULES.names()
    (tmp_path / "toy_too_long.py").write_text(FILE)
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    RULES.discover()
    yield RULES["toy_too_long"]
    RULES.remove("toy_too_long")
    del sys.modules["gradlab.diagnosis.rules.toy_too_long"]


def test_it_needs_no_torch():
    text = f"{FILE}\nimport sys\nlist(RULES)\nprint('torch' in sys.modules)"
    assert printed_by(text) == "False\n"


def test_it_is_in_the_frame_from_its_first_update_on(toy):
    run = ObservedRun(experiment())
    for update in range(1, 6):
        run.step_update()
        found = [each for each in run.frame(at_rest=True).get(Findings).findings if each.id == toy.name]
        assert bool(found) == (update > 3)
    assert found[0].text == "There were 5 updates."


def test_it_is_written_into_the_file_before_its_symptoms(toy, tmp_path):
    spec = experiment(gradients__zero="never", optimizer__lr=0.001)
    members = lockstep.begin(spec, tmp_path / "out", "test")
    list(lockstep.train_together(spec, tmp_path / "out", members, lambda: False))
    first, second, *_ = json.loads((tmp_path / "out" / "findings.json").read_text())
    assert first["id"] == toy.name
    assert first["leads_to"] == ["not_cleared"]
    assert second["id"] == "not_cleared"
    (advice,) = first["advice"]
    assert advice == [{"key": "training.epochs", "value": 1}]
    assert change(spec, advice[0]["key"], advice[0]["value"]).training.epochs == 1


def test_settings_alone_bring_it_beside_their_field(toy):
    (finding,) = [each for each in foreseen(experiment(training__epochs=6)) if each.id == toy.name]
    assert finding.key == "training.epochs"
    assert not [each for each in foreseen(experiment()) if each.id == toy.name]
