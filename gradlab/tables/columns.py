"""The columns of a table as numbers or words, with what there is to say of each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradlab.experiment.sections.data import Data
from gradlab.language import grouped, listed, tr, trn
from gradlab.tables.gaps import Gaps
from gradlab.tables.kinds import Kind, Role, is_date
from gradlab.tables.looks import Doubles, Flags, FormattedLook, Look, Numbers
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.remedies import count_as_missing, leave_out, take_as_words
from gradlab.tables.signs import Signs
from gradlab.tables.wording import first_few, folded, in_lines, quoted

MOST_WORDS = 50
FEW_WORDS = 10
LONGEST_WHOLE = 2.0**53
LARGEST = float(np.finfo(np.float32).max)

Lines = NDArray[np.int64]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: as in the table.
        role: what it is for.
        kind: what it holds.
        texts: its cells.
        gaps: ``(rows,)``: which rows have no value.
        numbers: ``(rows,)``, NaN where there is none; None unless it is a column of numbers.
        words: the different words, sorted; none in a column of numbers.
        places: ``(rows,)``: the place of each row's word, −1 where there is none; None for numbers.
    """

    name: str
    role: Role
    kind: Kind
    texts: Sequence[str]
    gaps: Flags
    numbers: Doubles | None = None
    words: tuple[str, ...] = ()
    places: NDArray[np.int64] | None = None


def as_column(name: str, role: Role, look: Look, signs: Signs, data: Data) -> tuple[Column, Numbers | None]:
    """Return a column as what it holds; the numbers with it where it holds some."""
    gaps = Gaps.of(data.gaps)
    if look.is_numbers and name not in data.categories:
        numbers = look.numbers(signs, gaps)
        kind = Kind.EMPTY if numbers.gaps.all() else Kind.NUMBER
        return Column(name, role, kind, look.texts, numbers.gaps, numbers.values), numbers
    words = look if isinstance(look, FormattedLook) else FormattedLook(look.texts, gaps)
    return _of_words(name, role, words, data), None


def _of_words(name: str, role: Role, look: FormattedLook, data: Data) -> Column:
    different = look.different
    words = sorted(text for text, gap in zip(different, look.gap.tolist(), strict=True) if not gap)
    place = {word: place for place, word in enumerate(words)}
    places = np.array([place.get(text, -1) for text in different], dtype=np.int64)[look.places]
    kind = _kind_of_words(look, chosen=name in data.categories)
    return Column(name, role, kind, look.texts, places < 0, None, tuple(words), places)


def _kind_of_words(look: FormattedLook, *, chosen: bool) -> Kind:
    values = ~look.gap
    rows, different = int(look.counts[values].sum()), int(values.sum())
    if not rows:
        return Kind.EMPTY
    if chosen:
        return Kind.CATEGORY if different <= MOST_WORDS else Kind.TEXT
    if 2 * _rows_with_dates(look) >= rows:
        return Kind.DATE
    many = different == rows or different > MOST_WORDS or (different > FEW_WORDS and 2 * different > rows)
    return Kind.TEXT if many else Kind.CATEGORY


def _rows_with_dates(look: FormattedLook) -> int:
    pairs = zip(look.different, look.gap.tolist(), look.counts.tolist(), strict=True)
    return sum(count for text, gap, count in pairs if not gap and is_date(text))


# What there is to say of numbers


def remarks_on_numbers(column: Column, numbers: Numbers, lines: Lines, data: Data) -> Iterable[Remark]:
    """Say what is wrong with a column of numbers, and what was read into it."""
    if numbers.wrong.any():
        yield _no_numbers(column, np.flatnonzero(numbers.wrong), lines, data)
    if numbers.strange_unit.any():
        yield _mixed_units(column, numbers, lines, data)
    elif numbers.unit:
        yield _unit_left_away(column, numbers.unit, data)
    if numbers.bracketed is not None:
        yield _brackets(column, numbers.bracketed, lines, data)
    yield from _lost_digits(column, numbers, lines, data)
    excessive = np.flatnonzero(np.abs(numbers.values) > LARGEST)
    if len(excessive):
        yield _too_large(column, lines[excessive].tolist(), data)


def _no_numbers(column: Column, rows: NDArray[np.int64], lines: Lines, data: Data) -> Remark:
    texts = list(dict.fromkeys(column.texts[row] for row in rows[:1000]))
    where = lines[rows].tolist()
    text = trn(
        "{where}: {texts} is no number, but most of column {column} are; allowed: numbers, "
        "{missing} if it means that there is none, data.ignore = {name}, or data.categories = {name}",
        "{where}: {texts} are no numbers, but most of column {column} are; allowed: numbers, "
        "{missing} if they mean that there is none, data.ignore = {name}, or data.categories = {name}",
        len(texts),
    ).format(
        where=in_lines(where),
        texts=first_few([quoted(one) for one in texts]),
        column=quoted(column.name),
        missing=f"data.gaps = [{', '.join(map(quoted, texts[:3]))}]",
        name=f"[{quoted(column.name)}]",
    )
    few = [count_as_missing(texts, data)] if len(texts) <= 3 else []
    remedies = (*few, *_other_ways(column, data))
    return Remark(text, key="data.gaps", column=column.name, lines=tuple(where), remedies=remedies)


def _other_ways(column: Column, data: Data) -> list[Remedy]:
    ways = [] if column.role is Role.TARGET else [leave_out(column.name, data)]
    different = len(set(column.texts)) if len(column.texts) else 0
    return [*ways, take_as_words(column.name, data)] if different <= MOST_WORDS else ways


def _mixed_units(column: Column, numbers: Numbers, lines: Lines, data: Data) -> Remark:
    rows = np.flatnonzero(numbers.strange_unit)
    usual = int(np.argmin(numbers.strange_unit | numbers.gaps | numbers.wrong))
    text = tr(
        "column {column} mixes units: {usual} in line {line}, but {other} in {where}; allowed: the same unit in "
        "every row, or data.ignore = {name}"
    ).format(
        column=quoted(column.name),
        usual=quoted(column.texts[usual]),
        line=lines[usual],
        other=quoted(column.texts[rows[0]]),
        where=in_lines(lines[rows].tolist()),
        name=f"[{quoted(column.name)}]",
    )
    return Remark(
        text, column=column.name, lines=tuple(lines[rows].tolist()), remedies=tuple(_other_ways(column, data))
    )


def _unit_left_away(column: Column, unit: str, data: Data) -> Remark:
    text = tr("column {column} is read as numbers in {unit}").format(
        column=quoted(column.name), unit=quoted(unit)
    )
    few = len(set(column.texts)) <= MOST_WORDS
    remedies = (take_as_words(column.name, data),) if few else ()
    return Remark(text, Level.NOTICE, "data.categories", column.name, remedies=remedies)


def _brackets(column: Column, row: int, lines: Lines, data: Data) -> Remark:
    text = tr("numbers in brackets are read as negative in column {column}: {text} in line {line}").format(
        column=quoted(column.name), text=quoted(column.texts[row]), line=lines[row]
    )
    return Remark(
        text,
        Level.NOTICE,
        "data.ignore",
        column.name,
        (int(lines[row]),),
        (leave_out(column.name, data),) if column.role is Role.INPUT else (),
    )


def _lost_digits(column: Column, numbers: Numbers, lines: Lines, data: Data) -> Iterable[Remark]:
    """Say where a code that looks like a number is not kept as it is: with zeros before it, or very long."""
    if numbers.leading_zero is not None and column.role is Role.INPUT:
        row = numbers.leading_zero
        text = tr(
            "column {column} is read as numbers, without the zeros before them: {text} in line {line}; "
            "data.categories = [{column}] takes them as words"
        ).format(column=quoted(column.name), text=quoted(column.texts[row]), line=lines[row])
        yield Remark(
            text, Level.NOTICE, "data.categories", column.name, remedies=(take_as_words(column.name, data),)
        )
    long = np.flatnonzero(np.abs(numbers.values) >= LONGEST_WHOLE)
    if len(long) and column.role is Role.INPUT and _some_merge(column, numbers, long):
        text = tr(
            "column {column} has numbers of so many digits that different ones become the same: {text} in line "
            "{line}"
        ).format(column=quoted(column.name), text=quoted(column.texts[long[0]]), line=lines[long[0]])
        yield Remark(text, Level.NOTICE, "data.ignore", column.name, remedies=(leave_out(column.name, data),))


def _some_merge(column: Column, numbers: Numbers, rows: NDArray[np.int64]) -> bool:
    finite = rows[np.isfinite(numbers.values[rows])]
    return len({column.texts[row] for row in finite}) > len(np.unique(numbers.values[finite]))


def _too_large(column: Column, lines: list[int], data: Data) -> Remark:
    text = tr("column {name} holds an infinite or too large number in {lines}; allowed: up to {most:.1e}")
    remedies = (leave_out(column.name, data),) if column.role is Role.INPUT else ()
    return Remark(
        text.format(name=quoted(column.name), lines=in_lines(lines), most=LARGEST),
        column=column.name,
        lines=tuple(lines),
        remedies=remedies,
    )


# What there is to say of words


def remarks_on_words(column: Column, lines: Lines, data: Data) -> Iterable[Remark]:
    """Say what is wrong with an input of words, and what people may have overlooked in it."""
    if column.kind is Kind.DATE:
        yield _dates(column, lines, data)
    elif column.kind is Kind.TEXT:
        yield _too_many_words(column, lines, data)
    elif column.kind is Kind.CATEGORY:
        yield from alike(
            column, tr("column {column} has words that differ only in capitals or blanks: {groups}")
        )
        yield from _perhaps_gaps(column, data)


def first_value(column: Column, lines: Lines) -> tuple[str, int]:
    """Return the first value of a column that has one, in quotation marks, and its line."""
    row = int(np.argmin(column.gaps))
    return quoted(column.texts[row]), int(lines[row])


def _dates(column: Column, lines: Lines, data: Data) -> Remark:
    example, line = first_value(column, lines)
    few = len(column.words) <= MOST_WORDS and 2 * len(column.words) <= len(lines)
    text = tr(
        "column {column} holds dates or times ({example} in line {line}), which are neither numbers nor "
        "words; allowed: data.ignore = {name}"
    )
    if few:
        text = tr(
            "column {column} holds dates or times ({example} in line {line}), which are neither numbers nor "
            "words; allowed: data.ignore = {name}, or data.categories = {name}"
        )
    ways = [leave_out(column.name, data), *([take_as_words(column.name, data)] if few else [])]
    told = text.format(
        column=quoted(column.name), example=example, line=line, name=f"[{quoted(column.name)}]"
    )
    return Remark(told, key="data.ignore", column=column.name, remedies=tuple(ways))


def _too_many_words(column: Column, lines: Lines, data: Data) -> Remark:
    example, line = first_value(column, lines)
    different, rows = len(column.words), int((~column.gaps).sum())
    may_be_words = different <= MOST_WORDS and column.name not in data.categories
    text = tr(
        "column {column} holds texts ({example} in line {line}), {different} different ones in {rows} rows; "
        "allowed: numbers, at most {most} words that come again and again, or data.ignore = {name}"
    ).format(
        column=quoted(column.name),
        example=example,
        line=line,
        different=different,
        rows=rows,
        most=MOST_WORDS,
        name=f"[{quoted(column.name)}]",
    )
    ways = [leave_out(column.name, data), *([take_as_words(column.name, data)] if may_be_words else [])]
    return Remark(text, key="data.ignore", column=column.name, remedies=tuple(ways))


def alike(column: Column, text: str) -> Iterable[Remark]:
    """Say which words of a column differ only in what people overlook; ``text`` has {column} and {groups}."""
    groups = defaultdict(list)
    for word in column.words:
        groups[folded(word)].append(quoted(word))
    several = [listed(words) for words in groups.values() if len(words) > 1]
    if several:
        told = text.format(column=quoted(column.name), groups=grouped(several[:3]))
        yield Remark(told, Level.NOTICE, column=column.name)


def _perhaps_gaps(column: Column, data: Data) -> Iterable[Remark]:
    gaps = Gaps()
    assert column.places is not None
    for place, word in enumerate(column.words):
        if gaps.among_numbers(word):
            count = int((column.places == place).sum())
            text = trn(
                "{word} is taken as a word like others in column {column}, in {count} row; data.gaps = [{word}] "
                "makes it a missing value",
                "{word} is taken as a word like others in column {column}, in {count} rows; data.gaps = [{word}] "
                "makes it a missing value",
                count,
            ).format(word=quoted(word), column=quoted(column.name), count=count)
            yield Remark(
                text, Level.NOTICE, "data.gaps", column.name, remedies=(count_as_missing([word], data),)
            )
