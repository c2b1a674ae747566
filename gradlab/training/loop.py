"""The training loop, as a textbook has it, stopping after every phase.

Who iterates decides the pace: taking one event steps one phase, draining the generator runs to the end, and
closing it stops. The window, the command line and the tests all iterate over this one loop.
"""

from collections.abc import Iterator
from math import isfinite

from gradlab.training.blow_up import NumbersBlewUpError
from gradlab.training.events import (
    Backward,
    Changed,
    Clipped,
    EpochStarted,
    Event,
    Finished,
    Forward,
    StopReason,
    TailLeft,
    Updated,
    Zeroed,
)
from gradlab.training.run import TrainingRun
from gradlab.training.zeroing.base import ZEROING, Moment


def train(run: TrainingRun) -> Iterator[Event]:
    """Train until the epochs are done, patience runs out or the numbers blow up.

    Yields an event after every phase. Called again on a finished run whose ``epochs`` were raised, it goes on.
    """
    if run.is_untouched:
        yield run.measure_untouched()
    reason: StopReason = "finished"
    cause = ""
    try:
        yield from _changes(run)
        while not run.is_over:
            yield from _epoch(run)
            yield run.end_epoch()
            yield from _changes(run)
        if run.patience_is_over:
            reason = "early_stopping"
    except NumbersBlewUpError as error:
        reason, cause = "diverged", str(error)
    yield finish(run, reason, cause)


def finish(run: TrainingRun, reason: StopReason, cause: str = "") -> Finished:
    """End a run, also one whose generator was closed early: the best weights come back if wanted."""
    restored = run.restore_best()
    return Finished(reason, cause, run.stopping.best_epoch, restored)


def _changes(run: TrainingRun) -> Iterator[Event]:
    """Between two updates, take over the settings that were changed meanwhile."""
    if run.window is None:
        changes = run.apply_changes()
        if changes:
            yield Changed(run.counters.updates, changes)


def _epoch(run: TrainingRun) -> Iterator[Event]:
    if run.epoch is None:  # otherwise a resumed run is in the middle of one
        yield from _start_epoch(run)
    assert run.epoch is not None
    while True:
        if run.window_is_full:
            yield from _update(run)
        elif run.epoch.is_over:
            break
        elif run.window is None:
            yield from _changes(run)
            yield from _open_window(run)
        else:
            yield from _micro_batch(run)
    if run.window is not None:
        yield TailLeft("carry", run.window.batches)


def _start_epoch(run: TrainingRun) -> Iterator[Event]:
    run.start_epoch()
    yield EpochStarted(run.counters.epochs + 1)
    yield from _zero_at("epoch", run)


def _open_window(run: TrainingRun) -> Iterator[Event]:
    if run.open_window() is None:
        yield TailLeft("drop", run.leave_out_the_rest())
    else:
        yield from _zero_at("window", run)


def _micro_batch(run: TrainingRun) -> Iterator[Event]:
    """Work through a micro-batch, or through its next chunk where sequences are cut into chunks."""
    if not run.is_between_chunks:
        yield from _zero_at("batch", run)
    elif run.experiment.gradients.zero_chunks:
        yield run.zero()
    rows, value = run.forward()
    yield Forward(rows, value, *run.chunk)
    weight = run.backward(rows)
    yield Backward(*run.batch, weight, *run.chunk)


def _update(run: TrainingRun) -> Iterator[Event]:
    yield from _zero_at("step", run)
    norm = clipped = run.gradient_norm()
    if not isfinite(norm):  # the loss scale is too large for float16, and the next window has a smaller one
        yield run.skip_update()
        return
    limit = run.experiment.optimizer.clip_norm
    if limit:
        clipped = run.buffer.clip(norm, limit)
        yield Clipped(norm, clipped)
    ratio = run.step()
    loss = run.close_window()
    yield Updated(
        update=run.counters.updates,
        epoch=run.counters.epochs + 1,
        samples=run.counters.samples,
        loss=loss,
        lr=run.lr,
        grad_norm=norm,
        clipped_norm=clipped,
        update_ratio=ratio,
    )


def _zero_at(moment: Moment, run: TrainingRun) -> tuple[Zeroed, ...]:
    """Empty the gradient buffer if that is due now; return the event, or nothing."""
    is_due = ZEROING[run.experiment.gradients.zero].is_due(moment, run.counters)
    return (run.zero(),) if is_due else ()
