from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis.exact_rule import ExactRule
from gradlab.diagnosis.finding import Advice, Change, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.evidence import DataFacts, Evidence
from gradlab.language import mark
from gradlab.training.optimizers.base import OPTIMIZERS

LARGE = 10.0  # standardized inputs are around 1


@RULES.register
class BlewUp(ExactRule):
    """A loss, a gradient or a weight became infinite or NaN."""

    name = "blew_up"
    level = "problem"
    rank = 10
    english_label = mark("The numbers blew up")
    leads_to = (
        "not_learning",
        "dead_units",
        "saturated_units",
        "collapsed",
        "class_ignored",
        "vanishing",
        "past_best",
        "layer_not_training",
    )
    lesson = "learning-rates/1"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        seen = evidence.blew_up
        if seen is None:
            return
        yield self.says(
            seen,
            mark("The numbers blew up at {where}."),
            words={"where": seen.text},
            layer=seen.layer,
            advice=tuple(_advice(evidence.experiment, evidence.data)),
            key="optimizer.lr",
        )


def _advice(experiment: Experiment, data: DataFacts) -> Iterator[Advice]:
    if not experiment.data.standardize and _are_large(data):
        yield Advice(
            mark("Standardize the inputs: their numbers are large."), (Change("data.standardize", True),)
        )
    if data.task == "regression" and data.has_targets and not experiment.data.standardize_target:
        yield Advice(
            mark("Standardize the target: its numbers set the size of the loss."),
            (Change("data.standardize_target", True),),
        )
    yield _slower(experiment)
    if experiment.optimizer.clip_norm != 1:
        yield Advice(
            mark("Or clip the gradient to a length of 1."),
            (Change("optimizer.clip_norm", 1.0),),
        )
    yield Advice(mark("Or look for values in the data that cannot be right."))


def _slower(experiment: Experiment) -> Advice:
    """Return the advice to divide the rate by 10, or by more where it is far above what is usual."""
    usual = 0.01 if OPTIMIZERS[experiment.optimizer.kind].scales_steps else 0.1
    lower = min(float(f"{experiment.optimizer.lr / 10:.6g}"), usual)
    return Advice(
        mark("Lower the learning rate to {rate}."), (Change("optimizer.lr", lower),), {"rate": f"{lower:g}"}
    )


def _are_large(data: DataFacts) -> bool:
    return bool((abs(data.means) > LARGE).any() or (data.deviations > LARGE).any())
