"""Finds modules that import each other in a circle, wherever the imports stand.

Also inside functions, and for the types alone: such imports work in spite of a circle, and couple the modules all
the same.
"""

import ast
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

Graph = Mapping[str, frozenset[str]]


def circles(root: Path, package: str) -> Iterator[str]:
    """Yield a line for each group of modules that all lead back to themselves."""
    graph = imports(root, package)
    for group in sorted(_components(graph)):
        inside = frozenset(group)
        arrows = [f"{one} → {', '.join(sorted(graph[one] & inside))}" for one in group]
        yield f"import circle of {len(group)} modules: {'; '.join(arrows)}"


def imports(root: Path, package: str) -> Graph:
    """Return which modules of a package each of them imports; a folder is its ``__init__``."""
    files = {_name(path.relative_to(root)): path for path in sorted((root / package).rglob("*.py"))}
    return {
        name: frozenset(_imported(path, name, files.keys())) - {name}  # within a package, from itself
        for name, path in files.items()
    }


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, name: str, known: Container[str]) -> Iterator[str]:
    """Yield the known modules that a module imports: ``from package import name`` may mean ``package.name``."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Import(names):
                asked = [alias.name for alias in names]
            case ast.ImportFrom(module, names, 0) if module:
                asked = [f"{module}.{alias.name}" for alias in names]
            case _:
                continue
        for full in asked:
            found = full if full in known else full.rpartition(".")[0]
            if found in known:
                yield found


def _components(graph: Graph) -> list[list[str]]:
    """Return the groups of two and more that are connected in both directions, by Tarjan's algorithm."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(one: str) -> None:
        order[one] = lowest[one] = len(order)
        path.append(one)
        for other in sorted(graph[one]):
            if other not in order:
                visit(other)
            if other in path:
                lowest[one] = min(lowest[one], lowest[other])
        if lowest[one] == order[one]:
            start = path.index(one)
            group = sorted(path[start:])
            del path[start:]
            if len(group) > 1:
                found.append(group)

    for one in graph:
        if one not in order:
            visit(one)
    return found
