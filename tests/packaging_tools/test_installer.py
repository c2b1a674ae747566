"""Tests of what builds the installers, without building one: that takes minutes and tests itself."""

import hashlib
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

TOOL = "installer"
ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
DROPPED = tomllib.loads((PACKAGING / "dropped.toml").read_text(encoding="utf-8"))
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="a package for Linux")


# --- what is left out ---


@pytest.mark.parametrize("kind", ["modules", "files", "unstripped"])
def test_everything_that_is_left_out_says_why(kind):
    for group in DROPPED[kind]:
        assert group["why"].endswith(".")
        assert group["names" if kind == "modules" else "paths"]


@pytest.mark.parametrize(
    "name",
    [
        "torch/lib/libtorch_cpu.so",
        "torch/bin/torch_shm_manager",
        "PySide6/QtOpenGL.abi3.so",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/Qt/plugins/imageformats/libqsvg.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "resources/fonts/phosphor/phosphor-1.3.0.ttf",
        "sklearn/datasets/data/iris.csv",
        "sklearn/datasets/descr/iris.rst",
        "resources/themes/light.toml",
        "torch-2.13.0.dist-info/METADATA",
    ],
)
def test_what_is_needed_is_not_left_out(name):
    assert [
        pattern for group in DROPPED["files"] for pattern in group["paths"] if fnmatch(name, pattern)
    ] == []


def test_the_lab_trains_without_the_modules_that_are_left_out(tmp_path):
    code = f"""
import sys
NAMES = {[name for group in DROPPED["modules"] for name in group["names"]]!r}
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if any(name == one or name.startswith(one + ".") for one in NAMES):
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Refuse())
from gradlab import selftest
from gradlab.experiment.files import loads
from gradlab.datasets.base import SOURCES
from gradlab.instruments.instrument_set import found
from gradlab.runs.observed_run import ObservedRun
for name in selftest.MODELS:
    session = ObservedRun(selftest.experiment(name))
    session.instruments.watch(frozenset(instrument.part for instrument in found()))
    while session.ending is None:
        session.step_epoch()
    session.frame(at_rest=True)
    session.close()
for source in SOURCES.names():
    if source not in ("csv", "images"):
        kind = "surface" if source == "surface" else "mlp"
        ObservedRun(loads(f'[data]\\nsource = "{{source}}"\\n[model]\\nkind = "{{kind}}"')).frame(at_rest=True)
print("trained")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "trained\n", done.stderr


# --- the program's folder ---


def test_libraries_that_only_something_dropped_needed_go_and_all_others_stay(part, monkeypatch, tmp_path):
    freeze = part("freeze")
    inside = tmp_path / "_internal"
    (inside / "Qt").mkdir(parents=True)
    links = {
        "Qt/libwindow.so": ["libused.so.1"],
        "libused.so.1": ["libdeep.so.1"],
        "libdeep.so.1": [],
        "libgtk.so.3": ["libcairo.so.2"],
        "libcairo.so.2": [],
        "libpython3.11.so.1.0": [],
    }
    for name in links:
        (inside / name).touch()
    (inside / "libgtk.so").symlink_to("libgtk.so.3")

    def objdump(_, __, path):
        return "".join(f"  NEEDED               {name}\n" for name in links[str(path.relative_to(inside))])

    monkeypatch.setattr(freeze, "command", objdump)
    freeze.drop_orphans(tmp_path)
    left = {str(path.relative_to(inside)) for path in inside.rglob("*.so*")}
    assert left == {"Qt/libwindow.so", "libused.so.1", "libdeep.so.1", "libpython3.11.so.1.0"}


def test_the_torch_for_nvidia_cards_is_refused_on_linux(part, monkeypatch):
    freeze = part("freeze")
    monkeypatch.setattr(freeze, "on", lambda system: system == "linux")
    freeze.check_torch("2.13.0+cpu")
    with pytest.raises(part("places").BuildError, match="NVIDIA"):
        freeze.check_torch("2.13.0")


def test_the_kind_for_nvidia_cards_wants_the_torch_for_them_and_says_so_in_its_version(part, monkeypatch):
    monkeypatch.setenv("GRADLAB_CUDA", "1")
    freeze, places = part("freeze"), part("places")
    freeze.check_torch("2.13.0+cu130")
    with pytest.raises(places.BuildError, match="GRADLAB_CUDA"):
        freeze.check_torch("2.13.0+cpu")
    assert places.VERSION.endswith("+cuda")


def test_windows_is_told_the_version(part):
    text = part("freeze").version_resource("0.1.0.dev0")
    assert "filevers=(0, 1, 0, 0)" in text
    assert "StringStruct('ProductVersion', '0.1.0.dev0')" in text


# --- licences ---


@on_linux
def test_every_file_is_somebodys(part):
    licences = part("licences")
    packages = licences.owners([importlib.metadata.distribution("numpy")])
    import json as standard

    import numpy

    found = licences.origins_of(
        [
            Path(numpy.__file__),
            Path(standard.__file__),
            ROOT / "gradlab/errors.py",
            ROOT / "resources/fonts/phosphor/phosphor-1.3.0.ttf",
        ],
        packages,
    )
    assert set(found) == {"numpy", "Python", "gradlab", "phosphor"}
    assert "BSD" in found["numpy"]
    [text] = licences.licence_files("phosphor", {})
    assert "Phosphor Icons" in text.read_text(encoding="utf-8")


def test_what_is_nobodys_stops_the_build(part, tmp_path):
    licences = part("licences")
    with pytest.raises(part("places").BuildError, match=r"nobody knows the licence of .*strange\.so"):
        licences.origins_of([tmp_path / "strange.so"], {})


def test_what_was_dropped_after_freezing_needs_no_licence(part, tmp_path):
    (tmp_path / "_internal").mkdir()
    (tmp_path / "_internal" / "kept.so").touch()
    kept, dropped = tmp_path / "a" / "kept.so", tmp_path / "a" / "dropped.so"
    contents = tmp_path / "contents.json"
    files = [["kept.so", str(kept)], ["dropped.so", str(dropped)]]
    contents.write_text(json.dumps({"files": files, "modules": [["sys", "built-in"]]}))
    assert part("licences").shipped(contents, tmp_path) == [kept]


def test_qt_which_brings_no_text_gets_those_that_it_names(part):
    texts = part("licences").standard_texts("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only")
    assert [text.name for text in texts] == ["LGPL-3.0.txt", "GPL-2.0.txt", "GPL-3.0.txt"]


# --- limits ---


def test_a_slow_machine_is_given_more_time_and_a_fast_one_no_less(part, monkeypatch):
    limits = part("limits")
    for took, slower in ((0.4, 1.0), (0.85, 1.0), (1.7, 2.0)):
        monkeypatch.setattr(limits, "command", lambda *_, took=took: f"{took}\n")
        assert limits.slowness([9.0, took]) == slower
        monkeypatch.setattr(limits, "start", lambda _: limits.Start(window=1.0, update=3.0, stall=0.5))
        monkeypatch.setattr(limits, "forget", lambda _: None)
        assert limits.times(Path("lab"))[limits.TIMES["update, warm"]] == 3.0 / slower


def test_a_value_over_its_limit_fails_after_all_were_told(part, capsys):
    limits = part("limits")
    small, large = limits.Limit("small", 10, "MB"), limits.Limit("large", 10, "MB")
    limits.check({small: 10.0})
    with pytest.raises(part("places").BuildError, match="over the limit: large"):
        limits.check({large: 10.1, small: 1.0})
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_links_weigh_nothing(part, tmp_path):
    (tmp_path / "file").write_bytes(b"x" * 1_000_000)
    if os.name != "nt":
        (tmp_path / "link").symlink_to("file")
    assert part("places").megabytes(tmp_path) == 1.0


# --- packages ---


@pytest.fixture
def run_file(part, monkeypatch, tmp_path):
    """Return a small self-extracting file, as ours is, with a program that only says hello."""
    extracting, debian = part("self_extracting"), part("debian")
    for module in (extracting, debian):
        monkeypatch.setattr(module, "BUILD", tmp_path / "build")
    monkeypatch.setattr(extracting, "DIST", tmp_path / "dist")
    icons = tmp_path / "build" / "icons"
    icons.mkdir(parents=True)
    for size in debian.ICON_SIZES:
        (icons / f"gradlab-{size}.png").touch()
    folder = tmp_path / "frozen"
    folder.mkdir()
    (folder / "gradlab").write_text("#!/bin/sh\necho hello\n")
    (folder / "gradlab").chmod(0o755)
    return extracting.pack(folder)


def install(run_file, *arguments, home):
    home.mkdir(exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    return subprocess.run(
        ["sh", str(run_file), *arguments], capture_output=True, text=True, check=False, env=environment
    )


@on_linux
def test_the_run_file_installs_and_takes_away_again_and_keeps_the_runs(run_file, tmp_path):
    home = tmp_path / "somebody's höme"
    done = install(run_file, home=home)
    assert (done.returncode, done.stderr) == (0, "")
    program = home / ".local/bin/gradlab"
    assert subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout == "hello\n"
    entry = (home / ".local/share/applications/gradlab.desktop").read_text()
    assert f'Exec="{home}/.local/opt/gradlab/gradlab" %f' in entry
    mine = home / ".local/share/gradlab/runs/mine/experiment.toml"
    mine.parent.mkdir(parents=True)
    mine.touch()
    assert install(run_file, "--uninstall", "--quiet", home=home).stdout == ""
    # The desktop's own lists of what is installed are not ours to take away.
    left = [
        path for path in home.rglob("*") if path.is_file() and not {"mime", "mimeinfo.cache"} & {*path.parts}
    ]
    assert left == [mine]


@on_linux
def test_a_new_version_replaces_the_old_one_whole(run_file, tmp_path):
    home = tmp_path / "home"
    install(run_file, "--prefix", str(tmp_path / "place"), home=home)
    old = tmp_path / "place/opt/gradlab/old-module"
    old.touch()
    assert install(run_file, "--prefix", str(tmp_path / "place"), home=home).returncode == 0
    assert not old.exists()
    assert (tmp_path / "place/opt/gradlab/gradlab").is_file()


@on_linux
def test_a_damaged_run_file_installs_nothing(run_file, tmp_path):
    with run_file.open("ab") as file:
        file.write(b"x")
    done = install(run_file, home=tmp_path / "home")
    assert done.returncode == 1
    assert done.stderr == "gradlab: this file is damaged; get it again\n"
    assert not (tmp_path / "home" / ".local").exists()


@on_linux
def test_taking_away_what_is_not_there_says_so(run_file, tmp_path):
    done = install(run_file, "--uninstall", home=tmp_path / "home")
    assert done.returncode == 1
    assert "there is no GradLab in" in done.stderr


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="not Debian")
def test_the_deb_has_the_program_its_link_menu_entry_and_file_types(part, monkeypatch, tmp_path):
    debian = part("debian")
    monkeypatch.setattr(debian, "BUILD", tmp_path / "build")
    monkeypatch.setattr(debian, "DIST", tmp_path / "dist")
    (tmp_path / "build" / "icons").mkdir(parents=True)
    for size in debian.ICON_SIZES:
        (tmp_path / "build" / "icons" / f"gradlab-{size}.png").touch()
    folder = tmp_path / "frozen"
    folder.mkdir()
    (folder / "gradlab").write_text("#!/bin/sh\n")
    (folder / "gradlab").chmod(0o755)
    package = debian.pack(folder)
    content = subprocess.run(["dpkg-deb", "-c", package], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^-rwxr-xr-x root/root .* \./opt/gradlab/gradlab$", content, re.MULTILINE)
    assert "./usr/bin/gradlab -> /opt/gradlab/gradlab" in content
    for name in (
        "applications/gradlab.desktop",
        "mime/packages/gradlab.xml",
        "icons/hicolor/48x48/apps/gradlab.png",
    ):
        assert f"./usr/share/{name}" in content
    first = package.read_bytes()
    assert debian.pack(folder).read_bytes() == first, "the same program gives another package"


def test_the_archive_forgets_who_built_it(part):
    member = part("self_extracting").anonymous(tarfile.TarInfo("a"))
    assert (member.uname, member.uid, member.gid) == ("root", 0, 0)


def test_checksums_are_as_the_usual_tools_read_them(part, monkeypatch, tmp_path):
    main = part("__main__")
    monkeypatch.setattr(main, "DIST", tmp_path)
    package = tmp_path / "gradlab.deb"
    package.write_bytes(b"content")
    main.write_checksums([package])
    line = (tmp_path / "gradlab.deb.sha256").read_text()
    assert line == f"{hashlib.sha256(b'content').hexdigest()}  gradlab.deb\n"


# --- what other systems are told ---


def test_the_windows_installer_needs_no_administrator_and_knows_our_files():
    script = (PACKAGING / "system" / "gradlab.iss").read_text(encoding="utf-8")
    assert "PrivilegesRequired=lowest" in script
    assert set(re.findall(r"Classes\\(\.\w+)", script)) == {".gradlesson"}
    # What is not told to be deleted by name stays: a person's runs lie elsewhere.
    assert "[UninstallDelete]" not in script


@pytest.mark.parametrize("name", ["test.yml", "installers.yml", "measure.yml"])
def test_workflows_call_the_commands_that_there_are(name, monkeypatch):
    document = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    text = json.dumps(document)
    commands = set(re.findall(r"packaging/make\.py (\w+)", text))
    if "matrix.command" in text:
        commands.update(document["jobs"]["measure"]["strategy"]["matrix"]["command"])
    make = (PACKAGING / "make.py").read_text(encoding="utf-8")
    assert commands
    assert all(f'    "{command}": Command(' in make for command in commands)


def test_every_supported_python_is_tested():
    document = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    versions = document["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert versions == ["3.11", "3.12", "3.13"]
    assert project["project"]["requires-python"] == ">=3.11,<3.14"


@on_linux
def test_the_kit_is_written_by_the_program_and_packed_in_a_folder_of_its_own(part, monkeypatch, tmp_path):
    kit = part("kit")
    monkeypatch.setattr(kit, "BUILD", tmp_path / "build")
    monkeypatch.setattr(kit, "DIST", tmp_path / "dist")
    program = tmp_path / "gradlab"
    program.write_text(
        '#!/bin/sh\n[ "$1" = kit ] && mkdir -p "$2/lessons" && echo "$QT_QPA_PLATFORM" > "$2/lessons/a"\n'
    )
    program.chmod(0o755)
    with zipfile.ZipFile(kit.pack(program)) as packed:
        name = f"{kit.NAME}/lessons/a"
        assert name in packed.namelist()
        assert packed.read(name) == b"offscreen\n"
