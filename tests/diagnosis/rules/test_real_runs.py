"""Faults that are put into small real runs lead the findings; runs without one are not warned of at any epoch."""

from typing import Any

import pytest

from gradlab.diagnosis.diagnosis import Diagnosis
from gradlab.experiment.files import build
from gradlab.instruments.evidence import EvidenceRecorder
from gradlab.instruments.records.evidence import Evidence
from gradlab.training.events import EpochEnded
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

MOONS = {"source": "moons", "samples": 300, "noise": 0.2}
DEEP = {"hidden": [16, 16, 16], "init": "he"}
LONG = {"epochs": 12, "batch_size": 16, "device": "cpu"}
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a rate of 10": ({"optimizer": {"lr": 10.0}, "model": DEEP}, "rate_too_high"),
    "a rate of 0.00001": ({"optimizer": {"lr": 1e-5}}, "rate_too_low"),
    "six layers of sigmoid": ({"model": {"hidden": [16] * 6, "activation": "sigmoid"}}, "vanishing"),
    "six layers of large weights": (
        {"model": {"hidden": [64] * 6, "init": "large"}, "data": {"source": "wine"}},
        "exploding",
    ),
    "biases of -20": ({"model": {"bias": -20.0}}, "dead_units"),
    "biases of 10 before tanh": ({"model": {"bias": 10.0, "activation": "tanh"}}, "saturated_units"),
    "weights of zero": ({"model": {"hidden": [16, 16], "init": "zeros"}}, "saddle"),
    "a line through a ring": (
        {"data": {"source": "circles", "samples": 300}, "model": {"kind": "linear"}},
        "not_learning",
    ),
    "raw measurements": ({"data": {"source": "wine", "standardize": False}}, "not_standardized"),
    "one in fifty": (
        {"data": {"source": "fraud", "samples": 2000}, "model": {"kind": "linear"}},
        "imbalanced",
    ),
}
HEALTHY: dict[str, dict[str, Any]] = {
    "moons": {"optimizer": {"lr": 0.3}},
    "deep": {"model": DEEP, "data": {"source": "wine"}},
    "adam": {"optimizer": {"kind": "adam", "lr": 0.01}},
    "batch normalization": {"model": {**DEEP, "batch_norm": True}, "data": {"source": "wine"}},
    "no validation": {"data": {**MOONS, "validation": 0.0}},
    "stopping early": {"training": {**LONG, "patience": 3}},
    "numbers": {
        "data": {"source": "line", "samples": 200},
        "model": {"kind": "linear"},
        "optimizer": {"lr": 0.05},
    },
    "a maze": {
        "data": {"source": "maze", "samples": 200},
        "optimizer": {"kind": "adam", "lr": 0.01},
        "training": {**LONG, "epochs": 5},
    },
    "a surface": {
        "data": {"source": "surface", "samples": 50, "noise": 0.001, "validation": 0.0},
        "model": {"kind": "surface", "surface": "bowl"},
    },
}


def course(settings: dict[str, Any]) -> list[Evidence]:
    """Train; return the evidence after each epoch, and at the end."""
    run = TrainingRun(build({"data": MOONS, "model": {"hidden": [16]}, "training": LONG, **settings}))
    recorder = EvidenceRecorder(run)
    kept = []
    for event in train(run):
        recorder.observe(event)
        if isinstance(event, EpochEnded):
            kept.append(recorder.evidence())
    return [*kept, recorder.evidence()]


@pytest.mark.parametrize(("settings", "name"), FAULTS.values(), ids=FAULTS)
def test_the_fault_leads(settings: dict[str, Any], name: str) -> None:
    findings = Diagnosis().judge(course(settings)[-1])
    assert findings
    assert findings[0].id == name


@pytest.mark.parametrize("settings", HEALTHY.values(), ids=HEALTHY)
def test_a_healthy_run_is_not_warned_of(settings: dict[str, Any]) -> None:
    diagnosis = Diagnosis()
    for evidence in course(settings):
        assert not [(each.id, each.text) for each in diagnosis.judge(evidence) if each.level != "info"]


def test_validation_that_rises_is_overfitting() -> None:
    settings = {
        "data": {**MOONS, "noise": 0.35, "samples": 580, "validation_rows": 500},
        "model": {"hidden": [64, 64]},
        "optimizer": {"kind": "adam", "lr": 0.01},
        "training": {**LONG, "epochs": 60},
    }
    assert "overfitting" in [finding.id for finding in Diagnosis().judge(course(settings)[-1])]
