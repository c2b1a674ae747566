"""Findings and trials in words."""

from typing import NamedTuple

from gradlab.diagnosis.finding import LEVELS, Finding, Level
from gradlab.diagnosis.rules.base import RULES, Measure
from gradlab.diagnosis.trial import Outcome, Trial, Verdict
from gradlab.errors import InputError
from gradlab.experiment.words import differences_in_words
from gradlab.language import mark, sentences, tr, trn
from gradlab.window.charts.formatting import short
from gradlab.window.language.numbers import number, percent


class Badge(NamedTuple):
    """How it is seen how bad something is: never by its colour alone."""

    glyph: str
    token: str
    word: str


BADGES: dict[Level, Badge] = {
    "problem": Badge("ph.warning-circle-fill", "status.error", mark("Problem")),
    "warning": Badge("ph.warning-fill", "status.warning", mark("Warning")),
    "info": Badge("ph.info-fill", "status.info", mark("Note")),
}
FINE = Badge("ph.check-circle", "status.right", "")
ON_TRIAL = Badge("ph.flask", "status.info", mark("Trial"))
HELPED = Badge("ph.check-circle-fill", "status.right", mark("Trial"))
NOT_HELPED = Badge("ph.minus-circle", "status.warning", mark("Trial"))

MEASURES: dict[Measure, str] = {
    "train_loss": mark("the training loss"),
    "val_loss": mark("the validation loss"),
    "train_accuracy": mark("the share of right answers in training"),
    "val_accuracy": mark("the share of right answers"),
    "val_f1": mark("F1"),
    "reward": mark("the reward"),
}
SHARES = ("train_accuracy", "val_accuracy", "val_f1")


def heading(finding: Finding) -> str:
    """Return a finding in a few words: ``Gradients are not cleared``."""
    words = RULES[finding.id].label
    return tr("{finding}: {layer}").format(finding=words, layer=finding.layer) if finding.layer else words


def since(finding: Finding) -> str:
    """Return when it was first seen."""
    if not finding.since_update:
        return tr("from the start")
    words = tr("since update {update}, epoch {epoch}")
    return words.format(update=number(finding.since_update), epoch=number(finding.epoch))


class Line(NamedTuple):
    """What is said in one line.

    Attributes:
        badge: how bad it is; ``word`` says it, too.
        full, short: what to say where there is room, and where there is little.
        more: how many findings there are besides, in words; empty for none.
        advice: what to try; empty for nothing.
    """

    badge: Badge
    full: str
    short: str
    more: str = ""
    advice: str = ""


def line(findings: tuple[Finding, ...], *, begun: bool) -> Line:
    """Return the leading finding in one line, and how many others there are."""
    if not findings:
        words = tr("Nothing wrong so far") if begun else tr("Nothing wrong with these settings")
        return Line(FINE, words, words)
    leading, others = findings[0], len(findings) - 1
    more = trn("and {count} more", "and {count} more", others).format(count=number(others)) if others else ""
    advice = leading.advice[0].text if leading.advice else ""
    return Line(BADGES[leading.level], leading.text, heading(leading), more, advice)


def worst(findings: tuple[Finding, ...]) -> Level:
    """Return the worst level among some."""
    return min((finding.level for finding in findings), key=LEVELS.index)


def trial_line(trial: Trial, came: Outcome | None) -> Line:
    """Return how a trial goes, in one line."""
    badge = ON_TRIAL
    if came is not None and came.is_over:
        badge = HELPED if came.verdict == "helped" else NOT_HELPED
    return Line(badge, outcome_in_words(trial, came), verdict_in_words(came))


def changes_in_words(trial: Trial) -> str:
    """Return what is changed: ``Learning rate: 0.03``."""
    try:
        return differences_in_words(trial.before, trial.changed)
    except InputError:  # told when it was tried
        return trial.advice.text


def verdict_in_words(came: Outcome | None) -> str:
    """Return which way a trial came out, in few words."""
    if came is None or not came.is_over:
        return tr("Trying it…")
    words: dict[Verdict, str] = {
        "helped": tr("It helped."),
        "same": tr("It did not help."),
        "worse": tr("It made things worse."),
        "other": tr("These numbers cannot be compared: they are measured otherwise now."),
    }
    return words[came.verdict]


def outcome_in_words(trial: Trial, came: Outcome | None) -> str:
    """Return what a trial shows so far, or what came out of it."""
    changes = changes_in_words(trial)
    if came is None:
        words = tr("Both runs train from the same start: one as it was, one with “{changes}”.")
        return words.format(changes=changes)
    verdict = verdict_in_words(came) if came.is_over else tr("So far:")
    return sentences((verdict, _compared(came, changes), _right(came)))


def _compared(came: Outcome, changes: str) -> str:
    return _comparison(came).format(
        changes=changes,
        measure=tr(MEASURES[came.measure]),
        before=_value(came.measure, came.before),
        after=_value(came.measure, came.after),
        count=number(came.epoch or 0),
    )


def _comparison(came: Outcome) -> str:
    if came.before is None and came.after is None:
        return tr("With “{changes}”, too, the numbers grew beyond all bounds.")
    if came.after is None:
        return tr(
            "With “{changes}” the numbers grew beyond all bounds; as it was, {measure} came to {before}."
        )
    if came.before is None:
        return trn(
            "With “{changes}”, {measure} is {after} after {count} epoch; as it was, the numbers grew beyond all "
            "bounds.",
            "With “{changes}”, {measure} is {after} after {count} epochs; as it was, the numbers grew beyond all "
            "bounds.",
            came.epoch or 0,
        )
    if came.epoch is None:
        return tr("With “{changes}”, {measure} is {after} instead of {before} in the end.")
    return trn(
        "With “{changes}”, {measure} is {after} instead of {before} after {count} epoch.",
        "With “{changes}”, {measure} is {after} instead of {before} after {count} epochs.",
        came.epoch,
    )


def _right(came: Outcome) -> str:
    if came.right_before is None or came.right_after is None:
        return ""
    before, after = percent(came.right_before), percent(came.right_after)
    if after == before:
        return tr("{share} of the answers are right both times.").format(share=after)
    return tr("{after} of the answers are right instead of {before}.").format(after=after, before=before)


def _value(measure: Measure, value: float | None) -> str:
    if value is None:
        return ""
    return percent(value) if measure in SHARES else short(value)
