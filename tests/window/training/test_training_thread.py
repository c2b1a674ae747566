"""The training thread: commands in, newest frame out, and it always ends."""

import gc
import threading
import time
import weakref

import pytest
import torch
from plain_pytorch import drain, experiment, weights

from gradlab.instruments.records import State
from gradlab.training.run import TrainingRun
from gradlab.window.training.speed import FASTEST, Speed
from gradlab.window.training.training_thread import TrainerThread

EVERYTHING = frozenset({"curves", "gradients", "timeline", "confusion", "data"})


@pytest.fixture
def thread():
    trainer = TrainerThread()
    trainer.start()
    trainer.watch(EVERYTHING)
    yield trainer
    trainer.shut_down()
    assert trainer.isFinished()


def frame_when(trainer, condition, seconds=60):
    """Take frames as the window does until one fits."""
    deadline = time.monotonic() + seconds
    seen = None
    while time.monotonic() < deadline:
        frame = trainer.take_frame()
        if frame is not None:
            seen = frame
            if condition(frame):
                return frame
        time.sleep(0.005)
    raise AssertionError(f"no such frame; the last was {seen and (seen.state, seen.progress, seen.notice)}")


def test_a_run_goes_from_ready_to_finished_with_the_same_numbers_as_without_a_window(thread):
    thread.load(experiment())
    ready = frame_when(thread, lambda frame: frame.state is State.READY)
    assert ready.progress.update == 0
    assert "cpu" in ready.devices
    thread.run_on()
    done = frame_when(thread, lambda frame: frame.state is State.FINISHED)
    alone = TrainingRun(experiment())
    drain(alone)
    assert torch.equal(weights(alone.model), weights(thread._race.shown.run.model))
    assert done.progress.epoch == 2
    assert done.run == ready.run


def test_steps_stop_by_themselves(thread):
    thread.load(experiment(gradients={"accumulate": 4}))
    thread.step_batch()
    first = frame_when(thread, lambda frame: frame.state is State.PAUSED)
    assert (first.progress.update, first.progress.micro_batches) == (1, 4)
    thread.step_epoch()
    epoch = frame_when(thread, lambda frame: frame.state is State.PAUSED and frame.progress.update > 1)
    assert epoch.progress.epoch == 1


def test_step_phase_rests_after_every_phase_and_the_run_stays_the_same(thread):
    thread.load(experiment(gradients={"accumulate": 2}))
    for phase in ("zeroed", "forward", "backward", "forward", "backward"):
        thread.step_phase()
        rest = frame_when(thread, lambda frame, phase=phase: frame.progress.phase == phase)
        assert rest.state is State.PAUSED
        assert rest.gradients.phase == phase
        assert rest.progress.update == 0
    thread.step_batch()
    updated = frame_when(thread, lambda frame: frame.progress.update == 1)
    assert updated.progress.micro_batches == 2
    thread.step_phase()
    thread.run_on()
    frame_when(thread, lambda frame: frame.state is State.FINISHED)
    alone = TrainingRun(experiment(gradients={"accumulate": 2}))
    drain(alone)
    assert torch.equal(weights(alone.model), weights(thread._race.shown.run.model))


def test_a_change_within_the_first_update_waits_instead_of_starting_anew(thread):
    thread.load(experiment())
    thread.step_phase()
    frame_when(thread, lambda frame: frame.progress.phase == "zeroed")
    thread.change(experiment(optimizer={"lr": 0.01}))
    thread.step_phase()
    forward = frame_when(thread, lambda frame: frame.progress.phase == "forward")
    assert (forward.run, forward.experiment.optimizer.lr) == (1, 0.1)
    thread.step_batch()
    updated = frame_when(thread, lambda frame: frame.progress.update == 1)
    assert updated.experiment.optimizer.lr == 0.01


def test_running_phase_by_phase_keeps_the_pace_and_pauses_within_an_update(thread):
    thread.load(experiment(gradients={"accumulate": 50}, training={"epochs": 1000}))
    thread.set_speed(Speed(20, by_phase=True))
    thread.run_on()
    frame_when(thread, lambda frame: frame.progress.micro_batches >= 2)
    time.sleep(0.5)
    thread.pause()
    paused = frame_when(thread, lambda frame: frame.state is State.PAUSED)
    assert paused.progress.update == 0
    assert 4 <= paused.progress.micro_batches <= 12
    assert paused.progress.by_phase


def test_pausing_stops_between_updates_and_running_goes_on(thread):
    thread.load(experiment(training={"epochs": 100_000}))
    thread.run_on()
    frame_when(thread, lambda frame: frame.progress.update > 20)
    thread.pause()
    paused = frame_when(thread, lambda frame: frame.state is State.PAUSED)
    time.sleep(0.1)
    assert thread._race.shown.run.counters.updates == paused.progress.update
    thread.run_on()
    frame_when(thread, lambda frame: frame.progress.update > paused.progress.update)


def test_leaving_while_training_at_full_speed_ends_the_thread(thread):
    thread.load(experiment(training={"epochs": 1_000_000}))
    thread.run_on()
    frame_when(thread, lambda frame: frame.state is State.RUNNING)
    thread.shut_down()
    assert thread.isFinished()


def test_a_limited_speed_keeps_to_it(thread):
    thread.load(experiment(training={"epochs": 1000}))
    thread.set_speed(Speed(5))
    thread.run_on()
    frame_when(thread, lambda frame: frame.progress.update >= 1)
    time.sleep(1.0)
    assert 2 <= thread._race.shown.run.counters.updates <= 8


def test_a_data_set_that_cannot_be_read_is_told_beside_its_field_and_the_thread_lives_on(thread):
    thread.load(experiment(data={"source": "csv", "path": "/none.csv"}))
    failed = frame_when(thread, lambda frame: frame.state is State.FAILED)
    assert failed.notice.key == "data.path"
    assert "none.csv" in failed.notice.text
    thread.run_on()  # nothing to run: ignored
    thread.load(experiment())
    good = frame_when(thread, lambda frame: frame.state is State.READY)
    assert good.notice is None


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("[enforce fail] can't allocate memory")],
)
def test_memory_that_runs_out_is_told_beside_the_batch_size(thread, monkeypatch, error):
    thread.load(experiment())
    frame_when(thread, lambda frame: frame.state is State.READY)

    def out_of_memory(self):
        raise error

    monkeypatch.setattr(TrainingRun, "forward", out_of_memory)
    thread.run_on()
    failed = frame_when(thread, lambda frame: frame.state is State.FAILED)
    assert failed.notice.key == "training.batch_size"
    assert "ran out with a batch size of 64" in failed.notice.text


def test_any_other_failure_is_told_and_reset_helps(thread, monkeypatch, caplog):
    thread.load(experiment())
    frame_when(thread, lambda frame: frame.state is State.READY)
    with monkeypatch.context() as patch:
        patch.setattr(TrainingRun, "step", lambda self: 1 / 0)
        thread.step_batch()
        failed = frame_when(thread, lambda frame: frame.state is State.FAILED)
    assert "division by zero" in failed.notice.text
    assert "training failed" in caplog.text
    thread.load(experiment())
    frame_when(thread, lambda frame: frame.state is State.READY)


def test_a_wrong_live_change_is_told_and_the_run_goes_on(thread):
    thread.load(experiment(training={"epochs": 100_000}))
    thread.run_on()
    frame_when(thread, lambda frame: frame.progress.update > 5)
    thread.change(experiment(training={"epochs": 100_000}, gradients={"accumulate": 5000, "tail": "drop"}))
    told = frame_when(thread, lambda frame: frame.notice is not None)
    assert told.notice.key == "gradients.accumulate"
    frame_when(thread, lambda frame: frame.progress.update > told.progress.update)


def test_a_change_before_training_makes_no_mark_and_one_while_training_does(thread):
    thread.load(experiment())
    thread.change(experiment(optimizer={"lr": 0.05}))
    thread.step_batch()
    first = frame_when(thread, lambda frame: frame.state is State.PAUSED)
    assert first.curves.marks == ()
    thread.change(experiment(optimizer={"lr": 0.01}))
    thread.step_batch()
    second = frame_when(thread, lambda frame: frame.progress.update == 2)
    assert [mark.text for mark in second.curves.marks] == ["Learning rate 0.05 → 0.01"]


def test_fifty_starts_and_resets_leave_one_run_and_one_thread_behind(thread):
    threads = threading.active_count()
    runs = []
    for number in range(1, 51):
        thread.load(experiment(training={"epochs": 1000}))
        thread.run_on()
        frame_when(thread, lambda frame, run=number: frame.run == run and frame.progress.update > 0)
        runs.append(weakref.ref(thread._race.shown.run))
    gc.collect()
    assert [run() is not None for run in runs] == 49 * [False] + [True]
    assert threading.active_count() == threads


def test_a_reset_in_the_middle_of_a_step_starts_anew(thread):
    thread.load(experiment(training={"epochs": 1000}))
    thread.step_epoch()
    thread.load(experiment())
    fresh = frame_when(thread, lambda frame: frame.run == 2 and frame.state is State.READY)
    assert fresh.progress.update == 0
    assert fresh.gradients is None


def test_the_slot_holds_the_newest_frame_only(thread):
    thread.load(experiment(training={"epochs": 100_000}))
    thread.run_on()
    frame_when(thread, lambda frame: frame.progress.update > 5)
    time.sleep(0.3)
    first, second = thread.take_frame(), None
    assert first is not None
    while second is None:
        second = thread.take_frame()
    assert second.serial == first.serial + 1
    assert second.progress.update > first.progress.update


def test_training_makes_room_while_the_window_draws_but_not_for_ever(thread):
    thread.load(experiment(training={"epochs": 100_000}))
    thread.run_on()
    frame_when(thread, lambda frame: frame.progress.update > 5)
    thread.make_room()
    time.sleep(0.05)  # the update that was under way is over
    held = thread._race.shown.run.counters.updates
    time.sleep(0.05)
    assert thread._race.shown.run.counters.updates <= held + 1
    time.sleep(0.5)  # a window that is stuck: training goes on, slowly
    assert thread._race.shown.run.counters.updates > held
    slow = thread._race.shown.run.counters.updates
    thread.go_on()
    frame_when(thread, lambda frame: frame.progress.update > slow + 50)


def test_stepping_an_epoch_stops_exactly_at_its_end_at_any_speed(thread):
    thread.load(experiment(training={"epochs": 5, "batch_size": 700}))
    for speed in (FASTEST, Speed(50), Speed(50, by_phase=True)):
        thread.set_speed(speed)
        thread.step_epoch()
        stopped = frame_when(thread, lambda frame: frame.state is State.PAUSED)
        assert stopped.progress.update == 2 * stopped.progress.epoch
    assert stopped.progress.epoch == 3


def test_all_variants_race_and_any_of_them_can_be_shown(thread):
    variants = [
        {"name": "half", "optimizer": {"lr": 0.05}},
        {"name": "never", "gradients": {"zero": "never"}},
    ]
    thread.load(experiment(variants=variants, replicas=2))
    ready = frame_when(thread, lambda frame: frame.state is State.READY)
    assert ready.notice is None
    assert [lane.name for lane in ready.lanes] == ["half", "never"]
    assert ready.experiment.optimizer.lr == 0.05
    thread.step_batch()
    thread.show_lane("never")
    thread.change(experiment(variants=variants, replicas=2, training__epochs=3))
    changed = frame_when(thread, lambda frame: frame.progress.epochs == 3)
    assert changed.notice is None
    assert changed.experiment.gradients.zero == "never"
    assert changed.run == ready.run + 1
    thread.load(experiment())
    frame_when(thread, lambda frame: frame.run == ready.run + 2 and len(frame.lanes) == 1)


def test_each_lane_is_looked_into_and_asked_by_its_name(thread):
    thread.load(experiment(variants=[{"name": "one"}, {"name": "other"}]))
    thread.watch(frozenset({"confusion"}), {"other": frozenset({"gradients"})})
    thread.step_batch()
    frame = frame_when(thread, lambda frame: frame.state is State.PAUSED)
    assert [lane.frame.gradients is not None for lane in frame.lanes] == [False, True]
    assert [lane.frame.confusion is not None for lane in frame.lanes] == [True, False]
    asked = []
    thread._race.entries[1].session.ask = lambda *wish: asked.append(wish)
    thread.ask("gradients", "something", "other")
    thread.step_batch()
    frame_when(thread, lambda frame: frame.progress.update == 2)
    assert asked == [("gradients", "something")]


def test_a_folder_that_cannot_be_written_is_told_and_stops_nobody():
    trainer = TrainerThread(lambda _: None)
    trainer.start()
    try:
        trainer.load(experiment())
        ready = frame_when(trainer, lambda frame: frame.state is State.READY)
        assert ready.notice.level == "warning"
        assert "cannot be kept" in ready.notice.text
        trainer.step_batch()
        frame_when(trainer, lambda frame: frame.progress.update == 1)
    finally:
        trainer.shut_down()
