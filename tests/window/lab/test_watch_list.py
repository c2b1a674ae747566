import pytest

from gradlab.instruments.records import Confusion, Curves, Flow
from gradlab.window.lab.watch_list import WatchList


@pytest.fixture
def seen():
    return {}


@pytest.fixture
def watch_list(trainer, seen):
    return WatchList(trainer, lambda: seen)


def test_what_is_in_sight_and_what_a_lesson_needs_are_watched_together(watch_list, trainer, seen):
    seen |= {"": frozenset({Confusion}), "b": frozenset({Flow})}
    watch_list.need({"": frozenset({Curves}), "a": frozenset({Curves}), "b": frozenset({Curves})})
    of_lanes = {"a": {Curves}, "b": {Curves, Flow}}
    assert trainer.named("watch") == [({Confusion, Curves}, of_lanes)]
    watch_list.need({})
    assert trainer.named("watch")[-1] == ({Confusion}, {"b": {Flow}})


def test_nothing_changes_while_it_is_held(watch_list, trainer, seen):
    watch_list.hold()
    seen[""] = frozenset({Confusion})
    watch_list.update()
    watch_list.need({"a": frozenset({Curves})})
    assert trainer.asked == []
    watch_list.release()
    assert trainer.named("watch") == [({Confusion}, {"a": {Curves}})]
