from math import cos, pi

from typing_extensions import override

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.training.schedules.base import SCHEDULES, Schedule

START, END = 1 / 25, 1 / 25e4  # as shares of the learning rate
RISE = 0.3  # of all updates


@SCHEDULES.register
class OneCycle(Schedule):
    """Up, then down to nearly 0, each along half a cosine wave, as torch's OneCycleLR."""

    name = "one_cycle"
    rank = 40
    english_label = mark("One cycle")
    english_help = mark("Rises from a 25th over the first 30%, then falls to nearly 0.")

    @override
    def factor(self, made: int, total: int) -> float:
        peak = max(RISE * total - 1, 1e-9)
        if made <= peak:
            return _between(START, 1, made / peak)
        return _between(1, END, min((made - peak) / max(total - 1 - peak, 1e-9), 1))

    @override
    def code(self, spec: Optimizer, updates: str) -> tuple[str, ...]:
        arguments = f"optimizer, {spec.lr!r}, updates, cycle_momentum=False"
        return (
            f"updates = {updates}",
            f"scheduler = torch.optim.lr_scheduler.OneCycleLR({arguments})",
        )


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + cos(pi * share)) / 2
