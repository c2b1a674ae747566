"""What columns are, and what is said of them."""

import pytest
from own_tables import errors, notices, table

from gradlab.tables.gaps import AMONG_NUMBERS, ANYWHERE
from gradlab.tables.kinds import Kind, Role, is_date

HALVES = ["p", "q"]


def of(texts, **settings):
    """Return a table of one input."""
    return table({"x": texts, "y": (HALVES * len(texts))[: len(texts)]}, ";", validation=0.0, **settings)


# Gaps


@pytest.mark.parametrize(
    "gap", sorted(ANYWHERE | {"NA", "NaN", "N/A", "NULL", "Null", "#VALUE!", "#DIV/0!", "Nan"})
)
def test_a_gap_is_one_among_numbers_and_among_words(gap):
    for values in (["1.5", "2.5", "1.5"], ["red", "blue", "red"]):
        found = of([*values, gap])
        assert found.columns[0].gaps.tolist() == [False, False, False, True]
        assert errors(found)[0].startswith('1 of 4 rows has no value in column "x" (line 5); allowed')


@pytest.mark.parametrize("gap", sorted(AMONG_NUMBERS | {"None", "Missing", "UNKNOWN", "Keine  Angabe"}))
def test_some_texts_are_gaps_among_numbers_alone(gap):
    found = of(["1.5", "2.5", "1.5", gap])
    assert found.columns[0].gaps.tolist() == [False, False, False, True]
    words = of(["red", "blue", "red", gap])
    assert not words.columns[0].gaps.any()
    assert gap in words.columns[0].words
    assert any(f'data.gaps = ["{gap}"] makes it a missing value' in text for text in notices(words))


@pytest.mark.parametrize("sign", ["-999", "-999.0", "−999"])
@pytest.mark.parametrize("written", ["-999", "-999.0", "-999,0", "-9.99e2"])
def test_a_sign_of_ones_own_is_compared_as_a_number_too(sign, written):
    assert of(["1", "2", written], gaps=[sign]).columns[0].gaps.tolist() == [False, False, True]
    assert not of(["1", "2", "-99", "999"], gaps=[sign]).columns[0].gaps.any()


def test_a_sign_of_ones_own_is_a_gap_among_words():
    found = of(["red", "Not  Asked", "blue", "red"], gaps=["not asked"])
    assert found.columns[0].gaps.tolist() == [False, True, False, False]


def test_gaps_do_not_count_when_a_column_is_told_from_its_values():
    assert of(["7", "-", "none", "", "NA", "."]).columns[0].kind is Kind.NUMBER
    assert of(["-", "-", "none", "-"]).columns[0].kind is Kind.CATEGORY


@pytest.mark.parametrize("missing", ["refuse", "drop_rows", "fill"])
def test_a_column_without_any_value_is_named(missing):
    found = of(["", "NA", "?"], missing=missing)
    assert errors(found) == ['column "x" has no value in any row; allowed: data.ignore = ["x"]']
    assert found.remarks[0].remedies[0].changes == {"data.ignore": ("x",)}


def test_remedies_for_few_gaps_begin_with_the_rows_and_for_many_with_the_column():
    columns = {
        "age": ["1", "", "3", "4", "6", "7"],
        "cabin": ["", "", "C85", "B1", "C85", ""],
        "y": HALVES * 3,
    }
    few, many = table(columns).remarks[:2]
    assert [remedy.label for remedy in few.remedies] == [
        "Leave the 3 rows out",
        "Fill in the median of the training rows",
        'Leave "age" out',
    ]
    assert [remedy.label for remedy in many.remedies] == [
        'Leave "cabin" out',
        "Fill in the most frequent word of the training rows",
        "Leave the 3 rows out",
    ]
    assert many.text.startswith('3 of 6 rows have no value in column "cabin" (lines 2, 3, 7)')


def test_a_row_without_a_target_can_only_be_left_out():
    found = table({"x": ["1", "2", "3"], "y": ["0.5", "", "1.5"]})
    assert 'column "y" (line 3); allowed: data.missing = "drop_rows"' in errors(found)[0]
    assert [dict(remedy.changes) for remedy in found.remarks[0].remedies] == [{"data.missing": "drop_rows"}]


def test_rows_with_gaps_are_left_out_and_that_is_said():
    columns = {"a": ["1", "", "3", "4"], "b": ["u", "v", "NA", "u"], "y": ["0.5", "1", "2", "3"]}
    found = table(columns, missing="drop_rows")
    assert found.kept.tolist() == [True, False, False, True]
    assert "2 rows are left out, since a value is missing: lines 3, 4" in notices(found)


def test_where_gaps_are_filled_only_rows_without_a_target_are_left_out():
    columns = {"a": ["1", "", "3", ""], "y": ["0.5", "1", "2", "?"]}
    found = table(columns, missing="fill")
    assert found.kept.tolist() == [True, True, True, False]
    assert '1 missing value is filled in, as data.missing says: "a" (1)' in notices(found)
    assert "1 row is left out, since a value is missing: line 5" in notices(found)


def test_rows_are_not_all_left_out_without_a_word():
    found = table({"a": ["1", "", "3"], "b": ["", "2", ""], "y": ["0.5", "1", "2"]}, missing="drop_rows")
    assert errors(found)[0].startswith("no row is left: each has a missing value")


# Dates


@pytest.mark.parametrize(
    "text",
    [
        "2019-06-12",
        "2019-06-12 00:54:17",
        "2019-06-12T00:54:17.123Z",
        "2019-06-12T00:54:17+02:00",
        "2019/6/1",
        "12.06.2019",
        "12.6.19",
        "12.06.2019 13:45",
        "6/12/2019",
        "6/12/2019 1:05 PM",
        "06-12-2019",
        "13:45",
        "13:45:10",
        "12 Jun 2019",
        "12. Juni 2019",
        "12-Jun-19",
        "June 12, 2019",
        "Wed, 12 Jun 2019 00:54:17 GMT",
        "2019-06",
        "2019年6月12日",
    ],
)
def test_dates_of_many_countries_are_dates(text):
    assert is_date(text)
    found = of([text] * 6)
    assert found.columns[0].kind is Kind.DATE
    assert errors(found)[0].startswith(f'column "x" holds dates or times ("{text}" in line 2)')


@pytest.mark.parametrize(
    "text", ["2019", "12.5", "1-2", "red", "1.2.3", "192.168.0.1", "May", "5 kg", "12/3"]
)
def test_other_texts_are_no_dates(text):
    assert not is_date(text)


def test_few_dates_may_be_taken_as_words():
    days = ["12.06.2019", "13.06.2019"] * 4
    assert [dict(remedy.changes) for remedy in of(days).remarks[0].remedies] == [
        {"data.ignore": ("x",)},
        {"data.categories": ("x",)},
    ]
    assert errors(of(days, categories=["x"])) == []
    many = [f"{day}.06.2019" for day in range(10, 18)]
    assert [dict(remedy.changes) for remedy in of(many).remarks[0].remedies] == [{"data.ignore": ("x",)}]


# Words


@pytest.mark.parametrize(
    ("different", "rows", "kind"),
    [
        (50, 100, Kind.CATEGORY),
        (51, 200, Kind.TEXT),
        (10, 12, Kind.CATEGORY),
        (11, 21, Kind.TEXT),
        (11, 22, Kind.CATEGORY),
        (10, 10, Kind.TEXT),
        (2, 2, Kind.TEXT),
    ],
)
def test_words_are_categories_where_they_come_again_and_again(different, rows, kind):
    words = [f"w{place % different}" for place in range(rows)]
    found = of(words)
    assert found.columns[0].kind is kind
    assert bool(errors(found)) == (kind is Kind.TEXT)


def test_texts_are_named_with_the_way_to_leave_them_out():
    found = of([f"note {place}" for place in range(60)])
    assert errors(found)[0] == (
        'column "x" holds texts ("note 0" in line 2), 60 different ones in 60 rows; allowed: numbers, at most 50 '
        'words that come again and again, or data.ignore = ["x"]'
    )
    assert [dict(remedy.changes) for remedy in found.remarks[0].remedies] == [{"data.ignore": ("x",)}]


def test_words_that_differ_only_in_capitals_or_blanks_are_named():
    found = of(["red", "Red", "blue sky", "blue  sky", "red", "Red", "blue sky", "blue  sky"])
    assert (
        'column "x" has words that differ only in capitals or blanks: "Red", "red"; "blue  sky", "blue sky"'
        in notices(found)
    )


def test_numbers_can_be_taken_as_words():
    found = of(["1", "2", "1", "2.0"], categories=["x"])
    assert (found.columns[0].kind, found.columns[0].words) == (Kind.CATEGORY, ("1", "2", "2.0"))


# Columns that are left out, or do not exist


def test_a_column_that_is_left_out_is_not_looked_at():
    found = table({"a": ["1", "2"], "junk": ["u1", ""], "y": ["0.5", "1"]}, ignore=["junk"])
    assert errors(found) == []
    assert [column.name for column in found.inputs] == ["a"]


@pytest.mark.parametrize("key", ["ignore", "categories"])
def test_a_column_that_does_not_exist_is_named_with_the_one_that_is_meant(key):
    found = table({"Cabin": ["1", "2"], "b": ["1", "2"], "y": ["0.5", "1"]}, **{key: ["b", "cabin "]})
    assert errors(found) == [
        f'data.{key}: there is no column "cabin " (did you mean "Cabin"?); allowed: Cabin, b, y'
    ]
    assert found.remarks[0].key == f"data.{key}"
    assert found.remarks[0].remedies[0].changes == {f"data.{key}": ("b", "Cabin")}


def test_a_table_needs_an_input():
    found = table({"a": ["1", "2"], "y": ["0.5", "1"]}, ignore=["a"])
    assert errors(found) == [
        "no column is left to predict from; allowed: at least one beside the column to predict"
    ]


def test_every_error_is_there_at_once():
    columns = {
        "when": [f"{day}.06.2019" for day in range(10, 16)],
        "size": ["1", "2", "x", "4", "5", "6"],
        "age": ["1", "", "3", "4", "5", "7"],
        "y": HALVES * 3,
    }
    said = errors(table(columns))
    assert len(said) == 3
    assert ["when" in said[0], "size" in said[1], "age" in said[2]] == [True] * 3


# Columns that count the rows


def test_a_nameless_column_that_counts_the_rows_is_left_out():
    columns = {"column 1": range(60), "x": [1, 3] * 30, "y": HALVES * 30}
    found = table(columns, unnamed=["column 1"])
    assert [column.role for column in found.columns] == [Role.LEFT_OUT, Role.INPUT, Role.TARGET]
    assert 'column "column 1" has no name and counts the rows: it is left out' in notices(found)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("anything", range(1, 7)),
        ("Id", [3, 5, 6, 9, 12, 13]),
        ("PassengerId", [3, 5, 6, 9, 12, 13]),
        ("row_id", [3, 5, 6, 9, 12, 13]),
        ("Nr.", [3, 5, 6, 9, 12, 13]),
        ("编号", [3, 5, 6, 9, 12, 13]),
    ],
)
def test_a_column_that_numbers_the_rows_is_named_with_the_way_to_leave_it_out(name, values):
    found = table({name: values, "x": [1, 3] * 3, "y": HALVES * 3})
    said = next(remark for remark in found.remarks if "only counts the rows" in remark.text)
    assert said.remedies[0].changes == {"data.ignore": (name,)}
    assert [column.name for column in found.inputs] == [name, "x"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("humid", [3, 5, 6, 9, 12, 13]),
        ("Id", [3, 5, 4, 9, 12, 13]),
        ("a", [1, 2, 3, 4, 6, 7]),
        ("Idle", [1.5] * 6),
    ],
)
def test_other_columns_do_not_count_rows(name, values):
    found = table({name: values, "x": [1, 3] * 3, "y": HALVES * 3})
    assert not any("counts the rows" in text for text in notices(found))


def test_the_only_input_is_not_said_to_count_the_rows():
    found = table({"x": range(9), "y": [place / 2 for place in range(9)]})
    assert notices(found) == []
