"""A maze has one way between any two cells, and what is played in it follows the rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlab.datasets.base import SOURCES
from gradlab.datasets.maze import MOVES
from gradlab.datasets.split import prepare
from gradlab.datasets.world import Experience, World, play
from gradlab.errors import InputError
from gradlab.experiment.files import build
from gradlab.experiment.sections.data import Data

SIDES = st.integers(4, 8)
SEEDS = st.integers(0, 10_000)


def maze(side=4, seed=0, **settings):
    return SOURCES["maze"].build(Data(source="maze", side=side, **settings), np.random.default_rng(seed))


def evenly(world: World):
    return np.full((world.goal, len(MOVES)), 1 / len(MOVES))


def steps_from(cell, dataset):
    """How many right steps lead to the goal; too many where they never do."""
    for steps in range(len(dataset.inputs) + 2):
        if cell == dataset.world.goal:
            return steps
        cell = dataset.world.leads_to[cell, dataset.targets[cell]]
    return steps


@settings(deadline=None, max_examples=30)
@given(side=SIDES, seed=SEEDS)
def test_a_maze_has_one_way_between_any_two_cells(side, seed):
    leads_to = maze(side, seed).world.leads_to
    cells = np.arange(side**2)
    doors = {tuple(sorted((cell, to))) for cell, row in enumerate(leads_to) for to in row if to != cell}
    reached, grown = {0}, True
    while grown:
        before = len(reached)
        reached |= {cell for door in doors if reached & set(door) for cell in door}
        grown = len(reached) > before
    assert reached == set(cells)
    assert len(doors) == side**2 - 1  # connected with one door less than cells: a tree


@settings(deadline=None, max_examples=30)
@given(side=SIDES, seed=SEEDS)
def test_an_action_leads_to_its_neighbour_or_stays_and_back_again(side, seed):
    leads_to = maze(side, seed).world.leads_to
    for cell in range(side**2):
        for action, (down, right) in enumerate(MOVES):
            to = leads_to[cell, action]
            if to != cell:
                assert (to // side - cell // side, to % side - cell % side) == (down, right)
                assert leads_to[to, (action + 2) % 4] == cell


@settings(deadline=None, max_examples=30)
@given(side=SIDES, seed=SEEDS)
def test_the_right_ways_lead_to_the_goal_from_everywhere_and_each_is_right_somewhere(side, seed):
    dataset = maze(side, seed)
    world = dataset.world
    assert all(steps_from(cell, dataset) < side**2 for cell in range(world.goal))
    assert set(dataset.targets) == {0, 1, 2, 3}


@settings(deadline=None, max_examples=30)
@given(seed=SEEDS, steps=st.integers(1, 700), limit=st.integers(4, 30))
def test_what_is_played_follows_the_maze_and_the_returns_add_up(seed, steps, limit):
    world = maze(seed=seed, length=limit).world
    played = play(world, evenly(world), steps, np.random.default_rng(seed))
    assert len(played.states) == len(played.actions) == len(played.returns) == steps
    nexts = world.leads_to[played.states, played.actions]
    lengths, began = [], 0
    for step in range(steps - 1):
        if np.isclose(
            played.returns[step], (nexts[step] == world.goal) - 1 / limit
        ):  # the last of an episode
            lengths.append(step + 1 - began)
            began = step + 1
        else:
            assert played.states[step + 1] == nexts[step]
            assert np.isclose(played.returns[step + 1], played.returns[step] + 1 / limit)
    assert max(lengths, default=0) <= limit
    assert -1 <= played.reward < 1


def test_the_reward_of_the_right_way_is_what_its_length_costs():
    dataset = maze()
    world = dataset.world
    policy = np.eye(4)[dataset.targets]
    played = play(world, policy, 2000, np.random.default_rng(0))
    from_where = played.states[
        np.append(True, world.leads_to[played.states, played.actions][:-1] == world.goal)
    ]
    expected = np.mean([1 - steps_from(cell, dataset) / world.limit for cell in from_where])
    assert played.reward == pytest.approx(expected, abs=0.01)  # the episodes at the end are cut off


def test_actions_are_played_as_often_as_the_policy_says():
    world = maze().world
    policy = np.tile([0.5, 0.1, 0.15, 0.25], (world.goal, 1))
    played = play(world, policy, 40_000, np.random.default_rng(0))
    assert np.bincount(played.actions) / 40_000 == pytest.approx(policy[0], abs=0.01)


def test_advantages_are_above_or_below_what_is_usual():
    played = Experience(
        states=np.array([0, 0, 2]), actions=np.zeros(3, int), returns=np.array([1.0, 0.5, -0.3]), reward=0.0
    )
    assert played.advantages("none").tolist() == [1.0, 0.5, -0.3]
    assert played.advantages("mean") == pytest.approx([0.6, 0.1, -0.7])
    assert played.advantages("state") == pytest.approx([0.25, -0.25, 0])


def test_every_cell_is_compared_with_its_right_way_and_none_is_held_out():
    split = prepare(build({"data": {"source": "maze"}}))
    np.testing.assert_array_equal(split.validation_rows, np.arange(15))
    np.testing.assert_array_equal(split.train_rows, np.arange(15))
    assert not len(prepare(build({"data": {"source": "maze", "validation": 0.0}})).validation_rows)


@pytest.mark.parametrize("key", ["leak", "label_noise", "train_rows", "validation_rows"])
def test_what_speaks_of_rows_is_refused(key):
    value = 1 if key.endswith("rows") else 0.5
    with pytest.raises(InputError, match=rf"data.{key} = {value}: .* allowed here: 0") as caught:
        prepare(build({"data": {"source": "maze", key: value}}))
    assert caught.value.key == f"data.{key}"
