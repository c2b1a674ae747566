import threading
import time

from plain_pytorch import experiment

from gradlab.instruments.records import State


def reached(trainer, condition, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        snapshot = trainer.take_snapshot()
        if snapshot is not None and condition(snapshot):
            return True
        time.sleep(0.005)
    return False


def test_what_was_asked_before_the_start_is_done_after_it(training):
    training.trainer.load(experiment())
    training.trainer.run_on()
    training.start()
    assert reached(training.trainer, lambda snapshot: snapshot.state is State.FINISHED)


def test_shutting_down_ends_a_run_at_full_speed_and_the_thread(training):
    threads = threading.active_count()
    training.start()
    training.trainer.load(experiment(training={"epochs": 1_000_000}))
    training.trainer.run_on()
    assert reached(training.trainer, lambda snapshot: snapshot.shown.progress.update > 20)
    training.shut_down()
    assert training.isFinished()
    assert threading.active_count() == threads
