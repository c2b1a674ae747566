"""Why a value is not possible, in the words of the form: labels and units, no keys."""

import re
from collections.abc import Iterable, Mapping

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import Setting, by_key
from gradlab.language import listed, tr
from gradlab.window.language.numbers import number

# What a setting was given in an error line: a text in quotes, or all up to the next space or mark.
_GIVEN = r""" = (?P<given>"[^"]*"|\[[^\]]*\]|[^\s;:,，；：。]+)"""


def allowed_in_words(setting: Setting) -> str:
    """Return the allowed values with their unit: ``a whole number from 1 to 1,000,000 (epochs)``."""
    if setting.kind == "integers" and setting.minimum is not None and setting.maximum is not None:
        said = tr("whole numbers from {minimum} to {maximum}, with commas between them").format(
            minimum=_plain(setting.minimum), maximum=_plain(setting.maximum)
        )
        if setting.longest is not None:
            said = tr("up to {count} {numbers}").format(count=setting.longest, numbers=said)
    elif setting.kind == "texts":
        said = tr("names with commas between them")
    elif setting.kind == "text":
        said = tr("a text")
    elif setting.kind == "choice":
        said = listed(choice.label for choice in setting.choices)
    else:
        said = setting.allowed_with(_grouped if setting.kind == "integer" else _plain)
    return tr("{allowed} ({unit})").format(allowed=said, unit=setting.unit) if setting.unit else said


def refusal(setting: Setting, shown: str) -> str:
    """Return a line that says that a field cannot have the value that it shows, and what is allowed."""
    if not shown:
        line = tr("This cannot stay empty. Allowed: {allowed}.")
    else:
        line = tr("“{text}” is not possible here. Allowed: {allowed}.")
    return line.format(text=shown, allowed=allowed_in_words(setting))


def why_refused(error: InputError, setting: Setting, shown: str) -> str:
    """Return why a setting cannot have the value that its field shows."""
    if error.of_value and error.key == setting.key:
        return refusal(setting, shown)
    return in_words(str(error), _sections(), error.key)


def notice_in_words(text: str, key: str) -> str:
    """Return a notice about a setting in the words of the form; ``key`` is empty where it is about none."""
    return in_words(text, _sections(), key)


def told_alone(text: str) -> str:
    """Return a line about a table without what is allowed and which key would do: buttons offer that."""
    # The word that every line has before what is allowed, in each language.
    word = re.escape(tr("allowed"))
    text = re.sub(
        rf"[;；][^;；:：]{{0,16}}{word}[^;；:：]{{0,16}}[:：].*", "", text, count=1, flags=re.DOTALL
    )
    return re.sub(r"[;；][^;；]*\bdata\.\w+[^;；]*$", "", text, flags=re.ASCII)


def as_sentence(text: str) -> str:
    """Return a line with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def in_words(text: str, settings: Mapping[str, Setting], key: str = "") -> str:
    """Return an error line with labels in place of keys, and values as the form shows them.

    Args:
        text: the line, as the command line prints it.
        settings: those that may be named, by key.
        key: of the setting that it is about: in its section others are named without their section.
    """
    text = text.removeprefix("experiment: ")
    section = key.rpartition(".")[0]
    text = _with_allowed_values(text, settings.get(key))
    for name in sorted(settings, key=len, reverse=True):
        text = _with_given(text, name, settings[name])
        # ASCII: a key may stand right beside a letter of another script, without a space.
        text = re.sub(_name(name), settings[name].label, text, flags=re.ASCII)
    for name in settings if section else ():
        before, _, bare = name.rpartition(".")
        if before == section:
            text = _with_given(text, bare, settings[name])
    return text


def _with_given(text: str, name: str, setting: Setting) -> str:
    """Write ``key = value`` as the form shows it: ``Label: value``."""

    def told(found: re.Match[str]) -> str:
        return tr("{setting}: {value}").format(setting=setting.label, value=_value(setting, found["given"]))

    return re.sub(_name(name) + _GIVEN, told, text, flags=re.ASCII)


def _with_allowed_values(text: str, setting: Setting | None) -> str:
    """Write the values that a setting may have, which stand at the end of a line, as the form shows them."""
    if setting is None or setting.kind not in ("choice", "switch"):
        return text
    end = max(text.rfind(";"), text.rfind("；"))
    before, allowed = text[: end + 1], text[end + 1 :]
    if end < 0:
        return text
    values = "|".join(map(re.escape, sorted(_values(setting), key=len, reverse=True)))
    listed_ones = rf"(?<![\w.])(?<!= )({values})\b(?! =)"
    allowed = re.sub(listed_ones, lambda found: _value(setting, found[0]), allowed, flags=re.ASCII)
    return before + allowed


def _values(setting: Setting) -> Iterable[str]:
    return ("true", "false") if setting.kind == "switch" else (choice.value for choice in setting.choices)


def _value(setting: Setting, given: str) -> str:
    if setting.kind == "switch":
        return tr("on") if given == "true" else tr("off")
    labels = {choice.value: choice.label for choice in setting.choices}
    return labels.get(given.strip('"'), given)


def _name(key: str) -> str:
    return rf"(?<![\w.]){re.escape(key)}\b"


def _sections() -> dict[str, Setting]:
    """Return the settings that a line can name beyond doubt: those in a section."""
    return {key: setting for key, setting in by_key(Experiment).items() if "." in key}


def _plain(value: float) -> str:
    # As it can be typed: in a number with decimals, or in a list, a comma is no group of digits.
    return number(value, ".10g")


def _grouped(value: float) -> str:
    return number(value, ",.10g")
