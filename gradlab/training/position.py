from typing_extensions import override

from gradlab.training.batches import Window, plan_window, updates_ahead
from gradlab.training.chunks import Chunks
from gradlab.training.epoch import Counters, Epoch
from gradlab.training.live_settings import LiveSettings
from gradlab.training.rows import TrainingRows
from gradlab.training.state import State, Stateful


class Position(Stateful):
    """The position of a run in its epochs, accumulation windows, micro-batches and chunks.

    Attributes:
        counters: what was done so far.
        epoch, window: the epoch and the accumulation window under way, None between two of them.
        chunks: the position in the current micro-batch; None for models that take a row at once.
    """

    def __init__(self, settings: LiveSettings, rows: TrainingRows, chunks: Chunks | None = None) -> None:
        self.counters = Counters()
        self.epoch: Epoch | None = None
        self.window: Window | None = None
        self.chunks = chunks
        self._settings = settings
        self._rows = rows

    # --- questions -------------------------------------------------------------------------------------------

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was trained on yet."""
        return self.counters.micro_batches == 0

    @property
    def in_epochs(self) -> float:
        """How many epochs are done, including the part of the current one."""
        if self.epoch is None:
            return float(self.counters.epochs)
        return self.counters.epochs + min(self.epoch.position / self.epoch.rows, 1)

    @property
    def updates_before(self) -> int:
        """How many updates were made before the one that the latest micro-batch belongs to."""
        return self.counters.updates - (self.window is None)

    @property
    def window_is_full(self) -> bool:
        """Whether it is time for the update."""
        return self.window is not None and self.window.is_full

    @property
    def leaves_out_the_rest(self) -> bool:
        """Whether the rest of the epoch, if there is any, fills no window and will not be trained on."""
        if self.epoch is None or self.window is not None:
            return False
        spec = self._settings.wanted
        size = spec.training.batch_size
        return plan_window(self.epoch.position, self.epoch.rows, size, spec.gradients) is None

    @property
    def batch(self) -> tuple[int, int]:
        """The latest micro-batch's number in its window, from 1, and how many the window is to have."""
        assert self.window is not None
        return self.window.batches + self.is_between_chunks, self.window.planned_batches

    @property
    def is_between_chunks(self) -> bool:
        """Whether some of the current micro-batch's chunks are still to come."""
        return self.chunks is not None and self.chunks.is_between

    @property
    def chunk(self) -> tuple[int, int]:
        """The latest chunk's number in its micro-batch, from 1, and how many chunks that has."""
        return (1, 1) if self.chunks is None else (self.chunks.number, self.chunks.count)

    @property
    def share(self) -> float:
        """The latest forward pass's share of the losses of its micro-batch."""
        return 1.0 if self.chunks is None else self.chunks.share

    @property
    def in_words(self) -> str:
        """The position of the current micro-batch, for a message."""
        assert self.window is not None
        planned = self.window.planned_batches
        return (
            f"update {self.counters.updates + 1}, batch {min(self.window.batches + 1, planned)} of {planned}, "
            f"epoch {self.counters.epochs + 1}"
        )

    def updates_ahead(self, rows: int) -> int:
        """Return how many updates are to come with ``rows`` rows per epoch, if the settings in force stay."""
        spec, epoch, window = self._settings.in_force, self.epoch, self.window
        size = spec.training.batch_size
        begun = self.counters.epochs + (epoch is not None)
        return updates_ahead(
            spec.gradients,
            per_epoch=-(-rows // size),
            epochs=max(spec.training.epochs - begun, 0),
            here=0 if epoch is None else -(-(epoch.rows - epoch.position) // size),
            missing=None if window is None else window.planned_batches - window.batches,
        )

    def rows_after_window(self, rows: int) -> int:
        """Return how many of an epoch's ``rows`` rows are left once the window under way is full."""
        place = 0 if self.epoch is None else self.epoch.position
        if self.window is not None:
            place += self.window.planned_rows - self.window.rows
        return rows - place % rows

    def weight(self, rows: int) -> float:
        """Return the factor for the latest mean loss, of ``rows`` rows, before the backward pass."""
        assert self.window is not None
        return self.window.weight(rows, self._settings.in_force.gradients) * self.share

    # --- progress --------------------------------------------------------------------------------------------

    def open_window(self) -> Window | None:
        """Plan the next accumulation window; return None if the rest of the epoch is left out."""
        assert self.epoch is not None
        spec = self._settings.in_force
        self.window = plan_window(
            self.epoch.position, self.epoch.rows, spec.training.batch_size, spec.gradients
        )
        return self.window

    def leave_out_the_rest(self) -> int:
        """Skip the epoch's remaining rows; return how many micro-batches they would have been."""
        assert self.epoch is not None
        left, self.epoch.position = self.epoch.rows - self.epoch.position, self.epoch.rows
        return -(-left // self._settings.in_force.training.batch_size)

    def count(self, rows: int, loss: float) -> None:
        """Count a micro-batch of ``rows`` rows with this mean loss, or one of its chunks."""
        assert self.epoch is not None
        assert self.window is not None
        part = rows * loss * self.share
        self.epoch.loss_sum += part
        self.window.loss_sum += part
        if self.is_between_chunks:
            return
        self.epoch.position += rows
        self.epoch.trained += rows
        self.window.batches += 1
        self.window.rows += rows
        self.counters.micro_batches += 1
        self.counters.samples += rows

    def close_window(self) -> float:
        """End the accumulation window; return the unscaled mean loss over its rows."""
        window, self.window = self.window, None
        assert window is not None
        return window.loss_sum / window.rows

    def close_epoch(self) -> Epoch:
        """End the epoch and return it."""
        epoch, self.epoch = self.epoch, None
        assert epoch is not None
        self.counters.epochs += 1
        return epoch

    # --- checkpoints -----------------------------------------------------------------------------------------

    def state(self) -> State:
        """Return the counters and what is under way."""
        parts = {"epoch": self.epoch, "window": self.window, "chunks": self.chunks}
        under_way = {name: None if part is None else part.state() for name, part in parts.items()}
        return {"counters": self.counters.state(), **under_way}

    @override
    def load(self, state: State) -> None:
        self.counters.load(state["counters"])
        self.window = None if state["window"] is None else Window(**state["window"])
        if state["epoch"] is not None:  # the training rows are loaded before
            self.epoch = self._rows.in_order(state["epoch"]["order"])
            self.epoch.load(state["epoch"])
        if self.chunks is not None:
            self.chunks.load(state["chunks"])
