"""A small world to act in, and the rewards that a policy earns there."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Doubles = NDArray[np.float64]
Baseline = Literal["state", "mean", "none"]

TOGETHER = 16  # episodes that are played side by side


@dataclass(frozen=True, eq=False)
class World:
    """Cells in a square, row by row, with the goal last, and where each action leads.

    An episode begins in any other cell. Each of its steps costs 1 / ``limit``, and the goal, which ends it,
    earns 1: an episode earns less than 1, and −1 if it never gets there.

    Attributes:
        side: cells along an edge of the square.
        leads_to: ``(cells, actions)``, the next cell; the same cell where a wall is in the way.
        limit: the most steps of an episode.
    """

    side: int
    leads_to: Integers
    limit: int

    @property
    def goal(self) -> int:
        """The number of the cell that ends an episode."""
        return len(self.leads_to) - 1

    def right_ways(self) -> Integers:
        """Return the action that leads nearer to the goal from each other cell, ``(cells − 1,)``."""
        ways = np.full(self.goal, -1)
        reached = [self.goal]
        for cell in reached:
            for before, action in np.argwhere(self.leads_to[: self.goal] == cell).tolist():
                if before != cell and ways[before] < 0:
                    ways[before] = action
                    reached.append(before)
        return ways


@dataclass(frozen=True, eq=False)
class Experience:
    """Steps of whole episodes, one after the other; the last episode may be cut off, but its returns are not.

    Attributes:
        states, actions: ``(steps,)``, where each step began, and the action taken there.
        returns: ``(steps,)``, what the episode earned from that step on.
        reward: what an episode earned, the mean over all episodes played.
    """

    states: Integers
    actions: Integers
    returns: Doubles
    reward: float

    def advantages(self, baseline: Baseline) -> Doubles:
        """Return by how much each return exceeds the baseline, ``(steps,)``.

        ``state``: the mean return from the same cell; ``mean``: that of all steps; ``none``: 0. What does not
        depend on the action leaves the gradient's mean as it is and only makes it less noisy (Williams 1992).
        """
        if baseline == "none":
            return self.returns
        if baseline == "mean":
            return self.returns - float(self.returns.mean())
        sums, counts = np.bincount(self.states, self.returns), np.bincount(self.states)
        advantages: Doubles = self.returns - (sums / np.maximum(counts, 1))[self.states]
        return advantages


def play(world: World, policy: Doubles, steps: int, chance: np.random.Generator) -> Experience:
    """Play whole episodes until they have enough ``steps``; return exactly that many.

    ``policy`` holds the probability of each action in each cell but the goal, ``(cells − 1, actions)``.
    """
    parts = [_episodes(world, policy, chance)]
    while sum(len(part.states) for part in parts) < steps:
        parts.append(_episodes(world, policy, chance))
    return Experience(
        states=np.concatenate([part.states for part in parts])[:steps],
        actions=np.concatenate([part.actions for part in parts])[:steps],
        returns=np.concatenate([part.returns for part in parts])[:steps],
        reward=float(np.mean([part.reward for part in parts])),
    )


def _episodes(world: World, policy: Doubles, chance: np.random.Generator) -> Experience:
    """Play some episodes side by side, to their end."""
    ladder = policy.cumsum(axis=1)[:, :-1]
    place = chance.integers(world.goal, size=TOGETHER)
    going = np.arange(TOGETHER)
    made: list[tuple[Integers, Integers, Integers]] = []  # episodes, their states and actions, step by step
    while going.size and len(made) < world.limit:
        state = place[going]
        action = (chance.random(going.size)[:, None] > ladder[state]).sum(axis=1)
        made.append((going, state, action))
        place[going] = world.leads_to[state, action]
        going = going[place[going] != world.goal]
    lengths = np.bincount(np.concatenate([episodes for episodes, _, _ in made]))
    arrived = place == world.goal
    times = np.repeat(np.arange(len(made)), [len(episodes) for episodes, _, _ in made])
    episodes, states, actions = (np.concatenate(column) for column in zip(*made, strict=True))
    returns = arrived[episodes] - (lengths[episodes] - times) / world.limit
    order = np.argsort(episodes, kind="stable")
    reward = float(np.mean(arrived - lengths / world.limit))
    return Experience(states[order], actions[order], returns[order], reward)
