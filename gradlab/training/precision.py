"""Mixed precision: layers compute in 16 bits, while weights and gradients keep 32.

After Micikevicius et al., *Mixed Precision Training* (2018).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import Tensor

from gradlab.training.forward import ForwardPass

DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16}


class Precision:
    """The precision in which the layers compute; the loss always has 32 bits.

    Attributes:
        is_full: whether the layers have 32 bits too.
    """

    def __init__(self, kind: str, device: torch.device) -> None:
        self.is_full = kind == "float32"
        self._dtype = DTYPES.get(kind)
        self._device = device.type
        # On older CPUs oneDNN has no 16-bit LSTM, and fails; torch's own is used there.
        is_narrow_cpu = not self.is_full and device.type == "cpu"
        self._lacks_lstm = is_narrow_cpu and not torch.ops.mkldnn._is_mkldnn_bf16_supported()

    def context(self) -> AbstractContextManager[object]:
        """Return the context manager to call layers in."""
        return nullcontext() if self.is_full else self._narrow()

    @contextmanager
    def _narrow(self) -> Iterator[None]:
        # Not torch.backends.mkldnn.flags: it also sets options for other hardware, and warns about them.
        before = torch._C._get_mkldnn_enabled()
        torch._C._set_mkldnn_enabled(before and not self._lacks_lstm)
        try:
            with torch.autocast(self._device, self._dtype):
                yield
        finally:
            torch._C._set_mkldnn_enabled(before)

    def of(self, forward: ForwardPass) -> ForwardPass:
        """Return a forward pass that computes in this precision; its output has 32 bits."""
        if self.is_full:
            return forward

        def narrowed(inputs: Tensor) -> Tensor:
            with self.context():
                return forward(inputs).float()

        return narrowed
