"""What came out of a run, in a sentence."""

from math import isfinite
from typing import Literal

from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key
from gradlab.instruments.records import Curves, EpochRow, Frame, LaneFrame, Snapshot, State
from gradlab.language import sentences, shown_name, tr, trn
from gradlab.window.lab.readouts import loss_text, share_text
from gradlab.window.language.numbers import number

Ending = Literal["done", "early", "diverged"]
Measure = Literal["reward", "val_accuracy", "val_loss", "train_loss"]
TO_BE_HIGH = ("reward", "val_accuracy")


def can_train_on(snapshot: Snapshot) -> bool:
    """Return whether a race is over, and one of its runs would go on with more epochs."""
    if snapshot.state is not State.FINISHED:
        return False
    frames = [lane.frame for lane in _racing(snapshot)] or [snapshot.shown]
    return any(_ending(frame) == "done" for frame in frames)


def outcome(snapshot: Snapshot) -> str:
    """Return what came out of the run that is shown, which is over, and what to do where it went wrong."""
    frame, racing = snapshot.shown, _racing(snapshot)
    words = {"done": _done, "early": _stopped_early, "diverged": _diverged}[_ending(frame)](frame)
    name = next((shown_name(lane.name) for lane in racing if lane.frame.run == frame.run), "")
    return tr("{name}: {sentence}").format(name=name, sentence=words) if len(racing) > 1 and name else words


def failure(*, at_a_field: bool) -> str:
    """Return what to do after a failure, whose cause is told beside a setting or above the panels."""
    if at_a_field:
        words = tr("It does not work with these settings.")
        return sentences((words, tr("Change the one that is marked: then it begins anew.")))
    words = tr("The run was stopped by a problem.")
    return sentences((words, tr("Reset begins anew; with other settings it may go well.")))


def _racing(snapshot: Snapshot) -> list[LaneFrame]:
    return [lane for lane in snapshot.lanes if not lane.pinned]


def _ending(frame: Frame) -> Ending:
    curves = frame.get(Curves)
    for mark in curves.marks if curves else ():
        if mark.update == frame.progress.update and mark.kind in ("end", "diverged"):
            return "early" if mark.kind == "end" else "diverged"
    return "done"


def _done(frame: Frame) -> str:
    rows, count = _rows(frame), frame.progress.epoch
    done = trn("{count} epoch is done.", "{count} epochs are done.", count).format(count=number(count))
    if not rows:
        return done
    if _row_in_force(frame, rows) is not rows[-1]:
        return sentences((done, _restored(frame, rows)))
    words = trn("{result} after {count} epoch", "{result} after {count} epochs", count)
    words = words.format(result=_result(rows[-1]), count=number(count))
    best = _best(rows)
    if best is None or len(rows) == 1:
        return tr("{words}.").format(words=words)
    if getattr(best, _measure(best)) == getattr(rows[-1], _measure(best)):
        return tr("{words}; it was never better.").format(words=words)
    return tr("{words}; best at epoch {epoch}: {best}.").format(
        words=words, epoch=number(best.epoch), best=_value(best)
    )


def _stopped_early(frame: Frame) -> str:
    rows, patience = _rows(frame), frame.experiment.training.patience if frame.experiment else 0
    words = trn(
        "Stopped early, at epoch {epoch}: the validation loss had not fallen for {count} epoch.",
        "Stopped early, at epoch {epoch}: the validation loss had not fallen for {count} epochs.",
        patience,
    ).format(epoch=number(frame.progress.epoch), count=number(patience))
    more = tr("To go on, set “{setting}” to 0.").format(
        setting=tr(by_key(Experiment)["training.patience"].label)
    )
    return sentences((words, _restored(frame, rows) if rows else "", more))


def _diverged(frame: Frame) -> str:
    words = tr("The numbers grew beyond all bounds in epoch {epoch}.")
    advice = tr("Try a smaller learning rate, and reset.")
    return sentences((words.format(epoch=number(frame.progress.epoch + 1)), advice))


def _restored(frame: Frame, rows: list[EpochRow]) -> str:
    row = _row_in_force(frame, rows)
    result = tr("{words}.").format(words=_result(row))
    if row is rows[-1]:
        return result
    words = tr("The weights of epoch {epoch}, which was best, are in force again.")
    return sentences((words.format(epoch=number(row.epoch)), result))


def _rows(frame: Frame) -> list[EpochRow]:
    """Return the numbers of all epochs of training."""
    curves = frame.get(Curves)
    return [row for row in curves.epochs if row.epoch > 0] if curves else []


def _row_in_force(frame: Frame, rows: list[EpochRow]) -> EpochRow:
    """Return the epoch whose weights the network has: the last one, unless the best ones were restored."""
    return next((row for row in rows if row.epoch == frame.measured), rows[-1])


def _best(rows: list[EpochRow]) -> EpochRow | None:
    measure = _measure(rows[-1])
    known = [row for row in rows if isfinite(getattr(row, measure))]
    choose = max if measure in TO_BE_HIGH else min
    return choose(known, key=lambda row: float(getattr(row, measure)), default=None)


def _measure(row: EpochRow) -> Measure:
    """Return what people judge the run by."""
    if row.reward is not None:
        return "reward"
    if row.val_accuracy is not None:
        return "val_accuracy"
    return "train_loss" if row.val_loss is None else "val_loss"


def _result(row: EpochRow) -> str:
    """Return the number that people judge the run by, with its name."""
    words: dict[Measure, str] = {
        "reward": tr("Reward {number}"),
        "val_accuracy": tr("{number} right"),
        "val_loss": tr("Validation loss {number}"),
        "train_loss": tr("Training loss {number}"),
    }
    return words[_measure(row)].format(number=_value(row))


def _value(row: EpochRow) -> str:
    measure = _measure(row)
    value: float = getattr(row, measure)
    return share_text(value) if measure == "val_accuracy" else loss_text(value)
