import struct
import warnings
import zlib

import numpy as np
import pytest
from own_data import own_data
from PIL import Image

from gradlab.datasets import images as module
from gradlab.datasets.base import SOURCES
from gradlab.datasets.split import prepare
from gradlab.errors import InputError
from gradlab.experiment.files import load
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data

RED, GREY = (255, 0, 0), (128, 128, 128)


def build(folder, **settings):
    data = Data(source="images", path=str(folder), **settings)
    return SOURCES["images"].build(data, np.random.default_rng(0))


def save(folder, name, colour=GREY, size=(8, 8), mode="RGB", **options):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path, **options)
    return path


@pytest.fixture
def folder(tmp_path):
    """A folder with two grey pictures of each of two classes."""
    for name in ("cats/1.png", "cats/2.PNG", "dogs/1.jpg", "dogs/2.jpeg"):
        save(tmp_path / "own pictures", name)
    return tmp_path / "own pictures"


@pytest.fixture
def refused(folder):
    """Return a function that gives the one line with which the folder is refused, without its name."""

    def line(path=folder, **settings):
        with pytest.raises(InputError) as caught:
            build(path, **settings)
        message = str(caught.value)
        assert "\n" not in message
        assert caught.value.key == "data.path"
        assert message.startswith(f"{path}: ")
        return message.removeprefix(f"{path}: ")

    return line


# What pictures become


def test_folders_are_classes_in_the_order_of_their_names(folder):
    for number in range(3):
        save(folder, f"Ähren/{number}.png")
    dataset = build(folder)
    assert dataset.class_names == ("cats", "dogs", "Ähren")
    assert dataset.targets.tolist() == [0, 0, 1, 1, 2, 2, 2]
    assert dataset.inputs.shape == (7, 1, 16, 16)
    assert dataset.inputs.dtype == np.float32


@pytest.mark.parametrize("size", [4, 16, 128])
def test_every_picture_gets_the_wanted_size(folder, size):
    save(folder, "cats/wide.png", size=(300, 5))
    save(folder, "cats/tiny.jpg", size=(1, 1))
    assert build(folder, image_size=size).inputs.shape == (6, 1, size, size)


def test_pixels_keep_their_place_and_brightness(folder):
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(folder / "cats" / "0.png")
    shown = build(folder, image_size=16).inputs[0]
    np.testing.assert_allclose(shown, np.moveaxis(pixels, -1, 0) / 255, rtol=1e-6)


def test_one_coloured_picture_keeps_all_in_colour(folder):
    save(folder, "dogs/3.png", RED)
    inputs = build(folder).inputs
    assert inputs.shape == (5, 3, 16, 16)
    np.testing.assert_array_equal(inputs[4].mean(axis=(1, 2)), [1, 0, 0])
    np.testing.assert_allclose(inputs[:4], 128 / 255, atol=1e-6)


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, 1),
        ("L", 51, 0.2),
        ("LA", (51, 255), 0.2),
        ("P", 51, None),
        ("RGBA", (0, 0, 0, 0), 1),
        ("RGBA", (0, 0, 0, 255), 0),
        ("I;16", 257 * 51, 0.2),
    ],
)
def test_every_kind_of_png_is_read_and_transparent_is_white(folder, mode, colour, expected):
    path = save(folder, "cats/0.png", colour, mode=mode)
    if expected is None:
        expected = np.asarray(Image.open(path).convert("RGB"))[0, 0, 0] / 255
    np.testing.assert_allclose(build(folder).inputs[0], expected, atol=0.003)


def test_a_jpeg_for_printing_is_read(folder):
    save(folder, "cats/0.jpg", (0, 255, 255, 0), mode="CMYK")
    red, green, blue = build(folder).inputs[0].mean(axis=(1, 2))
    assert red > 0.9
    assert max(green, blue) < 0.1


def test_a_photo_taken_sideways_is_turned_upright(folder):
    left_dark = np.zeros((16, 16, 3), np.uint8)
    left_dark[:, 8:] = 255
    orientation = Image.Exif()
    orientation[0x0112] = 6  # the top of the scene is at the right
    Image.fromarray(left_dark).save(folder / "cats" / "0.jpg", exif=orientation)
    shown = build(folder).inputs[0, 0]
    assert shown[:6].max() < 0.1
    assert shown[-6:].min() > 0.9


def test_a_large_jpeg_looks_as_if_it_was_averaged(folder):
    slope = np.tile(np.linspace(0, 255, 640).astype(np.uint8), (480, 1))
    Image.fromarray(slope).save(folder / "cats" / "0.jpg", quality=95)
    shown = build(folder, image_size=8).inputs[0, 0]
    expected = (np.arange(8) + 0.5) / 8
    np.testing.assert_allclose(shown, np.tile(expected, (8, 1)), atol=0.02)


def test_own_pictures_are_split_and_standardized():
    split = prepare(Experiment(data=Data(source="images", **own_data("images"))))
    assert split.class_names == ("bright", "dark")
    assert (split.input_shape, len(split.train_rows)) == ((3, 16, 16), 18)


def test_a_folder_is_found_beside_the_experiment_file(folder):
    path = folder.parent / "mine.toml"
    path.write_text('[data]\nsource = "images"\npath = "own pictures"\nvalidation_rows = 2\n')
    assert prepare(load(path)).class_names == ("cats", "dogs")


# What is left aside


def test_files_that_are_no_pictures_do_not_count(folder):
    before = build(folder)
    for name in ("Thumbs.db", ".DS_Store", "._1.jpg", "notes.txt", "clip.gif"):
        (folder / "cats" / name).write_bytes(b"\0\1\2")
    for name in (".git", "__MACOSX"):
        (folder / name).mkdir()
    save(folder, "cats/kittens/1.png", RED)
    (folder / "cats" / "folder.png").mkdir()
    save(folder, "loose.png", RED)
    np.testing.assert_array_equal(build(folder).inputs, before.inputs)
    assert build(folder).class_names == before.class_names


# What is refused


def test_an_empty_path_is_refused():
    with pytest.raises(InputError, match=r"^data.path is empty; allowed: a folder") as caught:
        build("")
    assert caught.value.key == "data.path"


@pytest.mark.parametrize("name", ["missing", "cats/1.png", "a\0b", "x" * 5000])
def test_a_path_that_is_no_folder_is_refused(folder, refused, name):
    assert "cannot be read" in refused(f"{folder}/{name}")


def test_fewer_than_two_classes_are_refused(folder, refused):
    assert refused(folder / "cats") == (
        "holds 0 folders; allowed: 2 to 100, one folder of pictures per class"
    )
    (folder / "only" / "one").mkdir(parents=True)
    assert refused(folder / "only").startswith("holds 1 folders; allowed: 2 to 100")


def test_classes_without_pictures_are_named(folder, refused):
    for name in "abcdefg":
        (folder / name).mkdir()
    (folder / "b" / "notes.txt").write_text("no picture")
    assert refused() == (
        'no picture in "a", "b", "c", "d", "e" and 2 more; '
        "allowed: folders with files that end in .png, .jpg, .jpeg"
    )


def test_broken_files_are_named_all_at_once(folder, refused):
    whole = save(folder, "cats/0.png", size=(64, 64)).read_bytes()
    (folder / "cats" / "0.png").write_bytes(whole[: len(whole) // 2])
    (folder / "cats" / "a\nb.jpg").write_bytes(b"")
    (folder / "dogs" / "0.jpg").write_text("not a picture")
    Image.new("L", (4, 4)).save(folder / "dogs" / "0.png", format="GIF")
    line = refused()
    assert line == (
        "4 files cannot be read as pictures: cats/0.png, cats/a b.jpg, dogs/0.jpg, dogs/0.png; "
        "allowed: whole PNG or JPEG files of at most 50 million pixels"
    )
    for number in range(5):
        (folder / "dogs" / f"9{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "9 files" in refused()
    assert "dogs/0.png, dogs/90.png and 4 more;" in refused()


def test_a_picture_of_too_many_pixels_is_refused(folder, refused, monkeypatch):
    save(folder, "cats/large.png", size=(10, 10))
    monkeypatch.setattr(module, "MOST_PIXELS", 100)
    assert len(build(folder).inputs) == 5
    monkeypatch.setattr(module, "MOST_PIXELS", 99)
    assert refused().startswith("1 file cannot be read as pictures: cats/large.png; allowed:")


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_a_small_file_that_unpacks_to_gigabytes_is_refused_in_silence(folder, refused, side):
    (folder / "cats" / "bomb.png").write_bytes(black_png(side))
    with warnings.catch_warnings(record=True) as said:
        assert refused().startswith("1 file cannot be read as pictures: cats/bomb.png; allowed:")
    assert said == []


def black_png(side):
    """A picture of zeros whose header is right and whose pixels are left out."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_too_many_pictures_are_refused_before_they_are_read(folder, refused, monkeypatch):
    (folder / "cats" / "broken.png").write_bytes(b"")
    monkeypatch.setattr(module, "MOST_PICTURES", 4)
    line = "holds 5 pictures, which is too many at data.image_size = {}; allowed there: {}"
    assert refused(image_size=8) == line.format(8, 4)
    monkeypatch.setattr(module, "MOST_NUMBERS", 3 * 3 * 16**2)
    assert refused(image_size=16) == line.format(16, 3)


def test_a_class_of_one_picture_cannot_be_split(folder):
    (folder / "cats" / "2.PNG").unlink()
    with pytest.raises(InputError, match='class "cats" has too few rows'):
        prepare(Experiment(data=Data(source="images", path=str(folder))))
