"""Tests of the checks that ``make.py lint`` and ``make.py test`` make beside those of other tools."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = "checks"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def house(tmp_path):
    """Return a function that writes the modules of a package called house."""

    def build(**modules):
        (tmp_path / "house" / "room").mkdir(parents=True)
        for folder in ("house", "house/room"):
            (tmp_path / folder / "__init__.py").touch()
        for name, text in modules.items():
            (tmp_path / "house" / f"{name.replace('__', '/')}.py").write_text(text, encoding="utf-8")
        return tmp_path

    return build


# --- terms ---


def test_a_word_that_means_something_else_in_a_language_is_found_with_its_place(part, tmp_path):
    lesson = tmp_path / "resources" / "lessons" / "one"
    lesson.mkdir(parents=True)
    (lesson / "text.zh_CN.md").write_text("# 一\n穿越时间的梯度\n", encoding="utf-8")
    (lesson / "text.hi.md").write_text("85 % सही\n", encoding="utf-8")
    catalog = tmp_path / "resources" / "translations" / "hi" / "LC_MESSAGES" / "gradlab.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text('msgid "Tour"\nmsgstr "सैर"\n', encoding="utf-8")
    assert list(part("terms").unwanted(tmp_path)) == [
        "resources/lessons/one/text.zh_CN.md:2: “穿越时间”; better: 沿时间",
        "resources/lessons/one/text.hi.md:1: “5 %”; better: {d}%",
        "resources/translations/hi/LC_MESSAGES/gradlab.po:1: “सैर”; better: टूर",
    ]


# --- circles ---


def test_imports_in_one_direction_make_no_circle(part, house):
    root = house(a="import house.b\nfrom house import c\n", b="from house.c import X\n", c="import os\n")
    assert list(part("circles").circles(root, "house")) == []


@pytest.mark.parametrize(
    "back",
    [
        "import house.a\n",
        "from house.a import X\n",
        "from house import a\n",
        "def late():\n    from house.a import X\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.a import X\n",
    ],
    ids=["module", "name", "from package", "in a function", "for types"],
)
def test_a_circle_is_found_wherever_the_import_stands(part, house, back):
    root = house(a="from house.room.b import Y\n", room__b=back)
    [line] = part("circles").circles(root, "house")
    assert line == "import circle of 2 modules: house.a → house.room.b; house.room.b → house.a"


def test_a_long_way_round_is_one_circle_and_another_one_is_another(part, house):
    root = house(
        a="import house.b\n",
        b="import house.c\nimport house.d\n",
        c="import house.a\n",
        d="import house.e\n",
        e="import house.d\n",
    )
    lines = list(part("circles").circles(root, "house"))
    assert [line.partition(":")[0] for line in lines] == [
        "import circle of 3 modules",
        "import circle of 2 modules",
    ]


# --- names ---


def test_a_class_name_that_stands_twice_is_told_with_its_places(part, house):
    root = house(a="class Step: ...\nclass _Own: ...\n", room__b="\nclass Step: ...\nclass _Own: ...\n")
    [line] = part("names").doubles(root, "house")
    assert line == "class Step stands for 2 things: house/a.py:1, house/room/b.py:2"


def test_one_meaning_for_each_name_is_fine(part, house):
    assert list(part("names").doubles(house(a="class A: ...\n", b="class B: ...\n"), "house")) == []


# --- what tests reach ---


@pytest.fixture
def reached(part, monkeypatch, tmp_path):
    """Return a function that says how much is reached where a number of a hundred branches is."""
    module = part("reached")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))

    def main(branches):
        totals = {
            "covered_lines": 99,
            "num_statements": 100,
            "covered_branches": branches,
            "num_branches": 100,
        }
        files = {f"gradlab/{name}.py": {"summary": {"missing_branches": name}} for name in range(20)}
        monkeypatch.setattr(module, "counted", lambda folder: {"totals": totals, "files": files})
        return module.main(tmp_path)

    return main


def test_enough_branches_are_told_here_and_on_the_page_of_the_run(reached, capsys, tmp_path):
    assert reached(95) == 0
    told = "tests reach 99.0 % of the lines and 95.0 % of the branches outside the window\n"
    assert capsys.readouterr().out == told
    assert (tmp_path / "summary").read_text(encoding="utf-8") == told


def test_too_few_branches_fail_and_the_worst_modules_are_named(reached, capsys):
    assert reached(94) == 1
    _, allowed, worst, *others = capsys.readouterr().out.splitlines()
    assert "at least 95 %" in allowed
    assert worst == "  gradlab/19.py: 19"
    assert len(others) == 9


@pytest.fixture
def documents(part, tmp_path):
    """Return a function that runs some code in processes of their own and returns the report about them."""
    settings = tmp_path / "pyproject.toml"
    settings.write_text(
        "[tool.coverage.run]\nparallel = true\nbranch = true\nsource_pkgs = ['gradlab.errors', 'added']\n"
    )
    notes = tmp_path / "notes"
    notes.mkdir()
    variables = {
        "COVERAGE_PROCESS_START": str(settings),
        "COVERAGE_FILE": str(notes / "data"),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(tmp_path))),
    }

    def report(code):
        command = [sys.executable, "-c", code]
        subprocess.run(command, check=True, env={**os.environ, **variables}, cwd=tmp_path)
        return part("reached").counted(notes)

    return report


def test_what_child_processes_reach_counts_too(part, documents):
    document = documents(
        "import sys, subprocess; subprocess.run([sys.executable, '-c', 'import gradlab.errors'], check=True)"
    )
    assert [Path(name).name for name in document["files"]] == ["errors.py"]
    lines, _ = part("reached").shares(document["totals"])
    assert lines > 0


def test_what_tests_add_to_the_lab_is_not_counted(documents, tmp_path):
    (tmp_path / "added.py").write_text("import gradlab.errors\nif gradlab.errors is None:\n    print()\n")
    document = documents("import added")
    assert [Path(name).name for name in document["files"]] == ["errors.py"]
    assert document["totals"]["num_branches"] == 0  # errors.py has none
