"""The language that people read: English stands in the code, the others in ``resources/translations``.

Whoever shows a text asks :func:`tr` for it at that moment, never at import: the language may change while the
program runs. A text that stands elsewhere than where it is shown is marked there with :func:`mark`, so that the
catalogs get it. Values go in afterwards, by name: ``tr("{name} is full").format(name=name)``.

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
    """Speak a language from now on, in every thread; what is shown already stays as it is.

    Raises:
        KeyError: if it is none of LANGUAGES.
    """
    global _language, _catalog  # noqa: PLW0603 (one program speaks one language)
    _catalog = catalog(language)
    _language = language


@cache
def catalog(language: str) -> gettext.NullTranslations:
    """Return the texts of a language, for what is written in another one than people read just now.

    Raises:
        KeyError: if it is none of LANGUAGES.
    """
    LANGUAGES[language]
    if language == ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, str(resource("translations")), [language])


def current() -> str:
    """Return the language that is spoken: a key of LANGUAGES."""
    return _language


def closest(wanted: Iterable[str]) -> str:
    """Return the first wanted language that there is, English if there is none.

    Args:
        wanted: such as ``hi-IN``, ``zh_CN.UTF-8`` or ``zh-Hans-SG``, the most wanted first.
    """
    for name in wanted:
        plain = name.replace("-", "_").partition(".")[0]
        for language in LANGUAGES:
            if plain == language or plain.partition("_")[0] == language.partition("_")[0]:
                return language
    return ENGLISH


def tr(text: str) -> str:
    """Return an English text in the language that is spoken."""
    return _catalog.gettext(text) if text else ""  # the empty one is the catalog's own header


def trn(one: str, many: str, count: int) -> str:
    """Return the form for ``count`` things; ``{count}`` stands where the number goes, for ``format``."""
    return _catalog.ngettext(one, many, count)


def trc(context: str, text: str) -> str:
    """Return a text that means different things in different places; ``context`` says which one."""
    return _catalog.pgettext(context, text)


def listed(words: Iterable[str]) -> str:
    """Return words with the language's comma between them."""
    return _joined(mark("{before}, {after}"), words)


def grouped(lists: Iterable[str]) -> str:
    """Return what has commas itself with the language's semicolon between."""
    return _joined(mark("{before}; {after}"), lists)


def sentences(said: Iterable[str]) -> str:
    """Return sentences one after the other, with a space between them where the language has one."""
    return _joined(mark("{before} {after}"), said)


def _joined(between: str, texts: Iterable[str]) -> str:
    def join(before: str, after: str) -> str:
        return tr(between).format(before=before, after=after) if before else after

    return reduce(join, filter(None, texts), "")


def shown_name(name: str) -> str:
    """Return the name of a class, a feature or a run as people read it.

    Names of the lab's own data sets and experiments are in the catalogs. A name that somebody gave passes through
    unchanged, unless it happens to be one of ours. Files, tables and code keep every name as it is.
    """
    return tr(name)


def mark(text: str) -> str:
    """Return the text as it is, and have it translated in the catalogs: ``tr`` is asked for it elsewhere."""
    return text


class Described:
    """Has a label and a help text, written down in English and marked; both follow the language that is spoken."""

    english_label: str
    english_help: str

    @property
    def label(self) -> str:
        """What people read."""
        return tr(self.english_label)

    @property
    def help(self) -> str:
        """What it means, in a sentence or a few."""
        return tr(self.english_help)
