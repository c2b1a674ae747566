"""Pinned runs stay, whatever comes after them; a run keeps its colour."""

from dataclasses import replace

import numpy as np
from plain_pytorch import experiment

from gradlab.instruments.records import BufferState, Curves, Frame, LaneFrame, Snapshot
from gradlab.window.lab.pins import MOST, Pins

EMPTY = np.empty(0)


def curves_to(update: int) -> Curves:
    return Curves(np.arange(update), *[EMPTY] * 6)


def race(*runs: int, update: int = 5) -> Snapshot:
    lanes = tuple(
        LaneFrame(f"run {run}", f"lane.{number}", Frame(run=run).holding(curves_to(update)))
        for number, run in enumerate(runs, 1)
    )
    return Snapshot(lanes[0].frame, lanes)


def tokens(lanes):
    return [lane.token for lane in lanes]


def test_a_pinned_run_stays_behind_the_next_with_its_colour():
    pins = Pins()
    pins.follow(race(1))
    pins.pin(1)
    assert pins.follow(race(1)).lanes[0].pinned
    assert pins.follow(race(1)).pinned == ()  # it is there itself
    after = pins.follow(race(2))
    assert [(lane.name, lane.token) for lane in after.pinned] == [("run 1", "lane.1")]
    assert tokens(after.lanes) == ["lane.2"]
    pins.pin(1, False)
    assert pins.follow(race(2)).pinned == ()
    assert tokens(pins.follow(race(2)).lanes) == ["lane.2"]  # it does not change its colour on the way


def test_what_happens_after_pinning_is_kept_too():
    pins = Pins()
    pins.follow(race(1, update=3))
    pins.pin(1)
    pins.follow(race(1, update=9))
    (kept,) = pins.follow(race(2)).pinned
    assert len(kept.frame.get(Curves).update) == 9


def test_only_curves_and_numbers_are_kept():
    pins = Pins()
    snapshot = race(1)
    heavy = replace(snapshot.lanes[0].frame, val_loss=0.5).holding(BufferState(1, 1, 1, 1.0, 1.0, "never"))
    pins.follow(replace(snapshot, lanes=(replace(snapshot.lanes[0], frame=heavy),)))
    pins.pin(1)
    (kept,) = pins.follow(race(2)).pinned
    assert kept.frame.val_loss == 0.5
    assert kept.frame.get(BufferState) is None


def test_every_run_has_a_colour_of_its_own():
    pins = Pins()
    pins.follow(race(1, 2))
    pins.pin(2)
    after = pins.follow(race(3, 4, 5))
    assert tokens(after.pinned) == ["lane.2"]
    assert len({*tokens(after.lanes), *tokens(after.pinned)}) == 4


def test_the_same_name_twice_is_told_apart():
    pins = Pins()
    for run in (1, 2):
        snapshot = race(run)
        pins.follow(replace(snapshot, lanes=(replace(snapshot.lanes[0], name="Digits"),)))
        pins.pin(run)
    last = race(3)
    after = pins.follow(replace(last, lanes=(replace(last.lanes[0], name="Digits"),)))
    assert [lane.name for lane in (*after.lanes, *after.pinned)] == [
        "Digits",
        "Digits (earlier)",
        "Digits (earlier 2)",
    ]


def test_there_are_never_more_pinned_runs_than_colours():
    pins = Pins()
    for run in range(1, 12):
        pins.follow(race(run))
        pins.pin(run)
    after = pins.follow(race(20))
    assert len(after.pinned) == MOST
    assert after.pinned[-1].name == "run 11"
    assert len({*tokens(after.lanes), *tokens(after.pinned)}) == MOST + 1


def test_a_run_that_is_not_there_cannot_be_pinned():
    pins = Pins()
    pins.follow(race(1))
    pins.pin(7)
    assert pins.follow(race(2)).pinned == ()


def test_runs_on_other_data_are_let_go():
    pins, digits = Pins(), experiment(data={"source": "digits"})
    snapshot = race(1)
    pins.follow(
        replace(
            snapshot, lanes=(replace(snapshot.lanes[0], frame=replace(snapshot.shown, experiment=digits)),)
        )
    )
    pins.pin(1)
    pins.let_go_of_others(digits.with_value("data.label_noise", 0.1).data)
    assert len(pins.follow(race(2)).pinned) == 1
    pins.let_go_of_others(digits.with_value("data.source", "moons").data)
    assert pins.follow(race(2)).pinned == ()
