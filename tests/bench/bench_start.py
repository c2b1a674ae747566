"""What each trick of ``gradlab.startup`` gains: starts without it beside starts with all, in turns.

Prints how many times as long a start takes without the trick: until the window is painted, until the first update,
and in seconds of the processor until then. Run with ``python3 packaging/make.py bench``.
"""

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from starting import Start, started

from gradlab.startup import ALL, TRICKS

PAIRS = 7
PARTS = ("window", "update", "processor")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        usual = started("", folder)  # the system keeps the files in memory from now on
        sys.stdout.write(f"with all: window {usual.window:.2f} s, first update {usual.update:.2f} s\n")
        for name in (*TRICKS, ALL):
            pairs = [(started(f"-{name}", folder), started("", folder)) for _ in range(PAIRS)]
            times = ", ".join(f"{part} × {ratio(pairs, part):.2f}" for part in PARTS)
            sys.stdout.write(f"without {name}: {times}\n")
            sys.stdout.flush()


def ratio(pairs: list[tuple[Start, Start]], part: str) -> float:
    return statistics.median(getattr(without, part) / getattr(usual, part) for without, usual in pairs)


if __name__ == "__main__":
    main()
