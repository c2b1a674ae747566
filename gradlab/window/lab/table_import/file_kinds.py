"""The files that hold tables, by their endings."""

from pathlib import Path

from gradlab.content import ENDINGS_OF_TABLES, ENDINGS_OF_TEXTS
from gradlab.language import mark, tr

TABLE_SUFFIXES = (*ENDINGS_OF_TABLES, *ENDINGS_OF_TEXTS)
TABLES = mark("Tables ({endings})")
ALL_FILES = mark("All files (*)")


def is_table(path: Path) -> bool:
    """Return whether a file is a table, as far as its name tells."""
    return path.suffix.lower() in TABLE_SUFFIXES


def table_filter() -> str:
    """Return the kinds of files for a dialog that asks for a table."""
    return ";;".join((tr(TABLES).format(endings=endings()), tr(ALL_FILES)))


def endings() -> str:
    """Return the endings of tables as dialogs want them: ``*.csv *.tsv``."""
    return " ".join(f"*{suffix}" for suffix in TABLE_SUFFIXES)
