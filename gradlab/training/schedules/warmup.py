from typing_extensions import override

from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.training.schedules.base import SCHEDULES, Schedule


@SCHEDULES.register
class WarmUp(Schedule):
    """Up over the first tenth of the updates, as torch's LinearLR."""

    name = "warmup"
    rank = 60
    english_label = mark("Warm-up")
    english_help = mark("Rises from 0 over the first 10%, then stays.")

    @override
    def factor(self, made: int, total: int) -> float:
        return min((made + 1) / max(total // 10, 1), 1.0)

    @override
    def code(self, spec: Optimizer, updates: str) -> tuple[str, ...]:
        return (
            f"updates = {updates}",
            "rise = max(updates // 10, 1)",
            "scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / rise, total_iters=rise - 1)",
        )
