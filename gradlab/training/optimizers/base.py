"""What an optimizer is: the rule of its step, its PyTorch code, and the words for its steps."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from gradlab.experiment.registry import Entry, Registry
from gradlab.experiment.sections.optimizer import Optimizer
from gradlab.language import mark
from gradlab.torch_types import Tensor
from gradlab.training.layer_group import LayerGroup

BY_GRADIENT = mark("by −learning rate × what is in the buffer")
BY_SCALED_GRADIENT = mark("by a step that the optimizer scaled by the size of its gradients so far")


@dataclass(frozen=True)
class OptimizerCode:
    """An optimizer in PyTorch code.

    Attributes:
        before: the lines before the loop.
        step: the lines that make a step.
        owner: the name of the object whose ``zero_grad`` empties the gradient buffer.
    """

    before: tuple[str, ...]
    step: tuple[str, ...] = ("optimizer.step()",)
    owner: str = "optimizer"


class OptimizerKind(Entry, ABC):
    """An optimizer, with PyTorch's defaults.

    Attributes:
        torch_name: the name of its class in ``torch.optim``.
        scales_steps: whether its steps have about the size of the learning rate, however long the gradient is.
    """

    torch_name: str
    scales_steps: bool = False

    @abstractmethod
    def move(self, group: LayerGroup, gradient: Tensor, lr: float, spec: Optimizer) -> None:
        """Move ``group.weights`` in place; ``gradient`` has their shape, and must not be changed.

        ``group.in_shape`` gives the parts of a rule that needs to know matrices from vectors.
        """

    def moves_on(self, spec: Optimizer) -> bool:
        """Return whether its memory of earlier gradients moves weights whose gradient is 0."""
        return "momentum" in self.uses and spec.momentum > 0

    def decays(self, spec: Optimizer) -> bool:
        """Return whether weight decay moves weights whose gradient is 0."""
        return "weight_decay" in self.uses and spec.weight_decay > 0

    def moved_by(self, spec: Optimizer) -> str:
        """Return the words for the step that it makes, marked; ``{momentum}`` stands for that setting."""
        return BY_GRADIENT

    def code(self, spec: Optimizer, *, with_tools: bool) -> OptimizerCode:
        """Return its PyTorch code; ``with_tools``: a scheduler or a scaler needs something named ``optimizer``."""
        return self.construction(spec, [key for key in self.uses if getattr(spec, key)])

    def construction(self, spec: Optimizer, keys: Iterable[str]) -> OptimizerCode:
        """Return code that constructs the class of ``torch.optim`` with the settings ``keys``."""
        given = "".join(f", {key}={getattr(spec, key)!r}" for key in keys)
        line = f"optimizer = torch.optim.{self.torch_name}(model.parameters(), lr={spec.lr!r}{given})"
        return OptimizerCode((line,))


OPTIMIZERS: Registry[OptimizerKind] = Registry("optimizer", "gradlab.training.optimizers")


def with_decay(gradient: Tensor, weights: Tensor, spec: Optimizer) -> Tensor:
    """Return the gradient of the loss plus half of ``weight_decay`` times the squared weights."""
    return gradient.add(weights, alpha=spec.weight_decay) if spec.weight_decay else gradient
