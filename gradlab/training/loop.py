"""The training loop, as a textbook has it, stopping after every phase.

The caller sets the pace: taking one event steps one phase, draining the generator runs to the end, and closing it
stops. The window, the command line and the tests all iterate over this one loop.
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
    Infinite,
    StopReason,
    TailLeft,
    Updated,
    Zeroed,
)
from gradlab.training.stack import Trainable
from gradlab.training.zeroing.base import ZEROING, Moment


def train(run: Trainable) -> Iterator[Event]:
    """Train until the epochs are done, patience runs out or the numbers blow up.

    Yields an event after every phase. Called again, it continues a finished run whose ``epochs`` were raised.
    """
    if run.position.is_untouched:
        yield run.measure_untouched()
    reason: StopReason = "finished"
    cause = ""
    infinite: Infinite | None = None
    try:
        yield from _changes(run)
        while not is_over(run):
            yield from _epoch(run)
            yield run.end_epoch()
            yield from _changes(run)
        if run.best.patience_is_over:
            reason = "early_stopping"
    except NumbersBlewUpError as error:
        reason, cause, infinite = "diverged", str(error), error.what
    yield finish(run, reason, cause, infinite)


def finish(run: Trainable, reason: StopReason, cause: str = "", infinite: Infinite | None = None) -> Finished:
    """End a run, even if its generator was closed early; restore the best weights if the settings ask for it."""
    restored = run.best.restore()
    return Finished(reason, cause, run.best.epoch, restored, infinite)


def is_over(run: Trainable) -> bool:
    """Return whether the run has no epoch left to begin or to finish.

    More epochs are wanted at once: a window that is carried over could not be filled without them.
    """
    all_done = run.position.counters.epochs >= run.settings.wanted.training.epochs
    return run.position.epoch is None and (all_done or run.best.patience_is_over)


def _changes(run: Trainable) -> Iterator[Event]:
    """Put changed settings in force, if this is between two updates."""
    if run.position.window is None:
        changes = run.apply_changes()
        if changes:
            yield Changed(run.position.counters.updates, changes)


def _epoch(run: Trainable) -> Iterator[Event]:
    if run.position.epoch is None:  # otherwise a resumed run is in the middle of one
        yield from _start_epoch(run)
    assert run.position.epoch is not None
    while True:
        if run.position.window_is_full:
            yield from _update(run)
        elif run.position.epoch.is_over:
            break
        elif run.position.window is None:
            yield from _changes(run)
            yield from _open_window(run)
        else:
            yield from _micro_batch(run)
    if run.position.window is not None:
        yield TailLeft("carry", run.position.window.batches)


def _start_epoch(run: Trainable) -> Iterator[Event]:
    run.start_epoch()
    yield EpochStarted(run.position.counters.epochs + 1)
    yield from _zero_at("epoch", run)


def _open_window(run: Trainable) -> Iterator[Event]:
    if run.position.open_window() is None:
        yield TailLeft("drop", run.position.leave_out_the_rest())
    else:
        yield from _zero_at("window", run)


def _micro_batch(run: Trainable) -> Iterator[Event]:
    """Run a micro-batch, or its next chunk where sequences are cut into chunks."""
    if not run.position.is_between_chunks:
        yield from _zero_at("batch", run)
    elif run.experiment.gradients.zero_chunks:
        yield _zero(run)
    rows, value = run.forward()
    yield Forward(rows, value, *run.position.chunk)
    weight = run.backward(rows)
    yield Backward(*run.position.batch, weight, *run.position.chunk)


def _update(run: Trainable) -> Iterator[Event]:
    yield from _zero_at("step", run)
    norm = clipped = run.gradient_norm()
    if not isfinite(norm):  # the loss scale is too large for float16, and the next window has a smaller one
        yield run.optimizer.skip()
        return
    limit = run.experiment.optimizer.clip_norm
    if limit:
        clipped = run.buffer.clip(norm, limit)
        yield Clipped(norm, clipped)
    ratio = run.optimizer.step()
    loss = run.position.close_window()
    yield Updated(
        update=run.position.counters.updates,
        epoch=run.position.counters.epochs + 1,
        samples=run.position.counters.samples,
        loss=loss,
        lr=run.optimizer.lr,
        grad_norm=norm,
        clipped_norm=clipped,
        update_ratio=ratio,
    )


def _zero_at(moment: Moment, run: Trainable) -> tuple[Zeroed, ...]:
    """Empty the gradient buffer if that is due now; return the event, or nothing."""
    is_due = ZEROING[run.experiment.gradients.zero].is_due(moment, run.position.counters)
    return (_zero(run),) if is_due else ()


def _zero(run: Trainable) -> Zeroed:
    to = run.experiment.gradients.zero_to
    run.buffer.zero(to)
    return Zeroed(to)
