"""What makes the lab start fast: a module for each trick, with what it gains and a switch.

``GRADLAB_STARTUP=-linking,-collector`` in the environment switches tricks off, ``-all`` every one: for a start
that fails in a strange way, and to see whether a new version of a library has made one needless. The lab does the
same without them, only later. ``tests/bench/bench_start.py`` measures each.

Everything here is imported before anything else, and must itself import next to nothing.
"""

import os

TRICKS = ("collector", "frames", "imports", "linking", "parts", "plugins", "turns")
VARIABLE = "GRADLAB_STARTUP"
ALL = "all"


def is_on(trick: str) -> bool:
    """Tell whether a trick is to be used."""
    return not {trick, ALL} & _switched_off()


def unknown() -> str:
    """Return what is wrong with the switches in one line, empty if nothing is."""
    wrong = sorted(_switched_off() - {*TRICKS, ALL})
    allowed = ", ".join(f"-{trick}" for trick in (*TRICKS, ALL))
    return (
        f"{VARIABLE}: unknown {', '.join(f'-{name}' for name in wrong)}; allowed: {allowed}" if wrong else ""
    )


def _switched_off() -> set[str]:
    words = os.environ.get(VARIABLE, "").replace(",", " ").split()
    return {word.removeprefix("-") for word in words}
