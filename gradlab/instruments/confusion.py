import numpy as np

from gradlab.instruments.instrument import Instrument
from gradlab.instruments.records import Answers, Confusion
from gradlab.language import mark
from gradlab.training.events import EpochEnded, Finished
from gradlab.training.run import TrainingRun

MEMORY = 64 * 2**20  # bytes that the answers may take
OVERHEAD = 500  # bytes around the arrays of one epoch
LEAST = 3  # epochs that always stay: the first, the best and the newest


class ConfusionRecorder(Instrument):
    """Keeps the model's answers for the validation rows after many epochs, so that people can go back to them.

    Beyond the memory limit every other epoch is dropped; the first, the best and the newest stay.
    """

    part = Confusion
    title = mark("Confusion matrix")
    hears = (EpochEnded, Finished)

    def __init__(self, run: TrainingRun, memory: int = MEMORY) -> None:
        super().__init__(run)
        self._true = run.evaluation.rows[1].cpu().numpy()
        per_row = 4 if run.objective.classes == 2 else 6
        self._most = max(memory // (per_row * len(self._true) + OVERHEAD), LEAST)
        self._kept: dict[int, Answers] = {}
        self._every = 1
        self._newest = self._best = 0
        self._epoch = 0  # that of the model's weights
        self._is_best_back = False
        self._record: Confusion | None = None

    def observe(self, event: EpochEnded | Finished) -> None:
        """Keep the answers after an epoch, and at the end those of the best epoch if its weights are restored."""
        if not self.run.objective.classes or not len(self._true):
            return
        self._is_best_back = isinstance(event, Finished) and event.restored
        if isinstance(event, EpochEnded):
            self._keep(event.epoch)
        elif event.restored and event.best_epoch is not None:
            self.run.evaluation.look()
            self._keep(event.best_epoch)

    def record(self, *, at_rest: bool = False) -> Confusion | None:
        """Return the answers; None for regression, without validation rows, or before the first."""
        if self._record is None and self._kept:
            split = self.run.split
            answers = tuple(self._kept[number] for number in sorted(self._kept))
            self._record = Confusion(
                self._epoch,
                split.class_names,
                split.validation_rows,
                self._true,
                answers,
                self._every,
                self._is_best_back,
            )
        return self._record

    def _keep(self, epoch: int) -> None:
        before = {self._newest, self._best}
        self._epoch, self._newest = epoch, max(epoch, self._newest)
        self._best = self.run.best.stopping.best_epoch or 0
        self._kept[epoch] = self._answers(epoch)
        self._record = None
        self._drop(before)
        while len(self._kept) > self._most:
            self._every *= 2
            self._drop(set(self._kept))

    def _drop(self, epochs: set[int]) -> None:
        for epoch in epochs:
            if epoch % self._every and epoch not in (self._newest, self._best):
                self._kept.pop(epoch, None)

    def _answers(self, epoch: int) -> Answers:
        outputs = self.run.evaluation.latest
        assert outputs is not None
        scores = self.run.objective.scores(outputs)
        if self.run.objective.classes == 2:
            return Answers(epoch, scores[:, 1].cpu().numpy().copy())
        true = scores.gather(1, self.run.evaluation.rows[1][:, None])[:, 0]
        return Answers(epoch, true.cpu().numpy(), outputs.argmax(dim=1).cpu().numpy().astype(np.uint16))
