"""Print what is wrong, a line for each; exit code 1 if there is anything."""

import sys
from pathlib import Path

from checks.circles import circles
from checks.names import doubles
from checks.terms import unwanted

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Check all modules of the lab, and its texts."""
    lines = [*circles(ROOT, "gradlab"), *doubles(ROOT, "gradlab"), *unwanted(ROOT)]
    for line in lines:
        print(line)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
