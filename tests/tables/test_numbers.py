"""Numbers as people write them: read as they are meant, or refused; never another number."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from own_tables import errors, notices, table

from gradlab.tables.kinds import Kind

# Sign before decimals, sign between thousands, and how many digits are in a group from the second one on.
WAYS = {
    "plain": (".", "", 3),
    "English": (".", ",", 3),
    "German": (",", ".", 3),
    "decimal comma": (",", "", 3),
    "Swiss": (".", "'", 3),
    "Swiss, typographic": (".", "’", 3),
    "French": (",", " ", 3),
    "French, narrow": (",", "\u202f", 3),
    "no-break": (",", "\u00a0", 3),
    "Indian": (".", ",", 2),
}


def grouped(digits, sign, size):
    if not sign or len(digits) <= 3:
        return digits
    head, groups = digits[:-3], [digits[-3:]]
    while head:
        head, group = head[:-size], head[-size:]
        groups.insert(0, group)
    return sign.join(groups)


def write(number, way):
    """Return a number, given as plain digits, as it is written somewhere."""
    decimal, thousands, size = WAYS[way]
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, _, decimals = digits.partition(".")
    return sign + grouped(whole, thousands, size) + (decimal + decimals if decimals else "")


def read(texts, separator=";", **settings):
    kinds = {"x": texts, "y": ["a", "b"] * (len(texts) // 2) + ["a"] * (len(texts) % 2)}
    return table(kinds, separator, task="classification", validation=0.0, **settings)


def plain_numbers():
    def digits(whole, decimals, negative):
        text = str(whole) if decimals is None else f"{whole}.{decimals}"
        return f"-{text}" if negative and float(text) else text

    decimals = st.one_of(st.none(), st.text("0123456789", min_size=1, max_size=5))
    return st.builds(digits, st.integers(0, 10**9), decimals, st.booleans())


@pytest.mark.parametrize("way", WAYS)
@given(
    numbers=st.lists(plain_numbers(), min_size=5, max_size=12), separator=st.sampled_from([";", ",", "tab"])
)
def test_numbers_of_any_country_come_back_or_are_refused(way, numbers, separator):
    assume(not (way == "German" and separator == ","))  # nobody writes so
    texts = [write(number, way) for number in numbers]
    found = read(texts, separator)
    meant = [float(number) for number in numbers]
    said = [text for text in notices(found) if "thousands" in text or "decimal" in text]
    if not errors(found) and not said:
        np.testing.assert_array_equal(found.columns[0].numbers, meant)


@pytest.mark.parametrize("way", WAYS)
def test_a_column_that_shows_its_signs_is_read(way):
    numbers = ["1234567.8", "-0.5", "12", "999", "4026.25", "-95437.125"]
    found = read([write(number, way) for number in numbers])
    assert errors(found) == []
    np.testing.assert_array_equal(found.columns[0].numbers, [float(number) for number in numbers])


@pytest.mark.parametrize("way", WAYS)
def test_one_column_shows_the_signs_of_the_others(way):
    clear, open_ = ["1234567.8", "-0.5", "12", "7.25", "1.5"], ["4026", "95437", "521", "1626", "10987"]
    columns = {name: [write(number, way) for number in of] for name, of in [("a", clear), ("b", open_)]}
    found = table({**columns, "y": ["p", "q", "p", "q", "p"]}, ";")
    assert errors(found) == []
    np.testing.assert_array_equal(found.columns[1].numbers, [float(number) for number in open_])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("−1.5", -1.5),
        ("–2", -2),
        ("－3", -3),
        ("+4", 4),
        ("1e3", 1000),
        ("1.5E-02", 0.015),
        (".5", 0.5),
        ("3.", 3),
        ("１２．５", 12.5),
        ("१२", 12),
        ("-.25", -0.25),
        ("٤", 4),
    ],
)
def test_what_is_written_otherwise_is_the_same_number(text, number):
    found = read([text, "1.25", "2", "0.75"])
    assert errors(found) == []
    assert found.columns[0].numbers[0] == number


@pytest.mark.parametrize(
    "text",
    [
        "1_000",
        "0x10",
        "1e",
        "1O.5",
        "--5",
        "+-5",
        "1.2.3",
        "1 2",
        "12,34",
        "5-",
        "(5",
        "5)",
        "e5",
        "½",
        "1/2",
    ],
)
def test_what_is_only_nearly_a_number_is_named_with_its_line(text):
    found = read(["1.25", "2", text, "0.75"])
    assert found.columns[0].kind is Kind.NUMBER
    assert any("line" in error and "x" in error for error in errors(found))
    assert any(text in error for error in errors(found))


def test_what_is_no_number_has_three_ways_out():
    found = read(["1.25", "2", "1O.5", "0.75"], ignore=["z"], gaps=["-999"])
    remark = next(remark for remark in found.remarks if "1O.5" in remark.text)
    assert remark.lines == (4,)
    assert [dict(remedy.changes) for remedy in remark.remedies] == [
        {"data.gaps": ("-999", "1O.5")},
        {"data.ignore": ("z", "x")},
        {"data.categories": ("x",)},
    ]


def test_several_wrong_texts_are_named_together():
    found = read(["1.25", "2", "two", "three", "5", "6", "two", "8"])
    assert errors(found)[0].startswith(
        'lines 4, 5, 8: "two", "three" are no numbers, but most of column "x" are'
    )


@pytest.mark.parametrize(("numbers", "kind"), [(5, Kind.NUMBER), (4, Kind.CATEGORY)])
def test_a_column_is_what_at_least_half_of_its_values_are(numbers, kind):
    texts = [str(number / 4) for number in range(numbers)] + ["many"] * (10 - numbers)
    assert read([*texts, "", "NA", "?"]).columns[0].kind is kind


@pytest.mark.parametrize("texts", [["inf"], ["-Infinity"], ["1e400"], ["∞"], ["1e39"], ["-4e38"]])
def test_a_number_that_is_too_large_is_refused_with_its_line(texts):
    found = read(["1", *texts, "2", "3"])
    assert errors(found) == [
        'column "x" holds an infinite or too large number in line 3; allowed: up to 3.4e+38'
    ]


# Two ways of reading a sign


def test_commas_before_three_digits_are_refused_where_nothing_tells_what_they_are():
    found = read(["521", "4,026", "95,437", "1,626"])
    assert errors(found) == [
        '"4,026" in line 3 of column "x" can be 4026 or 4.026; allowed: data.thousands = "," or data.decimal = ","'
    ]
    changes = [dict(remedy.changes) for remedy in found.remarks[0].remedies]
    assert changes == [{"data.decimal": ".", "data.thousands": ","}, {"data.decimal": ","}]


@pytest.mark.parametrize(
    ("settings", "numbers"),
    [
        ({"thousands": ","}, [521, 4026, 95437]),
        ({"decimal": "."}, [521, 4026, 95437]),
        ({"decimal": ","}, [521, 4.026, 95.437]),
        ({"thousands": "none"}, [521, 4.026, 95.437]),
        ({"thousands": " "}, [521, 4.026, 95.437]),
    ],
)
def test_the_experiment_says_what_the_comma_is(settings, numbers):
    found = read(["521", "4,026", "95,437"], **settings)
    assert errors(found) == []
    np.testing.assert_array_equal(found.columns[0].numbers, numbers)


def test_in_a_table_with_commas_a_quoted_comma_separates_thousands_and_that_is_said():
    found = read(["521", "4,026", "95,437"], ",")
    assert errors(found) == []
    np.testing.assert_array_equal(found.columns[0].numbers, [521, 4026, 95437])
    assert '"," is read as a thousands sign: "4,026" in line 3 of column "x" is 4026' in notices(found)
    assert read(["521", "4,026"], ",", decimal=",").columns[0].numbers[1] == 4.026


@pytest.mark.parametrize("separator", [",", ";", "tab"])
def test_three_decimals_behind_points_are_decimals_where_nothing_shows_thousands(separator):
    found = read(["1.234", "2.500", "17.125"], separator)
    np.testing.assert_array_equal(found.columns[0].numbers, [1.234, 2.5, 17.125])
    said = any("the point is read as a decimal sign" in text for text in notices(found))
    assert said == (separator != ",")
    assert not any("sign" in text for text in notices(read(["0.234", "2.500", "17.125"], separator)))


def test_points_from_a_thousand_on_are_refused_where_nothing_tells_what_they_are():
    found = read(["521", "4.026", "95.437", "7"])
    assert errors(found) == [
        '"4.026" in line 3 of column "x" can be 4026 or 4.026; allowed: data.thousands = "." or data.decimal = "."'
    ]
    for remedy, number in zip(found.remarks[0].remedies, [4026, 4.026], strict=True):
        chosen = {key.removeprefix("data."): value for key, value in remedy.changes.items()}
        assert read(["521", "4.026", "95.437", "7"], **chosen).columns[0].numbers[1] == number
    assert errors(read(["521", "4.026", "95.437", "1234"])) == []
    found = read(["521", "4.026", "95.437", "7"], ",")  # there, points hardly ever separate thousands
    assert found.columns[0].numbers[1] == 4.026
    assert any('data.thousands = "." makes it 4026' in text for text in notices(found))


def test_a_point_beside_decimal_commas_separates_thousands_and_that_is_said():
    found = table({"a": ["3,5", "4,25"], "b": ["4.026", "17.125"], "y": ["p", "q"]}, ";")
    np.testing.assert_array_equal(found.columns[1].numbers, [4026, 17125])
    assert '"." is read as a thousands sign: "4.026" in line 2 of column "b" is 4026' in notices(found)


@pytest.mark.parametrize(
    "texts", [["0,125", "4,026"], ["1234,567", "4,026"], ["4,02", "4,026"], [",125", "4,026"]]
)
def test_one_number_that_can_be_read_in_one_way_settles_the_others(texts):
    found = read([*texts, "7"])
    assert errors(found) == []
    assert found.columns[0].numbers[1] == 4.026


def test_two_ways_of_writing_in_one_table_are_refused_with_an_example_of_each():
    columns = {"a": ["3,5", "4,25"], "b": ["1.5", "2.25"], "y": ["p", "q"]}
    found = table(columns, ";")
    assert errors(found)[0] == (
        'the numbers are written in two ways: "3,5" in line 2 of column "a", "1.5" in line 2 of column "b"; '
        "allowed: one decimal sign and one thousands sign in a table"
    )
    changes = [dict(remedy.changes) for remedy in found.remarks[0].remedies]
    assert changes == [{"data.ignore": ("a",)}, {"data.ignore": ("b",)}]
    assert not any("in two ways" in error for error in errors(table(columns, ";", ignore=["b"])))


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"decimal": ",", "thousands": ","}, "data.thousands"),
        ({"decimal": ".", "thousands": "."}, "data.thousands"),
    ],
)
def test_one_sign_cannot_be_both(settings, key):
    found = read(["1.5", "2.5"], **settings)
    assert found.remarks[0].key == key
    assert errors(found)[0].startswith(f'data.thousands = "{settings["decimal"]}" is the decimal sign, too')


def test_a_number_that_does_not_fit_the_chosen_signs_is_named():
    found = read(["1,5", "2.5", "7,5"], decimal=",", thousands="none")
    assert errors(found)[0].startswith('line 3: "2.5" is no number')


def test_the_numbers_of_a_workbook_have_points_whatever_is_beside_them():
    found = table({"a": ["1.234", "2.5"], "b": ["x", "x"], "y": ["p", "q"]}, separator="")
    np.testing.assert_array_equal(found.columns[0].numbers, [1.234, 2.5])
    found = table({"a": ["1.234", "2.567"], "b": ["3,5", "4,5"], "y": ["p", "q"]}, separator="")
    assert "in a workbook" in errors(found)[0] or "in two ways" in errors(found)[0]
    found = table({"a": ["1.234", "2.567"], "y": ["p", "q"]}, separator="", decimal=",")
    assert found.remarks[0].key == "data.decimal"
    assert "the numbers of a workbook have decimal points" in errors(found)[0]


# Units


@pytest.mark.parametrize(
    ("texts", "numbers", "unit"),
    [
        (["12 kg", "13 kg", "14.5 kg"], [12, 13, 14.5], "kg"),
        (["12kg", "13kg"], [12, 13], "kg"),
        (["$1,200.50", "$800", "-$5"], [1200.5, 800, -5], "$"),
        (["1.200,50 €", "800 €"], [1200.5, 800], "€"),
        (["€ 12", "€ 13"], [12, 13], "€"),
        (["CHF 1'200.50", "CHF 800"], [1200.5, 800], "CHF"),
        (["US$5", "US$6"], [5, 6], "US$"),
        (["₹ 12,34,567", "₹ 1,23,456"], [1234567, 123456], "₹"),
        (["35%", "40 %"], [35, 40], "%"),
        (["20 °C", "-3 °C"], [20, -3], "°C"),
        (["5 m/s", "6 m/s"], [5, 6], "m/s"),
        (["12 Stück", "7 Stück"], [12, 7], "Stück"),
        (["3 rooms", "4 rooms"], [3, 4], "rooms"),
    ],
)
def test_a_unit_that_all_numbers_carry_is_left_away_and_named(texts, numbers, unit):
    found = read(texts)
    assert errors(found) == []
    np.testing.assert_array_equal(found.columns[0].numbers, numbers)
    assert f'column "x" is read as numbers in "{unit}"' in notices(found)


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        (["12 kg", "13 kg", "14000 g"], '"14000 g" in line 4'),
        (["12 kg", "13", "14 kg"], '"13" in line 3'),
        (["12", "13 kg", "14"], '"13 kg" in line 3'),
        (["$12", "13 €", "$14"], '"13 €" in line 3'),
        (["35%", "0.4", "50%"], '"0.4" in line 3'),
        (["5 km", "6 m", "7 km"], '"6 m" in line 3'),
    ],
)
def test_mixed_units_are_refused_with_their_lines(texts, wrong):
    found = read(texts)
    assert len(errors(found)) == 1
    assert errors(found)[0].startswith('column "x" mixes units: ')
    assert wrong in errors(found)[0]


@pytest.mark.parametrize(
    "texts",
    [
        ["1st", "2nd", "3rd", "3rd"],
        ["10a", "10a", "10b", "10b"],
        ["9g", "9h", "9i", "9g"],
        ["A1", "A2", "A1", "A2"],
        ['5"', '6"', '5"', '6"'],
    ],
)
def test_words_with_digits_stay_words(texts):
    assert read(texts).columns[0].kind is Kind.CATEGORY


def test_brackets_of_bookkeepers_are_negative_and_that_is_said():
    found = read(["1,200.50", "(300.25)", "(1,000.00)", "7"])
    np.testing.assert_array_equal(found.columns[0].numbers, [1200.5, -300.25, -1000, 7])
    assert 'numbers in brackets are read as negative in column "x": "(300.25)" in line 3' in notices(found)


def test_brackets_alone_are_no_negative_numbers():
    assert read(["(1)", "(2)", "(1)", "(2)"]).columns[0].kind is Kind.CATEGORY


# Codes that look like numbers


def test_zeros_before_a_code_are_not_lost_without_a_word():
    found = read(["01067", "80331", "10115", "01067"])
    assert any('without the zeros before them: "01067" in line 2' in text for text in notices(found))
    words = read(["01067", "80331", "10115", "01067"], categories=["x"])
    assert words.columns[0].words == ("01067", "10115", "80331")
    assert not any("zeros" in text for text in notices(read(["0.5", "0", "0e3", "-0.25"])))


def test_long_numbers_that_become_the_same_are_named():
    found = read(["9007199254740992", "9007199254740993", "5", "6"])
    assert any("different ones become the same" in text for text in notices(found))
    assert not any("the same" in text for text in notices(read(["9007199254740992", "9007199254740994"])))


def test_numbers_are_read_as_python_reads_them():
    texts = ["0.1", "1e-5", "123456.789", "-7", "2.5e10"]
    np.testing.assert_array_equal(read(texts).columns[0].numbers, [float(text) for text in texts])
    assert not any(math.isnan(number) for number in read(texts).columns[0].numbers)
