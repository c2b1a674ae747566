"""Sentences about a whole matrix."""

from html import escape

from gradlab.instruments.metrics import shares, summary
from gradlab.instruments.records import Counts
from gradlab.language import shown_name, tr, trn
from gradlab.window.charts.formatting import whole
from gradlab.window.language.numbers import percent
from gradlab.window.panels.confusion.cell_words import rows_in_words


def moments(epoch: int, counts: Counts, *, is_best_back: bool = False) -> tuple[str, str, str]:
    """Return what the matrix counts in three wordings, from long to short.

    ``is_best_back``: the epoch is the best one, whose weights were restored at the end.
    """
    total = int(counts.sum())
    rows = trn("{count} validation row", "{count} validation rows", total).format(count=whole(total))
    moment = tr("After epoch {epoch}").format(epoch=epoch) if epoch else tr("Before training")
    at, few = tr("Epoch {epoch}").format(epoch=epoch), rows_in_words(total)
    if is_best_back:
        moment = tr("Best epoch, {epoch}: its weights are back").format(epoch=epoch)
        at = few = tr("Best epoch {epoch}").format(epoch=epoch)
    return f"{moment} · {rows}", f"{at} · {rows_in_words(total)}", few


def totals(names: tuple[str, ...], counts: Counts) -> str:
    """Return the measures of the whole matrix, as rich text."""
    if len(names) == 2:
        return f"{_accuracy(names, counts)}<br>{_precision_and_recall(names, counts)}"
    _, precision, recall, f1 = summary(counts)
    measures = tr("Average: precision {precision} · recall {recall} · F1 {f1}").format(
        precision=_share(precision), recall=_share(recall), f1=_share(f1)
    )
    return f"{_accuracy(names, counts)}<br>{measures}"


def _precision_and_recall(names: tuple[str, ...], counts: Counts) -> str:
    """Explain precision and recall with the numbers of this matrix."""
    _, precision, recall, _ = summary(counts)
    hits, said, real = (int(count) for count in (counts[1, 1], counts[:, 1].sum(), counts[1].sum()))
    name = escape(shown_name(names[1]))
    named = (
        trn(
            "Of {rows} said to be “{name}”, {count} is (precision {precision}).",
            "Of {rows} said to be “{name}”, {count} are (precision {precision}).",
            hits,
        )
        if said
        else tr("No row is said to be “{name}”: no share of them is right.")
    ).format(rows=rows_in_words(said), name=name, count=whole(hits), precision=_share(precision))
    # The wording depends on two numbers, and a plural in a catalog on only one.
    recalled = (
        trn(
            "Of {rows} that is “{name}”, {count} was found (recall {recall}).",
            "Of {rows} that is “{name}”, {count} were found (recall {recall}).",
            hits,
        )
        if real == 1
        else trn(
            "Of {rows} that are “{name}”, {count} was found (recall {recall}).",
            "Of {rows} that are “{name}”, {count} were found (recall {recall}).",
            hits,
        )
    ).format(rows=rows_in_words(real), name=name, count=whole(hits), recall=_share(recall))
    return f"{named}<br>{recalled}"


def total_in_short(names: tuple[str, ...], counts: Counts) -> str:
    """Return the most important measures in one line."""
    f1 = summary(counts).f1
    said = tr("F1 of “{name}” {f1}") if len(names) == 2 else tr("average F1 {f1}")
    f1_in_words = said.format(name=escape(shown_name(names[1])), f1=_share(f1))
    return f"{_accuracy(names, counts)} · {f1_in_words}"


def total_in_few_words(counts: Counts) -> str:
    """Return the most important measure."""
    right = tr("Accuracy {percent}").format(percent=percent(summary(counts).accuracy))
    return f"<b>{right}</b>"


def _accuracy(names: tuple[str, ...], counts: Counts) -> str:
    support = counts.sum(axis=1)
    largest = escape(shown_name(names[support.argmax()]))
    guess = float(shares(support.max(), support.sum()))
    guessed = tr("always guessing “{name}”: {percent}").format(name=largest, percent=percent(guess))
    return f"{total_in_few_words(counts)} · {guessed}"


def _share(share: float) -> str:
    """Return a percentage that no line breaks in two."""
    return percent(share).replace(" ", "\N{NO-BREAK SPACE}")
