"""Reads and writes the catalogs. The same texts give the same files: changes are easy to see and to merge."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from gradlab.language import DOMAIN, ENGLISH, LANGUAGES
from translations.extract import texts

# How many forms a word has and which one goes with a number n, as CLDR has it for whole numbers.
PLURALS = {"zh_CN": "nplurals=1; plural=0;", "hi": "nplurals=2; plural=(n > 1);"}
OTHERS = [language for language in LANGUAGES if language != ENGLISH]
NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


def template_path(root: Path) -> Path:
    """Return where the texts in English are."""
    return root / "resources" / "translations" / f"{DOMAIN}.pot"


def catalog_path(root: Path, language: str, suffix: str = ".po") -> Path:
    """Return where a language's catalog is: ``.po`` for people, ``.mo`` for the program."""
    return root / "resources" / "translations" / language / "LC_MESSAGES" / f"{DOMAIN}{suffix}"


def update(root: Path) -> None:
    """Write the texts that are in the code now into the template and into every language's catalog."""
    template = texts(root)
    write(template_path(root), template_bytes(template))
    for language in OTHERS:
        path = catalog_path(root, language)
        catalog = updated(path.read_bytes() if path.exists() else b"", language, template)
        write(path, catalog_bytes(catalog, language))
        write(path.with_suffix(".mo"), compiled(catalog))


def write(path: Path, content: bytes) -> None:
    """Write a file, and the folders that it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def read(content: bytes, language: str) -> Catalog:
    """Return the catalog that a ``.po`` file holds.

    Raises:
        PoFileError: if it is not written as such a file is.
    """
    try:
        return read_po(BytesIO(content), locale=language, abort_invalid=True)
    except (ValueError, IndexError) as error:
        raise PoFileError(str(error), Catalog(), str(error), 0) from None


def updated(content: bytes, language: str, template: Catalog) -> Catalog:
    """Return a language's catalog with the template's texts.

    Translations are kept; that of a text which was changed a little becomes a guess (fuzzy), to be looked at by
    somebody. What is no longer in the code goes: git remembers it.
    """
    catalog = read(content, language)
    catalog.mime_headers = [("Plural-Forms", PLURALS[language])]
    catalog.update(template)
    return catalog


def template_bytes(template: Catalog) -> bytes:
    """Return the text of the template's file."""
    return _header() + _body(template)


def catalog_bytes(catalog: Catalog, language: str) -> bytes:
    """Return the text of a language's file, each text on one line, ordered as the code is."""
    return _header(f"Language: {language}", f"Plural-Forms: {PLURALS[language]}") + _body(catalog)


def compiled(catalog: Catalog) -> bytes:
    """Return the catalog for the program: what is translated, without guesses."""
    catalog.creation_date = catalog.revision_date = NO_DATE
    content = BytesIO()
    write_mo(content, catalog)
    return content.getvalue()


def strings(message: Message) -> list[str]:
    """Return a text's translations: one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


def _header(*lines: str) -> bytes:
    """Return what is the same however often the file is written: no dates, no versions."""
    every = [
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    told = "".join(f'"{line}\\n"\n' for line in [*lines, *every])
    return f'msgid ""\nmsgstr ""\n{told}\n'.encode()


def _body(catalog: Catalog) -> bytes:
    for message in catalog:
        message.flags.discard("python-format")  # "1 % of" is no place for a value
    content = BytesIO()
    write_po(
        content,
        catalog,
        width=0,
        omit_header=True,
        sort_by_file=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    return content.getvalue()
