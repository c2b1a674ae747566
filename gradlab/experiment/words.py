"""Settings in words, as people read them."""

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import Setting, as_text, by_key, differences
from gradlab.experiment.variants import singles
from gradlab.language import grouped, listed, shown_name, tr, trn

NO_DIFFERENCE = ("name", "replicas")  # keys that change nothing about a run


def value_in_words(setting: Setting, value: object) -> str:
    """Return a value as it reads within a sentence: ``never``, ``0.1``, ``on``."""
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    labels = {choice.value: _within_a_sentence(choice.label) for choice in setting.choices}
    return labels.get(str(value), as_text(value) or tr("none"))


def _within_a_sentence(label: str) -> str:
    """Return a label in lower case, unless it is a name such as ``ReLU``."""
    return label if label[1:] != label[1:].lower() else label.lower()


def change_in_words(key: str, before: object, after: object) -> str:
    """Return a changed setting as people see it in the form: ``Learning rate 0.1 → 0.01``."""
    setting = by_key(Experiment)[key]
    return tr("{setting} {before} → {after}").format(
        setting=setting.label, before=value_in_words(setting, before), after=value_in_words(setting, after)
    )


def differences_in_words(one: Experiment, other: Experiment) -> str:
    """Return the settings in which ``other`` differs, in words; empty if there are none.

    Such as ``Zero gradients: never, Learning rate: 0.05``.
    """
    settings = by_key(Experiment)
    return listed(
        tr("{setting}: {value}").format(
            setting=settings[key].label, value=value_in_words(settings[key], theirs)
        )
        for key, (_, theirs) in differences(one, other).items()
        if key not in NO_DIFFERENCE
    )


def variants_in_words(experiment: Experiment) -> str:
    """Return a line with the runs of a race and what differs in each; empty for a single run."""
    common = experiment.model_copy(update={"variants": ()})
    try:
        lanes = singles(experiment.model_copy(update={"replicas": 1}))
    except InputError:  # told when the runs are built
        lanes = []
    words = [
        tr("{run} ({differences})").format(
            run=shown_name(lane.experiment.name),
            differences=differences_in_words(common, lane.experiment) or tr("as below"),
        )
        for lane in lanes
    ]
    count = len(experiment.variants)
    line = trn("{count} run races: {runs}", "{count} runs race: {runs}", count)
    return line.format(count=count, runs=grouped(words)) if count else ""
