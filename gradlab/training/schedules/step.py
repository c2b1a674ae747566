from typing_extensions import override

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.training.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
class Steps(Schedule):
    """Two steps down: a tenth, then a hundredth, as torch's MultiStepLR."""

    name = "step"
    rank = 20
    english_label = mark("Steps")
    english_help = mark("A tenth after half, a hundredth after three quarters of the run.")

    @override
    def factor(self, made: int, total: int) -> float:
        passed = (made * 2 >= total) + (made * 4 >= total * 3)
        return float(0.1**passed)

    @override
    def code(self, spec: Optimizer, updates: str) -> tuple[str, ...]:
        milestones = "[-(-updates // 2), -(-updates * 3 // 4)]"
        return (
            f"updates = {updates}",
            f"scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, {milestones})",
        )
