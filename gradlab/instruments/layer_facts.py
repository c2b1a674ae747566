"""What does not change about the layers of a run."""

from torch import nn

from gradlab.instruments.records.evidence import LayerFacts
from gradlab.instruments.stages import stages_of
from gradlab.training.run import TrainingRun


def layer_facts(run: TrainingRun) -> tuple[LayerFacts, ...]:
    """Return the layers with weights, in order."""
    modules = dict(run.model.named_modules())
    bends = {stage.name: stage.bend for stage in stages_of(run.model)}
    return tuple(
        _facts(layer.name, modules[layer.name], bends.get(layer.name, "")) for layer in run.parameters.layers
    )


def _facts(name: str, module: nn.Module, bend: str) -> LayerFacts:
    if isinstance(module, nn.RNNBase):
        return LayerFacts(name, bend, module.input_size + module.hidden_size, module.hidden_size)
    shapes = [parameter.shape for parameter in module.parameters(recurse=False)]
    matrix = next((shape for shape in shapes if len(shape) > 1), None)
    if matrix is None:
        return LayerFacts(name, bend, units=shapes[0].numel(), has_matrix=False)
    return LayerFacts(name, bend, inputs=matrix[1:].numel(), units=matrix[0])
