"""Reinforcement learning: the policy plays in a world, and learns from the rewards.

This is REINFORCE (Williams 1992): the loss of a step is its advantage times the cross-entropy of the action that
was played. The gradient makes actions that went better than usual more probable, and the others less.
"""

import numpy as np
import torch
from torch import Tensor
from typing_extensions import override

from gradlab.datasets.world import World, play
from gradlab.experiment.schema import Experiment
from gradlab.training.seeds import Stream, derive
from gradlab.training.state import State, Stateful


class EpisodePlayer(Stateful):
    """Plays episodes with the current policy.

    Attributes:
        chance: the generator that starts and actions are drawn from.
        reward: the mean reward of the latest episodes.
    """

    def __init__(self, experiment: Experiment, world: World) -> None:
        self._world, self._steps, self._baseline = world, experiment.data.samples, experiment.data.baseline
        self.chance = np.random.Generator(np.random.PCG64(derive(experiment.seed, Stream.PLAY)))
        self.reward = 0.0

    def play(self, policy: Tensor) -> tuple[Tensor, Tensor]:
        """Play with ``policy``, ``(states, actions)`` probabilities; return the steps as training rows.

        Returns:
            ``(rows,)``, the state of each; and ``(rows, 2)``, the targets: the action and its advantage.
        """
        played = play(self._world, policy.double().cpu().numpy(), self._steps, self.chance)
        self.reward = played.reward
        targets = np.stack([played.actions, played.advantages(self._baseline)], axis=1)
        states = torch.from_numpy(played.states).to(policy.device)
        return states, torch.from_numpy(targets.astype(np.float32)).to(policy.device)

    def state(self) -> State:
        """Return the reward and the generator."""
        return {"reward": self.reward, "chance": self.chance.bit_generator.state}

    @override
    def load(self, state: State) -> None:
        self.reward = state["reward"]
        self.chance.bit_generator.state = state["chance"]
