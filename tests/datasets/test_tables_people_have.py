"""Tables as they come from Excel, lab devices, web pages and people: either read right, or said what is wrong."""

from pathlib import Path

import numpy as np
import pytest
from own_tables import read

from gradlab.errors import InputError

TABLES = Path(__file__).parents[1] / "data" / "tables"

GUT = ("gut", "schlecht")


@pytest.mark.parametrize(
    ("name", "settings", "classes", "inputs", "first_rows"),
    [
        ("utf16-excel-unicode-text", {}, GUT, ("länge", "breite"), [[1.5, 10.15], [3.39, 6.55]]),
        (
            "latin1-umlauts",
            {},
            ("gut", "schlecht", "schön"),
            ("laenge", "breite"),
            [[1.5, 10.15], [3.39, 6.55]],
        ),
        ("utf8-bom", {}, GUT, ("länge", "breite"), [[1.5, 10.15], [3.39, 6.55]]),
        ("sep-line", {}, GUT, ("laenge", "breite"), [[1.5, 10.15], [3.39, 6.55]]),
        ("decimal-comma", {}, GUT, ("laenge", "breite"), [[1.5, 10.15], [3.39, 6.55]]),
        ("date-column", {"ignore": ["Datum"]}, (), ("Feuchte",), [[37.86], [38.48]]),
        ("thousands-semicolon", {"ignore": ["town"]}, (), ("people",), [[521], [174], [4026], [95437]]),
        ("thousands-quoted", {"ignore": ["town"]}, (), ("people",), [[521], [174], [4026], [95437]]),
        ("thousands-german", {"ignore": ["ort"]}, (), ("leute",), [[521.5], [174.5], [4026.5], [95437.5]]),
        (
            "headerless",
            {},
            ("Iris-setosa", "Iris-versicolor", "Iris-virginica"),
            ("column 1", "column 2", "column 3", "column 4"),
            [[4.5, 3.9, 1.7, 0.3], [5.2, 3.4, 1.5, 0.2]],
        ),
        (
            "headerless-duplicates",
            {},
            ("2", "4"),
            tuple(f"column {place}" for place in range(2, 11)),
            [[5, 1, 1, 1, 2, 1, 3, 1, 1]],
        ),
        (
            "unnamed-index",
            {},
            ("Iris-setosa", "Iris-versicolor", "Iris-virginica"),
            ("sl", "sw", "pl", "pw"),
            [[4.5, 3.9, 1.7, 0.3]],
        ),
        ("id-leak", {"ignore": ["Id"]}, ("a", "b", "c"), ("u", "v"), [[-0.237, -0.549]]),
        ("missing-empty", {"missing": "drop_rows"}, GUT, ("age", "bp"), [[1.5, 10.15], [3.39, 6.55]]),
        ("missing-minus999", {"gaps": ["-999"], "missing": "drop_rows"}, GUT, ("age", "bp"), [[1.5, 10.15]]),
        ("blank-line-inside", {}, GUT, ("a", "b"), [[1.5, 10.15], [3.39, 6.55]]),
        ("trailing-comma-rows", {}, GUT, ("a", "b"), [[1.5, 10.15], [3.39, 6.55]]),
        ("unused-columns", {}, GUT, ("a", "b"), [[1.5, 10.15], [3.39, 6.55]]),
        ("rows-end-in-separator", {}, GUT, ("a", "b"), [[1.5, 10.15], [3.39, 6.55]]),
        (
            "quotes-newline",
            {},
            GUT,
            ("a", "note=long, with\na break", "note=short"),
            [[1.5, 0, 1], [3.39, 1, 0]],
        ),
        ("inch-mark", {}, GUT, ("a", 'size=5"', 'size=6"', 'size=7"'), [[1.5, 1, 0, 0], [3.39, 0, 1, 0]]),
        ("currency-percent", {}, GUT, ("price", "off"), [[800, 20], [813, 21]]),
        ("currency-target", {"target": "price"}, (), ("rooms",), [[1.5], [2.5]]),
        ("unicode-minus", {}, ("a", "b"), ("x", "y"), [[0, 1.17], [-1.5, 0.72], [3, -2]]),
        ("units", {}, ("a", "b"), ("x", "y"), [[10, 1.88], [11, -1.21]]),
        ("yes-no", {}, ("no", "yes"), ("a", "b"), [[1.5, 10.15]]),
        ("yes-no-mixed-case", {}, ("YES", "Yes", "no", "yes"), ("a", "b"), [[1.5, 10.15]]),
        ("positive-first", {}, ("healthy", "cancer"), ("a", "b"), [[1.08, -0.52]]),
        ("bool-columns", {}, ("FALSE", "TRUE"), ("smoker=FALSE", "smoker=TRUE", "age"), [[1, 0, 1.5]]),
        ("labels-1-to-K", {}, ("1", "2", "3"), ("a", "b"), [[0.01, 0.05]]),
        ("labels-float", {}, ("1", "2"), ("a", "b"), [[0.06, 2.51]]),
        ("labels-minus1", {}, ("-1", "1"), ("a", "b"), [[-0.07, -0.81]]),
        ("wine-quality", {"task": "regression"}, (), ("alcohol", "acid"), [[9.97, 0.43]]),
        ("wine-quality-regression", {"task": "regression"}, (), ("alcohol", "acid"), [[9.89, -0.17]]),
        (
            "wine-quality-file",
            {},
            ("3", "4", "5", "6", "7", "8"),
            ("fixed acidity", "volatile acidity", "alcohol"),
            [[7.1, 0.414, 9.1]],
        ),
        ("huge-int-labels", {}, ("9007199254740992", "9007199254740993"), ("a", "b"), [[-0.26, 10.15]]),
        ("unix-time-simple", {}, ("no", "yes"), ("ms", "noise"), [[1.7e12, -1.092], [1.7e12 + 500, -0.781]]),
        ("constant-column", {}, GUT, ("a", "k"), [[1.5, 5], [3.39, 5]]),
        ("constant-target", {"task": "regression"}, (), ("a", "b"), [[1.5, 10.15]]),
        ("almost-constant", {}, GUT, ("a", "k"), [[1.5, 0.1]]),
        ("text-column", {"ignore": ["name"]}, ("0", "1"), ("age", "fare"), [[20, 7.0], [21, 7.3]]),
        ("pipe", {}, GUT, ("a", "b"), [[1.5, 10.15]]),
        ("spaces", {"separator": "space"}, GUT, ("a", "b"), [[1.5, 10.15]]),
        ("label-first", {"target": "label"}, ("0", "1", "2"), ("p0", "p1", "p2"), [[206, 21, 0]]),
        ("label-first-silent", {}, ("0", "128", "255"), ("label", "p0", "p1"), [[0, 203, 45]]),
    ],
)
def test_a_table_is_read_as_it_is_meant(name, settings, classes, inputs, first_rows):
    dataset = read(TABLES / f"{name}.csv", **settings)
    assert dataset.class_names == classes
    assert dataset.input_names == inputs
    np.testing.assert_array_equal(dataset.inputs[: len(first_rows)], first_rows)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("headerless", 60),
        ("headerless-duplicates", 41),
        ("blank-line-inside", 40),
        ("trailing-comma-rows", 40),
        ("unix-time-simple", 200),
        ("quotes-newline", 40),
    ],
)
def test_no_row_gets_lost(name, rows):
    assert len(read(TABLES / f"{name}.csv").inputs) == rows


@pytest.mark.parametrize(
    ("name", "notice"),
    [
        ("latin1-umlauts", "cp1252"),
        (
            "thousands-semicolon",
            '"," is read as a thousands sign: "4,026" in line 4 of column "people" is 4026',
        ),
        ("headerless", "line 1 looks like an example"),
        ("unnamed-index", "has no name and counts the rows: it is left out"),
        ("headerless-duplicates", 'column "column 1" has no name and counts the rows: it is left out'),
        (
            "id-leak",
            'column "Id" only counts the rows: a network can learn them by heart; data.ignore = ["Id"]',
        ),
        ("currency-percent", 'column "price" is read as numbers in "$"'),
        ("currency-percent", 'column "off" is read as numbers in "%"'),
        ("units", 'column "x" is read as numbers in "kg"'),
        ("yes-no-mixed-case", 'differ only in capitals or blanks: "YES", "Yes", "yes"'),
        ("positive-first", '"cancer" is taken as the positive class, since it is the rarer one'),
        (
            "label-first-silent",
            '"p2" is predicted, the last column; data.target = "label" predicts the other',
        ),
    ],
)
def test_what_was_guessed_is_said(name, notice):
    notices = [remark.text for remark in read(TABLES / f"{name}.csv").notices]
    assert any(notice in text for text in notices), notices


def test_where_nothing_was_guessed_nothing_is_said():
    assert read(TABLES / "yes-no.csv").notices == ()


MISSING = (
    '2 of 40 rows have no value in column "age" (lines 5, 12); allowed: data.missing = "drop_rows" or "fill", or '
    'data.ignore = ["age"]'
)


@pytest.mark.parametrize(
    ("name", "settings", "key", "line"),
    [
        (
            "date-column",
            {},
            "data.ignore",
            'column "Datum" holds dates or times ("2019-06-12 00:54:17" in line 2), which are neither numbers nor '
            'words; allowed: data.ignore = ["Datum"]',
        ),
        ("missing-empty", {}, "data.missing", MISSING),
        ("missing-NA", {}, "data.missing", MISSING),
        ("missing-lower-na", {}, "data.missing", MISSING),
        ("missing-dot", {}, "data.missing", MISSING),
        ("missing-excelNA", {}, "data.missing", MISSING),
        ("missing-null", {}, "data.missing", MISSING),
        ("missing-question", {}, "data.missing", MISSING),
        ("missing-minus999", {"gaps": ["-999"]}, "data.missing", MISSING),
        (
            "one-typo",
            {},
            "data.gaps",
            'line 9: "1O.5" is no number, but most of column "x" are; allowed: numbers, data.gaps = ["1O.5"] if '
            'it means that there is none, data.ignore = ["x"], or data.categories = ["x"]',
        ),
        ("total-row", {}, "data.gaps", 'line 42: "Total" is no number, but most of column "a" are'),
        ("duplicate-names", {}, "data.path", 'several columns have the same name: "value"'),
        (
            "case-names-target",
            {"target": "C"},
            "data.target",
            'there is no column "C" to predict (did you mean "c"?); allowed: a, b, c',
        ),
        ("unclosed-quote", {}, "data.path", "line 7"),
        (
            "wine-quality",
            {},
            "data.target",
            'class "9" has a single row, in line 116, which cannot be both trained on and held out; allowed: two '
            'rows or more of each class in column "quality", or data.validation = 0, or data.task = "regression"',
        ),
        (
            "single-class",
            {},
            "data.target",
            'column "y" has only one class, "ok", so there is nothing to tell',
        ),
        (
            "one-row-per-class",
            {},
            "data.target",
            'class "p0" has a single row, in line 2 (and 39 more classes)',
        ),
        (
            "inf-1e400",
            {},
            "data.path",
            'column "a" holds an infinite or too large number in lines 4, 9; allowed',
        ),
        ("1e39", {}, "data.path", 'column "a" holds an infinite or too large number in line 4; allowed'),
        (
            "text-column",
            {},
            "data.ignore",
            'column "name" holds texts ("Person 0, Mr." in line 2), 60 different ones in 60 rows; allowed: '
            'numbers, at most 50 words that come again and again, or data.ignore = ["name"]',
        ),
        ("label-first", {}, "data.target", 'data.target = "label" predicts another column'),
        ("xlsx-renamed", {}, "data.path", "workbook"),
        ("arff", {}, "data.path", "ARFF"),
        ("web-page-saved-as-csv", {}, "data.path", "web page"),
        ("leading-title", {}, "data.path", "Report of the lab"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_its_key(name, settings, key, line):
    path = TABLES / f"{name}.csv"
    with pytest.raises(InputError) as caught:
        read(path, **settings)
    assert caught.value.key == key
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert line in str(caught.value)
