"""Says what is wrong with the catalogs, a line for each mistake."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError

from translations import catalogs
from translations.extract import put_together, texts

AGAIN = "python packaging/make.py translations writes it anew"
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_MNEMONIC = re.compile(r"&(?!#?\w+;)")  # but not &lt;


def mistakes(root: Path) -> Iterator[str]:
    """Yield what has to be put right before a checkout is complete in every language."""
    yield from put_together(root)
    template = texts(root)
    yield from _differs(root, catalogs.template_path(root), catalogs.template_bytes(template))
    for language in catalogs.OTHERS:
        yield from _wrong_catalog(root, language, template)
        yield from _missing_files(root, language)


def _differs(root: Path, path: Path, wanted: bytes) -> Iterator[str]:
    name = path.relative_to(root).as_posix()
    if not path.exists():
        yield f"{name}: is missing; {AGAIN}"
    elif path.read_bytes() != wanted:
        yield f"{name}: is not up to date; {AGAIN}"


def _wrong_catalog(root: Path, language: str, template: Catalog) -> Iterator[str]:
    path = catalogs.catalog_path(root, language)
    name = path.relative_to(root).as_posix()
    if not path.exists():
        yield f"{name}: is missing; {AGAIN}"
        return
    content = path.read_bytes()
    try:
        catalog = catalogs.read(content, language)
        wanted = catalogs.updated(content, language, template)
    except PoFileError as error:
        yield f"{name}: cannot be read: {error}"
        return
    if catalog.plural_forms != catalogs.PLURALS[language]:
        yield f'{name}: Plural-Forms "{catalog.plural_forms}"; allowed: "{catalogs.PLURALS[language]}"'
    yield from (f"{name}: {_shown(message)} is not used any more" for message in catalog.obsolete.values())
    yield from (f"{name}: {line}" for line in _wrong_texts(catalog, template))
    yield from _differs(root, path, catalogs.catalog_bytes(wanted, language))
    yield from _differs(root, path.with_suffix(".mo"), catalogs.compiled(wanted))


def _wrong_texts(catalog: Catalog, template: Catalog) -> Iterator[str]:
    for message in template:
        if message.id and not _same(message, catalog):
            yield f"{_shown(message)} is missing"
    for message in catalog:
        if not message.id:
            continue
        if not _same(message, template):
            yield f"{_shown(message)} is not in the code any more"
        elif message.fuzzy:
            yield f"{_shown(message)} has a guess for a translation (fuzzy)"
        elif not all(catalogs.strings(message)):
            yield f"{_shown(message)} has no translation"
        else:
            yield from (f"{_shown(message)}: {line}" for line in wrong_translation(message))


def _same(message: Message, catalog: Catalog) -> bool:
    other = catalog.get(message.id, message.context)
    return other is not None and other.id == message.id


def _shown(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[-1]
    where = f" ({message.context})" if message.context else ""
    return f'"{text if len(text) <= 60 else f"{text[:57]}…"}"{where}'


# --- one text and its translation ---


def wrong_translation(message: Message) -> Iterator[str]:
    """Yield in what a translation differs from the English text where both must be the same."""
    one, many = (message.id, message.id) if isinstance(message.id, str) else message.id
    *few, last = catalogs.strings(message)
    # "one row" needs no number; the form for many things always does.
    pairs = [*((one if _places(form) == _places(one) else many, form) for form in few), (many, last)]
    for source, form in pairs:
        for what, part in MUST_BE_EQUAL.items():
            if part(form) != part(source):
                yield f'{what}: {_listed(part(form))} in "{form}"; allowed: {_listed(part(source))}'


def _places(text: str) -> list[str]:
    """Return where ``format`` puts values, and how it writes them."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        return [str(error)]
    return sorted({f"{{{name}!{how}:{form}}}" for _, name, form, how in parts if name is not None})


def _mnemonics(text: str) -> list[str]:
    return ["&"] * len(_MNEMONIC.findall(text.replace("&&", "")))


def _tags(text: str) -> list[str]:
    return sorted(Counter(_TAG.findall(text)).elements())


def _edges(text: str) -> list[str]:
    return [repr(text[: len(text) - len(text.lstrip())]), repr(text[len(text.rstrip()) :])]


MUST_BE_EQUAL: dict[str, Callable[[str], list[str]]] = {
    "the places for values": _places,
    "the marks for keys": _mnemonics,
    "the tags": _tags,
    "the spaces at both ends": _edges,
}


def _listed(parts: list[str]) -> str:
    return ", ".join(parts) or "none"


# --- what is told at length ---


def _missing_files(root: Path, language: str) -> Iterator[str]:
    for text in sorted(root.glob("resources/**/text.en.md")):
        told = text.with_name(f"text.{language}.md")
        if not told.exists():
            yield f"{told.relative_to(root).as_posix()}: is missing"
