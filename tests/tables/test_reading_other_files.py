"""What is no table, and what is not even a file."""

import gzip
import io
import os
import pickle
import socket
import sqlite3
import sys
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image, features

from gradlab.content import opening
from gradlab.content.file_kinds import LOOKED_AT, what_kind
from gradlab.errors import InputError
from gradlab.experiment.sections.data import Data
from gradlab.resources import resource
from gradlab.tables.reading import read_grid

PAGE = '<!DOCTYPE html>\n<html lang="en"><head><title>Data, all of them</title></head></html>\n'


def picture(kind):
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, format=kind)
    return file.getvalue()


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "x")
    return file.getvalue()


def numpy_file(save, **arrays):
    file = io.BytesIO()
    save(file, **arrays) if arrays else save(file, np.zeros(3))
    return file.getvalue()


def packed_tar():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("table.csv"))
    return file.getvalue()


def database(tmp_path):
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("create table a (b)")
    connection.close()
    return (tmp_path / "x.db").read_bytes()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
KINDS = [
    ("a web page (HTML)", PAGE),
    ("a web page (HTML)", "\ufeff\n <HTML><table><tr><td>1</td></tr></table>"),
    ("a web page (HTML)", "<!-- saved -->\n<html></html>"),
    ("a web page (HTML)", PAGE.encode("utf-16")),
    ("a web page (HTML)", "<table border=1><tr><td>1</td></tr></table>"),
    ("a spreadsheet as XML", '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook/>'),
    ("an XML file", '<?xml version="1.0"?><rows><row a="1"/></rows>'),
    ("an XML file", '<?xml version="1.0" encoding="UTF-16"?><rows/>'.encode("utf-16")),
    ("an SVG picture", '<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
    ("a JSON file", '{"a": [1, 2], "b": 3}'),
    ("a JSON file", '[{"a": 1}, {"a": 2}]'),
    ("a JSON file", "[[1, 2], [3, 4]]"),
    ("a JSON file", '{"a": 1}\n{"a": 2}\n'),
    ("a Jupyter notebook", '{\n "cells": [], "nbformat": 4}'),
    ("a Weka file (ARFF)", "% a comment\n\n@RELATION test\n@attribute a numeric\n@data\n1\n"),
    ("an experiment of GradLab", '# Why?\nformat = 1\nname = "x"\n\n[data]\nsource = "moons"\n'),
    ("an experiment of GradLab", '[data]\nsource = "moons"\n'),
    ("a PDF document", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    ("a text document (RTF)", r"{\rtf1\ansi table}"),
    ("a note of Git LFS in place of a file", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
    ("a link to a web page", "[InternetShortcut]\nURL=https://example.org\n"),
    ("a gzip archive", gzip.compress(b"a,b\n1,2\n")),
    ("a tar archive", packed_tar()),
    ("a zip archive", zipped("table.csv")),
    ("a Word document", zipped("[Content_Types].xml", "word/document.xml")),
    ("a Word document", zipped("mimetype", "content.xml")),
    ("a Word document", OLE + "WordDocument".encode("utf-16-le")),
    ("a presentation", zipped("[Content_Types].xml", "ppt/presentation.xml")),
    ("a damaged workbook or an old Office document", OLE),
    ("a lesson of GradLab", zipped("lesson.toml", "text.md")),
    ("a kept run of GradLab", zipped("experiment.toml", "epochs.csv")),
    ("a NumPy file (.npy)", numpy_file(np.save)),
    ("a NumPy file (.npz)", numpy_file(np.savez, a=np.zeros(3))),
    ("a PyTorch file", zipped("model/data.pkl")),
    ("a Python pickle", pickle.dumps({"a": 1})),
    ("a Parquet file", b"PAR1\x15\x04\x15" + bytes(20)),
    ("an HDF5 file", b"\x89HDF\r\n\x1a\n" + bytes(20)),
    ("a program", b"MZ\x90\0\x03\0\0\0\x04\0\0\0"),
]


@pytest.mark.parametrize(("kind", "content"), KINDS)
def test_another_kind_of_file_is_called_what_it_is_with_what_to_do(refused, kind, content):
    text = refused(content)
    assert text.startswith(f"is {kind}, not a table: ")
    assert len(text.partition("not a table: ")[2]) > 10


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_pictures_are_called_by_their_kind_whatever_their_name(refused, kind):
    if kind == "WEBP" and not features.check("webp"):
        pytest.skip("this Pillow writes no WebP")
    shown = "WebP" if kind == "WEBP" else kind
    assert refused(picture(kind), name="photo.csv").startswith(f"is a {shown} picture, not a table: ")
    assert what_kind(picture(kind)[:64], "photo.csv") == f"a {shown} picture"


def test_a_database_is_called_so(refused, tmp_path):
    assert refused(database(tmp_path)).startswith("is an SQLite database, not a table: ")


def test_the_beginning_of_a_file_is_enough_to_tell_most_kinds():
    contents = ((kind, text if isinstance(text, bytes) else text.encode()) for kind, text in KINDS)
    told = [(kind, what_kind(content[:LOOKED_AT])) for kind, content in contents]
    assert all(kind == found for kind, found in told)
    assert what_kind(zipped("word/document.xml")[:50]) == "a Word document"


@pytest.mark.parametrize(
    "text",
    [
        "<5,>5\n1,2\n3,4\n",
        "[m],[s]\n1,2\n3,4\n",
        "%a,#b\n1,2\n3,4\n",
        "{a},b\n1,2\n3,4\n",
        "BMI,MZ\n1,2\n3,4\n",
        "PAR1,FEA1\n1,2\n3,4\n",
        "name,data\n1,2\n3,4\n",
        "RDX2,GIF\n1,2\n3,4\n",
        "divx,table\n1,2\n3,4\n",
    ],
)
def test_tables_whose_names_look_like_signs_of_files_are_tables(grid, text):
    assert grid(text).lines.tolist() == [2, 3]


def test_the_experiments_of_the_lab_are_not_taken_for_tables():
    for path in resource("experiments").glob("*.toml"):
        assert what_kind(path.read_bytes()) == "an experiment of GradLab"


def test_a_note_of_excel_that_a_workbook_is_open_is_called_so(refused):
    assert refused(b"\x04Zoe" + bytes(150), name="~$table.xlsx").startswith(
        "is a note that a workbook is open elsewhere, not a table: "
    )


# What is not even a file


def line_for(path):
    with pytest.raises(InputError) as caught:
        read_grid(Data(source="csv", path=str(path)))
    assert caught.value.key == "data.path"
    return str(caught.value)


def test_an_empty_path_a_missing_file_and_a_folder_are_called_so(tmp_path):
    assert line_for("").startswith("data.path is empty; allowed: ")
    assert line_for(tmp_path / "nothing.csv") == "cannot be read: No such file or directory"
    assert line_for(tmp_path) == "cannot be read: it is a folder, not a file"
    assert line_for("a\0b").startswith("cannot be read: ")
    assert line_for("x" * 5000).startswith("cannot be read: ")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.timeout(20)
class TestSpecialFiles:
    def test_a_pipe_is_refused_without_waiting_for_it(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.csv")
        assert line_for(tmp_path / "pipe.csv") == "cannot be read: it is a pipe between programs, not a file"

    def test_a_file_that_becomes_a_pipe_while_it_is_opened_is_refused_too(self, tmp_path, monkeypatch):
        os.mkfifo(tmp_path / "pipe.csv")
        check, seen = opening._check, []
        monkeypatch.setattr(opening, "_check", lambda found: check(found) if seen else seen.append(found))
        assert line_for(tmp_path / "pipe.csv") == "cannot be read: it is a pipe between programs, not a file"

    def test_a_device_without_an_end_is_refused(self):
        assert line_for("/dev/zero") == "cannot be read: it is a device, not a file"

    def test_a_socket_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)  # the whole path may be too long for one
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("s.csv")
            assert line_for("s.csv") == "cannot be read: it is a connection between programs, not a file"

    def test_a_link_to_nothing_says_where_it_leads(self, tmp_path):
        (tmp_path / "link.csv").symlink_to(tmp_path / "gone.csv")
        assert line_for(tmp_path / "link.csv") == (
            f"cannot be read: it is a link to {tmp_path / 'gone.csv'}, which is not there"
        )

    def test_a_link_to_a_table_is_a_table(self, tmp_path):
        (tmp_path / "table.csv").write_text("a,b\n1,x\n2,y\n")
        (tmp_path / "link.csv").symlink_to(tmp_path / "table.csv")
        assert read_grid(Data(source="csv", path=str(tmp_path / "link.csv"))).names == ("a", "b")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(opening.MOST_MEGABYTES * 1_000_000 + 1)
    assert line_for(tmp_path / "huge.csv") == "cannot be read: it is larger than 1000 MB, the most allowed"


def test_letters_of_all_languages_may_stand_in_a_path(tmp_path):
    folder = tmp_path / "Datensätze von Zoë"
    folder.mkdir()
    (folder / "प्रयोग 1.csv").write_text("a,b\n1,x\n2,y\n")
    assert read_grid(Data(source="csv", path=str(folder / "प्रयोग 1.csv"))).names == ("a", "b")
