from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis import signs
from gradlab.diagnosis.advising import advice, possible, short, wider
from gradlab.diagnosis.curve_rule import CurveRule
from gradlab.diagnosis.finding import Advice, Finding, Level
from gradlab.diagnosis.rules.base import RULES
from gradlab.experiment.relevance import means_something
from gradlab.instruments.records.evidence import Evidence
from gradlab.language import mark

LEAST_UPDATES = 50
LEAST_EPOCHS = 5
NOTHING = 0.95  # of a constant guess's loss
LITTLE = 0.65
RARE = 0.1  # of the rows
SOME = 0.25
SOME_WITH_DROPOUT = 0.15
NARROW = 4  # units
DECAYED = 0.5  # of the learning rate that is set
FLAT_PER_EPOCH = 0.01
FLAT = 0.05  # of the loss, over the last third of the epochs


@RULES.register
class NotLearning(CurveRule):
    """The loss hardly falls, and no other rule says why."""

    name = "not_learning"
    rank = 300
    english_label = mark("It does not learn")
    lesson = "learning-rates/4"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        said = self._said(evidence)
        if said is not None and not _is_explained(evidence):
            yield said

    def _said(self, evidence: Evidence) -> Finding | None:
        if not signs.has_shown(evidence, LEAST_UPDATES, LEAST_EPOCHS):
            return None
        if signs.best_level(evidence) > NOTHING and not _falls_from_above(evidence):
            return self._of_nothing(evidence)
        if LITTLE < signs.level(evidence) < 1 and _is_flat(evidence):
            return self._of_little(evidence, "info" if _is_rare(evidence) else "warning")
        if evidence.stop_reason == "finished" and _could_be_more(evidence):
            return self._of_little(evidence, "info")
        return None

    def _of_nothing(self, evidence: Evidence) -> Finding:
        now, guess = signs.loss_now(evidence), signs.guess(evidence)
        return self.says(
            evidence,
            mark(
                "Nothing is learned: after {epochs} epochs the loss is {now}, and always guessing the same "
                "would give {guess}."
            ),
            words={"epochs": str(signs.epochs_done(evidence)), "now": short(now), "guess": short(guess)},
            numbers={"loss": now, "guess_loss": guess, "epochs": signs.epochs_done(evidence)},
            confidence=0.8,
            advice=_to_try(evidence),
            since=1,
        )

    def _of_little(self, evidence: Evidence, level: Level) -> Finding:
        now, guess = signs.loss_now(evidence), signs.guess(evidence)
        return self.says(
            evidence,
            mark(
                "Little is learned: the loss stays at {now}, and always guessing the same would give {guess}. "
                "The network may be too small for this, or the inputs say too little."
            ),
            words={"now": short(now), "guess": short(guess)},
            numbers={"loss": now, "guess_loss": guess, "epochs": signs.epochs_done(evidence)},
            confidence=0.6,
            level=level,
            advice=_to_try(evidence),
        )


def _is_rare(evidence: Evidence) -> bool:
    """Return whether a class is so rare that a constant guess is good, and hard to better."""
    counts = evidence.data.train_counts
    return len(counts) > 1 and counts.min() < RARE * counts.sum()


def _is_explained(evidence: Evidence) -> bool:
    """Return whether another rule says why nothing is learned."""
    others = (rule for rule in RULES if NotLearning.name in rule.leads_to)
    return any(finding.level != "info" for rule in others for finding in rule.find(evidence))


def _falls_from_above(evidence: Evidence) -> bool:
    """Return whether the loss began above that of a constant guess, and is still on its way down."""
    losses = signs.train_losses(evidence)
    return (
        signs.first_level(evidence) > 1.3
        and len(losses) > 3
        and float(losses[-1]) < float(losses[-4]) * (1 - FLAT)
    )


def _is_flat(evidence: Evidence) -> bool:
    """Return whether the loss has stopped falling, and not because the schedule has ended the steps."""
    losses, updates = signs.train_losses(evidence), evidence.updates
    if updates is None or updates.lr[-1] < DECAYED * evidence.experiment.optimizer.lr:
        return False
    third = max(len(losses) // 3, 2)
    little = min(FLAT, FLAT_PER_EPOCH * third)
    return len(losses) > third and float(losses[-1]) > float(losses[-1 - third]) * (1 - little)


def _could_be_more(evidence: Evidence) -> bool:
    """Return whether the loss stays, or the network has few units for it."""
    model = evidence.experiment.model
    few = means_something(evidence.experiment, "model.hidden") and min(model.hidden, default=NARROW) < NARROW
    dropped = means_something(evidence.experiment, "model.dropout") and model.dropout >= 0.4
    if dropped:
        return signs.level(evidence) > SOME_WITH_DROPOUT
    return signs.level(evidence) > SOME and (few or _is_flat(evidence))


def _to_try(evidence: Evidence) -> tuple[Advice, ...]:
    model = evidence.experiment.model
    without = advice(mark("Train without dropout."), {"model.dropout": 0.0}) if model.dropout >= 0.4 else None
    bent = (
        advice(
            mark("Use a network with a hidden layer: without one, only straight borders can be drawn."), _MLP
        )
        if model.kind == "linear"
        else None
    )
    curved = (
        advice(
            mark("Use ReLU: without a bend between them, all layers are as good as one."),
            {"model.activation": "relu"},
        )
        if model.activation == "identity"
        else None
    )
    one_batch = advice(
        mark(
            "Look whether it can learn a single batch by heart: if not, the fault is in the network, not in "
            "the data."
        )
    )
    return possible(evidence, bent, curved, without, wider(evidence), one_batch)


_MLP: dict[str, object] = {"model.kind": "mlp", "model.hidden": [32]}
