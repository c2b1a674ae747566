"""No text reaches the screen without a translation: what the window's code passes on as it is written."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from foreign import outside_brackets

import gradlab.window.panels
from gradlab.resources import resource

SHOWING = (
    # what widgets are given
    r"set(?:Text|ToolTip|StatusTip|WhatsThis|Title|WindowTitle|PlaceholderText|AccessibleName|AccessibleDescription)"
    r"|set(?:InformativeText|Label|Suffix|Prefix|SpecialValueText|TabText|ItemText)|add(?:Tab|Item|Action|Menu)"
    # what they are made with
    r"|Q(?:Label|Action|Menu|CheckBox|RadioButton|PushButton|ToolButton|GroupBox|DockWidget)"
    r"|label|push_button|icon_button|tooltip|name_axes|Hint|Story|LegendEntry|CurveKey|MenuChoice|named"
)
WORDS = re.compile(r"[a-z] [a-z]|[A-Z][a-z]")
# Names of keys, the program's own, and the names that style sheets have for widgets.
SAME = re.compile(r"Esc|GradLab|(?:Ctrl|Shift)\+.*|^[a-z]+[A-Z][A-Za-z]+$")
FILES = sorted(Path(gradlab.window.__file__).parent.rglob("*.py"))


def shown_as_written(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the lines and texts that are passed to something that shows them, without ``tr``."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and re.fullmatch(SHOWING, _name(call.func)):
            for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                yield from _literals(argument)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literals(node: ast.expr) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if WORDS.search(SAME.sub("", node.value)):
            yield node.lineno, node.value
    elif isinstance(node, ast.JoinedStr | ast.IfExp | ast.BinOp | ast.BoolOp):
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                yield from _literals(part)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_shown_is_translated(path):
    found = list(shown_as_written(ast.parse(path.read_text(encoding="utf-8"))))
    assert not found


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("box.setText('Two words')", ["Two words"]),
        ("QLabel(f'{count} of them')", [" of them"]),
        ("label('One' if one else 'Many', 'hint')", ["One", "Many"]),
        ("box.setText(tr('Two words'))", []),
        ("box.setObjectName('twoWords')", []),
    ],
)
def test_the_check_finds_what_is_not(code, texts):
    assert [text for _, text in shown_as_written(ast.parse(code))] == texts


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("⟦All of it⟧", ""),
        ("⟦Outer ⟦inner⟧ words⟧ left over", "left over"),
        ("⟦Cut o…", ""),
        ("<p style='margin: 2px'>⟦Help⟧</p>", ""),
        ("hidden1.weight[3, 4]", ""),
        ("Compare", "Compare"),
    ],
)
def test_words_outside_of_brackets_are_found(text, left):
    assert outside_brackets(text) == left


def test_a_hint_names_a_button_as_it_is_written_on_it():
    hints = [
        *Path(gradlab.window.panels.__file__).parent.rglob("*.py"),
        *resource("experiments").glob("*.toml"),
    ]
    names = re.compile(
        r"Step (?:phase|batch|epoch)\b"
    )  # in the menu; the buttons have no room for both words
    assert not [path.name for path in hints if names.search(path.read_text(encoding="utf-8"))]
