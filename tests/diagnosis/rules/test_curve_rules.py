"""Each rule speaks where its numbers say so, is silent beside that, and abstains where it cannot know."""

import json
import tomllib
from dataclasses import replace
from math import isfinite, nan
from typing import Any

import numpy as np
import pytest
from made_evidence import BLEW_UP, made_evidence

from gradlab import language
from gradlab.diagnosis.advising import applied, short
from gradlab.diagnosis.diagnosis import Diagnosis
from gradlab.diagnosis.finding import Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.instruments.records.evidence import DataFacts, Evidence
from gradlab.resources import resource

CURVE = sorted(rule.name for rule in RULES if rule.kind == "curve")
FLAT = (1.0,) * 13
SLOW = tuple(np.linspace(1.05, 1.0, 13))
GROWS = (1.0, 1.2, 1.8, 2.5, 3.0)
RISING = (1.0, 0.7, 0.6, 0.58, 0.62, 0.7, 0.8, 0.9, 1.0, 1.05, 1.1, 1.15, 1.2)
LEARNED = (1.0, 0.7, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.08, 0.06, 0.05, 0.04, 0.03)
SWINGS = (1.0, 0.9, 0.5, 0.9, 0.5, 0.9, 0.5, 0.9, 0.5, 0.9, 0.5, 0.9, 0.5)
REGRESSION = {"task": "regression", "class_names": (), "train_counts": np.empty(0, np.int64)}
PARADOX = [[970, 0], [28, 2]]
RARE = {"class_names": ("genuine", "fraud"), "train_counts": np.array([980, 20])}
SGD_1 = {"optimizer": {"lr": 1.0}}
TANH = {"model": {"activation": "tanh"}}
RAW = {"data": {"standardize": False}}
WIDE = {"means": np.array([0.0, 0.0, 0.0, 700.0]), "deviations": np.array([1.0, 1.0, 1.0, 300.0])}
ONE_ANSWER = [[20, 0, 0], [20, 0, 0], [20, 0, 0]]

SPEAKS: dict[str, dict[str, dict[str, Any]]] = {
    "rate_too_high": {
        "the loss grows": {"train": GROWS, "settings": SGD_1},
        "it blew up": {
            "train": (1.0,),
            "updates": 12,
            "latest_loss": 1e6,
            "blew_up": BLEW_UP,
            "settings": SGD_1,
        },
        "units die": {"train": FLAT, "step": -1.0, "inactive": (0.1, 0.9)},
        "units go flat": {"train": FLAT, "step": -1.0, "saturated": (0.0, 0.9), "settings": TANH},
        "thrown about": {"train": FLAT, "step": -0.2},
        "it blew up at once": {"train": (1.0,), "updates": 2, "blew_up": BLEW_UP, "settings": SGD_1},
    },
    "rate_too_low": {
        "tiny steps": {"train": SLOW, "step": -5.0, "settings": {"optimizer": {"lr": 1e-5}}},
        "without validation": {
            "train": SLOW,
            "val": (None,) * 13,
            "step": -5.0,
            "settings": {"data": {"validation": 0.0}},
        },
        "ended while it learned": {"train": (1.0, 0.8, 0.6)},
    },
    "collapsed": {
        "a dead layer": {"train": FLAT, "inactive": (0.2, 1.0), "counts": ONE_ANSWER},
    },
    "vanishing": {
        "a thousandth arrives": {
            "train": FLAT,
            "first_layer": 1e-5,
            "settings": {"model": {"activation": "sigmoid"}},
        },
    },
    "exploding": {
        "from the start": {"train": (50.0, 40.0), "norms": (500.0, 1e6)},
        "as it goes": {"train": GROWS, "norms": (1.0, 1e5)},
    },
    "dead_units": {
        "all of a layer": {"train": FLAT, "inactive": (1.0, 1.0)},
        "most of a layer": {"train": FLAT, "inactive": (0.0, 0.7)},
        "harmless": {"inactive": (0.1, 0.6)},
    },
    "saturated_units": {
        "from the start": {
            "train": FLAT,
            "saturated": (1.0, 1.0),
            "settings": {"model": {"activation": "tanh", "bias": 10.0}},
        },
        "later": {"train": FLAT, "saturated": (0.0, 0.8), "settings": TANH},
    },
    "overfitting": {
        "validation rises": {"train": LEARNED, "val": RISING},
    },
    "past_best": {
        "eleven epochs ago": {"train": LEARNED, "val": (1.0, 0.5, *[0.52] * 11)},
    },
    "not_learning": {
        "nothing": {"train": FLAT},
        "little": {"train": (1.0, *[0.8] * 12)},
        "no hidden layer": {"train": FLAT, "settings": {"model": {"kind": "linear"}}},
    },
    "bad_start": {
        "sure and wrong": {"train": (6.0, 4.0, 3.0, 2.5)},
        "a little": {"train": (2.5, 1.0, 0.5, 0.3)},
    },
    "not_standardized": {
        "hundreds": {"settings": RAW, **WIDE},
    },
    "imbalanced": {
        "one in fifty": {**RARE, "settings": {"data": {"source": "fraud"}}},
    },
    "class_ignored": {
        "the accuracy paradox": {**RARE, "counts": PARADOX, "train": (1.0, *[0.7] * 6)},
    },
    "oscillating": {
        "up and down": {"train": SWINGS},
    },
    "batch_size": {
        "too small": {"noise_scale": 2000.0},
        "too large": {"noise_scale": 1.0},
    },
    "saddle": {
        "all equal": {
            "train": FLAT,
            "step": nan,
            "first_layer": 0.0,
            "settings": {"model": {"init": "zeros"}},
        },
        "on the pass": {
            "train": (1.5, 0.5, 0.5, 0.5, 0.5),
            "norms": (2.0, 1e-12),
            "latest_loss": 0.5,
            "guess": nan,
            "has_targets": False,
            "settings": {"data": {"source": "surface"}, "model": {"kind": "surface"}},
        },
    },
    "minimum": {
        "no gradient left": {"train": (1.0, *[0.1] * 12), "norms": (1.0, 1e-12), **REGRESSION},
    },
}
SILENT: dict[str, dict[str, dict[str, Any]]] = {
    "rate_too_high": {
        "it learned with long steps": {"step": -0.9},
        "a bad start that it recovers from": {"train": (40.0, 1.0, 0.5, 0.4), "step": -1.0},
        "dead from the start": {"train": FLAT, "inactive": (1.0, 1.0), "step": -1.0},
    },
    "rate_too_low": {
        "short steps near the goal": {"train": LEARNED, "step": -4.0},
        "a gradient that does not arrive": {"train": SLOW, "step": -5.0, "first_layer": 1e-6},
        "dead units": {"train": SLOW, "step": -5.0, "inactive": (1.0, 1.0)},
    },
    "collapsed": {
        "only slow": {"train": FLAT, "step": -5.0, "counts": ONE_ANSWER},
        "different answers": {
            "train": FLAT,
            "inactive": (0.2, 1.0),
            "counts": [[9, 8, 3], [9, 8, 3], [9, 8, 3]],
        },
    },
    "vanishing": {
        "it learns all the same": {"first_layer": 1e-5},
        "dead from the start": {"train": FLAT, "first_layer": 1e-5, "inactive": (1.0, 1.0)},
    },
    "exploding": {"a usual gradient": {"train": FLAT, "norms": (5.0, 2.0)}},
    "dead_units": {"some": {"train": FLAT, "inactive": (0.1, 0.45)}},
    "saturated_units": {"some": {"train": FLAT, "saturated": (0.1, 0.45), "settings": TANH}},
    "overfitting": {
        "both fall": {"train": LEARNED},
        "both rise": {"train": RISING},
        "a single bad epoch": {"train": LEARNED, "val": (*LEARNED[:-2], 1.5, 0.03)},
    },
    "past_best": {"it still falls": {"train": LEARNED}},
    "not_learning": {"it learns": {}},
    "bad_start": {"a usual start": {"train": (1.3, 1.0, 0.8)}},
    "not_standardized": {
        "standardized": WIDE,
        "raw, but of that size": {"settings": RAW},
    },
    "imbalanced": {"one in five": {"train_counts": np.array([80, 20]), "class_names": ("a", "b")}},
    "class_ignored": {
        "found": {**RARE, "counts": [[970, 0], [10, 20]], "train": (1.0, *[0.7] * 6)},
        "the accuracy is bad, too": {"counts": [[20, 0, 0], [15, 5, 0], [18, 0, 2]], "train": FLAT},
    },
    "oscillating": {
        "falling": {},
        "swinging near the goal": {"train": tuple(0.1 * loss for loss in SWINGS)},
    },
    "batch_size": {"it fits": {"noise_scale": 100.0}},
    "saddle": {"weights that differ": {"train": FLAT, "first_layer": 0.0}},
    "minimum": {"a gradient": {"norms": (1.0, 0.5)}},
}
ABSTAINS: dict[str, dict[str, Any]] = {
    "before the first update": {"train": (1.0,), "updates": 0, "stop_reason": ""},
    "after one update": {"train": (1.0,), "updates": 1, "stop_reason": ""},
    "in a world that is played": {
        "is_played": True,
        "guess": nan,
        "train": SWINGS,
        "stop_reason": "finished",
    },
    "without targets": {"has_targets": False, "guess": nan, "train": FLAT, "settings": RAW, **WIDE},
    "with constant features": {"settings": RAW, "means": np.zeros(4), "deviations": np.zeros(4)},
    "with one class": {
        "class_names": ("a",),
        "train_counts": np.array([120]),
        "counts": [[60]],
        "guess": 0.0,
    },
    "stopped early": {
        "train": LEARNED,
        "val": RISING,
        "stop_reason": "early_stopping",
        "settings": {"training": {"patience": 5}},
    },
}


def says(name: str, **keys: Any) -> list[Finding]:
    """Return the findings of one rule."""
    return list(RULES[name].find(made_evidence(**keys)))


def _listed(table: dict[str, dict[str, dict[str, Any]]]) -> list[Any]:
    return [
        pytest.param(name, keys, id=f"{name}: {case}")
        for name, cases in table.items()
        for case, keys in cases.items()
    ]


def test_every_curve_rule_is_tried() -> None:
    assert sorted(SPEAKS) == sorted(SILENT) == CURVE


@pytest.mark.parametrize(("name", "keys"), _listed(SPEAKS))
def test_speaks(name: str, keys: dict[str, Any]) -> None:
    found = says(name, **keys)
    assert [finding.id for finding in found] == [name]


@pytest.mark.parametrize(("name", "keys"), _listed(SILENT))
def test_is_silent(name: str, keys: dict[str, Any]) -> None:
    assert not says(name, **keys)


@pytest.mark.parametrize("name", CURVE)
def test_a_healthy_run_is_healthy(name: str) -> None:
    assert not says(name)


@pytest.mark.parametrize("keys", ABSTAINS.values(), ids=ABSTAINS)
def test_abstains(keys: dict[str, Any]) -> None:
    evidence = made_evidence(**keys)
    found = [finding.id for name in CURVE for finding in RULES[name].find(evidence)]
    assert not found


@pytest.mark.parametrize("name", CURVE)
def test_nothing_is_said_of_nothing(name: str) -> None:
    assert not list(RULES[name].find(Evidence(made_evidence().experiment, DataFacts())))


def test_a_regression_has_no_classes_to_ignore() -> None:
    evidence = made_evidence(**REGRESSION)
    assert not [
        each for name in ("imbalanced", "class_ignored", "collapsed") for each in RULES[name].find(evidence)
    ]


def test_without_validation_rows_only_the_training_is_judged() -> None:
    none = (None,) * 13
    assert not says("overfitting", train=LEARNED, val=none)
    assert not says("past_best", train=LEARNED, val=none)
    assert says("not_learning", train=FLAT, val=none)


@pytest.mark.parametrize(("name", "keys"), _listed(SPEAKS))
def test_evidence_is_json_and_texts_are_whole_in_every_language(name: str, keys: dict[str, Any]) -> None:
    for finding in says(name, **keys):
        document = json.loads(json.dumps(finding.as_json(), allow_nan=False))
        assert all(isfinite(number) for number in document["evidence"].values())
        for code in language.LANGUAGES:
            language.use(code)
            try:
                texts = [finding.text, *(offer.text for offer in finding.advice)]
            finally:
                language.use("en")
            assert all(text and "{" not in text and "nan" not in text for text in texts)


@pytest.mark.parametrize(("name", "keys"), _listed(SPEAKS))
def test_every_advice_can_be_followed(name: str, keys: dict[str, Any]) -> None:
    evidence = made_evidence(**keys)
    for finding in RULES[name].find(evidence):
        for offer in finding.advice:
            changed = applied(evidence.experiment, offer)
            assert changed is not None
            assert not offer.changes or changed != evidence.experiment


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.kind == "curve"], ids=lambda rule: rule.name)
def test_symptoms_and_lessons_exist(rule: Any) -> None:
    assert set(rule.leads_to) <= set(RULES.names())
    if rule.lesson:
        name, _, step = rule.lesson.partition("/")
        lesson = tomllib.loads(resource("lessons", name, "lesson.toml").read_text(encoding="utf-8"))
        assert 1 <= int(step) <= len(lesson["steps"])


@pytest.mark.parametrize(
    ("keys", "order"),
    [
        (
            {"train": FLAT, "step": -1.0, "inactive": (0.1, 1.0), "counts": ONE_ANSWER},
            ("rate_too_high", "dead_units"),
        ),
        ({"train": FLAT, "first_layer": 1e-5, "inactive": (0.1, 0.7)}, ("vanishing", "dead_units")),
        (
            {"train": FLAT, "inactive": (1.0, 1.0), "settings": RAW, **WIDE},
            ("not_standardized", "dead_units"),
        ),
        ({"train": FLAT, "step": nan, "first_layer": 0.0, "counts": ONE_ANSWER}, ("saddle", "collapsed")),
        (
            {**RARE, "counts": PARADOX, "train": (1.0, *[0.7] * 6)},
            ("imbalanced", "class_ignored"),
        ),
    ],
)
def test_the_cause_leads(keys: dict[str, Any], order: tuple[str, str]) -> None:
    found = [finding.id for finding in Diagnosis().judge(made_evidence(**keys))]
    assert found[0] == order[0]
    assert order[1] in found[1:]


def test_that_nothing_is_learned_is_said_only_where_no_other_rule_says_why() -> None:
    assert says("not_learning", train=FLAT)
    assert not says("not_learning", train=FLAT, first_layer=1e-5)
    assert not says("not_learning", train=SLOW, step=-5.0, settings={"optimizer": {"lr": 1e-5}})


def test_advice_fits_the_optimizer_and_the_run() -> None:
    (high,) = says("rate_too_high", train=GROWS, settings={"optimizer": {"lr": 10.0}})
    (low,) = says("rate_too_low", train=SLOW, step=-5.0, settings={"optimizer": {"kind": "adam", "lr": 1e-6}})
    assert 0.05 <= high.advice[0].changes[0].value <= 0.5
    assert 1e-3 <= low.advice[0].changes[0].value <= 0.05


def test_batch_normalization_is_not_advised_where_a_single_row_would_be_left() -> None:
    keys: dict[str, Any] = {"train": FLAT, "inactive": (1.0, 1.0), "train_rows": 129}
    (finding,) = says("dead_units", settings={"training": {"batch_size": 32}}, **keys)
    assert "model.batch_norm" not in [change.key for offer in finding.advice for change in offer.changes]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (100, "100"),
        (0.1, "0.1"),
        (0.00004, "0.00004"),
        (2.302, "2.3"),
        (10, "10"),
        (0, "0"),
        (4.1e20, "4.1e20"),
    ],
)
def test_numbers_are_written_for_people(number: float, text: str) -> None:
    assert short(number) == text


def test_a_single_weight_is_no_symmetry_and_has_no_measure_of_its_steps() -> None:
    evidence = made_evidence(
        train=SLOW,
        step=nan,
        first_layer=0.5,
        settings={"optimizer": {"lr": 1e-5}, "model": {"kind": "linear"}},
    )
    alone = replace(evidence, layers=tuple(replace(layer, inputs=1, units=1) for layer in evidence.layers))
    assert not list(RULES["saddle"].find(alone))
    (finding,) = RULES["rate_too_low"].find(alone)
    assert "0.00001" in finding.text
