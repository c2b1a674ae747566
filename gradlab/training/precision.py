"""Mixed precision: layers that compute with numbers of 16 bits, while weights and gradients keep 32.

After Micikevicius et al., *Mixed Precision Training* (2018).
"""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

from gradlab.training.forward import ForwardPass

DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16}


class Precision:
    """How exactly the layers compute; the loss always has 32 bits.

    Attributes:
        is_full: whether the layers have 32 bits too.
    """

    def __init__(self, kind: str, device: torch.device) -> None:
        self.is_full = kind == "float32"
        self._dtype = DTYPES.get(kind)
        self._device = device.type

    def context(self) -> AbstractContextManager[object]:
        """Return what layers are to be called in."""
        return nullcontext() if self.is_full else torch.autocast(self._device, self._dtype)

    def of(self, forward: ForwardPass) -> ForwardPass:
        """Return a forward pass that computes in this precision; what comes out has 32 bits."""
        if self.is_full:
            return forward

        def narrowed(inputs: Tensor) -> Tensor:
            with self.context():
                return forward(inputs).float()

        return narrowed
