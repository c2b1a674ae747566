"""The loss panel where several runs are compared: a colour for each, a band for replicas."""

from dataclasses import replace

import numpy as np
import pytest
from made_up import loss_frames
from PySide6.QtCore import Qt

from gradlab.instruments.records import Band, Curves, Frame, LaneFrame, Snapshot
from gradlab.window.charts.colors import blend
from gradlab.window.panels.loss.panel import LossPanel


@pytest.fixture
def panel(show_widget, theme):
    return show_widget(LossPanel(), 760, 560)


FRAME = loss_frames()[-1]


def worse(frame: Frame, factor: float) -> Frame:
    """Return the same run with losses that are so many times as high."""
    rows = tuple(
        row._replace(train_loss=row.train_loss * factor, val_loss=row.val_loss * factor)
        for row in frame.get(Curves).epochs
    )
    scaled = {name: getattr(frame.get(Curves), name) * factor for name in ("update_loss", "update_mean")}
    return frame.holding(replace(frame.get(Curves), epochs=rows, **scaled))


def race(frame: Frame = FRAME, pinned: bool = False) -> Snapshot:
    lanes = (
        LaneFrame("good", "lane.1", replace(frame, run=1)),
        LaneFrame("bad", "lane.2", replace(worse(frame, 3.0), run=2)),
    )
    earlier = (LaneFrame("old", "lane.3", replace(worse(frame, 2.0), run=9), pinned=True),) if pinned else ()
    return Snapshot(lanes[0].frame, lanes, pinned=earlier)


def with_band(frame: Frame) -> Snapshot:
    loss, rows = frame.get(Curves).update_loss, frame.get(Curves).epochs
    validation = np.array([row.val_loss for row in rows])
    band = Band(
        runs=12,
        update=frame.get(Curves).update,
        update_epoch=frame.get(Curves).update_epoch,
        loss=np.array([0.5 * loss, loss, 2 * loss]),
        epoch=np.array([row.epoch for row in rows], dtype=float),
        epoch_update=np.array([row.update for row in rows], dtype=float),
        metrics={"val_loss": np.array([0.5 * validation, 1.1 * validation, 2 * validation])},
    )
    one = replace(frame, run=1)
    return Snapshot(one, (LaneFrame("many", "lane.1", one, band),))


def losses_of(panel, number):
    return panel.charts.compared.all[number].losses


def test_a_single_run_looks_as_ever(panel):
    alone = replace(FRAME, run=1)
    panel.show_snapshot(Snapshot(alone, (LaneFrame("one", "lane.1", alone),)))
    assert panel.charts.compared.all == []
    assert not panel.charts.compared.isVisible()
    assert panel.charts.losses[0].line.isVisible()


def test_every_run_has_its_curves_in_its_colour_and_its_name_in_the_key(panel, theme):
    panel.show_snapshot(race())
    assert [run.key.text() for run in panel.charts.compared.all] == ["good", "bad"]
    assert [run.key.accessibleName() for run in panel.charts.compared.all] == ["good", "bad"]
    for number, (token, factor) in enumerate((("lane.1", 1.0), ("lane.2", 3.0))):
        train, validation = losses_of(panel, number)
        assert train.line.opts["pen"].color() == theme.color(token)
        assert validation.line.opts["pen"].style() == Qt.PenStyle.DashLine
        _, y = train.line.getData()
        assert y == pytest.approx([row.train_loss * factor for row in FRAME.get(Curves).epochs])
    assert not panel.charts.losses[0].line.isVisible()  # drawn once, not twice
    low, high = panel.charts.loss.view.viewRange()[1]
    assert high > 3 * max(row.train_loss for row in FRAME.get(Curves).epochs)
    assert low <= 0


def test_pinned_runs_lie_behind_and_are_pale(panel, theme):
    panel.show_snapshot(race(pinned=True))
    assert panel.charts.compared.all[2].key.text() == "old"
    old, shown = losses_of(panel, 2)[0], losses_of(panel, 0)[0]
    pale = blend(theme.color("lane.3"), theme.color("plot.background"), 0.55)
    assert old.line.opts["pen"].color() == pale
    assert old.line.zValue() < shown.line.zValue()


def test_a_key_of_a_run_switches_all_its_curves_and_one_of_a_measure_those_of_all_runs(panel, click):
    panel.show_snapshot(race())
    click(panel.charts.compared.all[1].key)
    assert not any(curve.line.isVisible() for curve in losses_of(panel, 1))
    assert all(curve.line.isVisible() for curve in losses_of(panel, 0))
    click(panel.charts.compared.all[1].key)
    click(panel.charts.losses[1].key)
    visible = [[curve.line.isVisible() for curve in losses_of(panel, number)] for number in (0, 1)]
    assert visible == [[True, False], [True, False]]


def test_metrics_are_compared_too(panel):
    panel.show_snapshot(race())
    assert all(run.metrics[0].line.isVisible() for run in panel.charts.compared.all)
    assert not panel.charts.metrics[0].line.isVisible()


def test_when_the_others_are_gone_the_run_looks_as_ever_again(panel, theme):
    panel.show_snapshot(race(pinned=True))
    alone = replace(FRAME, run=3)
    panel.show_snapshot(Snapshot(alone, (LaneFrame("one", "lane.1", alone),)))
    assert not panel.charts.compared.isVisible()
    assert not any(curve.line.isVisible() for number in range(3) for curve in losses_of(panel, number))
    assert panel.charts.losses[0].line.isVisible()
    assert panel.charts.losses[0].line.opts["pen"].color() == theme.color("series.train")


def test_replicas_are_a_band_with_their_middle(panel, theme):
    panel.show_snapshot(with_band(FRAME))
    band = panel.charts.compared.all[0].band
    assert band.fill.isVisible()
    loss = FRAME.get(Curves).update_loss
    (_, low), (_, high) = (edge.getData() for edge in band.edges)
    assert low.min() == pytest.approx(0.5 * loss.min())
    assert high.max() == pytest.approx(2 * loss.max())
    _, validation = losses_of(panel, 0)[1].line.getData()
    assert validation == pytest.approx([1.1 * row.val_loss for row in FRAME.get(Curves).epochs])
    assert panel.charts.loss.view.viewRange()[1][1] >= 2 * loss.max()
    panel.menu.log_scale.trigger()
    (_, high) = band.edges[1].getData()
    assert high.max() == pytest.approx(np.log10(2 * loss.max()))


def test_every_run_counts_by_its_own_counters(panel):
    snapshot = race()
    slow = snapshot.lanes[1].frame
    slower = slow.holding(replace(slow.get(Curves), update_seconds=10 * slow.get(Curves).update_seconds))
    panel.show_snapshot(
        replace(snapshot, lanes=(snapshot.lanes[0], replace(snapshot.lanes[1], frame=slower)))
    )
    panel.axis.choose("seconds")
    ends = [losses_of(panel, number)[0].series.x[-1] for number in (0, 1)]
    assert ends[1] == pytest.approx(10 * ends[0])
    assert panel.axis.end >= ends[1]  # nothing is cut off


def test_a_pinned_run_is_seen_before_the_next_one_begins(panel):
    begun = replace(race(pinned=True).pinned[0], frame=FRAME)
    empty = replace(FRAME.get(Curves), **{name: np.empty(0) for name in (
        "update", "update_epoch", "update_samples", "update_seconds", "update_loss", "update_mean", "grad_norm"
    )}, epochs=FRAME.get(Curves).epochs[:1], marks=())  # fmt: skip
    fresh = replace(FRAME, run=4).holding(empty)
    pinned = replace(begun, frame=replace(FRAME, run=3, progress=replace(FRAME.progress, phase="updated")))
    panel.show_snapshot(Snapshot(fresh, (LaneFrame("new", "lane.1", fresh),), pinned=(pinned,)))
    assert panel.charts.loss.isVisible()
    assert losses_of(panel, 1)[0].line.isVisible()


def test_another_theme_reaches_every_run(panel, wear):
    panel.show_snapshot(race())
    dark = wear("dark")
    assert losses_of(panel, 1)[0].line.opts["pen"].color() == dark.color("lane.2")
