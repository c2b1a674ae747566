import pytest

from gradlab.window.lab.watch_list import WatchList


@pytest.fixture
def seen():
    return {}


@pytest.fixture
def watch_list(trainer, seen):
    return WatchList(trainer, lambda: seen)


def test_what_is_in_sight_and_what_a_lesson_needs_are_watched_together(watch_list, trainer, seen):
    seen |= {"": frozenset({"loss"}), "b": frozenset({"flow"})}
    watch_list.need({"": frozenset({"curves"}), "a": frozenset({"curves"}), "b": frozenset({"curves"})})
    of_lanes = {"a": {"curves"}, "b": {"curves", "flow"}}
    assert trainer.named("watch") == [({"loss", "curves"}, of_lanes)]
    watch_list.need({})
    assert trainer.named("watch")[-1] == ({"loss"}, {"b": {"flow"}})


def test_nothing_changes_while_it_is_held(watch_list, trainer, seen):
    watch_list.hold()
    seen[""] = frozenset({"loss"})
    watch_list.update()
    watch_list.need({"a": frozenset({"curves"})})
    assert trainer.asked == []
    watch_list.release()
    assert trainer.named("watch") == [({"loss"}, {"a": {"curves"}})]
