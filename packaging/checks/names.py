"""Finds class names that mean two things."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path


def doubles(root: Path, package: str) -> Iterator[str]:
    """Yield a line for each public class name that stands in several modules of a package."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted((root / package).rglob("*.py")):
        for node in ast.parse(path.read_bytes()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(f"{path.relative_to(root).as_posix()}:{node.lineno}")
    for name, found in sorted(places.items()):
        if len(found) > 1:
            yield f"class {name} stands for {len(found)} things: {', '.join(found)}"
