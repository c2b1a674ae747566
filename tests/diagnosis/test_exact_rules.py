"""What the loop itself knows is said at the first update at which it holds, and never where it does not."""

import tomllib

import pytest
from plain_pytorch import experiment

from gradlab.datasets.base import SOURCES
from gradlab.diagnosis.diagnosis import Diagnosis, foreseen
from gradlab.diagnosis.rules.base import RULES
from gradlab.errors import InputError
from gradlab.experiment.files import build, change
from gradlab.models.base import MODELS
from gradlab.resources import resource
from gradlab.runs.judge import Judge
from gradlab.training.events import Backward, Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

IDS = {
    "blew_up",
    "not_cleared",
    "rate_too_high",
    "rate_too_low",
    "collapsed",
    "vanishing",
    "exploding",
    "dead_units",
    "saturated_units",
    "overfitting",
    "past_best",
    "not_learning",
    "bad_start",
    "layer_not_training",
    "not_standardized",
    "imbalanced",
    "class_ignored",
    "oscillating",
    "batch_size",
    "leaked",
    "saddle",
    "minimum",
    "zeroed_too_late",
    "sum_not_mean",
    "small_tail",
}
EXACT = {rule.name for rule in RULES if rule.kind == "exact"}
SMALL = {"training": {"epochs": 2, "batch_size": 32, "device": "cpu"}}
PARTS = {"source": "sequence", "pattern": "chirp", "samples": 60, "length": 40}
# The fault, its finding, and the update at which it is there.
PLANTED = {
    "never zeroed": ({"gradients": {"zero": "never"}}, "not_cleared", 2),
    "zeroed every epoch": ({"gradients": {"zero": "every_epoch"}}, "not_cleared", 2),
    "never zeroed, three batches": ({"gradients": {"zero": "never", "accumulate": 3}}, "not_cleared", 2),
    "never zeroed, adam": ({"gradients": {"zero": "never"}, "optimizer": {"kind": "adam"}}, "not_cleared", 2),
    "never zeroed, frozen": (
        {"gradients": {"zero": "never"}, "model": {"freeze": ["hidden1"]}},
        "not_cleared",
        2,
    ),
    "zeroed after backward": ({"gradients": {"zero": "after_backward"}}, "zeroed_too_late", 1),
    "to zeros after backward": (
        {"gradients": {"zero": "after_backward", "zero_to": "zeros"}, "optimizer": {"momentum": 0.9}},
        "zeroed_too_late",
        1,
    ),
    "zeroed every batch": ({"gradients": {"zero": "every_batch", "accumulate": 2}}, "zeroed_too_late", 1),
    "zeroed in a window that is carried over": (
        {"gradients": {"zero": "every_epoch", "accumulate": 4, "tail": "carry"}},
        "zeroed_too_late",
        11,
    ),
    "zeroed between chunks": (
        {
            "data": PARTS,
            "model": {"kind": "gru", "activation": "tanh", "chunk": 10},
            "gradients": {"zero_chunks": True},
        },
        "zeroed_too_late",
        1,
    ),
    "added up": ({"gradients": {"scale": "sum", "accumulate": 4}}, "sum_not_mean", 1),
    "added up, adam": (
        {"gradients": {"scale": "sum", "accumulate": 4}, "optimizer": {"kind": "adam"}},
        "sum_not_mean",
        1,
    ),
    "divided by N": ({"gradients": {"scale": "mean", "accumulate": 4}}, "small_tail", 11),
    "a tail that is a single batch": (
        {"data": {"train_rows": 128}, "gradients": {"scale": "mean", "accumulate": 3}},
        "small_tail",
        2,
    ),
    "a head that is left out": (
        {"model": {"kind": "two_heads", "head_a_updates": 5}},
        "layer_not_training",
        6,
    ),
    "no rate": ({"optimizer": {"lr": 0.0}}, "layer_not_training", 1),
    "copies": ({"data": {"leak": 0.2}}, "leaked", 1),
}


def build_small(*layers):
    document = {}
    for layer in (SMALL, *layers):
        for section, values in layer.items():
            document[section] = (
                {**document.get(section, {}), **values} if isinstance(values, dict) else values
            )
    return build(document)


def judged(spec):
    """Yield the findings after each update of a run."""
    run = TrainingRun(spec)
    judge = Judge(run)
    for event in train(run):
        judge.note(event)
        if isinstance(event, Updated):
            yield event.update, judge.verdict()
    yield None, judge.verdict()


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found_at_the_very_first_update_and_stays(name):
    changes, wanted, since = PLANTED[name]
    for update, findings in judged(build_small(changes)):
        there = [finding for finding in findings if finding.id == wanted]
        assert bool(there) == (update is None or update >= since), update
        if there:
            (finding,) = there
            assert finding.confidence == 1
            assert finding.since_update in (0, since)


@pytest.mark.parametrize("name", PLANTED)
def test_the_first_advice_takes_the_finding_away(name):
    changes, wanted, _ = PLANTED[name]
    spec = build_small(changes)
    *_, (_, findings) = judged(spec)
    finding = next(finding for finding in findings if finding.id == wanted)
    for each in finding.advice[0].changes:
        spec = change(spec, each.key, each.value)
    *_, (_, after) = judged(spec)
    assert not [finding for finding in after if finding.id == wanted and finding.level != "info"]


@pytest.mark.parametrize("name", PLANTED)
def test_all_advice_and_keys_are_settings_as_the_command_line_takes_them(name):
    spec = build_small(PLANTED[name][0])
    *_, (_, findings) = judged(spec)
    for finding in (*findings, *foreseen(spec)):
        for advice in finding.advice:
            for each in advice.changes:
                assert change(spec, each.key, each.value) != spec
        if finding.key:
            section, _, key = finding.key.partition(".")
            assert hasattr(getattr(spec, section), key)


HEALTHY = [
    (source.name, kind.name) for source in SOURCES for kind in MODELS if source.name not in ("csv", "images")
]


@pytest.mark.parametrize(("source", "kind"), HEALTHY)
def test_healthy_runs_stay_silent(source, kind):
    changes = {
        "data": {"source": source},
        "model": {"kind": kind},
        "optimizer": {"kind": "adam", "lr": 0.001},
    }
    try:
        spec = build_small(changes)
        run = TrainingRun(spec)
    except InputError:
        pytest.skip("this model cannot take these rows")
    judge = Judge(run)
    for event in train(run):
        judge.note(event)
    loud = [finding for finding in judge.verdict() if finding.id in EXACT and finding.level != "info"]
    assert not loud


@pytest.mark.parametrize(
    "gradients",
    [
        {"accumulate": 4, "tail": "carry"},
        {"accumulate": 4, "tail": "drop", "scale": "mean"},
        {"zero": "every_batch"},
        {"scale": "sum"},
        {"scale": "mean"},
        {"zero_to": "zeros"},
    ],
)
def test_settings_that_do_no_harm_are_not_blamed(gradients):
    spec = build_small({"gradients": gradients})
    assert not [finding for finding in foreseen(spec) if finding.id in EXACT]
    for _, findings in judged(spec):
        assert not [finding for finding in findings if finding.id in EXACT]


@pytest.mark.parametrize(
    ("changes", "wanted", "key"),
    [
        ({"gradients": {"zero": "never"}}, "not_cleared", "gradients.zero"),
        ({"gradients": {"zero": "every_epoch"}}, "not_cleared", "gradients.zero"),
        ({"gradients": {"zero": "after_backward"}}, "zeroed_too_late", "gradients.zero"),
        ({"gradients": {"zero": "every_batch", "accumulate": 2}}, "zeroed_too_late", "gradients.zero"),
        ({"gradients": {"scale": "sum", "accumulate": 2}}, "sum_not_mean", "gradients.scale"),
        ({"data": {"leak": 0.1}}, "leaked", "data.leak"),
        ({"optimizer": {"lr": 0.0}}, "layer_not_training", "optimizer.lr"),
        ({"model": {"freeze": ["hidden1"]}}, "layer_not_training", "model.freeze"),
    ],
)
def test_what_settings_alone_say_is_foreseen_beside_its_field(changes, wanted, key):
    (finding,) = [finding for finding in foreseen(build_small(changes)) if finding.id == wanted]
    assert finding.key == key
    assert "{" not in finding.text


def test_frozen_layers_are_named_as_information():
    *_, (_, findings) = judged(build_small({"model": {"freeze": ["hidden1"]}}))
    (finding,) = [finding for finding in findings if finding.id in EXACT]
    assert (finding.id, finding.level, finding.layer) == ("layer_not_training", "info", "hidden1")
    assert finding.as_json()["advice"] == [[{"key": "model.freeze", "value": []}]]


@pytest.mark.parametrize(
    ("changes", "layer"),
    [
        ({"model": {"init": "zeros"}}, "hidden1"),
        ({"optimizer": {"lr": 1e-12}}, ""),
    ],
)
def test_layers_that_never_move_are_found(changes, layer):
    *_, (_, findings) = judged(build_small(changes))
    (finding,) = [finding for finding in findings if finding.id == "layer_not_training"]
    assert (finding.layer, finding.level) == (layer, "warning")


def test_batches_that_leave_a_tiny_layer_without_a_gradient_now_and_then_are_no_fault():
    spec = build_small(
        {
            "data": {"source": "xor"},
            "model": {"hidden": [2]},
            "training": {"batch_size": 1, "measure_every": 1},
        }
    )
    run = TrainingRun(spec)
    judge, still = Judge(run), 0
    for event in train(run):
        judge.note(event)
        if isinstance(event, Updated):
            still += not run.optimizer.measured.moved[0]
            assert not [finding for finding in judge.verdict() if finding.id == "layer_not_training"]
    assert still > 10


def test_the_end_of_a_schedule_is_no_fault():
    spec = build_small({"optimizer": {"schedule": "cosine"}, "training": {"measure_every": 1, "epochs": 3}})
    for _, findings in judged(spec):
        assert not [finding for finding in findings if finding.id in EXACT]


def test_numbers_that_blow_up_are_told_with_their_place():
    spec = build_small({"model": {"hidden": [32, 32], "init": "large"}, "optimizer": {"lr": 1000.0}})
    *_, (_, findings) = judged(spec)
    (finding,) = [finding for finding in findings if finding.id == "blew_up"]
    assert finding.level == "problem"
    assert finding.layer
    assert finding.layer in finding.text
    assert f"update {finding.since_update}, batch 1 of 1, epoch {finding.epoch}" in finding.text
    assert finding.advice[0].changes[0].key == "optimizer.lr"


def test_inputs_that_are_large_are_standardized_first():
    spec = build_small(
        {
            "data": {"source": "wine", "standardize": False},
            "model": {"kind": "linear"},
            "training": {"loss": "mse", "epochs": 20},
        }
    )
    *_, (_, findings) = judged(spec)
    (finding,) = [finding for finding in findings if finding.id == "blew_up"]
    assert finding.advice[0].changes[0].key == "data.standardize"


def test_a_cause_leads_and_names_its_symptoms():
    *_, (_, findings) = judged(build_small({"gradients": {"zero": "after_backward"}}))
    assert findings[0].id == "zeroed_too_late"
    assert "layer_not_training" in findings[0].leads_to
    assert "layer_not_training" in [finding.id for finding in findings[1:]]


def test_findings_go_with_their_cause_while_the_run_goes_on():
    run = TrainingRun(experiment(gradients__zero="never"))
    judge, diagnosis = Judge(run), Diagnosis()
    seen = []
    for event in train(run):
        judge.note(event)
        if isinstance(event, Updated):
            seen.append([each.id for each in diagnosis.judge(judge.recorder.evidence()) if each.id in EXACT])
            if event.update == 4:
                run.change(change(run.experiment, "gradients.zero", "every_update"))
        if isinstance(event, Backward) and run.counters.updates == 10:
            break
    assert seen == [[], *[["not_cleared"]] * 3, *[[]] * 6]


def test_lessons_and_steps_that_are_linked_to_exist():
    seen = {rule.lesson for rule in RULES}
    for changes, _, _ in PLANTED.values():
        seen |= {finding.lesson for finding in foreseen(build_small(changes))}
        *_, (_, findings) = judged(build_small(changes))
        seen |= {finding.lesson for finding in findings}
    for link in filter(None, seen):
        lesson, _, step = link.partition("/")
        path = resource("lessons") / lesson / "lesson.toml"
        steps = len(tomllib.loads(path.read_text(encoding="utf-8"))["steps"])
        assert 1 <= int(step) <= steps, link


def test_symptoms_are_findings_and_no_rule_is_its_own():
    for rule in RULES:
        assert rule.name in IDS
        assert rule.name not in rule.leads_to
        assert set(rule.leads_to) <= IDS
