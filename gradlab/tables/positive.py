"""Which of two classes is the positive one: the one to be found, whose precision and recall are shown."""

from collections.abc import Sequence

from gradlab.experiment.sections.data import Data
from gradlab.language import tr
from gradlab.tables.remarks import Level, Remark, Remedy
from gradlab.tables.wording import first_few, folded, meant, nearest, quoted

KEY = "data.positive_class"
# What nobody has to be told: the first of each is the positive one.
OBVIOUS = {
    ("1", "0"),
    ("1", "-1"),
    ("1", "2"),
    ("true", "false"),
    ("yes", "no"),
    ("y", "n"),
    ("t", "f"),
    ("positive", "negative"),
    ("pos", "neg"),
    ("ja", "nein"),
    ("oui", "non"),
    ("sí", "no"),
    ("si", "no"),
    ("sim", "não"),
    ("wahr", "falsch"),
    ("vrai", "faux"),
    ("positiv", "negativ"),
    ("是", "否"),
    ("हाँ", "नहीं"),
}


def order_of_classes(
    names: Sequence[str], counts: Sequence[int], data: Data
) -> tuple[tuple[int, ...], tuple[Remark, ...]]:
    """Return the order in which the classes are numbered, and what there is to say of it.

    Args:
        names: the classes as sorted.
        counts: how many rows each of them has.
        data: says which class is positive; if it does not, that is the rarer one, or the second of two equal ones.

    Returns:
        The places in ``names``; the last of two is the positive class.
    """
    if data.positive_class:
        return _as_asked(names, data.positive_class)
    if len(names) != 2:
        return tuple(range(len(names))), ()
    positive = 0 if counts[0] < counts[1] else 1
    return (1 - positive, positive), _said(names[positive], names[1 - positive], rarer=counts[0] != counts[1])


def _as_asked(names: Sequence[str], wanted: str) -> tuple[tuple[int, ...], tuple[Remark, ...]]:
    unchanged = tuple(range(len(names)))
    if len(names) != 2:
        return unchanged, (_needs_two(names, wanted),)
    if wanted.strip() not in names:
        return unchanged, (_unknown(names, wanted),)
    positive = names.index(wanted.strip())
    return (1 - positive, positive), ()


def _needs_two(names: Sequence[str], wanted: str) -> Remark:
    if names:
        text = tr(
            "data.positive_class = {given} needs two classes, and there are {count}; allowed here: none"
        )
    else:
        text = tr(
            "data.positive_class = {given} needs two classes, and a number is predicted; allowed here: none"
        )
    remedy = Remedy(tr("No positive class"), {KEY: ""})
    return Remark(text.format(given=quoted(wanted), count=len(names)), key=KEY, remedies=(remedy,))


def _unknown(names: Sequence[str], wanted: str) -> Remark:
    text = tr("data.positive_class = {given} is no class{meant}; allowed: {allowed}").format(
        given=quoted(wanted), meant=meant(wanted, names), allowed=first_few([quoted(name) for name in names])
    )
    near = nearest(wanted, names)
    likely_first = sorted(names, key=lambda name: name != near)
    return Remark(text, key=KEY, remedies=tuple(_choose(name) for name in likely_first))


def _said(positive: str, other: str, *, rarer: bool) -> tuple[Remark, ...]:
    if (folded(positive).removeprefix("+"), folded(other)) in OBVIOUS:
        return ()
    text = (
        tr(
            "{positive} is taken as the positive class, since it is the rarer one; data.positive_class chooses"
        )
        if rarer
        else tr("{positive} is taken as the positive class; data.positive_class chooses")
    )
    remark = Remark(text.format(positive=quoted(positive)), Level.NOTICE, KEY, remedies=(_choose(other),))
    return (remark,)


def _choose(name: str) -> Remedy:
    return Remedy(tr("Take {name} as positive").format(name=quoted(name)), {KEY: name})
