"""Says how much of the lab's code outside the window the tests reach: ``python -m checks.reached FOLDER``.

The folder holds what every process noted. Exit code 1 if too few branches are reached.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from coverage import Coverage

ROOT = Path(__file__).resolve().parents[2]
COUNTED = ROOT / "gradlab"  # not the entries that tests write and add
LEAST = 95.0  # per cent of the branches
SHOWN = 10  # modules


def main(folder: Path) -> int:
    """Print the shares, and where they are low the modules that miss most."""
    document = counted(folder)
    lines, branches = shares(document["totals"])
    told = f"tests reach {lines:.1f} % of the lines and {branches:.1f} % of the branches outside the window"
    print(told)
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):  # shown on the page of GitHub's run
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"{told}\n")
    if branches >= LEAST:
        return 0
    print(f"allowed: at least {LEAST:g} % of the branches; most are missing in")
    for missing, name in most_missing(document["files"]):
        print(f"  {name}: {missing}")
    return 1


def counted(folder: Path) -> dict[str, Any]:
    """Return coverage's report of what all processes reached together."""
    measured = Coverage(
        data_file=str(folder / "data"), config_file=str(ROOT / "pyproject.toml"), messages=False
    )
    measured.combine([str(folder)], keep=True)
    report = folder / "report.json"
    measured.json_report(outfile=str(report), include=[str(COUNTED / "*")])
    document: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return document


def shares(totals: dict[str, int]) -> tuple[float, float]:
    """Return how many of the lines and of the branches are reached, in per cent."""
    return (
        100 * totals["covered_lines"] / max(totals["num_statements"], 1),
        100 * totals["covered_branches"] / max(totals["num_branches"], 1),
    )


def most_missing(files: dict[str, Any]) -> list[tuple[int, str]]:
    """Return the modules with the most branches that no test takes, with their number."""
    found = ((file["summary"]["missing_branches"], name) for name, file in files.items())
    return sorted(found, reverse=True)[:SHOWN]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
