"""The loss scale: a way back through float16, which holds neither very small nor large numbers.

After Micikevicius et al., *Mixed Precision Training* (2018), section 3.2.
"""

from dataclasses import dataclass

from torch import Tensor

from gradlab.training.passes import Passes

STEADY = 2000  # windows without overflow before a larger scale is tried, as in torch.amp.GradScaler


@dataclass
class LossScale:
    """What the loss is multiplied with, so that small gradients do not become 0 on their way back in float16.

    It changes between two accumulation windows only, as that of ``torch.amp.GradScaler`` does.

    Attributes:
        value: a power of two: dividing by it again changes no digit.
        steady: windows in a row whose gradients were finite, since it changed.
    """

    value: float = 2.0**16
    steady: int = 0

    @property
    def can_shrink(self) -> bool:
        """Whether a gradient that is not finite may be the scale's fault."""
        return self.value > 1

    def grow(self) -> None:
        """Take note of a window with finite gradients; after many of them twice the scale is tried."""
        self.steady += 1
        if self.steady == STEADY:
            self.value, self.steady = self.value * 2, 0

    def shrink(self) -> None:
        """Take note of a window whose gradients left the range of float16."""
        self.value, self.steady = self.value / 2, 0


class Scaled:
    """Passes that go back from a scaled loss; the gradient that arrives is the unscaled one."""

    def __init__(self, passes: Passes, scale: LossScale) -> None:
        self._passes = passes
        self._scale = scale

    def forward(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return the model's outputs and the unscaled loss."""
        return self._passes.forward(inputs, targets)

    def backward(self, weight: float, batch: Tensor) -> None:
        """Let ``batch`` be the gradient of ``weight`` times the latest loss."""
        self._passes.backward(weight * self._scale.value, batch)
        batch.div_(self._scale.value)
