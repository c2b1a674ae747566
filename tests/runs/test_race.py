"""Every lane of a race is what it would be alone; replicas are summed up as numpy would."""

import csv
import json
import shutil

import numpy as np
import pytest
import torch
from plain_pytorch import drain, experiment, weights
from watching import EVERYTHING

from gradlab.diagnosis.findings import Findings
from gradlab.errors import InputError
from gradlab.experiment.variants import singles
from gradlab.instruments.band import BandRecorder
from gradlab.instruments.records import BufferState, Confusion, Curves, EpochRow, Timeline
from gradlab.runs import lockstep, replica_stack
from gradlab.runs.race import Race
from gradlab.training.events import EpochEnded, Updated
from gradlab.training.run import TrainingRun

VARIANTS = [
    {"name": "every update"},
    {"name": "never", "gradients": {"zero": "never"}},
    {
        "name": "four",
        "gradients": {"accumulate": 4, "tail": "carry"},
        "optimizer": {"kind": "adam", "lr": 0.01},
    },
]
SMALL = {
    "data": {"source": "moons", "samples": 120, "noise": 0.2},
    "model": {"hidden": [6]},
    "training": {"epochs": 4, "batch_size": 16, "device": "cpu", "measure_every": 4},
}


def race_of(folder=None, **changes):
    race = Race(experiment(**{**SMALL, **changes}), folder)
    race.lanes.watch(EVERYTHING, {lane.name: EVERYTHING for lane in race.lanes})
    return race


def run_out(race):
    while not race.is_over:
        race.step_update()


def alone(spec):
    """Train one run by itself; return it with its events."""
    run = TrainingRun(spec)
    return run, drain(run)


def steps_of_all_kinds(race):
    for _ in range(5):
        race.step_phase()
    race.step_update()
    race.lanes.snapshot(at_rest=True)
    race.step_epoch()
    for _ in range(3):
        race.step_phase()
    run_out(race)


@pytest.mark.parametrize("go", [run_out, steps_of_all_kinds])
def test_every_lane_is_bit_for_bit_its_single_run(go):
    race = race_of(variants=VARIANTS)
    go(race)
    for lane, (_, spec) in zip(race.lanes, singles(experiment(**SMALL, variants=VARIANTS)), strict=True):
        single, events = alone(spec)
        assert torch.equal(weights(lane.observed.run.model), weights(single.model))
        losses = [event.loss for event in events if isinstance(event, Updated)]
        assert lane.observed.frame(at_rest=True).get(Curves).update_loss.tolist() == losses


def test_a_race_of_one_is_one_run():
    race = race_of()
    race.step_update()
    snapshot = race.lanes.snapshot(at_rest=True)
    assert [lane.name for lane in snapshot.lanes] == ["Digits"]
    assert snapshot.lanes[0].frame.get(Curves) is snapshot.shown.get(Curves)
    assert snapshot.lanes[0].band is None


def test_lanes_stay_side_by_side_update_by_update():
    race = race_of(variants=VARIANTS)
    while not race.is_over:
        race.step_phase()
        going = [lane.observed for lane in race.lanes if lane.observed.ending is None]
        counts = {session.run.counters.updates for session in going}
        assert len(counts) <= 1 or not going


def test_the_shown_lane_sets_the_pace_of_phases():
    race = race_of(variants=VARIANTS)
    race.lanes.show("four")
    phases = []
    for _ in range(9):
        race.step_phase()
        phases.append(race.lanes.snapshot(at_rest=True).shown.progress.phase)
    assert phases == ["zeroed", *["forward", "backward"] * 4]
    assert [lane.observed.run.counters.updates for lane in race.lanes] == [0, 0, 0]
    race.step_phase()
    assert [lane.observed.run.counters.updates for lane in race.lanes] == [1, 1, 1]


def test_the_frame_is_the_shown_lanes_and_all_lanes_are_in_it():
    race = race_of(variants=VARIANTS)
    race.step_update()
    first = race.lanes.snapshot(at_rest=True)
    race.lanes.show("never")
    snapshot = race.lanes.snapshot(at_rest=True)
    assert snapshot.shown.experiment.gradients.zero == "never"
    assert [lane.name for lane in snapshot.lanes] == ["every update", "never", "four"]
    assert [lane.token for lane in snapshot.lanes] == ["lane.1", "lane.2", "lane.3"]
    assert snapshot.shown.run != first.shown.run  # panels forget the lane that they showed before
    assert len({lane.frame.run for lane in snapshot.lanes}) == 3


def test_lanes_that_no_panel_looks_into_bring_their_curves_alone():
    race = race_of(variants=VARIANTS)
    race.lanes.watch(frozenset({BufferState}), {"four": frozenset({Confusion})})
    race.step_epoch()
    shown, other, watched = (lane.frame for lane in race.lanes.snapshot(at_rest=True).lanes)
    assert set(shown.parts) == {Curves, BufferState, Findings}
    assert set(other.parts) == {Curves, Findings}
    assert set(watched.parts) == {Curves, Confusion, Findings}


def test_a_change_goes_to_every_lane_but_not_over_what_a_variant_sets():
    race = race_of(variants=VARIANTS)
    race.step_update()
    changed = {**SMALL, "optimizer": {"lr": 0.5}, "gradients": {"zero": "every_batch"}}
    race.change(experiment(**changed, variants=VARIANTS))
    race.step_update()
    race.step_update()
    now = [lane.observed.run.experiment for lane in race.lanes]
    assert [spec.optimizer.lr for spec in now] == [0.5, 0.5, 0.01]
    assert [spec.gradients.zero for spec in now] == ["every_batch", "never", "every_batch"]


def test_a_wrong_change_changes_no_lane():
    race = race_of(variants=VARIANTS)
    race.step_update()
    wrong = {**SMALL, "gradients": {"accumulate": 5000, "tail": "drop"}}
    variants = [*VARIANTS[:2], {**VARIANTS[2], "gradients": {"accumulate": 6000, "tail": "drop"}}]
    with pytest.raises(InputError):
        race.change(experiment(**SMALL, variants=variants))
    with pytest.raises(InputError):
        race.change(experiment(**wrong, variants=VARIANTS))
    with pytest.raises(InputError):
        race.change(experiment(**SMALL))
    assert [lane.observed.run.settings.wanted for lane in race.lanes] == [
        single.experiment for single in singles(experiment(**SMALL, variants=VARIANTS))
    ]


def test_more_epochs_wake_all_lanes_up():
    race = race_of(variants=VARIANTS)
    run_out(race)
    race.change(experiment(**{**SMALL, "training": {**SMALL["training"], "epochs": 5}}, variants=VARIANTS))
    assert not race.is_over
    run_out(race)
    assert [lane.observed.run.counters.epochs for lane in race.lanes] == [5, 5, 5]


def test_lanes_of_different_lengths_all_come_to_their_end():
    variants = [{"name": "short", "training": {"epochs": 1}}, {"name": "long"}]
    race = race_of(variants=variants)
    run_out(race)
    assert [lane.observed.run.counters.epochs for lane in race.lanes] == [1, 4]
    assert [lane.observed.ending.reason for lane in race.lanes] == ["finished", "finished"]


# --- replicas -------------------------------------------------------------------------------------------------

STACKABLE = {}
NOT_STACKABLE = {"model": {"hidden": [6], "dropout": 0.2}}


@pytest.mark.parametrize("changes", [STACKABLE, NOT_STACKABLE])
@pytest.mark.parametrize("go", [run_out, steps_of_all_kinds])
def test_the_band_is_numpys_percentiles_of_the_single_runs(changes, go):
    race = race_of(replicas=7, **changes)
    go(race)
    spec = experiment(**{**SMALL, **changes}, replicas=7)
    told = [alone(single)[1] for _, single in singles(spec)]
    losses = np.array([[event.loss for event in events if isinstance(event, Updated)] for events in told])
    band = race.lanes.snapshot(at_rest=True).lanes[0].band
    assert band.runs == 7
    assert band.update.tolist() == list(range(1, losses.shape[1] + 1))
    assert band.loss == pytest.approx(np.percentile(losses, [10, 50, 90], axis=0), rel=1e-5)
    epochs = [[event for event in events if isinstance(event, EpochEnded)] for events in told]
    validation = np.array([[event.val_loss for event in events] for events in epochs])
    assert band.epoch.tolist() == [0, 1, 2, 3, 4]
    assert band.metrics["val_loss"] == pytest.approx(
        np.percentile(validation, [10, 50, 90], axis=0), rel=1e-5
    )
    accuracies = np.array([[np.trace(e.counts) / e.counts.sum() for e in events] for events in epochs])
    assert band.metrics["val_accuracy"] == pytest.approx(np.percentile(accuracies, [10, 50, 90], axis=0))


@pytest.mark.parametrize("zero", ["every_update", "never"])
def test_the_first_of_stacked_replicas_is_seen_as_if_it_were_alone(zero):
    race, single = race_of(replicas=5, gradients__zero=zero), race_of(gradients__zero=zero)
    for step in ("step_phase",) * 9 + ("step_update", "step_epoch") + ("step_phase",) * 3:
        getattr(race, step)()
        getattr(single, step)()
        one, other = race.lanes.snapshot(at_rest=True).shown, single.lanes.snapshot(at_rest=True).shown
        assert one.progress.phase == other.progress.phase
        assert one.progress.epoch_position == other.progress.epoch_position
        assert one.val_loss == pytest.approx(other.val_loss, rel=1e-5)
        mine, expected = one.get(BufferState), other.get(BufferState)
        assert (mine.update, mine.micro_batch, mine.stale) == (
            expected.update,
            expected.micro_batch,
            expected.stale,
        )
        assert mine.norm == pytest.approx(expected.norm, rel=1e-4)
        for part, same in zip(mine.parameters, expected.parameters, strict=True):
            for name in ("left_over", "batch", "used"):
                a, b = getattr(part, name), getattr(same, name)
                assert (a is None) == (b is None)
                assert a is None or a == pytest.approx(b, rel=1e-3, abs=1e-6)
        assert one.get(Timeline).rms == pytest.approx(other.get(Timeline).rms, rel=1e-3)
        mine, expected = (each.get(Confusion).answers[-1].scores for each in (one, other))
        assert mine.shape == expected.shape
        assert mine == pytest.approx(expected, abs=1e-4)


def test_a_change_applies_to_every_replica_and_they_are_stacked_again(tmp_path):
    race = race_of(tmp_path, replicas=4)
    for _ in range(3):
        race.step_update()
    assert race.lanes[0].is_stacked
    race.change(experiment(**{**SMALL, "optimizer": {"lr": 0.5}}, replicas=4))
    race.step_update()
    race.step_update()
    assert race.lanes[0].is_stacked
    run_out(race)
    race.close()
    for seed, runner in enumerate(race.lanes[0].replicas):
        assert runner.run.experiment.optimizer.lr == 0.5
        changes = (tmp_path / f"seed-{seed}" / "changes.csv").read_text().splitlines()
        assert changes[1:] == ["3,optimizer.lr,0.1,0.5"]


def test_replicas_that_diverge_leave_the_others_alone():
    spec = {"replicas": 6, "optimizer": {"lr": 300.0}, "model": {"hidden": [32, 32], "init": "large"}}
    race = race_of(**spec)
    run_out(race)
    ended = [runner.ending for runner in race.lanes[0].replicas]
    expected = [alone(single)[1][-1] for _, single in singles(experiment(**{**SMALL, **spec}))]
    assert [ending.reason for ending in ended] == [ending.reason for ending in expected]
    assert "diverged" in {ending.reason for ending in ended}


def test_replicas_that_stop_early_do_so_as_their_single_runs():
    patient = {"replicas": 5, "training": {**SMALL["training"], "epochs": 60, "patience": 2}}
    race = race_of(**patient)
    run_out(race)
    expected = [alone(single)[0] for _, single in singles(experiment(**{**SMALL, **patient}))]
    epochs = [runner.run.counters.epochs for runner in race.lanes[0].replicas]
    assert epochs == [run.counters.epochs for run in expected]
    assert len(set(epochs)) > 1


def test_variants_with_replicas_are_lanes_with_bands():
    race = race_of(variants=VARIANTS[:2], replicas=3)
    run_out(race)
    assert [lane.band.runs for lane in race.lanes.snapshot(at_rest=True).lanes] == [3, 3]


def test_a_long_band_is_bounded_and_keeps_its_extremes():
    recorder = BandRecorder(3, capacity=128)
    for update in range(1, 5001):
        recorder.add_update(update, update / 100, [1.0, 2.0, 3.0 if update != 777 else 1000.0])
    band = recorder.record()
    assert len(band.update) <= 128
    assert band.loss[2].max() == pytest.approx(np.quantile([1, 2, 1000], 0.9))
    assert (band.loss[1] == 2.0).all()
    assert (np.diff(band.update) > 0).all()


def test_a_band_over_many_epochs_grows_and_leaves_what_was_read_before_alone():
    recorder = BandRecorder(2)
    before = None
    for epoch in range(600):
        if epoch == 200:
            before = recorder.record()
        row = EpochRow(epoch, 3 * epoch, 0, float(epoch), None, None, None, None, None, None, 0.1)
        recorder.add_epoch([row, row._replace(train_loss=epoch + 2.0)])
    after = recorder.record()
    assert before.epoch.tolist() == list(range(200))
    assert after.epoch.tolist() == list(range(600))
    assert after.epoch_update.tolist() == [3 * epoch for epoch in range(600)]
    assert after.metrics.keys() == {"train_loss"}
    np.testing.assert_allclose(after.metrics["train_loss"][1], np.arange(600) + 1.0)
    np.testing.assert_allclose(after.metrics["train_loss"][2] - after.metrics["train_loss"][0], 0.8 * 2)


# --- folders --------------------------------------------------------------------------------------------------


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("several", [{"variants": VARIANTS}, {"replicas": 3}])
def test_the_folders_are_those_of_the_command_line(tmp_path, several):
    spec = experiment(**SMALL, **several)
    race = Race(spec, tmp_path / "race")
    assert not (tmp_path / "race").exists()
    run_out(race)
    race.close()
    members = lockstep.begin(spec, tmp_path / "line", "test")
    list(lockstep.train_together(spec, tmp_path / "line", members, lambda: False))
    for path in sorted((tmp_path / "line").rglob("*")):
        assert (tmp_path / "race" / path.relative_to(tmp_path / "line")).exists(), path
    for table in (tmp_path / "line").rglob("*.csv"):
        assert rows(table) == rows(tmp_path / "race" / table.relative_to(tmp_path / "line"))
    runs = json.loads((tmp_path / "race" / "summary.json").read_text())["runs"]
    assert [run["stop_reason"] for run in runs] == ["finished"] * 3


@pytest.mark.parametrize("several", [{"variants": VARIANTS}, {"replicas": 3}])
def test_a_killed_or_closed_race_is_resumed_to_the_same_tables(tmp_path, several, monkeypatch):
    monkeypatch.setattr(replica_stack, "CHECKPOINT_SECONDS", 0.0)
    spec = experiment(**SMALL, **several)
    race = Race(spec, tmp_path / "race")
    for _ in range(4):
        race.step_update()
    shutil.copytree(tmp_path / "race", tmp_path / "killed")
    race.step_phase()
    race.close()
    list(
        lockstep.train_together(
            spec, tmp_path / "line", lockstep.begin(spec, tmp_path / "line", ""), lambda: False
        )
    )
    for folder in ("race", "killed"):
        members = lockstep.resume(tmp_path / folder)
        assert len(members) == 3
        list(lockstep.train_together(spec, tmp_path / folder, members, lambda: False))
        for table in (tmp_path / "line").rglob("updates.csv"):
            expected = np.array([row[3] for row in rows(table)[1:]], dtype=float)
            resumed = rows(tmp_path / folder / table.relative_to(tmp_path / "line"))[1:]
            assert np.array([row[3] for row in resumed], dtype=float) == pytest.approx(expected, rel=1e-5)


def test_closing_before_anything_was_trained_leaves_nothing(tmp_path):
    race = Race(experiment(**SMALL, variants=VARIANTS), tmp_path / "race")
    race.close()
    assert not (tmp_path / "race").exists()
