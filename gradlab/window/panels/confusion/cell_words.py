"""What the cells of the matrix say in words, in tooltips and for screen readers."""

from gradlab.language import tr, trn
from gradlab.window.charts.formatting import whole
from gradlab.window.language.numbers import percent
from gradlab.window.panels.confusion.class_counts import MEASURES, ClassCounts


def sentence(counts: ClassCounts, row: int, column: int) -> str:
    """Return what a cell of the matrix says, as a sentence."""
    count, rows = counts.matrix[row, column], counts.matrix[row].sum()
    share = short_percent(counts.row_shares[row, column])
    return trn(
        "true {true}, predicted {predicted}: {count} of {all} row ({share}%)",
        "true {true}, predicted {predicted}: {count} of {all} rows ({share}%)",
        rows,
    ).format(
        true=counts.shown_names[row],
        predicted=counts.shown_names[column],
        count=count,
        all=whole(rows),
        share=share,
    )


def cell_tip(counts: ClassCounts, row: int, column: int) -> str:
    """Return what the tooltip of a cell of the matrix says."""
    lines = [sentence(counts, row, column)]
    if outcome := counts.outcome(row, column):
        explanation = tr(outcome.explanation).format(positive=counts.shown_names[1])
        lines.append(
            tr("{name} ({short}): {explanation}").format(
                name=tr(outcome.long), short=outcome.short, explanation=explanation
            )
        )
    predicted = counts.matrix[:, column].sum()
    share = short_percent(counts.column_shares[row, column])
    lines.append(
        trn(
            "{share}% of {count} row predicted as “{name}”",
            "{share}% of {count} rows predicted as “{name}”",
            predicted,
        ).format(share=share, count=whole(predicted), name=counts.shown_names[column])
    )
    if counts.matrix[row, column]:
        lines.append(tr("Click, or press Enter, to see these rows in the panel “Data and predictions”."))
    return "\n".join(lines)


def measure_text(counts: ClassCounts, row: int, column: int) -> str:
    """Return a measure of a class; ``column`` is one of the table, where measures follow the classes."""
    number = column - len(counts)
    return measure_in_words(number, counts.measures[number][row])


def measure_in_words(number: int, value: float) -> str:
    """Return a value of a measure as it is written wherever it is shown; ``number`` is its place among them."""
    return percent(value) if MEASURES[number].token else whole(int(value))


def measure_sentence(counts: ClassCounts, row: int, column: int) -> str:
    """Return a measure of a class, as a sentence."""
    return tr("{name}: {measure} {value}").format(
        name=counts.shown_names[row],
        measure=tr(MEASURES[column - len(counts)].label),
        value=measure_text(counts, row, column),
    )


def measure_tip(counts: ClassCounts, row: int, column: int) -> str:
    """Return what the tooltip of a measure says."""
    measure = MEASURES[column - len(counts)]
    lines = [measure_sentence(counts, row, column), tr(measure.help)]
    if measure.label == "Precision" and not counts.matrix[:, row].sum():
        lines.append(tr("No row was predicted as this class: there is no share, so it counts as 0."))
    if measure.label == "Recall" and not counts.matrix[row].sum():
        lines.append(tr("No validation row is of this class: there is no share, so it counts as 0."))
    return "\n".join(lines)


def rows_in_words(count: int) -> str:
    """Return e.g. ``1 row`` or ``12 rows``."""
    return trn("{count} row", "{count} rows", count).format(count=whole(count))


def short_percent(share: float) -> str:
    """Return whole percent, but ``<1`` or ``>99`` for a share that would round to none or to all."""
    if 0 < share < 0.005:
        return "<1"
    if 0.995 <= share < 1:
        return ">99"
    return f"{100 * share:.0f}"
