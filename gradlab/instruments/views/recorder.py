from collections.abc import Callable
from dataclasses import replace

from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import DataView, DataWish, ViewKind
from gradlab.instruments.throttle import FREE_SECONDS, Throttle
from gradlab.instruments.views.lists import look_at_pictures, look_at_rows
from gradlab.instruments.views.mazes import look_at_maze
from gradlab.instruments.views.numbers import look_at_line, look_at_predicted, look_at_sequences
from gradlab.instruments.views.planes import look_at_plane, look_at_projection
from gradlab.language import mark
from gradlab.training.run import TrainingRun

VIEW_SHARE = 0.04  # the share of the time that making views may take

Look = Callable[[], DataView]
# Each prepares what never changes (the points, the grid) and returns a function for what the model changes.
LOOKS: dict[ViewKind, Callable[[TrainingRun, DataWish], Look]] = {
    "plane": look_at_plane,
    "projection": look_at_projection,
    "pictures": look_at_pictures,
    "rows": look_at_rows,
    "line": look_at_line,
    "predicted": look_at_predicted,
    "sequences": look_at_sequences,
    "maze": look_at_maze,
}


class DataRecorder(Instrument):
    """Makes the view of the data that a panel asks for, for a small share of the time."""

    part = DataView
    title = mark("Data and predictions")

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(run)
        self._wish = DataWish()
        self._throttle = Throttle(VIEW_SHARE, FREE_SECONDS)
        self._look: Look | None = None
        self._latest: DataView | None = None

    def ask(self, wish: DataWish) -> None:
        """Switch to another view."""
        self._wish = wish
        self._look = self._latest = None

    def record(self, *, at_rest: bool = False) -> DataView | None:
        """Return the view; None where there is nothing to predict."""
        if not self.run.split.dataset.has_targets:
            return None
        if self._look is None:
            self._look = data_view(self.run, self._wish)
        if at_rest or self._throttle.is_due or self._latest is None:
            with self._throttle:
                self._latest = self._look()
        return self._latest


def data_view(run: TrainingRun, wish: DataWish | None = None) -> Look:
    """Return a function that makes a view of the data with the model's current weights."""
    wish = wish or DataWish()
    choices = _choices(run)
    look = LOOKS[wish.kind if wish.kind in choices else choices[0]](run, wish)
    can_sort = len(run.split.validation_rows) > 0
    return lambda: replace(look(), wish=wish, choices=choices, can_sort=can_sort)


def _choices(run: TrainingRun) -> tuple[ViewKind, ...]:
    """Return the kinds of views that suit the data, the most telling first."""
    shape, inputs = run.split.input_shape, run.split.train_inputs
    if run.rows.player is not None:
        return ("maze", "rows")
    if not run.objective.classes:
        if len(shape) == 2:
            return ("sequences", "predicted")
        return ("line",) if shape == (1,) else ("predicted",)
    if shape == (2,):
        return ("plane", "rows")
    lists: tuple[ViewKind, ...] = ("pictures",) if len(shape) == 3 else ("rows",)
    if min(len(inputs), inputs[0].size) < 2:
        return lists
    return (*lists, "projection") if lists == ("pictures",) else ("projection", *lists)
