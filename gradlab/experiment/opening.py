"""The comment at the top of an experiment file; the welcome page needs it before pydantic is loaded."""

import itertools


def opening_comment(text: str) -> str:
    """Return the opening comment of an experiment file's text, as one line: what to look for, and how."""
    comment = itertools.takewhile(lambda line: line.startswith("#"), text.splitlines())
    return " ".join(line.lstrip("# ").rstrip() for line in comment)
