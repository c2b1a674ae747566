"""A trial: the run as it was beside the same run with a piece of advice, from the same start."""

from bisect import bisect_left
from copy import deepcopy
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from gradlab.diagnosis.finding import Advice, Change, Finding
from gradlab.diagnosis.rules.base import RULES, Measure
from gradlab.experiment.files import build
from gradlab.experiment.schema import Experiment
from gradlab.experiment.variants import COMMON, singles
from gradlab.instruments.records import Curves, EpochRow, Frame, Snapshot, State
from gradlab.language import mark

AS_IT_WAS, CHANGED = mark("As it was"), mark("With the change")
# What decides how a loss is counted: with another value of it, two losses cannot be compared.
COUNTS_LOSS = ("training.loss", "training.class_weights", "data.standardize_target")
# What decides which rows the validation numbers are of.
CHOOSES_ROWS = tuple(f"data.{name}" for name in ("source", "path", "leak", "validation", "validation_rows"))
NO_LOSS: tuple[Measure, ...] = ("val_f1", "val_accuracy", "train_accuracy")
TO_BE_HIGH: tuple[Measure, ...] = ("val_f1", "val_accuracy", "train_accuracy", "reward")
# By how much a number has to differ before anything is said to have helped: of a loss, and of a share.
LEAST_RATIO, LEAST_SHARE = 0.05, 0.01

Rows = tuple[EpochRow, ...]
Verdict = Literal["helped", "same", "worse", "other"]


@dataclass(frozen=True)
class Trial:
    """A piece of advice that is tried.

    Attributes:
        finding, advice: what is tried, and against what.
        before: the run that the finding is about, alone; run: its number.
        after_run: the number of the latest run before the trial: those of the trial have higher ones.
    """

    finding: Finding
    advice: Advice
    before: Experiment
    run: int
    after_run: int

    @property
    def changed(self) -> Experiment:
        """The run with the advice, alone; raises InputError where a setting does not allow that."""
        return build(_with(self.before.model_dump(), self.advice.changes))

    @property
    def can_race(self) -> bool:
        """Whether both can be variants of one experiment."""
        return not any(change.key in COMMON for change in self.advice.changes)

    @property
    def both(self) -> Experiment:
        """Both runs as variants of one experiment, the one as it was first; raises InputError."""
        variants = [{"name": AS_IT_WAS}, _with({"name": CHANGED}, self.advice.changes)]
        made = build({**self.before.model_dump(), "variants": variants})
        singles(made)  # checks the changes
        return made

    def frames(self, snapshot: Snapshot) -> tuple[Frame, Frame] | None:
        """Return the frames of the run as it was and of the changed one; None where other runs are shown."""
        lanes = {lane.name: lane.frame for lane in snapshot.lanes if lane.frame.run > self.after_run}
        if AS_IT_WAS in lanes and CHANGED in lanes:
            return lanes[AS_IT_WAS], lanes[CHANGED]
        earlier = [lane.frame for lane in snapshot.pinned if lane.frame.run == self.run]
        if not self.can_race and earlier and snapshot.shown.run > self.after_run:
            return earlier[0], snapshot.shown
        return None


@dataclass(frozen=True)
class Outcome:
    """What a trial shows so far.

    Attributes:
        measure: the number that both runs are judged by.
        before, after: that number of both, as it was and changed; None where the run blew up.
        right_before, right_after: the shares of right answers, to say besides; None where there are none.
        epoch: the epoch that the numbers are of; where a run blew up, that of the other one; None where both ended
            with the weights of different epochs.
        is_over: whether both runs are.
        verdict: which way it came out; ``other`` where the two numbers do not mean the same.
    """

    measure: Measure
    before: float | None
    after: float | None
    right_before: float | None
    right_after: float | None
    epoch: int | None
    is_over: bool
    verdict: Verdict


def outcome(trial: Trial, before: Frame, after: Frame) -> Outcome | None:
    """Compare both runs at the same epoch, or in the end as their weights are then; None before there is one."""
    is_over = before.state is after.state is State.FINISHED
    rows = _rows_to_compare(before, after, is_over=is_over)
    if rows is None:
        return None
    one, other = rows
    measure = _measure(trial, one, other)
    number, changed = _value(before, one, measure), _value(after, other, measure)
    has_right = measure.endswith("loss") and number is not None and changed is not None
    right = [_known(row, "val_accuracy") if has_right else None for row in rows]
    verdict = _verdict(measure, number, changed) if _is_comparable(trial, measure) else "other"
    alone = number is None or changed is None
    epoch = max(one.epoch, other.epoch) if alone or one.epoch == other.epoch else None
    return Outcome(measure, number, changed, right[0], right[1], epoch, is_over, verdict)


def _with(document: dict[str, Any], changes: tuple[Change, ...]) -> dict[str, Any]:
    """Return a copy of a document with dotted keys set."""
    made = deepcopy(document)
    for change in changes:
        table, (*sections, name) = made, change.key.split(".")
        for section in sections:
            table = table.setdefault(section, {})
        table[name] = change.value
    return made


def _rows_to_compare(before: Frame, after: Frame, *, is_over: bool) -> tuple[EpochRow, EpochRow] | None:
    one, other = _rows(before), _rows(after)
    if not one or not other:
        return None
    if is_over or _blew_up(before) or _blew_up(after):  # one that blew up gets no further
        return _in_force(before, one), _in_force(after, other)
    epoch = min(one[-1].epoch, other[-1].epoch)
    rows = _at(one, epoch), _at(other, epoch)
    return None if epoch == 0 or rows[0] is None or rows[1] is None else (rows[0], rows[1])


def _rows(frame: Frame) -> Rows:
    curves = frame.get(Curves)
    return curves.epochs if curves else ()


def _at(rows: Rows, epoch: int) -> EpochRow | None:
    place = bisect_left(rows, epoch, key=lambda row: row.epoch)
    return rows[place] if place < len(rows) and rows[place].epoch == epoch else None


def _in_force(frame: Frame, rows: Rows) -> EpochRow:
    """Return the epoch whose weights the network has: the last one, unless the best ones were restored."""
    return _at(rows, -1 if frame.measured is None else frame.measured) or rows[-1]


def _blew_up(frame: Frame) -> bool:
    curves = frame.get(Curves)
    return curves is not None and any(each.kind == "diverged" for each in curves.marks)


def _measure(trial: Trial, one: EpochRow, other: EpochRow) -> Measure:
    """Return the number that both runs have and that the trial is about."""
    wanted: list[Measure] = ["reward", "val_loss", "train_loss"]
    if any(change.key in COUNTS_LOSS for change in trial.advice.changes):
        wanted = [*NO_LOSS, *wanted]
    if own := RULES[trial.finding.id].judged_by:
        wanted.insert(0, own)
    return next(each for each in wanted if None not in (getattr(one, each), getattr(other, each)))


def _is_comparable(trial: Trial, measure: Measure) -> bool:
    """Return whether a number means the same in both runs."""
    keys = {change.key for change in trial.advice.changes}
    return not keys & {*CHOOSES_ROWS} and not (measure.endswith("loss") and keys & {*COUNTS_LOSS})


def _value(frame: Frame, row: EpochRow, measure: Measure) -> float | None:
    return None if _blew_up(frame) else _known(row, measure)


def _known(row: EpochRow, measure: Measure) -> float | None:
    value: float | None = getattr(row, measure)
    return value if value is not None and isfinite(value) else None


def _verdict(measure: Measure, before: float | None, after: float | None) -> Verdict:
    if before is None or after is None:
        return "same" if before is after else "helped" if before is None else "worse"
    gain = after - before if measure in TO_BE_HIGH else before - after
    least = LEAST_SHARE if measure in TO_BE_HIGH else LEAST_RATIO * abs(before)
    return "same" if abs(gain) < max(least, 1e-12) else "helped" if gain > 0 else "worse"
