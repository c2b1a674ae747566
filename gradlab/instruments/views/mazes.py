from collections.abc import Callable

import numpy as np
import torch

from gradlab.instruments.records import DataWish, MazeView
from gradlab.training.run import TrainingRun


def look_at_maze(run: TrainingRun, wish: DataWish) -> Callable[[], MazeView]:
    """Return a view of a maze: what the model would do in each cell, and where the latest steps began."""
    data, player = run.split.dataset, run.rows.player
    assert data.world is not None
    assert player is not None
    world = data.world
    states = torch.from_numpy(run.split.train_inputs).to(run.network.device)
    is_open = world.leads_to != np.arange(len(world.leads_to))[:, None]

    def look() -> MazeView:
        policy = run.objective.scores(run.evaluation.outputs(states)).double().cpu().numpy()
        played = run.rows.train[0].argmax(dim=1)  # each input stands for a cell
        visits = torch.bincount(played, minlength=world.goal).cpu().numpy()
        return MazeView(
            side=world.side,
            actions=data.class_names,
            is_open=is_open,
            policy=policy,
            right=data.targets.astype(np.int64),
            visits=visits / visits.sum(),
            reward=player.reward,
            chosen=wish.rows,
        )

    return look
