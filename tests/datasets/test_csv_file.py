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
from gradlab.tables.reading import read_grid

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
    names=st.lists(
        fields(), min_size=2, max_size=4, unique_by=lambda name: " ".join(name.split()).casefold()
    ),
    delimiter=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    content=st.data(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_quoted_text_comes_back_as_it_was(tmp_path, names, delimiter, end, content):
    rows = content.draw(st.lists(st.tuples(*[fields() for _ in names]), min_size=1, max_size=6))
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [names, *rows]
    )
    (tmp_path / "table.csv").write_bytes(written.getvalue().encode())
    table = read_grid(Data(source="csv", path=str(tmp_path / "table.csv"), header="yes"))
    assert list(table.names) == [" ".join(name.split()) for name in names]
    assert list(zip(*table.columns, strict=True)) == rows
    heights = [1 + sum(len(re.findall("\r\n|\r|\n", field)) for field in row) for row in (names, *rows)]
    assert list(table.lines) == [1 + sum(heights[:place]) for place in range(1, len(heights))]


@given(
    numbers=st.lists(st.floats(-1e38, 1e38, allow_nan=False), min_size=2, max_size=30),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_numbers_come_back_exactly(table, numbers, delimiter):
    rows = "\n".join(f"{number!r}{delimiter}{number!r}" for number in numbers)
    dataset = table(f"x{delimiter}y\n{rows}\n", task="regression", header="yes")
    np.testing.assert_array_equal(dataset.inputs[:, 0], numbers)
    np.testing.assert_array_equal(dataset.targets, numbers)


def test_a_comma_is_a_decimal_mark_where_it_separates_nothing(table):
    dataset = table("Länge;Breite, cm;Art\n3,5;-0,25;rot\n4;1,5e1;blau\n", validation=0.0)
    assert dataset.input_names == ("Länge", "Breite, cm")
    np.testing.assert_array_equal(dataset.inputs, [[3.5, -0.25], [4, 15]])


def test_a_quoted_decimal_comma_in_a_table_with_commas_is_one_too(table):
    dataset = table('x,y\n"3,5",a\n"4,25",b\n', validation=0.0)
    np.testing.assert_array_equal(dataset.inputs, [[3.5], [4.25]])


def test_a_semicolon_separates_where_a_comma_would_fit_as_well(table):
    dataset = table("size, cm;y\n3,5;a\n4,5;b\n", validation=0.0)
    assert dataset.input_names == ("size, cm",)
    np.testing.assert_array_equal(dataset.inputs, [[3.5], [4.5]])


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


def test_the_task_can_be_chosen(table):
    text = "x,y\n" + "1,0\n2,1.5\n" * 3
    assert table(text, task="classification").class_names == ("0", "1.5")
    assert table("x,y\n1,0\n2,1\n", task="regression").task == "regression"


def test_a_name_of_several_lines_leaves_the_error_on_one(refused):
    text = '"size\nin cm",y\n,2\n3,4\n'
    line = refused(text, "data.missing", header="yes", validation=0.0)
    assert line.startswith('1 of 2 rows has no value in column "size in cm" (line 3); allowed')


# What is refused


@pytest.mark.parametrize(
    ("content", "key", "line"),
    [
        ("a,b,a,b,c\n1,2,3,4,5\n", "data.path", 'several columns have the same name: "a", "b"'),
        (
            "a,b\n1,inf\n2,3\n",
            "data.path",
            'column "b" holds an infinite or too large number in line 2; allowed: up to 3.4e+38',
        ),
        (
            "a,b\n1,2\n1e39,3\n-Infinity,3\n",
            "data.path",
            'column "a" holds an infinite or too large number in lines 3, 4; allowed: up to 3.4e+38',
        ),
    ],
)
def test_a_table_that_is_not_one_is_refused_with_its_lines(refused, content, key, line):
    assert refused(content, key) == line


def test_the_first_error_is_raised_and_the_first_is_about_the_settings(refused):
    text = "a,b,y\n1,x,u\n,x,v\n3,x,u\n"
    assert refused(text, "data.ignore", ignore=["c"]).startswith('data.ignore: there is no column "c"')
    assert refused(text, "data.missing").startswith('1 of 3 rows has no value in column "a"')


def test_rows_with_gaps_are_left_out_where_the_experiment_says_so(table):
    dataset = table("a,b,y\n1,u,0.5\n,v,1\n3,u,2\n4,,3\n5,w,4\n6,w,5\n", missing="drop_rows")
    assert dataset.left_out == 2
    assert dataset.input_names == ("a", "b=u", "b=w")  # v is in none of the rows that are left
    np.testing.assert_array_equal(dataset.inputs[:, 0], [1, 3, 5, 6])
    np.testing.assert_array_equal(dataset.targets, [0.5, 2, 4, 5])


def test_where_gaps_are_filled_later_they_are_not_a_number(table):
    dataset = table("a,b,y\n1,u,0.5\n,v,1\n3,u,2\n4,,3\n5,v,4\n", missing="fill")
    nan = np.nan
    np.testing.assert_array_equal(
        dataset.inputs, [[1, 1, 0], [nan, 0, 1], [3, 1, 0], [4, nan, nan], [5, 0, 1]]
    )
    assert dataset.words == ((1, 3),)


def test_the_second_of_two_classes_is_the_positive_one(table):
    text = "x,y\n" + "1,sick\n2.5,well\n7,well\n" * 3
    dataset = table(text)
    assert dataset.class_names == ("well", "sick")
    assert dataset.targets.tolist() == [1, 0, 0] * 3
    assert table(text, positive_class="well").class_names == ("sick", "well")


@pytest.mark.parametrize(
    ("positive", "line"),
    [
        ("Sick", 'data.positive_class = "Sick" is no class (did you mean "sick"?); allowed: "sick", "well"'),
        ("x", 'data.positive_class = "x" is no class; allowed: "sick", "well"'),
    ],
)
def test_a_positive_class_that_does_not_exist_is_named(refused, positive, line):
    assert refused("x,y\n" + "1,sick\n2.5,well\n" * 3, "data.positive_class", positive_class=positive) == line


@pytest.mark.parametrize("name", ["missing.csv", "", ".", "a\0b", "x" * 5000])
def test_a_path_that_cannot_be_read_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        SOURCES["csv"].build(Data(source="csv", path=name), np.random.default_rng(0))
    assert caught.value.key == "data.path"
    assert str(caught.value).startswith(
        f"{name}: cannot be read: " if name else "data.path is empty; allowed:"
    )
