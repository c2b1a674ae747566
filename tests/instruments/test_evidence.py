"""What is gathered of a run for its diagnosis, against the plain numbers."""

import copy
import json
import time

import numpy as np
import pytest
import torch
from plain_pytorch import drain, experiment

from gradlab.diagnosis.findings import Findings
from gradlab.instruments.data_facts import data_facts, found_in, input_scales
from gradlab.instruments.evidence import EPOCHS, LATEST, MEASURED, EvidenceRecorder
from gradlab.instruments.micro_batches import NoiseScale, noise_and_signal
from gradlab.instruments.records import EpochRow
from gradlab.runs import lockstep
from gradlab.runs.observed_run import ObservedRun
from gradlab.training.events import EpochEnded, Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun


def recorded(spec):
    """Train; return the run, its recorder and its events."""
    run = TrainingRun(spec)
    recorder, events = EvidenceRecorder(run), []
    for event in train(run):
        recorder.observe(event)
        events.append(event)
    return run, recorder, events


@pytest.fixture(scope="module")
def long():
    return recorded(experiment(training__epochs=30, training__measure_every=1, model__hidden=[4]))


def test_the_latest_updates_are_all_there_as_they_were(long):
    _, recorder, events = long
    updates = [event for event in events if isinstance(event, Updated)]
    kept = recorder.evidence().updates
    assert len(updates) > LATEST
    assert len(kept.update) == LATEST
    for name in ("update", "epoch", "loss", "lr", "grad_norm", "clipped_norm"):
        expected = [getattr(event, name) for event in updates[-LATEST:]]
        assert getattr(kept, name).tolist() == expected
    assert kept.first_loss.tolist() == [event.loss for event in updates[:32]]


def test_measured_updates_are_thinned_from_the_first_to_the_latest(long):
    _, recorder, events = long
    updates = [event for event in events if isinstance(event, Updated)]
    kept = recorder.evidence().updates
    assert len(updates) > MEASURED
    assert len(kept.measured) <= MEASURED + 1
    assert (kept.measured[0], kept.measured[-1]) == (1, len(updates))
    assert set(np.diff(kept.measured[:-1])) == {2}
    ratios = {event.update: event.update_ratio for event in updates}
    assert kept.measured_ratio.tolist() == [ratios[update] for update in kept.measured]
    assert kept.layer_norms.shape == (len(kept.measured), 2)


def test_epochs_are_thinned_but_the_latest_stay():
    recorder = EvidenceRecorder(TrainingRun(experiment(model__kind="linear")))
    count = 3 * EPOCHS
    for epoch in range(count):
        recorder.observe(EpochEnded(epoch, epoch, epoch, 1.0, None, None, None, 0.1))
    epochs = [row.epoch for row in recorder.evidence().epochs]
    assert len(epochs) <= EPOCHS
    assert (epochs[0], epochs[-1]) == (0, count - 1)
    assert epochs[-EPOCHS // 2 :] == list(range(count - EPOCHS // 2, count))


def test_the_record_never_changes_later():
    run = TrainingRun(experiment())
    recorder, events = EvidenceRecorder(run), iter(train(run))
    for event in events:
        recorder.observe(event)
        if isinstance(event, Updated) and event.update == 5:
            break
    early = recorder.evidence()
    before = copy.deepcopy(early)
    for event in events:
        recorder.observe(event)
    assert early.update == 5
    np.testing.assert_array_equal(early.updates.loss, before.updates.loss)
    assert early.epochs == before.epochs


# --- probes --------------------------------------------------------------------------------------------------


def test_probes_come_at_growing_distances_and_at_the_end():
    _, recorder, _ = recorded(experiment(training__epochs=21, training__batch_size=10, model__hidden=[4]))
    assert [probe.epoch for probe in recorder.evidence().probes] == [0, 1, 2, 3, 4, 6, 8, 12, 16, 21]


def test_short_epochs_are_not_all_probed():
    _, recorder, _ = recorded(experiment(training__epochs=9, training__batch_size=40, model__hidden=[4]))
    assert [probe.epoch for probe in recorder.evidence().probes] == [0, 3, 6, 9]


@pytest.mark.parametrize(
    "model", [{"hidden": [6, 5]}, {"kind": "cnn", "hidden": [4]}, {"hidden": [6], "dropout": 0.5}]
)
def test_inactive_units_answer_zero_to_every_row(model):
    run = TrainingRun(experiment(model=model, training__device="cpu"))
    with torch.no_grad():
        first = run.model.hidden1 if hasattr(run.model, "hidden1") else run.model.conv1
        first.bias[:2] = -1e6  # two units that never answer
    recorder = EvidenceRecorder(run)
    recorder.observe(run.measure_untouched())
    (probe,) = recorder.evidence().probes
    assert probe.inactive[0] == pytest.approx(2 / len(first.bias))
    assert np.isnan(probe.inactive[-1])
    assert np.isnan(probe.saturated).all()


@pytest.mark.parametrize(("activation", "low", "high"), [("tanh", -0.97, 0.97), ("sigmoid", 0.015, 0.985)])
def test_saturated_answers_are_at_the_flat_ends(activation, low, high):
    run = TrainingRun(experiment(model__activation=activation, model__init="large", data__train_rows=200))
    recorder = EvidenceRecorder(run)
    recorder.observe(run.measure_untouched())
    (probe,) = recorder.evidence().probes
    with torch.no_grad():
        outputs = getattr(torch, activation)(run.model.hidden1(run.rows.train[0].flatten(1)))
    expected = ((outputs < low) | (outputs > high)).double().mean()
    assert probe.saturated[0] == pytest.approx(float(expected), abs=1e-6)
    assert 0 < expected < 1
    assert np.isnan(probe.inactive).all()


def test_probing_changes_neither_the_numbers_nor_the_mode():
    spec = experiment(model__dropout=0.3, model__batch_norm=True, training__epochs=3, training__batch_size=10)
    expected = [event for event in drain(TrainingRun(spec)) if isinstance(event, Updated)]
    run, _, events = recorded(spec)
    assert [event for event in events if isinstance(event, Updated)] == expected
    assert run.model.training


# --- layers and data -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "data", "expected"),
    [
        ({"hidden": [6]}, "digits", [("hidden1", "relu", 64, 6), ("output", "", 6, 10)]),
        ({"kind": "cnn", "hidden": [4, 5]}, "digits", [("conv1", "relu", 9, 4), ("conv2", "relu", 36, 5)]),
        ({"kind": "gru", "hidden": [7]}, "sequence", [("recurrent1", "tanh", 9, 7)]),
        ({"hidden": [6], "batch_norm": True}, "digits", [("hidden1", "relu", 64, 6), ("norm1", "", 0, 6)]),
    ],
)
def test_layers_are_described(model, data, expected):
    run = TrainingRun(experiment(model=model, data={"source": data}, training__batch_size=33))
    layers = EvidenceRecorder(run).evidence().layers
    assert [layer.name for layer in layers] == [layer.name for layer in run.parameters.layers]
    found = [(layer.activation, layer.inputs, layer.units) for layer in layers]
    assert found[: len(expected)] == [each[1:] for each in expected]
    assert [layer.has_matrix for layer in layers] == [bool(layer.matrices) for layer in run.parameters.layers]


def test_the_data_are_described():
    spec = experiment(data={"source": "wine", "standardize": False, "leak": 0.25})
    run = TrainingRun(spec)
    facts, split = data_facts(run), run.split
    assert facts.class_names == split.class_names
    assert facts.train_counts.tolist() == np.bincount(split.train_targets).tolist()
    assert (facts.train_rows, facts.validation_rows) == (len(split.train_rows), len(split.validation_rows))
    assert facts.copied_rows == round(0.25 * len(split.validation_rows))
    assert facts.equal_rows >= facts.copied_rows
    np.testing.assert_allclose(facts.means, split.train_inputs.mean(axis=0, dtype=np.float64))
    np.testing.assert_allclose(facts.deviations, split.train_inputs.std(axis=0, dtype=np.float64))
    assert len(facts.input_names) == len(facts.means) == 13


def test_pictures_have_a_scale_per_channel_and_sequences_per_feature():
    random = np.random.default_rng(0)
    pictures = random.normal(3, 2, (50, 3, 4, 5)).astype(np.float32)
    means, deviations = input_scales(pictures)
    np.testing.assert_allclose(means, pictures.mean(axis=(0, 2, 3)), rtol=1e-5)
    np.testing.assert_allclose(deviations, pictures.std(axis=(0, 2, 3)), rtol=1e-5)
    sequences = random.normal(3, 2, (50, 7, 2)).astype(np.float32)
    np.testing.assert_allclose(input_scales(sequences)[0], sequences.mean(axis=(0, 1)), rtol=1e-5)


def test_worlds_and_surfaces_have_no_copies():
    for source, model in (("maze", "linear"), ("surface", "surface")):
        facts = data_facts(
            TrainingRun(experiment(data={"source": source}, model={"kind": model, "hidden": []}))
        )
        assert facts.equal_rows == facts.copied_rows == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_with_the_same_content_are_found_and_no_others(dtype):
    random = np.random.default_rng(1)
    among = [random.integers(0, 3, (400, 5)).astype(dtype), random.integers(0, 2, 400)]
    rows = [random.integers(0, 3, (300, 5)).astype(dtype), random.integers(0, 2, 300)]
    known = {(*inputs, target) for inputs, target in zip(*(each.tolist() for each in among), strict=True)}
    expected = [
        (*inputs, target) in known for inputs, target in zip(*(each.tolist() for each in rows), strict=True)
    ]
    assert found_in(rows, among).tolist() == expected
    assert any(expected)
    assert not all(expected)


def test_a_million_rows_are_compared_in_seconds():
    random = np.random.default_rng(2)
    inputs, targets = random.normal(size=(1_000_000, 20)).astype(np.float32), random.integers(0, 2, 1_000_000)
    rows = [inputs[:1000].copy(), targets[:1000].copy()]
    rows[1][500:] = 1 - rows[1][500:]
    start = time.process_time()
    assert found_in(rows, [inputs, targets]).sum() == 500
    assert time.process_time() - start < 5


# --- the noise scale -----------------------------------------------------------------------------------------


def test_the_noise_scale_is_that_of_the_micro_batches_of_measured_updates():
    spec = experiment(
        gradients__accumulate=4, training__batch_size=16, training__measure_every=3, training__epochs=4
    )
    run = TrainingRun(spec)
    recorder, expected = EvidenceRecorder(run), NoiseScale()
    for event in train(run):
        recorder.observe(event)
        if isinstance(event, Updated) and run.ledger.micro_batches:
            batches = run.ledger.micro_batches
            expected.add(*noise_and_signal(batches.rows, batches.squares, batches.together))
    assert expected.count >= 10
    assert recorder.evidence().noise_scale == expected.rows > 0


def test_without_several_micro_batches_there_is_no_noise_scale():
    _, recorder, _ = recorded(experiment(training__measure_every=1))
    assert np.isnan(recorder.evidence().noise_scale)


# --- runs that go on -----------------------------------------------------------------------------------------

SETTINGS = {
    "never zeroed": {"gradients": {"zero": "never", "accumulate": 3, "tail": "carry"}},
    "divided by N": {"gradients": {"scale": "mean", "accumulate": 4, "tail": "carry"}},
    "a head left out": {"model": {"kind": "two_heads", "hidden": [8], "head_a_updates": 5}},
    "zeros": {"model": {"init": "zeros"}, "training": {"measure_every": 1}},
    "stacked": {"replicas": 3, "gradients": {"zero": "never"}},
}


def files_of(folder):
    return {path.relative_to(folder): json.loads(path.read_text()) for path in folder.rglob("findings.json")}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("updates", [1, 9, 20])
def test_a_run_that_was_killed_and_resumed_has_the_same_findings(tmp_path, name, updates):
    spec = experiment(
        **{
            **SETTINGS[name],
            "training": {"epochs": 6, "batch_size": 100, "measure_every": 2, "device": "cpu"}
            | SETTINGS[name].get("training", {}),
        }
    )

    def trained(out, members, stopped=lambda: False):
        list(lockstep.train_together(spec, out, members, stopped))

    trained(tmp_path / "whole", lockstep.begin(spec, tmp_path / "whole", "test"))

    class KilledError(Exception):
        pass

    rounds = iter(range(1000))

    def killed():
        if next(rounds) == updates:
            for member in members:
                member.save_checkpoint()  # the latest one before the end that nobody announced
            raise KilledError
        return False

    members = lockstep.begin(spec, tmp_path / "killed", "test")
    with pytest.raises(KilledError):
        trained(tmp_path / "killed", members, killed)
    assert not files_of(tmp_path / "killed")
    trained(tmp_path / "killed", lockstep.resume(tmp_path / "killed"))
    assert files_of(tmp_path / "killed") == files_of(tmp_path / "whole")
    assert all(files_of(tmp_path / "whole").values())


def test_evidence_comes_back_from_a_checkpoint_whole(long):
    run, recorder, _ = long
    again = EvidenceRecorder(run)
    again.load(recorder.state())
    expected, found = recorder.evidence(), again.evidence()
    for name, values in vars(expected.updates).items():
        np.testing.assert_array_equal(getattr(found.updates, name), values, name)
    assert found.epochs == expected.epochs
    assert isinstance(found.epochs[0], EpochRow)
    assert str(found.probes) == str(expected.probes)
    assert found.counts.tolist() == expected.counts.tolist()


# --- frames --------------------------------------------------------------------------------------------------


def test_a_frame_at_rest_holds_the_findings_whatever_is_watched():
    run = ObservedRun(experiment(gradients__zero="never"))

    def found():
        return [each for each in run.frame(at_rest=True).get(Findings).findings if each.id == "not_cleared"]

    assert not found()
    run.step_update()
    assert not found()
    run.step_update()
    (finding,) = found()
    assert finding.since_update == 2
    assert "not_cleared" in [row[0] for row in run.frame(at_rest=True).get(Findings).as_table().rows]
