import os
import struct
import warnings
import zipfile
import zlib

import numpy as np
import pytest
from own_data import own_data
from PIL import Image

from gradlab.datasets import images as module
from gradlab.datasets import picture_files, picture_folders
from gradlab.datasets.base import SOURCES
from gradlab.datasets.split import prepare
from gradlab.errors import InputError
from gradlab.experiment.files import load
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.tables.remarks import Level

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


@pytest.mark.parametrize(
    ("name", "values"),
    [("0.tiff", np.float32([[0, 0.5], [1, 1]])), ("0.tif", np.int32([[0, 70_000], [1, 1]]))],
)
def test_brightness_without_a_known_white_is_refused(folder, refused, name, values):
    Image.fromarray(values).save(folder / "cats" / name)
    assert refused().startswith(f"1 file cannot be read as a picture: cats/{name} (how bright white is")


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


# Which files are pictures: what is in them decides


def half_dark(top):
    """A picture of 16 by 16 with one dark half: the lower one for ``top``."""
    pixels = np.full((16, 16, 3), (230, 200, 40) if top else (20, 10, 40), np.uint8)
    pixels[8:] = (20, 10, 40) if top else (230, 200, 40)
    return Image.fromarray(pixels)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("0.webp", "WEBP"),
        ("0.bmp", "BMP"),
        ("0.gif", "GIF"),
        ("0.tiff", "TIFF"),
        ("0.tif", "TIFF"),
        ("0.jfif", "JPEG"),
        ("0.ppm", "PPM"),
        ("0.avif", "AVIF"),
        ("0.jp2", "JPEG2000"),
        ("0.qoi", "QOI"),
        ("0.ico", "ICO"),
        ("download.jpg", "WEBP"),
        ("download.png", "JPEG"),
        ("download", "PNG"),
        ("0.jpg_large", "JPEG"),
    ],
)
def test_pictures_of_all_usual_kinds_are_read_whatever_they_are_called(folder, name, kind):
    if kind not in Image.SAVE:
        Image.init()
    if kind not in Image.SAVE:
        pytest.skip(f"this Pillow writes no {kind}")
    half_dark(top=True).save(folder / "cats" / name, format=kind)
    dataset = build(folder, image_size=8)
    first = list((folder / "cats").iterdir())
    row = sorted(first).index(folder / "cats" / name)
    np.testing.assert_allclose(dataset.inputs[row, :, :3].mean(axis=(1, 2)) * 255, (230, 200, 40), atol=12)
    np.testing.assert_allclose(dataset.inputs[row, :, 5:].mean(axis=(1, 2)) * 255, (20, 10, 40), atol=12)
    assert said(folder) == []


def test_the_first_picture_of_an_animation_counts(folder):
    half_dark(top=True).save(
        folder / "cats" / "0.gif", save_all=True, append_images=[half_dark(top=False)] * 3, duration=100
    )
    shown = build(folder, image_size=8).inputs[0]
    assert shown[:, :3].mean() > shown[:, 5:].mean()


def said(folder):
    """What is said of the files, beside which of two classes is the positive one."""
    return [notice.text for notice in build(folder).notices if notice.key == "data.path"]


def test_system_files_are_left_out_without_a_word(folder):
    before = build(folder)
    for name in ("Thumbs.db", ".DS_Store", "._1.jpg", "desktop.ini"):
        (folder / "cats" / name).write_bytes(b"\0\1\2")
    for name in (".git", "__MACOSX", "cats/.thumbnails", "@eaDir"):
        (folder / name).mkdir()
        save(folder, f"{name}/1.png", RED)
    after = build(folder)
    np.testing.assert_array_equal(after.inputs, before.inputs)
    assert (after.class_names, said(folder)) == (before.class_names, [])


def test_what_else_is_left_out_is_said_with_its_number_and_endings(folder):
    before = build(folder)
    for name in ("notes.txt", "labels.csv", "more.csv"):
        (folder / "cats" / name).write_text("P1 no picture")
    for name in ("cats/a.heic", "dogs/b.HEIC", "dogs/c.svg"):
        (folder / name).write_bytes(b"\0\0\0\x18ftypheic")
    save(folder, "loose.png", RED)
    after = build(folder)
    np.testing.assert_array_equal(after.inputs, before.inputs)
    assert {notice.level for notice in after.notices} == {Level.NOTICE}
    assert said(folder) == [
        "3 pictures are left out, of kinds that are not read (.heic, .svg): save them as PNG or JPEG",
        "3 files are left out, which are no pictures (.csv, .txt)",
        "1 picture beside the folders of the classes is left out (.png)",
    ]


def test_pictures_in_folders_inside_those_of_the_classes_are_read_and_that_is_said(folder):
    save(folder, "cats/kittens/1.png", RED)
    save(folder, "cats/kittens/old/1.png", RED)
    (folder / "cats" / "folder.png").mkdir()
    dataset = build(folder)
    assert dataset.targets.tolist() == [0, 0, 0, 0, 1, 1]
    assert said(folder) == [
        "2 of the pictures lie in folders inside those of their classes; they are read, too"
    ]


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
@pytest.mark.timeout(20)
def test_links_to_folders_are_not_followed_round_in_circles(folder):
    before = build(folder)
    (folder / "cats" / "all").symlink_to(folder, target_is_directory=True)
    (folder / "cats" / "cats").symlink_to(folder / "cats", target_is_directory=True)
    after = build(folder)
    np.testing.assert_array_equal(after.inputs, before.inputs)
    assert [len(said(folder)), said(folder)[0].partition(":")[0]] == [
        1,
        "2 links to folders are not followed",
    ]


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
@pytest.mark.timeout(20)
def test_a_pipe_or_a_device_is_not_waited_for(folder):
    os.mkfifo(folder / "cats" / "pipe.png")
    (folder / "dogs" / "zero.png").symlink_to("/dev/zero")
    assert len(build(folder).inputs) == 4
    assert said(folder) == ["2 files are left out, which are no pictures (.png)"]


def test_the_rarer_of_two_classes_is_the_positive_one_unless_another_is_asked_for(folder):
    save(folder, "dogs/3.png", RED)
    rarer, asked = build(folder), build(folder, positive_class="dogs")
    assert (rarer.class_names, rarer.targets.tolist()) == (("dogs", "cats"), [1, 1, 0, 0, 0])
    assert (asked.class_names, asked.targets.tolist()) == (("cats", "dogs"), [0, 0, 1, 1, 1])
    with pytest.raises(InputError, match=r"own pictures: data\.positive_class = .*cow") as caught:
        build(folder, positive_class="cow")
    assert caught.value.key == "data.positive_class"


# Folders that come in parts


def parts(folder, *names):
    for name in names:
        for number in range(2):
            save(folder, f"{name}/{number}.png")
    return folder


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("train/cats", "train/dogs", "test/cats", "test/dogs"), "train"),
        (("Test/cats", "Test/dogs", "Valid/cats", "Valid/dogs"), "Valid"),
        (("train/cats", "train/dogs", "test"), "train"),
        (("archive/cats", "archive/dogs"), "archive"),
        (("archive/set/cats", "archive/set/dogs"), "archive/set"),
        (("set/train/cats", "set/train/dogs", "set/test/cats", "set/test/dogs"), "set/train"),
        (("set/train/cats", "set/train/dogs"), "set/train"),
        (("2019/cats", "2019/dogs", "2020/cats", "2020/dogs"), "2019"),
        (
            ("seg_train/seg_train/cats", "seg_train/seg_train/dogs", "seg_pred/seg_pred"),
            "seg_train/seg_train",
        ),
        (("training_set/cats", "training_set/dogs", "test1"), "training_set"),
    ],
)
def test_folders_of_folders_are_refused_and_the_one_to_choose_is_named(tmp_path, refused, names, chosen):
    whole = parts(tmp_path / "whole", *names)
    assert f', not pictures: choose "{chosen}" in it as the folder of the classes' in refused(whole)
    assert build(whole / chosen).class_names == ("cats", "dogs")


def test_one_folder_of_folders_beside_others_without_pictures_is_the_one_to_choose(tmp_path, refused):
    whole = parts(tmp_path / "whole", "images/cats", "images/dogs")
    (whole / "annotations").mkdir()
    (whole / "annotations" / "1.xml").write_text("<annotation/>")
    assert refused(whole).startswith(
        '"images" holds folders (cats, dogs), not pictures: choose "images" in it'
    )


def test_an_empty_class_beside_a_divided_one_is_named(tmp_path, refused):
    whole = parts(tmp_path / "whole", "cats/persian", "cats/siamese")
    (whole / "dogs").mkdir()
    assert refused(whole).startswith('no picture in "dogs"; ')
    (whole / "dogs" / "1.heic").write_bytes(b"")
    assert refused(whole).startswith('no picture in "dogs" (1 file: .heic); ')


def test_a_class_may_be_called_like_a_part(tmp_path):
    whole = parts(tmp_path / "whole", "train", "car", "plane")
    assert build(whole).class_names == ("car", "plane", "train")
    tests = parts(tmp_path / "tests", "pre_test", "post_test")
    assert set(build(tests).class_names) == {"pre_test", "post_test"}


def test_parts_of_a_data_set_are_no_classes(tmp_path, refused):
    whole = parts(tmp_path / "whole", "train", "test")
    assert refused(whole).startswith('"test", "train" are named like the parts of a data set')


def test_classes_may_be_divided_further(tmp_path):
    kinds = parts(tmp_path / "kinds", "cats/persian", "cats/siamese", "dogs/poodle", "dogs/pug")
    assert build(kinds).class_names == ("cats", "dogs")
    inside = parts(tmp_path / "inside", "cats/train", "cats/test", "dogs/train", "dogs/test")
    assert build(inside).class_names == ("cats", "dogs")


# What is refused


def test_an_empty_path_is_refused():
    with pytest.raises(InputError, match=r"^data.path is empty; allowed: a folder") as caught:
        build("")
    assert caught.value.key == "data.path"


def test_a_file_in_place_of_the_folder_is_called_what_it_is(tmp_path, folder, refused):
    assert refused(folder / "cats" / "1.png").startswith("is a PNG picture, not a folder; allowed: a folder")
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("cats/1.png", b"")
    assert refused(tmp_path / "photos.zip").startswith("is a zip archive, not a folder; allowed: ")
    (tmp_path / "notes").write_text("nothing")
    assert refused(tmp_path / "notes").startswith("is a file, not a folder; allowed: ")


@pytest.mark.parametrize("name", ["missing", "a\0b", "x" * 5000])
def test_a_path_that_is_no_folder_is_refused(folder, refused, name):
    assert "cannot be read" in refused(f"{folder}/{name}")


def test_fewer_than_two_classes_are_refused(folder, refused):
    allowed = "; allowed: 2 to 100 folders, one folder of pictures per class"
    assert refused(folder / "cats") == f"holds 2 pictures and no folder{allowed}"
    (folder / "only" / "one").mkdir(parents=True)
    assert refused(folder / "only") == f"holds 1 folder{allowed}"
    for number in range(100):
        (folder / str(number)).mkdir()
    assert refused() == f"holds 103 folders{allowed}"


def test_a_whole_disk_is_not_searched(folder, refused, monkeypatch):
    monkeypatch.setattr(picture_folders, "MOST_FILES", 3)
    assert refused() == "holds more than 3 files; allowed: a folder of pictures"


def test_classes_without_pictures_are_named(folder, refused):
    for name in "abcdefg":
        (folder / name).mkdir()
    (folder / "b" / "notes.txt").write_text("no picture")
    for number in range(3):
        (folder / "c" / f"{number}.heic").write_bytes(b"")
    assert refused() == (
        'no picture in "a", "b" (1 file: .txt), "c" (3 files: .heic), "d", "e" and 2 more; '
        "allowed: pictures such as PNG, JPEG or WebP files"
    )


def test_broken_files_are_named_all_at_once(folder, refused):
    whole = save(folder, "cats/0.png", size=(64, 64)).read_bytes()
    (folder / "cats" / "0.png").write_bytes(whole[: len(whole) // 2])
    (folder / "cats" / "a\nb.jpg").write_bytes(b"")
    (folder / "dogs" / "0.jpg").write_text("not a picture")
    (folder / "dogs" / "0.png").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    line = refused()
    assert line == (
        "4 files cannot be read as pictures: cats/0.png (damaged), cats/a b.jpg (empty), "
        "dogs/0.jpg (not a picture), dogs/0.png (a HEIC picture); "
        "allowed: whole pictures, such as PNG, JPEG or WebP files, of at most 50 million pixels"
    )
    for number in range(5):
        (folder / "dogs" / f"9{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "9 files" in refused()
    assert "dogs/90.png (damaged) and 4 more;" in refused()


def test_a_picture_of_too_many_pixels_is_refused(folder, refused, monkeypatch):
    save(folder, "cats/large.png", size=(10, 10))
    monkeypatch.setattr(picture_files, "MOST_PIXELS", 100)
    assert len(build(folder).inputs) == 5
    monkeypatch.setattr(picture_files, "MOST_PIXELS", 99)
    assert refused().startswith("1 file cannot be read as a picture: cats/large.png (more than ")


def test_a_file_of_too_many_bytes_is_not_read(folder, refused, monkeypatch):
    monkeypatch.setattr(picture_files, "MOST_BYTES", 10)
    assert refused().startswith("4 files cannot be read as pictures: cats/1.png (more than ")


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_a_small_file_that_unpacks_to_gigabytes_is_refused_in_silence(folder, refused, side):
    (folder / "cats" / "bomb.png").write_bytes(black_png(side))
    with warnings.catch_warnings(record=True) as said:
        assert refused().startswith("1 file cannot be read as a picture: cats/bomb.png (more than 50 ")
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
