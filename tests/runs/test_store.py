"""The window's runs are kept, each in its own folder, and the oldest make room."""

from gradlab.experiment.schema import Experiment
from gradlab.runs import store
from gradlab.runs.store import RunStore


def make(path):
    path.mkdir()
    (path / "experiment.toml").touch()


def test_runs_of_the_same_second_get_different_folders(tmp_path):
    runs = RunStore(tmp_path / "runs")
    folders = []
    for _ in range(5):
        folders.append(runs.new_folder(Experiment(name="a/b: ü")))
        make(folders[-1])
    assert len(set(folders)) == 5
    assert all(folder.parent == tmp_path / "runs" for folder in folders)
    assert "a-b-ü" in folders[0].name


def test_only_the_oldest_runs_are_removed_and_nothing_that_is_no_run(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "MOST_RUNS", 3)
    for day in range(1, 6):
        make(tmp_path / f"2026-01-0{day}-120000-x")
    (tmp_path / "0000-notes").mkdir()
    RunStore(tmp_path).new_folder(Experiment())
    assert {path.name for path in tmp_path.iterdir()} == {
        "2026-01-04-120000-x",
        "2026-01-05-120000-x",
        "0000-notes",
    }


def test_a_place_that_cannot_be_written_keeps_no_runs_but_stops_nobody(tmp_path):
    (tmp_path / "file").touch()
    assert RunStore(tmp_path / "file").new_folder(Experiment()) is None
