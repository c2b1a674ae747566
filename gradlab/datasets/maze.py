import numpy as np

from gradlab.datasets.base import Dataset, source
from gradlab.datasets.world import Integers, World
from gradlab.experiment.sections.data import Data
from gradlab.language import mark

ACTIONS = (mark("up"), mark("right"), mark("down"), mark("left"))
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # rows and columns


@source(
    "maze",
    label=mark("Maze (reward)"),
    help=mark(
        "A small maze to play in. Nobody tells the network the right way: it tries, and gets a reward when it "
        "arrives at the goal. Samples: this many steps are played before each epoch. Length: an episode ends "
        "after at most this many steps."
    ),
    uses=("samples", "length", "side", "baseline"),
    rank=69,
    drawn=True,
)
def maze(data: Data, random: np.random.Generator) -> Dataset:
    """Return a maze with a row for every cell but the goal, and as its target the one right way from there.

    The inputs are 1 for the cell of the row and 0 for the others. The right ways are only for comparison: training
    rows are the steps of episodes played in the ``world``.
    """
    cells = data.side**2
    world = World(data.side, _carved(data.side, random), data.length)
    while len(np.unique(world.right_ways())) < len(ACTIONS):  # each action must be the right one somewhere
        world = World(data.side, _carved(data.side, random), data.length)
    return Dataset(
        inputs=np.eye(cells - 1, dtype=np.float32),
        targets=world.right_ways(),
        target_name=mark("way"),
        input_names=tuple(cell_name(cell, data.side) for cell in range(cells - 1)),
        class_names=ACTIONS,
        world=world,
    )


def cell_name(cell: int, side: int) -> str:
    """Return the name of a cell, as on a chess board: a letter for its column, a number for its row."""
    row, column = divmod(cell, side)
    return f"{chr(ord('A') + column)}{row + 1}"


def _carved(side: int, random: np.random.Generator) -> Integers:
    """Return where each action leads, ``(cells, actions)``, in a maze with one way between any two cells.

    It is a textbook's random depth-first search: a walk that opens walls to cells not yet visited, and goes back
    where there are none.
    """
    leads_to = np.repeat(np.arange(side**2)[:, None], len(MOVES), axis=1)
    seen, way = {0}, [0]
    while way:
        new = [(action, cell) for action, cell in _neighbours(way[-1], side) if cell not in seen]
        if not new:
            way.pop()
            continue
        action, cell = new[random.integers(len(new))]
        leads_to[way[-1], action] = cell
        leads_to[cell, (action + 2) % len(MOVES)] = way[-1]
        seen.add(cell)
        way.append(cell)
    return leads_to


def _neighbours(cell: int, side: int) -> list[tuple[int, int]]:
    """Return the actions that stay within the square, and the cells that they lead to without walls."""
    row, column = divmod(cell, side)
    return [
        (action, (row + down) * side + column + right)
        for action, (down, right) in enumerate(MOVES)
        if 0 <= row + down < side and 0 <= column + right < side
    ]
