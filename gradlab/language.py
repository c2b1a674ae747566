"""The language that people read: English is in the code, the others are in ``resources/translations``.

Call :func:`tr` when a text is shown, never at import: the language may change while the program runs. A text that
stands elsewhere is marked there with :func:`mark`, so that it gets into the catalogs. Values are filled in
afterwards, by name: ``tr("{name} is full").format(name=name)``.

Names of code such as ``zero_grad``, keys of files and what the command line prints are the same in every language.
"""

import gettext
from collections.abc import Iterable
from functools import cache, reduce

from gradlab.resources import resource

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "zh_CN": "简体中文", "hi": "हिन्दी"}  # each by its own name
DOMAIN = "gradlab"

_language = ENGLISH
_catalog = gettext.NullTranslations()


def use(language: str) -> None:
    """Switch to a language, in every thread; texts already shown stay as they are.

    Raises:
        KeyError: if it is not one of LANGUAGES.
    """
    global _language, _catalog  # noqa: PLW0603 (one program speaks one language)
    _catalog = catalog(language)
    _language = language


@cache
def catalog(language: str) -> gettext.NullTranslations:
    """Return the texts of a language, which need not be the current one.

    Raises:
        KeyError: if it is not one of LANGUAGES.
    """
    LANGUAGES[language]
    if language == ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, str(resource("translations")), [language])


def current() -> str:
    """Return the current language: a key of LANGUAGES."""
    return _language


def closest(wanted: Iterable[str]) -> str:
    """Return the first wanted language that is available, or else English.

    Args:
        wanted: names such as ``hi-IN``, ``zh_CN.UTF-8`` or ``zh-Hans-SG``, the preferred ones first.
    """
    for name in wanted:
        plain = name.replace("-", "_").partition(".")[0]
        for language in LANGUAGES:
            if plain == language or plain.partition("_")[0] == language.partition("_")[0]:
                return language
    return ENGLISH


def tr(text: str) -> str:
    """Return an English text in the current language."""
    return _catalog.gettext(text) if text else ""  # the empty one is the catalog's own header


def trn(one: str, many: str, count: int) -> str:
    """Return the form for ``count`` things; fill in ``{count}`` with ``format``."""
    return _catalog.ngettext(one, many, count)


def trc(context: str, text: str) -> str:
    """Return a text with several meanings in the current language; ``context`` says which one is meant."""
    return _catalog.pgettext(context, text)


def listed(words: Iterable[str]) -> str:
    """Join words with the language's comma."""
    return _joined(mark("{before}, {after}"), words)


def grouped(lists: Iterable[str]) -> str:
    """Join texts that contain commas with the language's semicolon."""
    return _joined(mark("{before}; {after}"), lists)


def sentences(said: Iterable[str]) -> str:
    """Join sentences, with a space if the language uses one."""
    return _joined(mark("{before} {after}"), said)


def _joined(between: str, texts: Iterable[str]) -> str:
    def join(before: str, after: str) -> str:
        return tr(between).format(before=before, after=after) if before else after

    return reduce(join, filter(None, texts), "")


def shown_name(name: str) -> str:
    """Return the name of a class, a feature or a run as people read it.

    Names from the lab's own data sets and experiments are in the catalogs. A name that a user chose is returned
    unchanged, unless it happens to be one of ours. Files, tables and code keep every name as it is.
    """
    return tr(name)


def mark(text: str) -> str:
    """Return the text unchanged; marks it for the catalogs, since ``tr`` is called for it elsewhere."""
    return text


class Described:
    """Has a label and a help text, given in English and marked; both follow the current language."""

    english_label: str
    english_help: str

    @property
    def label(self) -> str:
        """The name that people read."""
        return tr(self.english_label)

    @property
    def help(self) -> str:
        """What it means, in one sentence or a few."""
        return tr(self.english_help)
