"""What is said after a run: after real ones, and about made-up numbers."""

from dataclasses import replace

import numpy as np
import pytest
from plain_pytorch import experiment

from gradlab.diagnosis.trial import AS_IT_WAS
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Curves, EpochRow, Frame, LaneFrame, Mark, Progress, Snapshot, State
from gradlab.language import use
from gradlab.runs.observed_run import ObservedRun
from gradlab.window.lab.outcome import can_train_on, outcome

EMPTY = np.array([])


def row(epoch, **numbers):
    made = EpochRow(epoch, 10 * epoch, 100 * epoch, 0.5, None, None, None, None, None, None, lr=0.1)
    return made._replace(**numbers)


def ended(rows, *, marks=(), run=1, **changed):
    """Make up a run that ended after these epochs, with the numbers of the last one."""
    last = rows[-1]
    progress = Progress(epoch=last.epoch, epochs=last.epoch, update=last.update)
    numbers = {
        "val_loss": last.val_loss,
        "val_accuracy": last.val_accuracy,
        "measured": last.epoch,
        "experiment": Experiment(),
    }
    frame = Frame(run, State.FINISHED, progress, **{**numbers, **changed})
    return Snapshot(frame.holding(Curves(*[EMPTY] * 7, epochs=(row(0), *rows), marks=marks)))


def classified(*accuracies):
    """Make up epochs with these shares of right answers."""
    return [
        row(epoch, val_accuracy=share, val_loss=1 - share) for epoch, share in enumerate(accuracies, start=1)
    ]


def really_ended(**changes):
    """Train to the end; return what is shown then."""
    run = ObservedRun(experiment(**changes))
    run.instruments.watch(frozenset({Curves}))
    while run.ending is None:
        run.step_epoch()
    return Snapshot(run.frame(at_rest=True))


def test_it_says_how_much_is_right_and_when_it_was_best():
    snapshot = ended(classified(0.5, 0.98, 0.976))
    assert outcome(snapshot) == "97.6% right after 3 epochs; best at epoch 2: 98.0%."


def test_the_best_end_is_told_as_such():
    assert outcome(ended(classified(0.5, 0.9))) == "90.0% right after 2 epochs; it was never better."
    assert outcome(ended(classified(0.9, 0.9))) == "90.0% right after 2 epochs; it was never better."


def test_a_single_epoch_is_compared_with_nothing():
    assert outcome(ended(classified(0.5))) == "50.0% right after 1 epoch."


def test_where_numbers_are_predicted_the_loss_counts():
    rows = [row(1, val_loss=0.5), row(2, val_loss=0.25), row(3, val_loss=0.3)]
    told = "Validation loss 0.300 after 3 epochs; best at epoch 2: 0.250."
    assert outcome(ended(rows)) == told


def test_without_validation_rows_the_training_loss_counts():
    rows = [row(1, train_loss=0.5), row(2, train_loss=0.25)]
    assert outcome(ended(rows)) == "Training loss 0.250 after 2 epochs; it was never better."


def test_where_a_reward_is_earned_the_highest_counts():
    rows = [row(1, reward=-3.0, val_loss=0.1), row(2, reward=-1.0, val_loss=0.2), row(3, reward=-2.0)]
    assert outcome(ended(rows)) == "Reward −2.00 after 3 epochs; best at epoch 2: −1.00."


def test_a_loss_that_is_no_number_is_never_best():
    rows = [row(1, val_loss=float("nan")), row(2, val_loss=0.5), row(3, val_loss=0.75)]
    assert "best at epoch 2: 0.500" in outcome(ended(rows))


def test_of_racing_runs_the_shown_one_is_named():
    snapshot = ended(classified(0.9), run=2)
    other = replace(snapshot.shown, run=1)
    lanes = (LaneFrame("one", "lane.1", other), LaneFrame("never", "lane.2", snapshot.shown))
    assert outcome(replace(snapshot, lanes=lanes)) == "never: 90.0% right after 1 epoch."
    pinned = (replace(lanes[0], pinned=True), lanes[1])
    assert outcome(replace(snapshot, lanes=pinned)) == "90.0% right after 1 epoch."


def test_a_real_run_is_told_with_the_number_of_the_tile():
    snapshot = really_ended(training__epochs=3)
    assert snapshot.shown.val_accuracy is not None
    assert outcome(snapshot).startswith(f"{100 * snapshot.shown.val_accuracy:.1f}% right after 3 epochs")
    assert can_train_on(replace(snapshot, shown=replace(snapshot.shown, state=State.FINISHED)))
    assert not can_train_on(replace(snapshot, shown=replace(snapshot.shown, state=State.PAUSED)))


@pytest.mark.parametrize("restore_best", [True, False])
def test_early_stopping_is_told_with_its_reason_and_how_to_go_on(restore_best):
    snapshot = really_ended(
        training={
            "epochs": 50,
            "batch_size": 64,
            "patience": 2,
            "min_delta": 0.5,
            "restore_best": restore_best,
            "device": "cpu",
        }
    )
    epoch = snapshot.shown.progress.epoch
    assert epoch < 50
    told = outcome(snapshot)
    assert told.startswith(
        f"Stopped early, at epoch {epoch}: the validation loss had not fallen for 2 epochs. "
    )
    share = f"{100 * snapshot.shown.val_accuracy:.1f}% right"
    if restore_best:
        assert f"The weights of epoch {epoch - 2}, which was best, are in force again. {share}." in told
    else:
        assert f"for 2 epochs. {share}." in told
    assert told.endswith("To go on, set “Patience” to 0.")
    assert not can_train_on(snapshot)


def test_best_weights_that_came_back_are_told_after_a_whole_run_too():
    rows = classified(0.5, 0.9, 0.8)
    snapshot = ended(rows, val_loss=rows[1].val_loss, val_accuracy=0.9, measured=rows[1].epoch)
    told = "3 epochs are done. The weights of epoch 2, which was best, are in force again. 90.0% right."
    assert outcome(snapshot) == told


def test_the_epoch_whose_weights_came_back_is_told_where_a_later_one_has_the_same_loss():
    rows = classified(0.9, 0.5, 0.9)
    snapshot = ended(rows, val_loss=rows[0].val_loss, val_accuracy=0.9, measured=1)
    assert "The weights of epoch 1, which was best, are in force again." in outcome(snapshot)


def test_numbers_that_blew_up_are_told_with_what_may_help():
    snapshot = really_ended(
        data={"source": "diabetes"}, optimizer={"lr": 1000.0}, training={"epochs": 20, "device": "cpu"}
    )
    epoch = snapshot.shown.progress.epoch + 1
    told = f"The numbers grew beyond all bounds in epoch {epoch}. Try a smaller learning rate, and reset."
    assert outcome(snapshot) == told
    assert snapshot.shown.infinite == "loss"
    assert not can_train_on(snapshot)


def test_an_earlier_end_does_not_count_once_the_run_has_gone_on():
    snapshot = ended(classified(0.5, 0.9), marks=(Mark(10, "early stopping", "end"),))
    assert outcome(snapshot).startswith("90.0% right")
    assert can_train_on(snapshot)


def test_the_name_of_a_racing_run_is_translated_where_it_is_one_of_ours():
    snapshot = ended(classified(0.9), run=2)
    lanes = (
        LaneFrame("x", "lane.1", replace(snapshot.shown, run=1)),
        LaneFrame(AS_IT_WAS, "lane.2", snapshot.shown),
    )
    try:
        use("hi")
        assert outcome(replace(snapshot, lanes=lanes)).startswith("जैसा था")
    finally:
        use("en")


def test_a_race_goes_on_while_one_of_its_runs_can():
    good = ended(classified(0.9), run=1)
    bad = ended(classified(0.9), run=2, marks=(Mark(10, "diverged", "diverged"),))
    lanes = tuple(LaneFrame(str(each.shown.run), "lane.1", each.shown) for each in (good, bad))
    assert can_train_on(replace(bad, lanes=lanes))
    assert not can_train_on(replace(bad, lanes=lanes[1:]))
