"""What an experiment file says at its beginning; apart from the rest, since the welcome page shows it at once."""

import itertools


def opening_comment(text: str) -> str:
    """Return the comment that the text of an experiment file begins with: what there is to see, and how."""
    comment = itertools.takewhile(lambda line: line.startswith("#"), text.splitlines())
    return " ".join(line.lstrip("# ").rstrip() for line in comment)
