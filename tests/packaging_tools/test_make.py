import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "make.py"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HERE = sys.version_info[:3]


@pytest.fixture
def make():
    spec = importlib.util.spec_from_file_location("gradlab_make", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def environment(make, tmp_path, monkeypatch):
    """A make.py whose .venv is a stand-in, with a record of what it would have done."""
    monkeypatch.setattr(make, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(make, "PYTHON", tmp_path / ".venv" / "python")
    monkeypatch.setattr(make, "CONSTRAINTS", tmp_path / "constraints.txt")
    make.CONSTRAINTS.write_text("torch==2.13.0\n")
    fill(make.VENV)
    make.done = []
    monkeypatch.setattr(make, "make_environment", lambda: make.done.append("made"))
    monkeypatch.setattr(make, "install", lambda groups: make.done.append(sorted(groups)))
    return make


def fill(venv, version=HERE):
    venv.mkdir()
    (venv / "python").touch()
    number = ".".join(map(str, version))
    (venv / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {number}\n")


def ready(make, *groups):
    make.done.clear()
    make.ready_environment(frozenset(groups), make.is_sound(make.VENV, make.PYTHON, HERE))
    return make.done


# --- the environment ---


def test_a_second_start_installs_nothing(environment):
    assert ready(environment) == [[]]
    assert ready(environment) == []


def test_changed_constraints_are_installed(environment):
    ready(environment)
    environment.CONSTRAINTS.write_text("torch==2.14.0\n")
    assert ready(environment) == [[]]


def test_a_group_is_added_once_and_never_lost(environment):
    ready(environment, "lint")
    assert ready(environment, "test") == [["lint", "test"]]
    assert ready(environment, "lint") == ready(environment, "test") == ready(environment) == []
    environment.CONSTRAINTS.write_text("torch==2.14.0\n")
    assert ready(environment) == [["lint", "test"]]


def test_an_environment_made_by_hand_is_completed_not_replaced(environment):
    assert environment.read_stamp(environment.VENV) is None
    assert ready(environment, "test") == [["test"]]


def test_an_interrupted_installation_starts_afresh(environment):
    stamp = environment.stamp_file(environment.VENV)
    stamp.write_text(environment.UNFINISHED)
    assert ready(environment) == ["made", []]


@pytest.mark.parametrize(
    "damage",
    [
        lambda venv: (venv / "python").unlink(),
        lambda venv: (venv / "pyvenv.cfg").unlink(),
        lambda venv: (venv / "pyvenv.cfg").write_text("home = /usr/bin\n"),
        lambda venv: (venv / "pyvenv.cfg").write_text("version = 3.1.4\n"),
        lambda venv: (venv / "pyvenv.cfg").write_bytes(b"version = \xff\xfe\n"),
    ],
    ids=["no python", "no settings", "no version", "another version", "not text"],
)
def test_a_broken_or_foreign_environment_is_made_again(environment, damage):
    ready(environment)
    damage(environment.VENV)
    assert ready(environment) == ["made", []]


def test_a_newer_patch_of_the_same_python_keeps_the_environment(environment):
    ready(environment)
    version = (*HERE[:2], HERE[2] + 1)
    assert environment.is_sound(environment.VENV, environment.PYTHON, version)


@pytest.mark.parametrize(
    "text", ["", "unfinished", "[]", "{}", '{"digest": "a"}', '{"digest": "a", "groups": 1}']
)
def test_a_damaged_stamp_is_no_stamp(make, text):
    assert make.Stamp.from_text(text) is None


def test_a_stamp_reads_back_as_it_was_written(make):
    stamp = make.Stamp("abc", frozenset({"test", "lint"}))
    assert make.Stamp.from_text(stamp.to_text()) == stamp


@pytest.fixture
def pip(make, tmp_path, monkeypatch):
    """A make.py whose pip only takes notes: it exits with ``pip.code``."""
    monkeypatch.setattr(make, "VENV", tmp_path)
    make.code, make.calls = 0, []

    def call(command, **_):
        make.calls.append((command, make.stamp_file(tmp_path).read_text()))
        return make.code

    monkeypatch.setattr(make.subprocess, "call", call)
    return make


def test_installing_is_marked_unfinished_from_before_its_start(pip):
    pip.install(frozenset({"lint"}))
    [(command, stamp)] = pip.calls
    assert stamp == pip.UNFINISHED
    assert {*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["lint"]} <= set(command)
    assert "pytest>=8" in PROJECT["dependency-groups"]["test"]
    assert "pytest>=8" not in command


def test_only_wheels_are_installed_and_from_wherever_pip_is_set_up_to_look(pip):
    pip.install(frozenset())
    [(command, _)] = pip.calls
    assert "--only-binary=:all:" in command
    assert not [word for word in command if re.search(r"index|find-links|://", word)]


def test_a_pip_that_gives_up_leaves_the_environment_usable(pip):
    pip.code = 1
    with pytest.raises(pip.SetupError, match="could not be installed"):
        pip.install(frozenset())
    assert not pip.stamp_file(pip.VENV).exists()


def test_a_pip_that_is_killed_leaves_its_mark(pip):
    pip.code = -9
    with pytest.raises(pip.SetupError):
        pip.install(frozenset())
    assert pip.stamp_file(pip.VENV).read_text() == pip.UNFINISHED


# --- the system ---


def test_only_what_the_loader_does_not_find_is_missing(make):
    missing = make.missing_packages(make.SCREEN, make.FONT, lambda name: "xcb" not in name, lambda _: True)
    assert missing == ["libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0"]


def test_text_needs_a_font(make):
    assert make.missing_packages(make.OFFSCREEN, make.FONT, lambda _: True, lambda _: False) == [
        "fonts-dejavu-core"
    ]


def test_what_needs_no_qt_needs_no_libraries_and_no_font(make):
    assert make.missing_packages({}, {}, lambda _: False, lambda _: False) == []
    assert make.COMMANDS["lint"].libraries == make.COMMANDS["lint"].fonts == {}


def test_the_tests_need_a_font_for_the_letters_of_every_language(make, monkeypatch, tmp_path):
    monkeypatch.setattr(make, "FONT_FOLDERS", [str(tmp_path)])
    fonts = make.COMMANDS["test"].fonts
    (tmp_path / "DejaVuSans.ttf").touch()
    (tmp_path / "Lohit-Devanagari.txt").touch()
    assert make.missing_packages({}, fonts, bool, make.has_font) == ["fonts-lohit-deva", "fonts-wqy-microhei"]
    (tmp_path / "noto").mkdir()
    (tmp_path / "noto" / "NotoSansDevanagari-Regular.ttf").touch()
    (tmp_path / "noto" / "NotoSansCJK-Regular.ttc").touch()
    assert make.missing_packages({}, fonts, bool, make.has_font) == []


def test_an_unknown_library_is_not_loaded(make):
    assert not make.loads("libgradlab-is-not-a-library.so.0")


@pytest.fixture
def apt(make, monkeypatch):
    """A make.py on a system with apt-get, whose calls are only noted."""
    make.code, make.calls, make.user = 0, [], 0
    monkeypatch.setattr(make.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(make.os, "geteuid", lambda: make.user, raising=False)
    monkeypatch.setattr(
        make.subprocess, "call", lambda command, env: make.calls.append((command, env)) or make.code
    )
    return make


def test_root_installs_without_questions_after_one_update(apt):
    apt.install_packages(["libgl1", "libegl1"])
    (update, _), (install, variables) = apt.calls
    assert update[:2] == ["apt-get", "update"]
    assert {"--yes", "--no-install-recommends", "libgl1", "libegl1"} <= set(install)
    assert variables["DEBIAN_FRONTEND"] == "noninteractive"


def test_anyone_else_gets_the_one_command(apt, capsys):
    apt.user = 1000
    apt.install_packages(["libgl1", "libegl1"])
    assert apt.calls == []
    assert capsys.readouterr().out.endswith("sudo apt-get install libgl1 libegl1\n")


def test_a_failed_update_is_told_and_not_fatal(apt, capsys):
    apt.code = 100
    apt.install_packages(["libgl1"])
    assert len(apt.calls) == 1
    assert "sudo apt-get install libgl1" in capsys.readouterr().out


def test_without_apt_the_packages_are_named(apt, monkeypatch, capsys):
    monkeypatch.setattr(apt.shutil, "which", lambda _: None)
    apt.install_packages(["libgl1"])
    assert apt.calls == []
    assert "libgl1" in capsys.readouterr().out


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Debian keeps venv apart")
def test_a_missing_venv_is_asked_for_only_where_one_must_be_made(make, monkeypatch):
    asked = []
    monkeypatch.setattr(make, "can_make_venv", lambda: False)
    monkeypatch.setattr(make, "install_packages", asked.extend)
    make.ready_system({}, {}, need_venv=False)
    assert asked == []
    with pytest.raises(make.SetupError, match="virtual environment"):
        make.ready_system({}, {}, need_venv=True)
    assert asked == [f"python3.{HERE[1]}-venv"]


def test_the_allowed_pythons_are_those_of_the_project(make):
    allowed = SpecifierSet(PROJECT["project"]["requires-python"])
    for minor in range(8, 17):
        if f"3.{minor}.0" in allowed:
            make.check_python((3, minor, 0))
        else:
            with pytest.raises(make.SetupError, match=rf"Python 3\.{minor}\.0; .* 3\.11 or 3\.12 or 3\.13$"):
                make.check_python((3, minor, 0))


def test_an_older_python_can_read_the_script_that_refuses_it():
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))


# --- the commands ---


def start(*arguments):
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)


def test_an_unknown_command_gives_one_line_and_exit_code_2(make):
    done = start("tset")
    assert (done.returncode, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert "'tset'" in line
    assert all(name in line for name in make.COMMANDS)


def test_help_names_every_command(make):
    done = start("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"  {name} " in done.stdout for name in make.COMMANDS)


def test_no_command_shows_the_help_as_an_error():
    assert start().returncode == 2


def test_trouble_with_the_setup_is_one_line_and_exit_code_1(make, monkeypatch, capsys):
    def fail(*_, **__):
        raise make.SetupError("no network")

    monkeypatch.setattr(make, "ready_system", fail)
    assert make.main(["run"]) == 1
    assert capsys.readouterr().err == "make.py: no network\n"


@pytest.fixture
def child(make, monkeypatch):
    monkeypatch.setattr(make, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(make.signal, "signal", lambda *_: None)  # this process keeps its own
    return make


def test_the_checkout_is_importable_from_any_folder(child, tmp_path):
    code = f"import gradlab; assert gradlab.__file__.startswith({str(ROOT)!r})"
    assert child.call(["-c", code], cwd=tmp_path) == 0


@pytest.mark.skipif(os.name == "nt", reason="no signals there")
def test_a_killed_child_gives_the_shells_exit_code(child):
    assert child.call(["-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"]) == 143


@pytest.fixture
def calls(make, monkeypatch, tmp_path):
    """A make.py whose calls exit with the next of ``make.codes`` (then 0) and are only noted."""
    make.codes, make.calls = [], []

    def call(arguments, variables=None, cwd=None):
        make.calls.append((arguments, variables or {}))
        return make.codes.pop(0) if make.codes else 0

    monkeypatch.setattr(make, "call", call)
    monkeypatch.setattr(make, "MEASURED", tmp_path / "reached")
    return make


def test_only_tests_of_the_window_have_qt(calls):
    assert calls.test([]) == 0
    (first, without_qt), (second, with_qt), (third, _) = calls.calls
    assert "no_window" in first
    assert "no_window" not in second
    assert second[-1] == "tests/window"
    assert third[:2] == ["-m", "checks.reached"]
    assert with_qt["QT_QPA_PLATFORM"] == "offscreen"
    assert with_qt["OMP_NUM_THREADS"] == without_qt["OMP_NUM_THREADS"] == "1"
    assert Path(without_qt["PYTHONPATH"], "sitecustomize.py").is_file()


def test_what_the_tests_reach_is_noted_where_all_outside_the_window_run(calls):
    calls.test([])
    assert "COVERAGE_PROCESS_START" in calls.calls[0][1]
    assert "COVERAGE_PROCESS_START" not in calls.calls[1][1]
    calls.calls.clear()
    calls.test(["-k", "tail"])
    assert not any("COVERAGE_PROCESS_START" in variables for _, variables in calls.calls)


@pytest.mark.parametrize(
    ("arguments", "outside", "inside"),
    [
        (["-k", "tail", "-x"], ["-k", "tail", "-x"], ["-k", "tail", "-x", "tests/window"]),
        (["tests/window/lab"], None, ["tests/window/lab"]),
        (
            ["tests/window/lab/test_form.py::test_a[x/y]"],
            None,
            ["tests/window/lab/test_form.py::test_a[x/y]"],
        ),
        (["tests/runs/test_race.py", "-v"], ["-v", "tests/runs/test_race.py"], None),
        (["tests"], ["tests"], ["tests/window"]),
        (["tests/runs", "tests/window"], ["tests/runs"], ["tests/window"]),
        (["--seeds", "30", "tests/lessons"], ["--seeds", "30", "tests/lessons"], None),
        (["-k", "tests"], ["-k", "tests"], ["-k", "tests", "tests/window"]),
        (
            ["--deselect", "tests/runs"],
            ["--deselect", "tests/runs"],
            ["--deselect", "tests/runs", "tests/window"],
        ),
    ],
)
def test_a_round_runs_only_where_tests_of_its_kind_are_asked_for(make, arguments, outside, inside):
    assert make.rounds(arguments) == (outside, inside)


@pytest.mark.parametrize(
    ("arguments", "codes", "expected"),
    [
        ([], [1, 0], 1),
        ([], [0, 1, 0], 1),
        ([], [0, 0, 1], 1),  # too little is reached
        ([], [0, 5], 5),
        (["-k", "tail"], [0, 5], 0),
        (["-k", "tail"], [5, 0], 0),
        (["-k", "tail"], [5, 5], 5),
        (["-k", "tail"], [5, 1], 1),
        (["tests/window"], [5], 5),
    ],
)
def test_tests_fail_when_any_round_fails(calls, arguments, codes, expected):
    calls.codes = codes.copy()
    assert calls.test(arguments) == expected


@pytest.mark.parametrize(("arguments", "code"), [(["-x"], 1), (["-k", "tail"], 2), ([], 130)])
def test_no_second_round_after_an_interruption_or_where_one_failure_is_enough(calls, arguments, code):
    calls.codes = [code]
    assert calls.test(arguments) == code
    assert len(calls.calls) == 1


def test_every_check_runs_also_after_one_has_complained(calls, capsys):
    calls.codes = [1, 0, 1, 0, 0, 0]
    assert calls.lint([]) == 1
    assert len(calls.calls) == 6
    last = capsys.readouterr().out.splitlines()[-1]
    assert "ruff check" in last
    assert "mypy" in last
    assert "lint-imports" not in last


def test_benchmarks_are_the_scripts_called_bench(calls, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(calls, "ROOT", tmp_path)
    assert calls.bench([]) == 0
    assert "no benchmarks" in capsys.readouterr().out
    folder = tmp_path / "tests" / "bench"
    folder.mkdir(parents=True)
    for name in ("bench_b.py", "bench_a.py", "helper.py"):
        (folder / name).touch()
    calls.codes = [1, 0]
    assert calls.bench(["--quick"]) == 1
    assert [arguments for arguments, _ in calls.calls] == [
        [str(folder / "bench_a.py"), "--quick"],
        [str(folder / "bench_b.py"), "--quick"],
    ]


def test_run_hands_its_arguments_on(calls):
    calls.run(["run", "a b.toml", "--out", "c"])
    assert calls.calls[0][0] == ["-m", "gradlab", "run", "a b.toml", "--out", "c"]


# --- what the commands rest on ---


def without_qt(code):
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "packaging" / "without_qt")}
    return subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", ["PySide6.QtCore", "shiboken6", "pyqtgraph"])
def test_without_qt_it_is_as_if_not_installed(name):
    done = without_qt(f"import {name}")
    assert f"No module named '{name.partition('.')[0]}'" in done.stderr


def test_without_qt_everything_else_is_there():
    assert without_qt("import gradlab.datasets.base, numpy, pytest").returncode == 0


def pins():
    lines = (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_constraints_are_exact_public_versions():
    for line in pins():
        assert re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*", line), line
    assert "torch==2.13.0" in pins()


def needed(requirements, found=frozenset()):
    """Return the names of all installed packages that the requirements lead to."""
    for requirement in map(Requirement, requirements):
        name = canonicalize_name(requirement.name)
        wanted_here = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if name in found or not wanted_here:
            continue
        found |= {name}
        try:
            found = needed(distribution(name).requires or [], found)
        except PackageNotFoundError:  # another group's, not installed here
            continue
    return found


def test_every_package_that_the_lab_leads_to_is_pinned():
    groups = [line for group in PROJECT["dependency-groups"].values() for line in group]
    names = needed([*PROJECT["project"]["dependencies"], *groups])
    # On Linux torch pins what it adds for NVIDIA cards itself.
    names = {name for name in names if not name.startswith(("nvidia-", "cuda-", "triton"))}
    assert names <= {canonicalize_name(line.partition("==")[0]) for line in pins()}


def imported_in(path):
    """Yield the names of what a module imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


def brought_by(name):
    """Return the names of the modules that an installed package brings; none for one that is not there."""
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return set()
    return {file.parts[0].partition(".")[0] for file in files}


def test_the_lab_imports_only_packages_that_it_asks_for():
    optional = [line for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra]
    allowed = needed([*PROJECT["project"]["dependencies"], *optional])
    names = {
        name.partition(".")[0] for path in (ROOT / "gradlab").rglob("*.py") for name in imported_in(path)
    }
    foreign = names - set(sys.stdlib_module_names) - {"gradlab"} - set().union(*map(brought_by, allowed))
    assert [name for name in foreign if importlib.util.find_spec(name)] == []
