"""A grid of texts as a table: columns with roles and kinds, rows that are used, and all there is to say of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradlab.experiment.sections.data import Data
from gradlab.language import tr, trn
from gradlab.tables.columns import Column, as_column, remarks_on_numbers, remarks_on_words
from gradlab.tables.gaps import Gaps
from gradlab.tables.grid import Grid
from gradlab.tables.kinds import Kind, Role
from gradlab.tables.looks import Flags, Look, look_at
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.remedies import leave_out
from gradlab.tables.row_counter import counts_rows
from gradlab.tables.signs import Reading, Signs, signs_of
from gradlab.tables.target import Around, Targets, choose_target, targets_of
from gradlab.tables.wording import first_few, in_lines, meant, nearest, quoted

MANY_GAPS = 0.3
NAMED_COLUMNS = 20


@dataclass(frozen=True)
class Table:
    """A table that is understood as far as possible.

    Attributes:
        columns: those that are looked at, in the file's order.
        kept: ``(rows,)``: which rows are used.
        lines: ``(rows,)``: where each of them begins in the file.
        target: the column to predict; None if it cannot be known.
        targets: what is predicted for the rows that are kept.
        signs: how its numbers were read.
        remarks: errors first, then notices.
    """

    columns: tuple[Column, ...]
    kept: Flags
    lines: NDArray[np.int64]
    target: Column | None
    targets: Targets
    signs: Signs
    remarks: tuple[Remark, ...]

    @property
    def inputs(self) -> list[Column]:
        """The columns that the network gets."""
        return [column for column in self.columns if column.role is Role.INPUT]


Looks = dict[tuple[str, Gaps], Look]


def understand(grid: Grid, data: Data, seen: Looks | None = None) -> Table:
    """Find out what the columns of a grid are.

    Args:
        grid: the texts of the table.
        data: what is chosen.
        seen: keeps what was seen in the columns from one time to the next; with it, those that are left out are
            looked at, too.
    """
    return _Understanding(grid, data, seen).table()


class _Understanding:
    def __init__(self, grid: Grid, data: Data, seen: Looks | None) -> None:
        self.grid, self.data, self.seen = grid, data, seen
        self.remarks: list[Remark] = [*grid.remarks, *_unknown_names(grid.names, data)]
        self.choice = choose_target(grid.names, data)
        self.remarks += self.choice.remarks

    def table(self) -> Table:
        looks = self._looks()
        reading = self._signs(looks)
        self.remarks += reading.remarks
        columns = self._columns(looks, reading.signs)
        kept = self._kept(columns)
        target = next((column for column in columns if column.role is Role.TARGET), None)
        targets = self._targets(target, kept, reading.signs)
        self.remarks += targets.remarks
        if not any(column.role is Role.INPUT for column in columns):
            self.remarks.append(_no_input())
        ordered = sorted(self.remarks, key=lambda remark: remark.level is not Level.ERROR)
        return Table(tuple(columns), kept, self.grid.lines, target, targets, reading.signs, tuple(ordered))

    def _role(self, name: str, ignored: frozenset[str]) -> Role:
        if name in ignored:
            return Role.LEFT_OUT
        return Role.TARGET if name == self.choice.name else Role.INPUT

    def _looks(self) -> dict[str, tuple[Role, Look]]:
        gaps, ignored = Gaps.of(self.data.gaps), frozenset(self.data.ignore)
        looks = {}
        for name, texts in zip(self.grid.names, self.grid.columns, strict=True):
            role = self._role(name, ignored)
            if self.seen is not None or role is not Role.LEFT_OUT:
                looks[name] = role, self._look(name, texts, gaps)
        return looks

    def _look(self, name: str, texts: Sequence[str], gaps: Gaps) -> Look:
        if self.seen is None:
            return look_at(texts, gaps)
        if (name, gaps) not in self.seen:
            self.seen[name, gaps] = look_at(texts, gaps)
        return self.seen[name, gaps]

    def _signs(self, looks: dict[str, tuple[Role, Look]]) -> Reading:
        words = frozenset(self.data.categories)
        evidence = (
            look.evidence(name, self.grid.lines)
            for name, (role, look) in looks.items()
            if role is not Role.LEFT_OUT and look.is_numbers and name not in words
        )
        return signs_of(evidence, self.data, self.grid.layout.separator)

    def _columns(self, looks: dict[str, tuple[Role, Look]], signs: Signs) -> list[Column]:
        columns = []
        inputs = sum(role is Role.INPUT for role, _ in looks.values())
        for name, (role, look) in looks.items():
            column, numbers = as_column(name, role, look, signs, self.data)
            bare = numbers is not None and not numbers.unit
            if role is Role.INPUT and inputs > 1 and bare and counts_rows(column):
                column = self._counter(column)
            if column.role is not Role.LEFT_OUT and numbers is not None:
                self.remarks += remarks_on_numbers(column, numbers, self.grid.lines, self.data)
            if column.role is Role.INPUT and column.places is not None:
                self.remarks += remarks_on_words(column, self.grid.lines, self.data)
            if column.role is not Role.LEFT_OUT and column.kind is Kind.EMPTY:
                self.remarks.append(_no_values(column, self.data))
            columns.append(column)
        return columns

    def _counter(self, column: Column) -> Column:
        if column.name in self.grid.unnamed:
            text = tr("column {column} has no name and counts the rows: it is left out")
            told = text.format(column=quoted(column.name))
            self.remarks.append(Remark(told, Level.NOTICE, "data.ignore", column.name))
            return Column(column.name, Role.LEFT_OUT, column.kind, column.texts, column.gaps, column.numbers)
        text = tr(
            "column {column} only counts the rows: a network can learn them by heart; data.ignore = [{column}] "
            "leaves it out"
        )
        remedies = (leave_out(column.name, self.data),)
        told = text.format(column=quoted(column.name))
        self.remarks.append(Remark(told, Level.NOTICE, "data.ignore", column.name, remedies=remedies))
        return column

    def _kept(self, columns: list[Column]) -> Flags:
        """Return the rows that are used, and say what happens to the others."""
        rows = len(self.grid.lines)
        used = [
            column for column in columns if column.role is not Role.LEFT_OUT and column.kind is not Kind.EMPTY
        ]
        gappy = [column for column in used if column.gaps.any()]
        some = np.zeros(rows, dtype=np.bool_)
        for column in gappy:
            some |= column.gaps
        if self.data.missing == "refuse":
            count = int(some.sum())
            self.remarks += (_gaps(column, count, self.grid.lines, self.data) for column in gappy)
            return ~some
        if self.data.missing == "drop_rows":
            self._say_left_out(some)
            return ~some
        return self._filled(gappy, rows)

    def _filled(self, gappy: list[Column], rows: int) -> Flags:
        gone = np.zeros(rows, dtype=np.bool_)
        for column in gappy:
            if column.role is Role.TARGET:
                gone = column.gaps
        self._say_left_out(gone)
        counts = {
            column.name: int((column.gaps & ~gone).sum()) for column in gappy if column.role is Role.INPUT
        }
        filled = {name: count for name, count in counts.items() if count}
        if filled:
            self.remarks.append(_fill(filled))
        return ~gone

    def _say_left_out(self, gone: Flags) -> None:
        count = int(gone.sum())
        if count == len(gone):
            text = tr(
                'no row is left: each has a missing value; allowed: data.missing = "fill", or data.ignore'
            )
            remedy = Remedy(tr("Fill in"), {"data.missing": "fill"})
            self.remarks.append(Remark(text, key="data.missing", remedies=(remedy,)))
        elif count:
            text = trn(
                "{count} row is left out, since a value is missing: {lines}",
                "{count} rows are left out, since a value is missing: {lines}",
                count,
            )
            lines = self.grid.lines[gone].tolist()
            told = text.format(count=count, lines=in_lines(lines))
            self.remarks.append(Remark(told, Level.NOTICE, "data.missing", lines=tuple(lines)))

    def _targets(self, target: Column | None, kept: Flags, signs: Signs) -> Targets:
        if target is None:
            return Targets("")
        usable = kept & ~target.gaps
        if not usable.any():
            usable = ~target.gaps
        return targets_of(target, usable, Around(self.grid.lines, signs, self.choice.likelier), self.data)


def _unknown_names(names: Sequence[str], data: Data) -> Iterable[Remark]:
    known = frozenset(names)
    for key, given in (("ignore", data.ignore), ("categories", data.categories)):
        for name in given:
            if name not in known:
                yield _unknown_name(name, f"data.{key}", given, names)


def _unknown_name(name: str, key: str, given: tuple[str, ...], names: Sequence[str]) -> Remark:
    text = tr("{key}: there is no column {name}{meant}; allowed: {allowed}").format(
        key=key, name=quoted(name), meant=meant(name, names), allowed=first_few(names, NAMED_COLUMNS)
    )
    near = nearest(name, names)
    others = tuple(other for other in given if other != name)
    remedies = [Remedy(tr("Forget {column}").format(column=quoted(name)), {key: others})]
    if near:
        changed = tuple(near if other == name else other for other in given)
        remedies.insert(0, Remedy(tr("It is {column}").format(column=quoted(near)), {key: changed}))
    return Remark(text, key=key, remedies=tuple(remedies))


def _no_input() -> Remark:
    text = tr("no column is left to predict from; allowed: at least one beside the column to predict")
    return Remark(text, key="data.ignore")


def _no_values(column: Column, data: Data) -> Remark:
    if column.role is Role.TARGET:
        text = tr(
            "column {column} is to be predicted and has no value in any row; allowed: another data.target"
        )
        return Remark(text.format(column=quoted(column.name)), key="data.target", column=column.name)
    text = tr("column {column} has no value in any row; allowed: data.ignore = [{column}]")
    return Remark(
        text.format(column=quoted(column.name)),
        key="data.ignore",
        column=column.name,
        remedies=(leave_out(column.name, data),),
    )


def _gaps(column: Column, rows_with_gaps: int, lines: NDArray[np.int64], data: Data) -> Remark:
    where = lines[column.gaps].tolist()
    is_target = column.role is Role.TARGET
    allowed = 'data.missing = "drop_rows"' if is_target else 'data.missing = "drop_rows" or "fill"'
    if not is_target:
        allowed = tr("{one}, or {other}").format(one=allowed, other=f"data.ignore = [{quoted(column.name)}]")
    text = trn(
        "{count} of {rows} rows has no value in column {column} ({lines}); allowed: {allowed}",
        "{count} of {rows} rows have no value in column {column} ({lines}); allowed: {allowed}",
        len(where),
    ).format(
        count=len(where), rows=len(lines), column=quoted(column.name), lines=in_lines(where), allowed=allowed
    )
    return Remark(
        text,
        key="data.missing",
        column=column.name,
        lines=tuple(where),
        remedies=_ways_round_gaps(column, rows_with_gaps, len(where) / len(lines), data),
    )


def _ways_round_gaps(column: Column, rows: int, share: float, data: Data) -> tuple[Remedy, ...]:
    drop = Remedy(
        trn("Leave the {count} row out", "Leave the {count} rows out", rows).format(count=rows),
        {"data.missing": "drop_rows"},
    )
    if column.role is Role.TARGET:
        return (drop,)
    fill = Remedy(
        tr("Fill in the median of the training rows")
        if column.kind is Kind.NUMBER
        else tr("Fill in the most frequent word of the training rows"),
        {"data.missing": "fill"},
    )
    out = leave_out(column.name, data)
    return (out, fill, drop) if share > MANY_GAPS else (drop, fill, out)


def _fill(counts: dict[str, int]) -> Remark:
    text = trn(
        "{count} missing value is filled in, as data.missing says: {columns}",
        "{count} missing values are filled in, as data.missing says: {columns}",
        sum(counts.values()),
    )
    columns = first_few([f"{quoted(name)} ({count})" for name, count in counts.items()])
    return Remark(text.format(count=sum(counts.values()), columns=columns), Level.NOTICE, "data.missing")
