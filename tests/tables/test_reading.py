"""Texts with rows and columns, as programs and people write them."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradlab.experiment.sections.data import Data
from gradlab.tables.reading import read_grid

ROWS = "1.5,10,gut\n3.39,6,schlecht\n"


def rows_of(found):
    return list(zip(*found.columns, strict=True))


def changes(remark):
    return [dict(remedy.changes) for remedy in remark.remedies]


# Columns and lines


def test_names_cells_and_lines_are_as_in_the_file(grid):
    found = grid("a,b,c\n" + ROWS)
    assert found.names == ("a", "b", "c")
    assert rows_of(found) == [("1.5", "10", "gut"), ("3.39", "6", "schlecht")]
    assert found.lines.tolist() == [2, 3]
    assert (found.layout.separator, found.layout.encoding, found.layout.has_header) == (",", "utf-8", True)
    assert found.remarks == () and found.unnamed == frozenset()


@pytest.mark.parametrize(("sign", "name"), [(",", ","), (";", ";"), ("\t", "tab"), ("|", "|")])
def test_what_separates_the_columns_is_found(grid, notices, sign, name):
    found = grid(("a,b,c\n" + ROWS).replace(",", sign))
    assert (found.layout.separator, found.names) == (name, ("a", "b", "c"))
    assert notices(found) == []


@pytest.mark.parametrize(
    ("text", "separator", "first"),
    [
        ("x;y\n1,5;2,5\n3,5;4,5\n", ";", ("1,5", "2,5")),
        ("note,y\na;b,1\nc;d,2\n", ",", ("a;b", "1")),
        ("a,b,c;\n1,2,3;\n4,5,6;\n", ",", ("1", "2", "3;")),
        ("a|b,c|d\n1|2|3\n4|5|6\n", "|", ("1", "2", "3")),
        ("a\tb\n1\t\n2\t3\n", "tab", ("1", "")),
        ("a\tb\n\t1\n2\t3\n", "tab", ("", "1")),
    ],
)
def test_signs_inside_numbers_and_words_do_not_separate(grid, text, separator, first):
    found = grid(text, header="yes")
    assert (found.layout.separator, rows_of(found)[0]) == (separator, first)


def test_the_separator_can_be_said(grid):
    found = grid("a,b;c\n1,5;2\n", separator=";")
    assert (found.names, rows_of(found)) == (("a,b", "c"), [("1,5", "2")])


def test_any_number_of_blanks_separates_where_that_is_said(grid):
    found = grid(" a   b\tc \n1   2 3\n   4 5      6   \n", separator="space")
    assert (found.names, rows_of(found)) == (("a", "b", "c"), [("1", "2", "3"), ("4", "5", "6")])
    assert found.layout.separator == "space"


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;", "\ufeffsep=;"])
def test_the_line_with_which_excel_is_told_the_separator_is_skipped(grid, notices, line):
    found = grid(f"{line}\r\na;b\r\n1,5;2\r\n")
    assert (found.names, rows_of(found), found.lines.tolist()) == (("a", "b"), [("1,5", "2")], [3])
    assert notices(found) == []


def test_a_column_may_be_called_sep(grid):
    assert grid("sep=,x\n1,2\n").names == ("sep=", "x")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(grid, end):
    found = grid(end.join(["a,b", "1,x", "2,y", ""]))
    assert (rows_of(found), found.lines.tolist()) == ([("1", "x"), ("2", "y")], [2, 3])


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_other_signs_do_not_end_a_line(grid, sign):
    assert rows_of(grid(f"a,b\n1,x{sign}y\n2,z\n")) == [("1", f"x{sign}y"), ("2", "z")]


def test_zero_characters_do_not_break_rows_and_are_said(grid, notices):
    found = grid(b"a,b\n1,x\0y\n2,z\n" + bytes(50))
    assert rows_of(found) == [("1", "xy"), ("2", "z")]
    assert notices(found) == ["zero characters were left out (first in line 2)"]


def test_blank_lines_are_skipped_and_counted(grid, notices):
    found = grid("\n\na,b\n1,x\n\n   \n2,y\n\n")
    assert (rows_of(found), found.lines.tolist()) == ([("1", "x"), ("2", "y")], [4, 7])
    assert notices(found) == []


def test_blank_lines_without_end_before_the_table_do_not_hide_it(grid):
    assert grid("\n" * 3000 + "a,b\n1,x\n").lines.tolist() == [3002]


def test_emptied_rows_at_the_end_are_silent_and_those_inside_are_said(grid, notices):
    assert notices(grid("a,b\n1,x\n2,y\n,\n,\n")) == []
    found = grid("a,b\n1,x\n,\n2,y\n , \n3,z\n,\n")
    assert found.lines.tolist() == [2, 4, 6]
    assert notices(found) == ["empty rows were left out: lines 3, 5"]


def test_columns_with_neither_name_nor_value_are_not_there(grid, notices):
    found = grid("a,b,,,\n1,x,,,\n2,y,,,\n")
    assert (found.names, rows_of(found), notices(found)) == (("a", "b"), [("1", "x"), ("2", "y")], [])
    assert grid("a,,b\n1,,x\n").names == ("a", "b")


def test_an_empty_column_with_a_name_stays(grid):
    found = grid("a,b,c\n1,,x\n2,,y\n")
    assert (found.names, found.columns[1]) == (("a", "b", "c"), ["", ""])


def test_rows_that_end_in_a_separator_are_not_shifted(grid, notices):
    found = grid("a;b;c\n1.5;10;gut;\n3.5;6;schlecht;\n")
    assert rows_of(found) == [("1.5", "10", "gut"), ("3.5", "6", "schlecht")]
    assert notices(found) == []


def test_rows_may_lack_the_separators_of_columns_that_are_not_there(grid, notices):
    found = grid("a,b,,\n1,x,,\n2,y\n3,z,\n")
    assert (rows_of(found), notices(found)) == ([("1", "x"), ("2", "y"), ("3", "z")], [])


def test_uneven_rows_are_named_with_their_lines(grid, only_error):
    found = grid("a,b,c\n1,2,x\n1,2\n\n1,2,3,x\n4,5,y\n1,2,z\n")
    remark = only_error(found)
    assert remark.text == "the wrong number of cells in lines 3, 5 (first 2); allowed: 3, as in line 1"
    assert remark.lines == (3, 5)
    assert found.lines.tolist() == [2, 6, 7]


def test_a_name_too_few_is_not_laid_to_the_rows(refused):
    assert refused("a,b\nx,1,2\ny,3,4\n") == (
        "line 1 has 2 names, but most rows have another number of cells: 3 in line 2; "
        "allowed: a name for every column"
    )


def test_a_single_row_with_thousands_of_cells_takes_no_room(grid, only_error):
    found = grid("a,b\n" + "1,x\n" * 5 + "1" + "," * 100_000 + "2\n")
    assert (found.names, only_error(found).lines) == (("a", "b"), (7,))


# Quotation marks


def test_cells_in_quotation_marks_hold_anything(grid, notices):
    found = grid('a,note,c\n1,"long, with\na break",x\n2,"say ""hi""",y\n\n3,,z\n')
    assert found.columns[1] == ["long, with\na break", 'say "hi"', ""]
    assert found.lines.tolist() == [2, 4, 6]
    assert notices(found) == []


def test_inch_marks_are_no_quotation_marks(grid, notices):
    found = grid('a,size\n1,5"\n2,say "hi"\n')
    assert (found.columns[1], notices(found)) == (['5"', 'say "hi"'], [])


def test_blanks_may_stand_around_quotation_marks(grid):
    found = grid('"a" , "b"\n"1" ,"x, y" \n "2"\t,"z"\n')
    assert (found.names, rows_of(found)) == (("a", "b"), [("1", "x, y"), ("2", "z")])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,b,c\n1,2,x\n"1,2,y\n3,4,z\n', 3),
        ('a,b,c\n1,"2,y\n3,4,"z"\n', 2),
        ('a,b\n1,"x\ny"\n2,"y"z\n', 4),
        ('a,b\n1,"x\ny","z\nu"v\n', 3),
        ('a,b\n1,"he said "hi" to"\n', 2),
        ('sep=,\na,b\n1,"x\n', 3),
        ("a,b\n" + "1,x\n" * 3000 + '2,"y\n', 3002),
    ],
)
def test_a_quotation_mark_that_is_not_closed_is_named_with_its_line(refused, text, line):
    assert refused(text).startswith(f"a quotation mark in line {line} is not closed where its cell ends (")


def test_a_quotation_mark_that_swallows_a_large_file_is_named_too(refused):
    assert "quotation mark in line 3 is not closed" in refused('a,b\n1,x\n2,"y\n' + "3,z\n" * 50_000)
    assert "a cell that begins in line 2 has more than" in refused('a,b\n1,"' + "x" * 200_000 + '"\n')


# Names


def test_a_first_line_with_decimals_is_an_example(grid, notices):
    found = grid("4.5,3.9,setosa\n5.2,3.4,setosa\n4.9,3,virginica\n")
    assert found.names == ("column 1", "column 2", "column 3")
    assert (found.lines.tolist(), found.unnamed, found.layout.has_header) == (
        [1, 2, 3],
        {*found.names},
        False,
    )
    assert notices(found) == [
        'line 1 looks like an example, not like names ("4.5", "3.9", "setosa"): it was taken as one, and the '
        "columns are called after their places"
    ]
    assert changes(found.remarks[0]) == [{"data.header": "yes"}]


@pytest.mark.parametrize(
    "first",
    [
        "1000025,5,1,1,a",
        "-1,2,3,4,a",
        "5,?,0.5,1,a",
        '"1,5","2,5",3,4,a',
        "1e3,2,3,4,a",
        "$5.00,2,3,4,a",
        "5,,2,2,a",
    ],
)
def test_numbers_unlike_names_are_an_example(grid, first):
    found = grid(f"{first}\n1,2,3,4,a\n3,4,5,6,b\n", separator=",")
    assert not found.layout.has_header
    assert found.lines.tolist() == [1, 2, 3]


@pytest.mark.parametrize("first", ["land,2019,2020", ",0,1", "7,17,3", "a,1,2"])
def test_whole_numbers_that_differ_are_not_guessed(grid, only_error, first):
    found = grid(f"{first}\nx,1.5,2\ny,2.5,3\n".replace("x", "1" if first[0] in ",7" else "x"))
    remark = only_error(found)
    assert remark.text.startswith("line 1 can hold the names of the columns or an example (")
    assert remark.key == "data.header"
    assert changes(remark) == [{"data.header": "yes"}, {"data.header": "no"}]


def test_what_the_first_line_holds_can_be_said(grid, notices):
    years = "land,2019,2020\nx,1.5,2\ny,2.5,3\n"
    assert grid(years, header="yes").names == ("land", "2019", "2020")
    found = grid(years, header="no")
    assert (found.names, found.lines.tolist()) == (("column 1", "column 2", "column 3"), [1, 2, 3])
    assert notices(found) == notices(grid(years, header="yes")) == []
    assert grid("4.5,3.9\n5.2,3.4\n", header="yes").names == ("4.5", "3.9")


def test_dates_in_the_first_line_are_an_example_only_above_dates(grid):
    assert not grid("2024-01-02,x\n2024-01-03,y\n").layout.has_header
    assert grid("land,1/22/20\nx,5\ny,7\n").layout.has_header


def test_one_word_above_numbers_makes_names_of_the_line(grid):
    found = grid("id,2019,2020\n1,1.5,2\n2,2.5,3\n")
    assert (found.names, found.remarks) == (("id", "2019", "2020"), ())


def test_typing_errors_and_gaps_do_not_hide_that_a_column_holds_numbers(grid):
    rows = "".join(f"{place}.5,{place}\n" for place in range(20)) + "NA,n/a\nx,3\n"
    assert grid("a,b\n" + rows).remarks == ()
    assert not grid("0.5,1\n" + rows).layout.has_header


def test_words_are_names(grid, only_error):
    assert grid("colour,kind\nred,a\nblue,b\nred,b\n").names == ("colour", "kind")
    remark = only_error(grid("red,a\nblue,b\nred,b\nblue,a\n"))
    assert remark.key == "data.header"  # names do not stand once more in their own columns


def test_a_first_column_without_a_name_is_called_after_its_place(grid, notices):
    found = grid(",x,kind\n0,1.5,a\n1,2.5,b\n")
    assert (found.names, found.unnamed) == (("column 1", "x", "kind"), {"column 1"})
    assert (found.columns[0], notices(found)) == (["0", "1"], [])


def test_other_columns_without_a_name_are_said(grid, notices):
    found = grid("column 2,,kind\n0,1.5,a\n1,2.5,b\n")
    assert (found.names, found.unnamed) == (("column 2", "column 2 (2)", "kind"), {"column 2 (2)"})
    assert notices(found) == ["without a name in line 1: column 2; they are called after their places"]


def test_repeated_names_are_named_and_told_apart(grid, only_error):
    found = grid("value,value,c,c,c\n1.5,2,3,4,x\n2.5,3,4,5,y\n")
    assert only_error(found).text == 'several columns have the same name: "value", "c"'
    assert len(set(found.names)) == 5
    assert only_error(found).remedies == ()


def test_names_over_several_lines_are_read_as_one(grid):
    assert grid('"speed\n(m/s)","a\r\nb"\n1,2\n').names == ("speed (m/s)", "a b")


@pytest.mark.parametrize(
    ("above", "where"),
    [
        ("Report of the lab\n\n", 'line 1, "Report of the lab"'),
        ("Report,,\n,,\n", 'line 1, "Report"'),
        (",Report,\n", 'line 1, "Report"'),
        ("# made today\n", 'line 1, "# made today"'),
        ("\nA\nB\n", 'line 2, "A"'),
    ],
)
def test_a_title_above_the_names_is_named_with_its_line(grid, only_error, above, where):
    names = above.count("\n") + 1
    found = grid(above + "a,b,c\n" + ROWS)
    assert only_error(found).text == (
        f"{where}, does not hold the names of the columns, which must come first; "
        f"they seem to be in line {names}: delete what is above them"
    )
    assert (found.names, found.lines.tolist()) == (("a", "b", "c"), [names + 1, names + 2])


def test_a_line_with_a_single_name_above_numbers_is_no_title(grid, notices):
    found = grid("id,\n1,5.5\n2,6.5\n")
    assert (found.names, found.lines.tolist()) == (("id", "column 2"), [2, 3])
    assert notices(found) == ["without a name in line 1: column 2; they are called after their places"]


# Nothing to read


@pytest.mark.parametrize("text", ["", "\n \n\n", "\ufeff", "\0\0\0"])
def test_an_empty_file_is_called_empty(refused, text):
    assert refused(text) == "is empty; allowed: a table with the names of the columns in the first line"


@pytest.mark.parametrize("text", ["a,b,c\n", "a,b,c", "1,2,3\n", "a,b\n,\n"])
def test_names_alone_are_no_table(refused, text):
    assert refused(text) == "there is no row below the names of the columns"


def test_separators_alone_are_no_table(refused):
    assert refused(",,\n,,\n").startswith("has only empty cells at its beginning")


def test_a_single_column_is_an_error(grid, only_error):
    assert only_error(grid("a\n1.5\n2\n")).text == (
        'there is only one column, "a"; allowed: two or more, separated by commas, semicolons, tabs or |'
    )


@pytest.mark.parametrize(
    ("text", "chosen", "remedy"),
    [
        ("a   b   c\n1.5   10   gut\n2  3   x\n", "auto", "space"),
        ("a,b\n1,2\n3,4\n", ";", ","),
        ("a\tb\n1\t2\n", ",", "tab"),
    ],
)
def test_a_single_column_that_something_else_splits_has_a_remedy(grid, only_error, text, chosen, remedy):
    found = grid(text, separator=chosen)
    remark = only_error(found)
    assert remark.text.endswith(f'allowed: two or more, as with data.separator = "{remedy}"')
    assert (remark.key, changes(remark)[0]) == ("data.separator", {"data.separator": remedy})
    assert only_error_free(grid(text, separator=remedy))


def only_error_free(found):
    return found.remarks == () and len(found.names) > 1


# Size


def test_progress_is_told_and_ends_at_one(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "1,x\n" * 5000)
    told = []
    read_grid(Data(source="csv", path=str(path)), told.append)
    assert told == sorted(told) and len(told) > 3
    assert told[-1] == 1


def test_words_that_repeat_are_kept_once(grid):
    found = grid("a,b\n" + "".join(f"{place},word {place % 2}\n" for place in range(2000)))
    assert len({id(word) for word in found.columns[1]}) == 2


# Any table


def _tables(letters):
    cell = st.text(letters, max_size=8).map(str.strip)
    names = st.lists(cell.filter(bool), min_size=2, max_size=5, unique_by=lambda name: " ".join(name.split()))
    return names.flatmap(
        lambda names: st.tuples(
            st.just(names),
            st.lists(
                st.lists(cell, min_size=len(names), max_size=len(names)).filter(any), min_size=1, max_size=6
            ),
        )
    )


def _written(table, sign, end, quoting=csv.QUOTE_MINIMAL):
    file = io.StringIO(newline="")
    # Python before 3.13 writes "\r" without quotation marks unless told so.
    writer = csv.writer(file, delimiter=sign, lineterminator=end, quoting=quoting)
    writer.writerows([table[0], *table[1]])
    return file.getvalue()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    table=_tables(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")),
    sign=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030"]),
)
def test_any_table_reads_back_exactly(grid, table, sign, end, encoding):
    try:
        content = _written(table, sign, end, csv.QUOTE_ALL).encode(encoding)
    except UnicodeEncodeError:
        return
    found = grid(content, encoding=encoding, separator="tab" if sign == "\t" else sign, header="yes")
    assert found.names == tuple(
        " ".join(name.split()) if set("\r\n") & set(name) else name for name in table[0]
    )
    assert rows_of(found) == [tuple(row) for row in table[1]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    table=_tables(st.sampled_from('abcäéß€ \n"01.5-')),
    sign=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
)
def test_any_table_in_unicode_is_understood_without_being_told(grid, table, sign, encoding):
    found = grid(_written(table, sign, "\r\n").encode(encoding), header="yes")
    assert found.names == tuple(" ".join(name.split()) if "\n" in name else name for name in table[0])
    assert rows_of(found) == [tuple(row) for row in table[1]]


def test_columns_that_are_empty_below_their_names_are_columns_all_the_same(grid):
    assert grid(b"a;b\r\n1;\r\n2;\r\n", header="yes").names == ("a", "b")
    assert grid(b"a;b\r\n1;\r\n2;\r\n").layout.separator == ";"
