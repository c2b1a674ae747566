"""The column to predict: which one it is, and whether it holds classes or numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from gradlab.experiment.sections.data import Data
from gradlab.language import tr, trn
from gradlab.tables.columns import Column, alike, first_value
from gradlab.tables.gaps import Gaps
from gradlab.tables.kinds import Kind
from gradlab.tables.known import known
from gradlab.tables.looks import Flags, FormattedLook
from gradlab.tables.numerals import numeral, plain
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.remedies import predict, predict_class, predict_number, take_as_words
from gradlab.tables.signs import Signs
from gradlab.tables.wording import first_few, folded, meant, nearest, quoted

MOST_AUTOMATIC_CLASSES = 20
MANY_CLASSES = 7
MOST_DIGITS = 400  # of a class's name
NAMED_COLUMNS = 20
LIKELY = frozenset(known("targets"))

Lines = NDArray[np.int64]


@dataclass(frozen=True)
class TargetChoice:
    """Which column is predicted.

    Attributes:
        name: None if it cannot be known.
        likelier: a column that is called like one to predict, where the last one was taken; or an empty text.
    """

    name: str | None
    likelier: str
    remarks: tuple[Remark, ...] = ()


def choose_target(names: Sequence[str], data: Data) -> TargetChoice:
    """Return the column that the experiment names, or the last one that is not left out."""
    wanted = data.target.strip()
    if not wanted:
        return _last(names, data)
    if wanted not in names:
        return TargetChoice(None, "", (_unknown(names, wanted),))
    if wanted in data.ignore:
        return TargetChoice(wanted, "", (_left_out(wanted, data),))
    return TargetChoice(wanted, "")


def _last(names: Sequence[str], data: Data) -> TargetChoice:
    ignored = set(data.ignore)
    used = [name for name in names if name not in ignored]
    if not used:
        text = tr("every column is left out by data.ignore; allowed: leave at least two columns")
        return TargetChoice(None, "", (Remark(text, key="data.ignore"),))
    last = used[-1]
    likely = _likely(used)
    if likely and last not in likely:
        text = tr("{last} is predicted, the last column; data.target = {likely} predicts the other one")
        told = text.format(last=quoted(last), likely=quoted(likely[0]))
        return TargetChoice(
            last,
            likely[0],
            (Remark(told, Level.NOTICE, "data.target", last, remedies=(predict(likely[0]),)),),
        )
    if last != names[-1]:
        text = tr("{last} is predicted: the last column that is not left out").format(last=quoted(last))
        return TargetChoice(last, "", (Remark(text, Level.NOTICE, "data.target", last),))
    return TargetChoice(last, "")


def _likely(names: Sequence[str]) -> list[str]:
    """Return the columns that are called like one to predict; beside an x and others, a y is a place."""
    plane = len(names) > 2 and "x" in map(folded, names)
    return [name for name in names if folded(name) in LIKELY and not (plane and folded(name) == "y")]


def _unknown(names: Sequence[str], wanted: str) -> Remark:
    text = tr("there is no column {wanted} to predict{meant}; allowed: {allowed}").format(
        wanted=quoted(wanted), meant=meant(wanted, names), allowed=first_few(names, NAMED_COLUMNS)
    )
    likely = _likely(names)
    first = dict.fromkeys(filter(None, [nearest(wanted, names), *likely, names[-1]]))
    return Remark(text, key="data.target", remedies=tuple(map(predict, first)))


def _left_out(wanted: str, data: Data) -> Remark:
    text = tr(
        "column {wanted} is to be predicted, and left out by data.ignore; allowed: another data.target, or "
        "data.ignore without it"
    ).format(wanted=quoted(wanted))
    without = tuple(name for name in data.ignore if name != wanted)
    remedy = Remedy(tr("Use {column}").format(column=quoted(wanted)), {"data.ignore": without})
    return Remark(text, key="data.ignore", column=wanted, remedies=(remedy,))


@dataclass(frozen=True)
class Targets:
    """What is predicted for each row.

    Attributes:
        task: ``classification`` or ``regression``; empty if it cannot be known.
        class_names: sorted; empty for a regression.
        classes: ``(rows,)``: the place of each row's class; None for a regression.
    """

    task: str
    class_names: tuple[str, ...] = ()
    classes: NDArray[np.int64] | None = None
    remarks: tuple[Remark, ...] = ()


def targets_of(column: Column, kept: Flags, table: "Around", data: Data) -> Targets:
    """Return the targets of the rows that are kept, with what there is to say of them.

    Args:
        column: the column to predict.
        kept: which rows are used; all of them have a target.
        table: the rest of the table.
        data: says the task, or leaves it open.
    """
    if column.kind is Kind.NUMBER:
        return _of_numbers(column, kept, table, data)
    if column.kind is Kind.EMPTY or not kept.any():
        return Targets("")
    if data.task == "regression":
        return Targets("regression", remarks=(_not_a_number(column, table),))
    if column.kind is Kind.DATE:
        return Targets("", remarks=(_date(column, table, data),))
    return _of_words(column, kept, table, data)


@dataclass(frozen=True)
class Around:
    """What is known of the table around the target.

    Attributes:
        lines: where each row begins in the file.
        signs: how numbers are read.
        likelier: another column that is more likely to be predicted; empty if there is none.
    """

    lines: Lines
    signs: Signs
    likelier: str = ""


def _of_words(column: Column, kept: Flags, table: Around, data: Data) -> Targets:
    assert column.places is not None
    present, classes = np.unique(column.places[kept], return_inverse=True)
    classes = classes.astype(np.int64)
    names = tuple(column.words[place] for place in present)
    remarks = [
        *_wrong_classes(_Classes(column, names, classes, table.lines[kept]), data, table.likelier),
        *alike(column, tr("column {column} has classes that differ only in capitals or blanks: {groups}")),
    ]
    return Targets("classification", names, classes, tuple(remarks))


def _of_numbers(column: Column, kept: Flags, table: Around, data: Data) -> Targets:
    assert column.numbers is not None
    if data.task == "regression":
        return Targets("regression")
    usable = kept & ~np.isnan(column.numbers)
    different = np.unique(column.numbers[usable])
    whole = bool(np.all(different == np.rint(different)))
    if data.task == "auto" and not (whole and len(different) <= MOST_AUTOMATIC_CLASSES):
        return Targets("regression", remarks=tuple(_could_be_classes(column, different, usable, whole=whole)))
    return _number_classes(column, usable, table, data)


def _number_classes(column: Column, usable: Flags, table: Around, data: Data) -> Targets:
    names, classes = _by_digits(column, usable, table.signs)
    found = _Classes(column, names, classes, table.lines[usable])
    remarks = list(_wrong_classes(found, data, table.likelier))
    if data.task == "auto" and len(names) >= MANY_CLASSES and not remarks:
        remarks.append(_could_be_numbers(column, len(names)))
    return Targets("classification", names, classes, tuple(remarks))


def _by_digits(column: Column, usable: Flags, signs: Signs) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Name classes by their digits: as floats, long ones would be the same."""
    look = FormattedLook(column.texts, Gaps())
    of_row = look.places[usable]
    values = {place: _exact(look.different[place], signs) for place in np.unique(of_row).tolist()}
    ordered = sorted(set(values.values()))
    place_of = {value: place for place, value in enumerate(ordered)}
    of_text = np.zeros(len(look.different), dtype=np.int64)
    for place, value in values.items():
        of_text[place] = place_of[value]
    return tuple(map(_written, ordered)), of_text[of_row]


def _exact(text: str, signs: Signs) -> Decimal:
    found = numeral(plain(text))
    assert found is not None
    table = str.maketrans({**dict.fromkeys(signs.thousands), signs.decimal: ".", "∞": "inf"})
    value = Decimal(found.core.translate(table))
    return -value if found.negative and value else value


def _written(value: Decimal) -> str:
    if value.adjusted() > MOST_DIGITS:
        return str(value)
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


@dataclass(frozen=True)
class _Classes:
    """The classes of a column: their names, and for each row that is used its class and line."""

    column: Column
    names: tuple[str, ...]
    of_rows: NDArray[np.int64]
    lines: Lines


# What there is to say


def _wrong(column: Column, text: str, likelier: str, *others: Remedy, lines: tuple[int, ...] = ()) -> Remark:
    """Return what keeps a column from being predicted; a likelier one is offered before the ``others``."""
    remedies = others
    if likelier:
        text += tr('; data.target = "{column}" predicts another column').format(column=likelier)
        remedies = (predict(likelier), *others)
    return Remark(text, key="data.target", column=column.name, lines=lines, remedies=remedies)


def _not_a_number(column: Column, table: Around) -> Remark:
    example, line = first_value(column, table.lines)
    text = tr(
        "column {column} is not numbers only ({example} in line {line}), so no number can be predicted; "
        'allowed: data.task = "classification", or another column'
    ).format(column=quoted(column.name), example=example, line=line)
    return _wrong(column, text, table.likelier, predict_class())


def _date(column: Column, table: Around, data: Data) -> Remark:
    example, line = first_value(column, table.lines)
    text = tr(
        "column {column} holds dates or times ({example} in line {line}), which cannot be predicted; allowed: "
        "another data.target, or data.categories = [{column}]"
    ).format(column=quoted(column.name), example=example, line=line)
    return _wrong(column, text, table.likelier, take_as_words(column.name, data))


def _wrong_classes(found: _Classes, data: Data, likelier: str) -> Iterable[Remark]:
    if len(found.names) == 1:
        yield _one_class(found.column, found.names[0], likelier)
        return
    alone = np.flatnonzero(np.bincount(found.of_rows, minlength=len(found.names)) == 1)
    if data.holds_out and len(alone):
        yield _single_rows(found, alone, likelier)


def _one_class(column: Column, name: str, likelier: str) -> Remark:
    text = tr(
        "column {column} has only one class, {name}, so there is nothing to tell apart; allowed: two classes or "
        "more"
    ).format(column=quoted(column.name), name=quoted(name))
    or_number, number = _or_a_number(column)
    return _wrong(column, text + or_number, likelier, *number)


def _single_rows(found: _Classes, alone: NDArray[np.int64], likelier: str) -> Remark:
    column, name, more = found.column, found.names[alone[0]], len(alone) - 1
    line = int(found.lines[int(np.argmax(found.of_rows == alone[0]))])
    where = str(line)
    if more:
        where = trn("{line} (and {count} more class)", "{line} (and {count} more classes)", more).format(
            line=line, count=more
        )
    text = tr(
        "class {name} has a single row, in line {line}, which cannot be both trained on and held out; "
        "allowed: two rows or more of each class in column {column}, or data.validation = 0"
    ).format(name=quoted(name), line=where, column=quoted(column.name))
    or_number, number = _or_a_number(column)
    nothing_held_out = Remedy(tr("Hold no rows out"), {"data.validation": 0.0, "data.validation_rows": 0})
    return _wrong(column, text + or_number, likelier, *number, nothing_held_out, lines=(line,))


def _or_a_number(column: Column) -> tuple[str, tuple[Remedy, ...]]:
    """Return the other way that numbers leave, in words and as a remedy."""
    if column.kind is not Kind.NUMBER:
        return "", ()
    return tr(', or data.task = "regression"'), (predict_number(),)


def _could_be_numbers(column: Column, count: int) -> Remark:
    text = tr(
        'the {count} different numbers of column {column} are taken as classes; data.task = "regression" '
        "predicts a number"
    ).format(count=count, column=quoted(column.name))
    return Remark(text, Level.NOTICE, "data.task", column.name, remedies=(predict_number(),))


def _could_be_classes(
    column: Column, different: NDArray[np.float64], kept: Flags, *, whole: bool
) -> Iterable[Remark]:
    if whole and 2 * len(different) <= kept.sum():
        text = tr(
            "the {count} different whole numbers of column {column} are predicted as numbers; "
            'data.task = "classification" takes them as classes'
        ).format(count=len(different), column=quoted(column.name))
        yield Remark(text, Level.NOTICE, "data.task", column.name, remedies=(predict_class(),))
