import csv
import io
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradlab.datasets.base import SOURCES
from gradlab.datasets.split import prepare
from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.resources import resource

BOM = b"\xef\xbb\xbf"


@pytest.fixture
def table(tmp_path):
    """Return a function that writes a table and reads it as a source does."""

    def read(content, **settings):
        path = tmp_path / "my table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        data = Data(source="csv", path=str(path), **settings)
        return SOURCES["csv"].build(data, np.random.default_rng(0))

    return read


@pytest.fixture
def refused(table, tmp_path):
    """Return a function that gives the one line with which a table is refused, without the file's name."""

    def line(content, key="data.path", **settings):
        with pytest.raises(InputError) as caught:
            table(content, **settings)
        message = str(caught.value)
        assert "\n" not in message
        assert caught.value.key == key
        start = f"{tmp_path / 'my table.csv'}: "
        assert message.startswith(start)
        return message.removeprefix(start)

    return line


# What tables look like


def test_numbers_and_words_become_inputs_and_the_last_column_the_target(table):
    dataset = table("size,colour,kind\n1.5,red,a\n-2e1,blue,b\n+.5,red,b\n3.,blue,a\n")
    assert dataset.input_names == ("size", "colour=blue", "colour=red")
    np.testing.assert_array_equal(dataset.inputs, [[1.5, 0, 1], [-20, 1, 0], [0.5, 0, 1], [3, 1, 0]])
    assert dataset.inputs.dtype == np.float32
    assert (dataset.task, dataset.class_names, dataset.target_name) == ("classification", ("a", "b"), "kind")
    np.testing.assert_array_equal(dataset.targets, [0, 1, 1, 0])


def test_any_column_can_be_the_target(table):
    dataset = table("y,a,b\n0.5,1,2\n1.5,3,4\n", target="y")
    assert (dataset.task, dataset.target_name, dataset.input_names) == ("regression", "y", ("a", "b"))
    np.testing.assert_array_equal(dataset.targets, np.float32([0.5, 1.5]))
    np.testing.assert_array_equal(dataset.inputs, [[1, 2], [3, 4]])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
@pytest.mark.parametrize("around", [(b"", b""), (BOM, b""), (b"", b"\n\n"), (BOM, b"\r\n  \r\n")])
def test_every_common_way_of_writing_a_table_reads_the_same(table, delimiter, end, quoting, around):
    start, tail = around
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows(
        [
            ["Größe, cm", 'say "x"', "kind; sort"],
            [1.5, "a\r\nb", "p"],
            [2, "c, d; e\tf", "q"],
            [3, "a\r\nb", "p"],
            [4, "日本", "q"],
        ]
    )
    dataset = table(start + text.getvalue().encode() + tail)
    assert dataset.input_names == (
        "Größe, cm",
        'say "x"=a\r\nb',
        'say "x"=c, d; e\tf',
        'say "x"=日本',
    )
    np.testing.assert_array_equal(dataset.inputs[:, 0], [1.5, 2, 3, 4])
    np.testing.assert_array_equal(dataset.inputs[:, 1:].argmax(axis=1), [0, 1, 0, 2])
    assert dataset.target_name == "kind; sort"
    assert dataset.class_names == ("p", "q")


def fields():
    letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\r\n\t;,\"'")
    # The mark at the end keeps a field from being a number or a missing value.
    return st.text(letters, max_size=8).map(lambda text: f"{text.lstrip()}~")


@given(
    names=st.lists(fields(), min_size=2, max_size=4, unique=True),
    delimiter=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    content=st.data(),
)
def test_any_quoted_text_comes_back_as_it_was(names, delimiter, end, content):
    rows = content.draw(st.lists(st.tuples(*[fields() for _ in names]), min_size=1, max_size=6))
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [names, *rows]
    )
    table = parse_table(written.getvalue())
    assert [column.name for column in table.columns] == names
    assert list(zip(*(column.texts for column in table.columns), strict=True)) == rows
    heights = [1 + sum(len(re.findall("\r\n|\r|\n", field)) for field in row) for row in (names, *rows)]
    assert list(table.lines) == [1 + sum(heights[:place]) for place in range(1, len(heights))]


@given(
    numbers=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=2, max_size=30),
    delimiter=st.sampled_from([",", ";", "\t"]),
    comma=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_numbers_come_back_exactly(table, numbers, delimiter, comma):
    texts = [repr(number) for number in numbers]
    if comma and delimiter != ",":
        texts = [text.replace(".", ",") for text in texts]
    rows = "\n".join(f"{text}{delimiter}{text}" for text in texts)
    dataset = table(f"x{delimiter}y\n{rows}\n", task="regression")
    np.testing.assert_array_equal(dataset.inputs[:, 0], np.float32(numbers))
    np.testing.assert_array_equal(dataset.targets, np.float32(numbers))


def test_a_comma_is_a_decimal_mark_where_it_separates_nothing(table):
    dataset = table("Länge;Breite, cm;Art\n3,5;-0,25;rot\n4;1,5e1;blau\n", validation=0.0)
    assert dataset.input_names == ("Länge", "Breite, cm")
    np.testing.assert_array_equal(dataset.inputs, [[3.5, -0.25], [4, 15]])


def test_a_quoted_decimal_comma_in_a_table_with_commas_is_text(table):
    dataset = table('x,y\n"3,5",a\n"4,5",b\n', validation=0.0)
    assert dataset.input_names == ("x=3,5", "x=4,5")


def test_a_semicolon_separates_where_a_comma_would_fit_as_well(table):
    dataset = table("size, cm;y\n3,5;a\n4,5;b\n", validation=0.0)
    assert dataset.input_names == ("size, cm",)
    np.testing.assert_array_equal(dataset.inputs, [[3.5], [4.5]])


@pytest.mark.parametrize("word", ["1_000", "0x10", "1e", "ınf", "١", "1.234,5", "1 000", "."])
def test_what_is_only_nearly_a_number_is_a_word(table, word):
    dataset = table(f"x;y\n{word};a\n2;b\n", validation=0.0)
    assert set(dataset.input_names) == {f"x={word}", "x=2"}


def test_spaces_around_fields_do_not_count(table):
    dataset = table('x , y\n 1.5, "a"\n2.5 , b\n', validation=0.0)
    assert dataset.input_names == ("x",)
    assert (dataset.target_name, dataset.class_names) == ("y", ("a", "b"))


def test_the_sample_table_can_be_trained_on():
    data = Data(source="csv", path=str(resource("data", "leaves.csv")))
    split = prepare(Experiment(data=data))
    assert split.class_names == ("beech", "birch", "willow")
    assert "edge=smooth" in split.dataset.input_names
    assert len(split.train_rows) == 90


# What is predicted


@pytest.mark.parametrize(
    ("values", "task", "class_names"),
    [
        (["b", "a", "b", "a"], "classification", ("a", "b")),
        (["10", "9", "10", "9"], "classification", ("9", "10")),
        (["1.0", "-2", "1", "-2.0"], "classification", ("-2", "1")),
        (["-0", "0", "1", "1"], "classification", ("0", "1")),
        (["0.5", "1", "1", "0.5"], "regression", ()),
        ([*map(str, range(20))] * 2, "classification", tuple(map(str, range(20)))),
        ([*map(str, range(21))] * 2, "regression", ()),
    ],
)
def test_the_task_follows_from_the_target(table, values, task, class_names):
    dataset = table("x,y\n" + "".join(f"{place},{value}\n" for place, value in enumerate(values)))
    assert (dataset.task, dataset.class_names) == (task, class_names)
    if task == "classification":
        names = [dataset.class_names[number] for number in dataset.targets]
        if values[0] in ("b", "10"):
            assert names == values


def test_the_task_can_be_chosen(table):
    text = "x,y\n" + "1,0\n2,1.5\n" * 3
    assert table(text, task="classification").class_names == ("0", "1.5")
    assert table("x,y\n1,0\n2,1\n", task="regression").task == "regression"


def test_words_cannot_be_predicted_as_a_number(refused):
    line = refused("x,y\n1,2\n3,many\n", key="data.target", task="regression")
    assert line.startswith('column "y" is not numbers only ("many" in line 3), so no number')


def test_a_target_that_does_not_exist_is_named_with_the_columns_there_are(refused):
    line = refused("a,b,c\n1,2,3\n", key="data.target", target="d")
    assert line == 'there is no column "d" to predict; allowed: a, b, c'


def test_a_name_of_several_lines_leaves_the_error_on_one(refused):
    assert refused('"size\nin cm",y\n,2\n').startswith(
        'a value is missing in line 3 (first in column "size in cm")'
    )


def test_a_single_class_is_refused(refused):
    assert 'only one class, "a"' in refused("x,y\n1,a\n2,a\n", key="data.target")


def test_a_class_with_one_row_is_named_with_its_line_unless_nothing_is_held_out(refused, table):
    text = "x,y\n1,a\n2,a\n3,b\n"
    assert refused(text, key="data.target").startswith('class "b" has a single row, in line 4, which')
    assert table(text, validation=0.0).class_names == ("a", "b")
    assert "in line 2 (and 2 more classes)" in refused("x,y\n1,a\n2,b\n3,c\n", key="data.target")


# What is refused


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", "the first line is empty; it must hold the names of the columns"),
        ("\n\n", "the first line is empty; it must hold the names of the columns"),
        ("\na,b\n1,2\n", "the first line is empty; it must hold the names of the columns"),
        (
            "a\n1\n",
            'there is only one column, "a"; allowed: two or more, separated by commas, semicolons or tabs',
        ),
        ("a,b\n", "there is no row below the names of the columns"),
        ("a;b\n\n \n", "there is no row below the names of the columns"),
        (",b, \n1,2,3\n", "the first line must name every column; without a name: column 1, 3"),
        ("a,b,a,b,c\n1,2,3,4,5\n", 'several columns have the same name: "a", "b"'),
        (
            "a,b\n1,2\n3\n4,5\n",
            "the wrong number of fields in line 3 (first 1); allowed: 2, as in the first line",
        ),
        (
            "a,b\n1,2\n\n3,4\n5,6,7\n\n",
            "the wrong number of fields in lines 3, 5 (first 0); allowed: 2, as in the first line",
        ),
        (
            'a,b\n1,"two\nlines"\n3\n',
            "the wrong number of fields in line 4 (first 1); allowed: 2, as in the first line",
        ),
        (
            "a,b\n" + "1,2,3\n" * 9,
            "the wrong number of fields in lines 2, 3, 4, 5, 6 and 4 more (first 3); "
            "allowed: 2, as in the first line",
        ),
        (
            'a;b\r\n1;"x\r\ny\r\nz"\r\n2;inf\r\n3;""\r\n',
            'a value is missing in line 6 (first in column "b"); '
            "every row needs a value in every column: fill it in or delete the row",
        ),
        (
            "a,b\n1,inf\n2,3\n",
            'column "b" holds an infinite or too large number in line 2; allowed: up to 3.4e+38',
        ),
        (
            "a,b\n1,2\n1e39,3\n-Infinity,3\n",
            'column "a" holds an infinite or too large number in lines 3, 4; allowed: up to 3.4e+38',
        ),
        (
            "a;b\n3,5;1\n4;2\n1.234;3\n",
            'column "a" mixes decimal commas and points: 3,5 in line 2, 1.234 in line 4; use one of them',
        ),
    ],
)
def test_a_table_that_is_not_one_is_refused_with_its_lines(refused, content, line):
    assert refused(content) == line


@pytest.mark.parametrize("missing", ["", "NA"])
def test_missing_values_are_refused_with_their_lines(refused, missing):
    line = refused(f"a,b\n1,x\n{missing},y\n2,{missing}\n3,x\n")
    assert line.startswith('a value is missing in lines 3, 4 (first in column "a");')


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('a,b\n1,"x\ny\n2,z\n', 2),
        ('a,b\n1,"x\ny"\n2,"z"w\n', 4),
        ('"a,b\n1,2\n', 1),
    ],
)
def test_quotation_marks_that_do_not_fit_are_refused_where_their_row_begins(refused, content, line):
    assert refused(content).startswith(f"line {line} has quotation marks that do not fit together")


def test_a_column_of_too_many_words_is_named(refused, table):
    words = [f"w{number}" for number in range(51)]
    rows = "".join(f"1,{word},{place % 2}\n" for place, word in enumerate(words))
    assert refused(f"n,word,y\n{rows}") == (
        'column "word" is not numbers only ("w0" in line 2) and has 51 different values; '
        "allowed: numbers, or at most 50 different words"
    )
    fewer = rows.replace("w50", "w49")
    assert len(table(f"n,word,y\n{fewer}").input_names) == 51


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("größe,y\n1,2\n".encode("latin-1"), "is not UTF-8 text (byte 2)"),
        ("a,b\n1,2\n".encode("utf-16"), "is not UTF-8 text (byte 0)"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is not UTF-8 text (byte 0)"),
        (b"PK\x03\x04\0\0a,b\n1,2\n", "is not a text file"),
    ],
)
def test_a_file_that_is_not_utf8_text_is_refused(refused, content, reason):
    assert refused(content) == f"{reason}; allowed: a table saved as CSV in UTF-8"


@pytest.mark.parametrize("name", ["missing.csv", "", ".", "a\0b", "x" * 5000])
def test_a_path_that_cannot_be_read_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        SOURCES["csv"].build(Data(source="csv", path=name), np.random.default_rng(0))
    assert caught.value.key == "data.path"
    assert str(caught.value).startswith(
        f"{name}: cannot be read: " if name else "data.path is empty; allowed:"
    )
