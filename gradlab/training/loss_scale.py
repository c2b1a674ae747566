"""The loss scale for float16, which holds neither very small nor very large numbers.

After Micikevicius et al., *Mixed Precision Training* (2018), section 3.2.
"""

from dataclasses import dataclass

from gradlab.training.state import FieldsAreState

STEADY = 2000  # windows without overflow before a larger scale is tried, as in torch.amp.GradScaler


@dataclass
class LossScale(FieldsAreState):
    """The factor for the loss that keeps small gradients from becoming 0 in float16.

    It changes only between two accumulation windows, as in ``torch.amp.GradScaler``.

    Attributes:
        value: a power of two: dividing by it again changes no digit.
        steady: how many windows in a row had finite gradients since it changed.
    """

    value: float = 2.0**16
    steady: int = 0

    @property
    def can_shrink(self) -> bool:
        """Whether a gradient that is not finite may be the scale's fault."""
        return self.value > 1

    def grow(self) -> None:
        """Count a window with finite gradients; double the scale after many of them."""
        self.steady += 1
        if self.steady == STEADY:
            self.value, self.steady = self.value * 2, 0

    def shrink(self) -> None:
        """Halve the scale after a window whose gradients overflowed float16."""
        self.value, self.steady = self.value / 2, 0
