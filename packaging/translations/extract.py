"""Finds the texts that are to be translated."""

import ast
import tomllib
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract

from gradlab.experiment.opening import opening_comment

# What Babel calls the arguments that are texts; "c" is the one that says where the text stands.
KEYWORDS: Mapping[str, Any] = {"tr": None, "mark": None, "trn": (1, 2), "trc": ((1, "c"), 2)}
CODE = "gradlab/**/*.py"
# A place in the file, a text (or its forms for one and for many), and its context.
_Found = tuple[int, Any, str | None]


def texts(root: Path) -> Catalog:
    """Return every text in a checkout with the files that it stands in, in their order."""
    catalog = Catalog()
    for pattern, find in PLACES.items():
        for path in sorted(root.glob(pattern)):
            for place, text, context in find(path):
                catalog.add(text, locations=[(path.relative_to(root).as_posix(), place)], context=context)
    return catalog


def put_together(root: Path) -> Iterator[str]:
    """Yield a line for each text in the code that no catalog has.

    It is put together before it is translated, or stands inside an f-string, where Babel does not look.
    """
    for path in sorted(root.glob(CODE)):
        for node in ast.walk(ast.parse(path.read_bytes())):
            where = f"{path.relative_to(root).as_posix()}: line {getattr(node, 'lineno', 1)}"
            match node:
                case ast.Call(ast.Name(name), arguments) if name in KEYWORDS:
                    if any(map(_is_put_together, arguments[:2])):  # behind them there may be a count
                        yield f"{where}: a text that is put together; allowed: .format() after {name}()"
                case ast.JoinedStr():
                    if any(map(_is_literal_call, ast.walk(node))):
                        yield f"{where}: a text to translate inside an f-string; allowed: a name for it before"


def _is_literal_call(node: ast.AST) -> bool:
    match node:
        case ast.Call(ast.Name(name), [ast.Constant(), *_]):
            return name in KEYWORDS
    return False


def _is_put_together(node: ast.AST) -> bool:
    is_format = (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    )
    return is_format or isinstance(node, ast.JoinedStr | ast.BinOp)


def _code_texts(path: Path) -> Iterator[_Found]:
    for line, text, _, context in extract("python", BytesIO(path.read_bytes()), KEYWORDS):
        yield line, text, context


def _first_experiment_texts(path: Path) -> Iterator[_Found]:
    """Yield what the page with the first experiments shows of a file."""
    yield 1, opening_comment(path.read_text(encoding="utf-8")), None
    yield from _experiment_texts(path)


def _experiment_texts(path: Path) -> Iterator[_Found]:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    for place, named in enumerate([document, *document.get("variants", [])], 2):
        if "name" in named:  # a lesson's plan has none
            yield place, named["name"], None


def _qt_texts(path: Path) -> Iterator[_Found]:
    for texts in tomllib.loads(path.read_text(encoding="utf-8")).values():
        yield from ((0, text, None) for text in texts)


PLACES: Mapping[str, Callable[[Path], Iterator[_Found]]] = {
    CODE: _code_texts,
    "resources/translations/qt.toml": _qt_texts,
    "resources/experiments/*.toml": _first_experiment_texts,
    "resources/lessons/[!_]*/*.toml": _experiment_texts,  # those that begin with "_" are templates
}
