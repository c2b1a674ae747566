"""The worker behind a window, in a plain thread: commands in, newest frame out, and it always ends."""

import gc
import threading
import time
import weakref

import pytest
import torch
from plain_pytorch import drain, experiment, weights
from watching import EVERYTHING

from gradlab.instruments.instrument_set import found
from gradlab.instruments.records import BufferState, ComputeLandscape, Confusion, Curves, Landscape, State
from gradlab.runs import watch_plan
from gradlab.runs.speed import FASTEST, SPEEDS, WATCH, Speed, speed_named
from gradlab.runs.worker import Worker
from gradlab.training.run import TrainingRun
from gradlab.training.scheduled_optimizer import ScheduledOptimizer
from gradlab.window.training.trainer import Trainer


class Training:
    """A worker in a thread, and the trainer at its other end."""

    def __init__(self, new_folder=None):
        self.trainer = trainer = Trainer()
        self.worker = Worker(trainer.mailbox, trainer.slot, trainer.turn, new_folder)
        self.thread = threading.Thread(target=self.worker.serve, name="trainer")
        self.thread.start()

    @property
    def race(self):
        return self.worker.driver.race

    @property
    def updates(self):
        return self.race.lanes.shown.run.counters.updates

    def shut_down(self):
        self.trainer.leave()
        self.thread.join(60)
        assert not self.thread.is_alive()


@pytest.fixture
def training():
    made = Training()
    made.trainer.watch(EVERYTHING)
    yield made
    made.shut_down()


@pytest.fixture
def trainer(training):
    return training.trainer


def snapshot_when(trainer, condition, seconds=60):
    """Take frames as the window does until one fits."""
    deadline = time.monotonic() + seconds
    seen = None
    while time.monotonic() < deadline:
        snapshot = trainer.take_snapshot()
        if snapshot is not None:
            seen = snapshot
            if condition(snapshot):
                return snapshot
        time.sleep(0.005)
    raise AssertionError(
        f"no such snapshot; the last was {seen and (seen.state, seen.shown.progress, seen.notice)}"
    )


def test_a_run_goes_from_ready_to_finished_with_the_same_numbers_as_without_a_window(trainer, training):
    trainer.load(experiment())
    ready = snapshot_when(trainer, lambda snapshot: snapshot.state is State.READY)
    assert ready.shown.progress.update == 0
    assert "cpu" in ready.devices
    trainer.run_on()
    done = snapshot_when(trainer, lambda snapshot: snapshot.state is State.FINISHED)
    alone = TrainingRun(experiment())
    drain(alone)
    assert torch.equal(weights(alone.model), weights(training.race.lanes.shown.run.model))
    assert done.shown.progress.epoch == 2
    assert done.shown.run == ready.shown.run


def test_steps_stop_by_themselves(trainer):
    trainer.load(experiment(gradients={"accumulate": 4}))
    trainer.step_batch()
    first = snapshot_when(trainer, lambda snapshot: snapshot.state is State.PAUSED)
    assert (first.shown.progress.update, first.shown.progress.micro_batches) == (1, 4)
    trainer.step_epoch()
    epoch = snapshot_when(
        trainer, lambda snapshot: snapshot.state is State.PAUSED and snapshot.shown.progress.update > 1
    )
    assert epoch.shown.progress.epoch == 1


def test_step_phase_rests_after_every_phase_and_the_run_stays_the_same(trainer, training):
    trainer.load(experiment(gradients={"accumulate": 2}))
    for phase in ("zeroed", "forward", "backward", "forward", "backward"):
        trainer.step_phase()
        rest = snapshot_when(trainer, lambda snapshot, phase=phase: snapshot.shown.progress.phase == phase)
        assert rest.state is State.PAUSED
        assert rest.shown.get(BufferState).phase == phase
        assert rest.shown.progress.update == 0
    trainer.step_batch()
    updated = snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update == 1)
    assert updated.shown.progress.micro_batches == 2
    trainer.step_phase()
    trainer.run_on()
    snapshot_when(trainer, lambda snapshot: snapshot.state is State.FINISHED)
    alone = TrainingRun(experiment(gradients={"accumulate": 2}))
    drain(alone)
    assert torch.equal(weights(alone.model), weights(training.race.lanes.shown.run.model))


def test_a_change_within_the_first_update_waits_instead_of_starting_anew(trainer):
    trainer.load(experiment())
    trainer.step_phase()
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.phase == "zeroed")
    trainer.change(experiment(optimizer={"lr": 0.01}))
    trainer.step_phase()
    forward = snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.phase == "forward")
    assert (forward.shown.run, forward.shown.experiment.optimizer.lr) == (1, 0.1)
    trainer.step_batch()
    updated = snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update == 1)
    assert updated.shown.experiment.optimizer.lr == 0.01


def test_running_phase_by_phase_keeps_the_pace_and_pauses_within_an_update(trainer):
    trainer.load(experiment(gradients={"accumulate": 50}, training={"epochs": 1000}))
    trainer.set_speed(Speed(20, by_phase=True))
    trainer.run_on()
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.micro_batches >= 2)
    time.sleep(0.5)
    trainer.pause()
    paused = snapshot_when(trainer, lambda snapshot: snapshot.state is State.PAUSED)
    assert paused.shown.progress.update == 0
    assert 4 <= paused.shown.progress.micro_batches <= 12
    assert paused.shown.progress.by_phase


def test_pausing_stops_between_updates_and_running_goes_on(trainer, training):
    trainer.load(experiment(training={"epochs": 100_000}))
    trainer.run_on()
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update > 20)
    trainer.pause()
    paused = snapshot_when(trainer, lambda snapshot: snapshot.state is State.PAUSED)
    time.sleep(0.1)
    assert training.updates == paused.shown.progress.update
    trainer.run_on()
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update > paused.shown.progress.update)


def test_leaving_while_training_at_full_speed_ends_the_thread(trainer, training):
    trainer.load(experiment(training={"epochs": 1_000_000}))
    trainer.run_on()
    snapshot_when(trainer, lambda snapshot: snapshot.state is State.RUNNING)
    training.shut_down()


def test_a_limited_speed_keeps_to_it(trainer, training):
    trainer.load(experiment(training={"epochs": 1000}))
    trainer.set_speed(Speed(5))
    trainer.run_on()
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update >= 1)
    time.sleep(1.0)
    assert 2 <= training.updates <= 8


def test_a_run_to_watch_takes_its_time_and_says_how_much_is_left(trainer, training, monkeypatch):
    monkeypatch.setattr(watch_plan, "RUN_SECONDS", 3.0)
    trainer.set_speed(WATCH)
    trainer.load(experiment(training={"epochs": 30}))
    trainer.run_on()
    begun = snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update >= 1)
    start = time.monotonic()
    assert begun.shown.progress.seconds_left == pytest.approx(3, abs=0.5)
    half = snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.epoch_position >= 15)
    assert time.monotonic() - start == pytest.approx(1.5, abs=0.7)
    assert half.shown.progress.seconds_left == pytest.approx(1.5, abs=0.7)
    done = snapshot_when(trainer, lambda snapshot: snapshot.state is State.FINISHED)
    assert time.monotonic() - start == pytest.approx(3, abs=1.2)
    assert done.shown.progress.seconds_left is None


def test_nothing_is_made_up_for_after_a_pause(trainer, training, monkeypatch):
    monkeypatch.setattr(watch_plan, "RUN_SECONDS", 20.0)
    trainer.set_speed(WATCH)
    trainer.load(experiment(training={"epochs": 40}))  # 44 updates per second
    trainer.run_on()
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update >= 10)
    trainer.pause()
    paused = snapshot_when(trainer, lambda snapshot: snapshot.state is State.PAUSED)
    time.sleep(1.0)
    trainer.run_on()
    snapshot_when(
        trainer, lambda snapshot: snapshot.shown.progress.update > paused.shown.progress.update, seconds=5
    )
    time.sleep(0.25)
    assert training.updates - paused.shown.progress.update < 30


def test_a_step_to_the_end_of_an_epoch_tells_no_time_left(trainer):
    trainer.set_speed(WATCH)
    trainer.load(experiment())
    trainer.step_epoch()
    running = snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update > 0)
    assert running.shown.progress.seconds_left is None


def test_every_speed_is_found_again_by_its_name():
    assert [speed_named(speed.name) for speed in SPEEDS] == list(SPEEDS)
    assert speed_named("ludicrous") is None
    assert len({speed.words for speed in SPEEDS}) == len(SPEEDS)


def test_a_data_set_that_cannot_be_read_is_told_beside_its_field_and_the_thread_lives_on(trainer):
    trainer.load(experiment(data={"source": "csv", "path": "/none.csv"}))
    failed = snapshot_when(trainer, lambda snapshot: snapshot.state is State.FAILED)
    assert failed.notice.key == "data.path"
    assert "none.csv" in failed.notice.text
    trainer.run_on()  # nothing to run: ignored
    trainer.load(experiment())
    good = snapshot_when(trainer, lambda snapshot: snapshot.state is State.READY)
    assert good.notice is None


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("[enforce fail] can't allocate memory")],
)
def test_memory_that_runs_out_is_told_beside_the_batch_size(trainer, training, monkeypatch, error):
    trainer.load(experiment())
    snapshot_when(trainer, lambda snapshot: snapshot.state is State.READY)

    def out_of_memory(self):
        raise error

    monkeypatch.setattr(TrainingRun, "forward", out_of_memory)
    trainer.run_on()
    failed = snapshot_when(trainer, lambda snapshot: snapshot.state is State.FAILED)
    assert failed.notice.key == "training.batch_size"
    assert "ran out with a batch size of 64" in failed.notice.text


def test_any_other_failure_is_told_and_reset_helps(trainer, monkeypatch, caplog):
    trainer.load(experiment())
    snapshot_when(trainer, lambda snapshot: snapshot.state is State.READY)
    with monkeypatch.context() as patch:
        patch.setattr(ScheduledOptimizer, "step", lambda self: 1 / 0)
        trainer.step_batch()
        failed = snapshot_when(trainer, lambda snapshot: snapshot.state is State.FAILED)
    assert "division by zero" in failed.notice.text
    assert "training failed" in caplog.text
    trainer.load(experiment())
    snapshot_when(trainer, lambda snapshot: snapshot.state is State.READY)


def test_a_wrong_live_change_is_told_and_the_run_goes_on(trainer):
    trainer.load(experiment(training={"epochs": 100_000}))
    trainer.run_on()
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update > 5)
    trainer.change(experiment(training={"epochs": 100_000}, gradients={"accumulate": 5000, "tail": "drop"}))
    told = snapshot_when(trainer, lambda snapshot: snapshot.notice is not None)
    assert told.notice.key == "gradients.accumulate"
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update > told.shown.progress.update)


def test_a_change_before_training_makes_no_mark_and_one_while_training_does(trainer):
    trainer.load(experiment())
    trainer.change(experiment(optimizer={"lr": 0.05}))
    trainer.step_batch()
    first = snapshot_when(trainer, lambda snapshot: snapshot.state is State.PAUSED)
    assert first.shown.get(Curves).marks == ()
    trainer.change(experiment(optimizer={"lr": 0.01}))
    trainer.step_batch()
    second = snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update == 2)
    assert [mark.text for mark in second.shown.get(Curves).marks] == ["Learning rate 0.05 → 0.01"]


def test_fifty_starts_and_resets_leave_one_run_and_one_thread_behind(trainer, training):
    threads = threading.active_count()
    runs = []
    for number in range(1, 51):
        trainer.load(experiment(training={"epochs": 1000}))
        trainer.run_on()
        snapshot_when(
            trainer,
            lambda snapshot, run=number: snapshot.shown.run == run and snapshot.shown.progress.update > 0,
        )
        runs.append(weakref.ref(training.race.lanes.shown.run))
    gc.collect()
    assert [run() is not None for run in runs] == 49 * [False] + [True]
    assert threading.active_count() == threads


def test_a_reset_in_the_middle_of_a_step_starts_anew(trainer):
    trainer.load(experiment(training={"epochs": 1000}))
    trainer.step_epoch()
    trainer.load(experiment())
    fresh = snapshot_when(trainer, lambda snapshot: snapshot.shown.run == 2 and snapshot.state is State.READY)
    assert fresh.shown.progress.update == 0
    assert fresh.shown.get(BufferState) is None


def test_the_slot_holds_the_newest_frame_only(trainer):
    trainer.load(experiment(training={"epochs": 100_000}))
    trainer.run_on()
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update > 5)
    time.sleep(0.3)
    first, second = trainer.take_snapshot(), None
    assert first is not None
    while second is None:
        second = trainer.take_snapshot()
    assert second.serial == first.serial + 1
    assert second.shown.progress.update > first.shown.progress.update


def test_training_makes_room_while_the_window_draws_but_not_for_ever(trainer, training):
    trainer.load(experiment(training={"epochs": 100_000}))
    trainer.run_on()
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update > 5)
    trainer.make_room()
    time.sleep(0.05)  # the update that was under way is over
    held = training.updates
    time.sleep(0.05)
    assert training.updates <= held + 1
    time.sleep(0.5)  # a window that is stuck: training goes on, slowly
    assert training.updates > held
    slow = training.updates
    trainer.go_on()
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update > slow + 50)


def test_stepping_an_epoch_stops_exactly_at_its_end_at_any_speed(trainer):
    trainer.load(experiment(training={"epochs": 5, "batch_size": 700}))
    for speed in (FASTEST, Speed(50), Speed(50, by_phase=True)):
        trainer.set_speed(speed)
        trainer.step_epoch()
        stopped = snapshot_when(trainer, lambda snapshot: snapshot.state is State.PAUSED)
        assert stopped.shown.progress.update == 2 * stopped.shown.progress.epoch
    assert stopped.shown.progress.epoch == 3


def test_all_variants_race_and_any_of_them_can_be_shown(trainer):
    variants = [
        {"name": "half", "optimizer": {"lr": 0.05}},
        {"name": "never", "gradients": {"zero": "never"}},
    ]
    trainer.load(experiment(variants=variants, replicas=2))
    ready = snapshot_when(trainer, lambda snapshot: snapshot.state is State.READY)
    assert ready.notice is None
    assert [lane.name for lane in ready.lanes] == ["half", "never"]
    assert ready.shown.experiment.optimizer.lr == 0.05
    trainer.step_batch()
    trainer.show_lane("never")
    trainer.change(experiment(variants=variants, replicas=2, training__epochs=3))
    changed = snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.epochs == 3)
    assert changed.notice is None
    assert changed.shown.experiment.gradients.zero == "never"
    assert changed.shown.run == ready.shown.run + 1
    trainer.load(experiment())
    snapshot_when(
        trainer, lambda snapshot: snapshot.shown.run == ready.shown.run + 2 and len(snapshot.lanes) == 1
    )


def test_each_lane_is_looked_into_and_asked_by_its_name(trainer, training):
    trainer.load(experiment(variants=[{"name": "one"}, {"name": "other"}]))
    trainer.watch(frozenset({Confusion}), {"other": frozenset({BufferState})})
    trainer.step_batch()
    snapshot = snapshot_when(trainer, lambda snapshot: snapshot.state is State.PAUSED)
    assert [lane.frame.get(BufferState) is not None for lane in snapshot.lanes] == [False, True]
    assert [lane.frame.get(Confusion) is not None for lane in snapshot.lanes] == [True, False]
    asked = []
    training.race.lanes[1].observed.instruments.ask = lambda *wish: asked.append(wish)
    trainer.ask(BufferState, "something", "other")
    trainer.step_batch()
    snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update == 2)
    assert asked == [(BufferState, "something")]


def test_a_folder_that_cannot_be_written_is_told_and_stops_nobody():
    training = Training(lambda _: None)
    trainer = training.trainer
    try:
        trainer.load(experiment())
        ready = snapshot_when(trainer, lambda snapshot: snapshot.state is State.READY)
        assert ready.notice.level == "warning"
        assert "cannot be kept" in ready.notice.text
        trainer.step_batch()
        snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update == 1)
    finally:
        training.shut_down()


def test_what_instruments_cost_is_measured_on_demand(trainer):
    titles = {instrument.title for instrument in found()}
    assert len(titles) == len(found())
    trainer.load(experiment(training={"epochs": 100_000}))
    trainer.run_on()
    assert snapshot_when(trainer, lambda snapshot: snapshot.shown.progress.update > 5).shares == {}
    trainer.measure(True)
    shares = snapshot_when(trainer, lambda snapshot: snapshot.shares).shares
    assert {"Curves", "Gradients"} <= shares.keys() <= titles
    assert 0 < sum(shares.values()) < 1
    trainer.measure(False)
    snapshot_when(trainer, lambda snapshot: not snapshot.shares)


def test_a_run_that_is_loaded_while_instruments_are_measured_is_measured_too(trainer):
    trainer.measure(True)
    trainer.load(experiment(training={"epochs": 100_000}))
    trainer.run_on()
    assert snapshot_when(trainer, lambda snapshot: snapshot.shares)


def test_a_landscape_is_computed_while_nothing_is_trained_and_in_turns_with_the_training(trainer):
    trainer.load(experiment(training={"epochs": 100_000}))
    trainer.watch(frozenset({Landscape}))
    trainer.step_batch()
    snapshot_when(trainer, lambda snapshot: snapshot.state is State.PAUSED)
    trainer.ask(Landscape, ComputeLandscape(side=5))
    whole = snapshot_when(trainer, lambda snapshot: is_computed(snapshot, 5))
    assert whole.shown.progress.update == 1
    trainer.ask(Landscape, ComputeLandscape(side=9))
    trainer.run_on()
    whole = snapshot_when(trainer, lambda snapshot: is_computed(snapshot, 9))
    assert whole.state is State.RUNNING


def is_computed(snapshot, side):
    landscape = snapshot.shown.get(Landscape)
    return landscape is not None and len(landscape.surface.x) == side and not landscape.computing
