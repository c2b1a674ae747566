from collections.abc import Callable
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor
from typing_extensions import override

from gradlab.datasets.split import Split
from gradlab.experiment.schema import Experiment
from gradlab.models.parts.blocks import share_chance
from gradlab.models.parts.changing import ChangingModel
from gradlab.models.parts.recurrent import Recurrent
from gradlab.training.building import build_model, size_of
from gradlab.training.checks import check_precision
from gradlab.training.chunks import Chunks
from gradlab.training.device import choose_device, choose_threads
from gradlab.training.forward import forward_of
from gradlab.training.loss_scale import LossScale
from gradlab.training.parameters import FlatParameters
from gradlab.training.precision import Precision
from gradlab.training.seeds import Stream, derive
from gradlab.training.state import State, Stateful


class Network(Stateful):
    """A model ready to be trained, on its device and in its precision.

    Attributes:
        model: the module; ``parameters``: its weights as one tensor; ``device``: where both are.
        precision: how exactly its layers compute.
        loss_scale: the factor for losses in float16; None in other precisions.
        chance: the generator that dropout draws from.
        forward: the forward pass, in this precision.
        chunks: the position in the current micro-batch, for a model that reads sequences step by step; else None.
    """

    def __init__(self, experiment: Experiment, split: Split) -> None:
        """Build the model.

        Raises:
            InputError: if it does not go with the data, the device or the precision.
        """
        self.model = build_model(experiment, split)
        size = size_of(self.model)
        self.device = choose_device(experiment.training.device, size)
        choose_threads(size)
        check_precision(experiment, self.device)
        self.precision = Precision(experiment.training.precision, self.device)
        self.loss_scale = LossScale() if experiment.training.precision == "float16" else None
        self.model.to(self.device)
        self.chance = torch.Generator(self.device).manual_seed(derive(experiment.seed, Stream.DROPOUT))
        share_chance(self.model, self.chance)
        self.parameters = FlatParameters(self.model)
        self.forward = self.precision.of(forward_of(self.model))
        self.chunks = Chunks(self.model, self.precision) if isinstance(self.model, Recurrent) else None
        self._changing = self.model if isinstance(self.model, ChangingModel) else None

    def follow(self, updates: Callable[[], int]) -> None:
        """Let a model that changes during training ask how many updates were made before the current one."""
        if self._changing is not None:
            self._changing.updates = updates

    @property
    def changes(self) -> bool:
        """Whether the forward pass may change during training."""
        return self._changing is not None

    @property
    def left_out(self) -> frozenset[str]:
        """The names of the layers that the latest loss does not depend on."""
        return frozenset() if self._changing is None else self._changing.left_out

    def tensors(self, *arrays: NDArray[Any]) -> tuple[Tensor, ...]:
        """Return arrays as tensors on the device of the network."""
        return tuple(torch.from_numpy(array).to(self.device) for array in arrays)

    def state(self) -> State:
        """Return weights and running statistics, the generator and the loss scale."""
        return {
            "model": self.model.state_dict(),
            "chance": self.chance.get_state(),
            "loss_scale": None if self.loss_scale is None else self.loss_scale.state(),
        }

    @override
    def load(self, state: State) -> None:
        with torch.no_grad():
            self.model.load_state_dict(state["model"])
        self.chance.set_state(state["chance"])
        if self.loss_scale is not None:
            self.loss_scale.load(state["loss_scale"])
