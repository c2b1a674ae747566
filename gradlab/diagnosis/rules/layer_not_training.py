from collections.abc import Iterator

from typing_extensions import override

from gradlab.diagnosis.exact_rule import ExactRule
from gradlab.diagnosis.finding import Advice, Change, Finding
from gradlab.diagnosis.rules.base import RULES
from gradlab.experiment.schema import Experiment
from gradlab.instruments.records.evidence import Evidence, LayerFacts, Occurrence
from gradlab.language import mark
from gradlab.training.optimizers.base import OPTIMIZERS

NEVER_GOT = mark(
    "{layer} is not trained: since update {update} it has no gradient at all, so the optimizer leaves its "
    "weights as they are."
)
IS_ZERO = mark(
    "{layer} is not trained: since update {update} its gradient is exactly zero, and none of its weights has "
    "changed."
)
IS_ROUNDED = mark(
    "{layer} is not trained: it has a gradient, but the steps are so small that none of its weights has "
    "changed in {count} measured updates."
)
ALL_NEVER_GOT = mark(
    "No layer is trained: since update {update} there is no gradient at all, so the optimizer leaves all "
    "weights as they are."
)
ALL_ZERO = mark(
    "No layer is trained: since update {update} the gradient is exactly zero, and none of the weights has "
    "changed."
)
ALL_ROUNDED = mark(
    "No layer is trained: there is a gradient, but the steps are so small that none of the weights has "
    "changed in {count} measured updates."
)


@RULES.register
class LayerNotTraining(ExactRule):
    """A layer gets no gradient, or its weights stand still."""

    name = "layer_not_training"
    level = "warning"
    rank = 70
    english_label = mark("A layer is not training")
    leads_to = ("not_learning", "rate_too_low")
    lesson = "none-or-zeros/1"
    seen_in = "gradients"

    @override
    def find(self, evidence: Evidence) -> Iterator[Finding]:
        if not evidence.experiment.optimizer.lr and evidence.update:
            yield self._about_rate(evidence.experiment)
            return
        trained = [layer for layer in evidence.layers if layer.name not in evidence.frozen]
        if trained and len(evidence.unmoved) == len(trained):
            yield self._about(evidence.unmoved[0], evidence, None)
        else:
            for seen in evidence.unmoved:
                layer = next(layer for layer in trained if layer.name == seen.layer)
                yield self._about(seen, evidence, layer)
        if evidence.frozen:
            yield self._about_frozen(
                [layer.name for layer in evidence.layers if layer.name in evidence.frozen]
            )

    def _about(self, seen: Occurrence, evidence: Evidence, layer: LayerFacts | None) -> Finding:
        """Return the finding about a layer; None: about all of them."""
        none = bool(seen.numbers.get("without_gradient"))
        is_zero = bool(seen.numbers.get("zero_gradient"))
        texts = (NEVER_GOT, IS_ZERO, IS_ROUNDED) if layer else (ALL_NEVER_GOT, ALL_ZERO, ALL_ROUNDED)
        english = texts[0] if none else texts[1] if is_zero else texts[2]
        advice = tuple(_advice(evidence.experiment, layer, none=none, is_zero=is_zero))
        return self.says(
            seen,
            english,
            words={
                "layer": layer.name if layer else "",
                "update": str(seen.since),
                "count": f"{seen.numbers.get('measured_updates', 0):.0f}",
            },
            layer=layer.name if layer else "",
            advice=advice,
        )

    def _about_rate(self, experiment: Experiment) -> Finding:
        return Finding(
            id=self.name,
            level=self.level,
            english=mark("No layer is trained: the learning rate is 0, and so is every step."),
            evidence={"lr": 0.0},
            advice=(_raised(experiment),),
            key="optimizer.lr",
            lesson="learning-rates/1",
            is_chosen=True,
        )

    def _about_frozen(self, names: list[str]) -> Finding:
        return Finding(
            id=self.name,
            level="info",
            english=mark("Frozen, and so not trained: {layers}."),
            words={"layers": ", ".join(names)},
            evidence={"layers": float(len(names))},
            layer=names[0] if len(names) == 1 else "",
            advice=(Advice(mark("Train all layers."), (Change("model.freeze", []),)),),
            key="model.freeze",
            lesson=self.lesson,
            is_chosen=True,
        )

    @override
    def foresee(self, experiment: Experiment) -> Iterator[Finding]:
        if not experiment.optimizer.lr:
            yield self._about_rate(experiment)
        if experiment.model.freeze:
            yield self._about_frozen(list(experiment.model.freeze))


def _advice(
    experiment: Experiment, layer: LayerFacts | None, *, none: bool, is_zero: bool
) -> Iterator[Advice]:
    model, rate = experiment.model, experiment.optimizer.lr
    if none or is_zero:
        if model.head_a_updates and layer is not None:
            yield Advice(mark("Use both heads all the time."), (Change("model.head_a_updates", 0),))
        elif model.init == "zeros":
            yield Advice(mark("Start from weights that differ."), (Change("model.init", "default"),))
        elif is_zero:
            if model.activation == "relu":
                yield Advice(
                    mark("Use an activation function that always passes some gradient on."),
                    (Change("model.activation", "leaky_relu"),),
                )
            lower = float(f"{rate / 10:.6g}")
            yield Advice(
                mark("Or divide the learning rate by 10: large steps kill units."),
                (Change("optimizer.lr", lower),),
            )
    else:
        yield _raised(experiment)


def _raised(experiment: Experiment) -> Advice:
    usual = 0.001 if OPTIMIZERS[experiment.optimizer.kind].scales_steps else 0.1
    return Advice(mark("Raise the learning rate."), (Change("optimizer.lr", usual),))
