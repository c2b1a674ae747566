import json

from gradlab.folders import settings_folder
from gradlab.window.services.settings_store import LONGEST_RECENT, SettingsStore


def files_in(folder, count):
    paths = [folder / f"{number}.toml" for number in range(count)]
    for path in paths:
        path.write_text("")
    return paths


def test_what_was_put_is_there_after_a_restart(tmp_path):
    SettingsStore(tmp_path / "a" / "window.json").put("theme", "dark")
    assert SettingsStore(tmp_path / "a" / "window.json").get("theme") == "dark"


def test_the_environment_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADLAB_DATA", str(tmp_path / "elsewhere"))
    assert settings_folder() == tmp_path / "elsewhere"


def test_recent_files_come_newest_first_without_repeats(tmp_path):
    store = SettingsStore(tmp_path / "window.json")
    first, second = files_in(tmp_path, 2)
    for path in (first, second, first):
        store.add_recent(path)
    assert store.recent() == [first, second]


def test_recent_files_are_limited_and_vanish_with_the_file(tmp_path):
    store = SettingsStore(tmp_path / "window.json")
    paths = files_in(tmp_path, LONGEST_RECENT + 3)
    for path in paths:
        store.add_recent(path)
    assert store.recent() == paths[:2:-1]
    paths[-1].unlink()
    assert store.recent() == paths[-2:2:-1]


def test_a_damaged_file_starts_afresh(tmp_path):
    path = tmp_path / "window.json"
    for text in (
        "{half",
        "[1, 2]",
        '{"recent": 3, "theme": "pink"}',
        "\udcff".encode("utf-8", "surrogatepass"),
    ):
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        store = SettingsStore(path)
        assert store.recent() == []
        assert store.theme() == "system"


def test_an_unwritable_folder_only_forgets(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    store = SettingsStore(blocked / "window.json")
    store.put("theme", "dark")
    assert store.theme() == "dark"


def test_a_write_leaves_no_half_written_file_behind(tmp_path):
    store = SettingsStore(tmp_path / "window.json")
    store.put("theme", "light")
    assert {path.name for path in tmp_path.iterdir()} <= {"window.json", "window.json.lock"}
    assert json.loads((tmp_path / "window.json").read_text()) == {"theme": "light"}


def test_two_windows_keep_each_others_settings(tmp_path):
    path = tmp_path / "window.json"
    one, other = SettingsStore(path), SettingsStore(path)
    one.put("theme", "dark")
    other.put("projector", True)
    again = SettingsStore(path)
    assert again.get("theme") == "dark"
    assert again.get("projector") is True


def test_two_windows_share_the_recent_files(tmp_path):
    path = tmp_path / "window.json"
    one, other = SettingsStore(path), SettingsStore(path)
    first, second = files_in(tmp_path, 2)
    one.add_recent(first)
    other.add_recent(second)
    assert other.recent() == [second, first]
