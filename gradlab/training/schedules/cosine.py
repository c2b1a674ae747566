from math import cos, pi

from typing_extensions import override

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.training.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
class Cosine(Schedule):
    """Down to 0 along half a cosine wave, as torch's CosineAnnealingLR."""

    name = "cosine"
    rank = 30
    english_label = mark("Cosine")
    english_help = mark("Falls to 0 along half a cosine wave.")

    @override
    def factor(self, made: int, total: int) -> float:
        return (1 + cos(pi * min(made / total, 1))) / 2

    @override
    def code(self, spec: Optimizer, updates: str) -> tuple[str, ...]:
        return (
            f"updates = {updates}",
            "scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)",
        )
