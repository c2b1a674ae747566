from math import inf

RUN_SECONDS = 25.0  # a whole run, however long it is
EPOCH_SECONDS = 2.0  # a single epoch that was asked for takes no longer
LEAST_PER_SECOND = 8.0  # a run of a few updates does not drag


class WatchPlan:
    """The pace at which a whole run can be watched from its first picture to its last.

    It depends on how far the run is, not on the clock: whatever a pause, a step or a slow picture takes, nothing
    has to be made up for.
    """

    def __init__(self) -> None:
        self._total = 0
        self._per_second = inf
        self._per_epoch = 0.0

    def follow(self, done: int, total: int, epochs: int) -> None:
        """Note how many updates of all planned ones are ``done``.

        With more epochs than before, what is left gets as much time as a whole run, unless it goes on as fast as
        it did. With fewer, the run gets no faster than a run of that length.
        """
        if total == self._total:
            return
        self._total = total
        self._per_epoch = total / max(epochs, 1)
        usual = min(self._per_second, total / RUN_SECONDS)
        self._per_second = max((total - done) / RUN_SECONDS, usual, LEAST_PER_SECOND)

    def per_second(self, *, one_epoch: bool = False) -> float:
        """Return the updates per second; for ``one_epoch`` that people wait for, enough to end it soon."""
        return max(self._per_second, self._per_epoch / EPOCH_SECONDS if one_epoch else 0.0)
