"""The rows that a run trains on, and the order in which an epoch goes through them."""

from collections.abc import Callable

import torch
from torch import Tensor
from typing_extensions import override

from gradlab.training.epoch import Epoch
from gradlab.training.player import EpisodePlayer
from gradlab.training.seeds import Stream, derive
from gradlab.training.state import State, Stateful


class TrainingRows(Stateful):
    """The training rows of a data set.

    Attributes:
        train: inputs and targets.
        chance: the generator that orders are drawn from.
        player: plays the steps to train on, in a world; else None.
    """

    player: EpisodePlayer | None = None

    def __init__(self, inputs: Tensor, targets: Tensor, seed: int, outputs: int) -> None:
        """Draw orders from ``seed``; the model gives ``outputs`` numbers per row."""
        self.train = inputs, targets
        self.chance = torch.Generator().manual_seed(derive(seed, Stream.ORDER))
        self._outputs = outputs

    def __len__(self) -> int:
        return len(self.train[1])

    @property
    def reward(self) -> float | None:
        """The mean reward of the episodes that are trained on; None without a world."""
        return None if self.player is None else self.player.reward

    def draw(self) -> Epoch:
        """Return an epoch that goes through the rows in a new order."""
        return self.in_order(torch.randperm(len(self), generator=self.chance))

    def in_order(self, order: Tensor) -> Epoch:
        """Return an epoch that goes through the rows in this order, ``(rows,)``."""
        return Epoch(*self.train, order.to(self.train[1].device), self._outputs)

    def state(self) -> State:
        """Return the generator."""
        return {"chance": self.chance.get_state()}

    @override
    def load(self, state: State) -> None:
        self.chance.set_state(state["chance"])


class PlayedRows(TrainingRows):
    """Steps that the policy plays in a world; new ones for every epoch."""

    player: EpisodePlayer

    def __init__(
        self,
        states: Tensor,
        policy: Callable[[Tensor], Tensor],
        player: EpisodePlayer,
        seed: int,
        outputs: int,
    ) -> None:
        """Play by ``policy``, which returns the probability of each action in the ``states`` of the world."""
        self._states, self._policy, self.player = states, policy, player
        super().__init__(*self._play(), seed, outputs)

    def draw(self) -> Epoch:
        """Play again; return an epoch that goes through the new steps in random order."""
        self.train = self._play()
        return super().draw()

    def _play(self) -> tuple[Tensor, Tensor]:
        states, targets = self.player.play(self._policy(self._states))
        return self._states[states], targets

    def state(self) -> State:
        """Return the generators, and the steps that are trained on."""
        inputs, targets = self.train
        return {**super().state(), "player": self.player.state(), "inputs": inputs, "targets": targets}

    @override
    def load(self, state: State) -> None:
        super().load(state)
        self.player.load(state["player"])
        device = self._states.device
        self.train = state["inputs"].to(device), state["targets"].to(device)
