"""Plans accumulation windows: how many rows each will hold, before its first batch."""

from dataclasses import dataclass

from gradlab.experiment.sections.gradients import Gradients
from gradlab.training.state import FieldsAreState


@dataclass
class Window(FieldsAreState):
    """An accumulation window: the micro-batches that one update uses.

    Attributes:
        planned_batches, planned_rows: how many it will hold; it may reach into the next epochs (``carry``).
        batches, rows: how many it holds so far; ``loss_sum``: the sum of the unscaled losses of those rows.
    """

    planned_batches: int
    planned_rows: int
    batches: int = 0
    rows: int = 0
    loss_sum: float = 0.0

    @property
    def is_full(self) -> bool:
        """Whether it is time for the update."""
        return self.batches == self.planned_batches

    def weight(self, rows: int, spec: Gradients) -> float:
        """Return the factor for the mean loss of a micro-batch of ``rows`` rows before the backward pass.

        ``samples``: its share of the window's rows, so that each row counts the same and the window's gradient
        equals that of one big batch, with unequal batches too. ``mean``: 1/N. ``sum``: 1.
        """
        if spec.scale == "samples":
            return rows / self.planned_rows
        return 1 / spec.accumulate if spec.scale == "mean" else 1.0


def plan_window(position: int, rows: int, batch_size: int, spec: Gradients) -> Window | None:
    """Plan the window that starts at row ``position`` of an epoch of ``rows`` rows.

    Returns None if the rest of the epoch does not fill a window and is left out.
    """
    left = rows - position
    batches_left = -(-left // batch_size)
    missing = spec.accumulate - batches_left
    if missing <= 0:
        return Window(spec.accumulate, min(left, spec.accumulate * batch_size))
    if spec.tail == "step":
        return Window(batches_left, left)
    if spec.tail == "drop":
        return None
    batches_per_epoch = -(-rows // batch_size)
    epochs, batches = divmod(missing, batches_per_epoch)
    return Window(spec.accumulate, left + epochs * rows + min(batches * batch_size, rows))


def updates_in_epoch(batches: int, spec: Gradients) -> int:
    """Return how many updates the last ``batches`` of an epoch make, where no window is carried over."""
    whole, rest = divmod(batches, spec.accumulate)
    return whole + (rest > 0 and spec.tail == "step")


def updates_ahead(
    spec: Gradients, per_epoch: int, epochs: int, here: int = 0, missing: int | None = None
) -> int:
    """Return how many updates are still to come.

    Args:
        spec: the settings that they are made with.
        per_epoch: micro-batches of a whole epoch.
        epochs: how many whole epochs are to come.
        here: micro-batches left of the epoch under way.
        missing: how many of them the window under way still takes; None if there is no window.
    """
    open_window = missing is not None
    taken = missing or 0
    if spec.tail == "carry":
        batches = here + epochs * per_epoch - taken
        return open_window + batches // spec.accumulate if batches >= 0 else 0
    return open_window + updates_in_epoch(here - taken, spec) + epochs * updates_in_epoch(per_epoch, spec)


def smallest_batch(rows: int, batch_size: int, spec: Gradients) -> int | None:
    """Return the rows of the smallest batch that the last ``rows`` rows of an epoch are trained on in.

    None if they are all left out. Only whole windows are left out, never a batch alone.
    """
    batches = -(-rows // batch_size)
    left_out = batches % spec.accumulate if spec.tail == "drop" else 0
    if left_out == batches:
        return None
    return batch_size if left_out else rows - (batches - 1) * batch_size
