"""The forward and backward pass on one micro-batch, and the choice of the fastest kind."""

from typing import Protocol

from torch import Tensor

from gradlab.training.autograd import Autograd, ChunkedAutograd
from gradlab.training.live_settings import LiveSettings
from gradlab.training.loss_scale import LossScale
from gradlab.training.network import Network
from gradlab.training.objective import Objective
from gradlab.training.replay import CudaGraphs, Replayed, may_record
from gradlab.training.written_out import written_out


class Passes(Protocol):
    """Computes the gradient of a micro-batch's loss."""

    def forward(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return the model's outputs and the loss, both without a history."""

    def backward(self, weight: float, batch: Tensor) -> None:
        """Fill ``batch`` with the gradient of ``weight`` times the latest loss.

        The ``grad`` of the parameters are views of it. Frozen layers are left as they are.
        """


class Scaled:
    """Passes that scale the loss before the way back, and the gradient back at its end."""

    def __init__(self, passes: Passes, scale: LossScale) -> None:
        self._passes = passes
        self._scale = scale

    def forward(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return the model's outputs and the unscaled loss."""
        return self._passes.forward(inputs, targets)

    def backward(self, weight: float, batch: Tensor) -> None:
        """Fill ``batch`` with the gradient of ``weight`` times the latest loss."""
        self._passes.backward(weight * self._scale.value, batch)
        batch.div_(self._scale.value)


def choose_passes(network: Network, objective: Objective, settings: LiveSettings) -> Passes:
    """Return the fastest passes that this network can be trained with; all give the same gradient."""
    passes = _unscaled_passes(network, objective, settings)
    return passes if network.loss_scale is None else Scaled(passes, network.loss_scale)


def _unscaled_passes(network: Network, objective: Objective, settings: LiveSettings) -> Passes:
    def autograd() -> Autograd:
        return Autograd(network.forward, objective)

    if network.chunks is not None:
        return ChunkedAutograd(network.chunks, lambda: settings.in_force.model.chunk, objective)
    if may_record(network.device) and not network.changes:
        return Replayed(autograd, network.model, network.chance, lambda: CudaGraphs(network.chance))
    can_be_written_out = network.device.type == "cpu" and network.precision.is_full
    chain = written_out(network.model, objective) if can_be_written_out else None
    return chain or autograd()
