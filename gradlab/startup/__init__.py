"""What makes the lab start fast: a module for each trick, with its gain and a switch.

``GRADLAB_STARTUP=-linking,-collector`` in the environment switches tricks off, and ``-all`` all of them: to
diagnose a start that fails, or to see whether a new version of a library has made one needless. Without them the
lab does the same, only later: without any, the window took 4.7 times as long to appear, and the first update 1.6
times (two cores, from source, medians of five pairs). ``tests/bench/bench_start.py`` measures each; what gains
nothing any more is to be deleted.

Everything here is imported before anything else, so it must import almost nothing itself.
"""

import os

TRICKS = ("collector", "imports", "linking", "parts", "turns")
VARIABLE = "GRADLAB_STARTUP"
ALL = "all"


def is_on(trick: str) -> bool:
    """Return whether to use a trick."""
    return not {trick, ALL} & _switched_off()


def unknown() -> str:
    """Return one line about unknown switches; empty if there are none."""
    wrong = sorted(_switched_off() - {*TRICKS, ALL})
    allowed = ", ".join(f"-{trick}" for trick in (*TRICKS, ALL))
    return (
        f"{VARIABLE}: unknown {', '.join(f'-{name}' for name in wrong)}; allowed: {allowed}" if wrong else ""
    )


def _switched_off() -> set[str]:
    words = os.environ.get(VARIABLE, "").replace(",", " ").split()
    return {word.removeprefix("-") for word in words}
