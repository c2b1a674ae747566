"""An experiment is added with one file, a lesson with one folder: *Where do I add …* in CONTRIBUTING."""

from own_resources import copied
from small_lesson import write_lesson

from gradlab.cli.main import main
from gradlab.lessons.catalogue import Catalogue
from gradlab.lessons.files import SUFFIX
from gradlab.lessons.workshop_kit import kit
from gradlab.resources import resource

EXPERIMENT = """\
# What becomes of a toy?
name = "Toy"
[data]
source = "moons"
samples = 60
[training]
epochs = 1
device = "cpu"
"""


def in_the_kit(place):
    return {path.relative_to(place).as_posix() for path, _ in kit(place, [], lambda *_: None)}


def test_an_experiment_is_trained_and_packed_by_the_command_line(tmp_path, monkeypatch):
    (copied("experiments", tmp_path, monkeypatch) / "9-toy.toml").write_text(EXPERIMENT)
    assert main(["run", str(resource("experiments", "9-toy.toml")), "--out", str(tmp_path / "out")]) == 0
    assert (
        len((tmp_path / "out" / "epochs.csv").read_text().splitlines()) == 3
    )  # header, untouched, first epoch
    assert "experiments/9-toy.toml" in in_the_kit(tmp_path / "kit")


def test_a_lesson_is_listed_and_packed(tmp_path, monkeypatch):
    write_lesson(copied("lessons", tmp_path, monkeypatch) / "small")
    catalogue = Catalogue(tmp_path / "own")
    place = [lesson.id for lesson in catalogue.lessons].index("small") + 1
    assert f"lessons/{place:02}-small{SUFFIX}" in in_the_kit(tmp_path / "kit")
