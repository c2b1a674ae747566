"""Workbooks of Excel and LibreOffice."""

import io
import pathlib
import zipfile

import pytest
import spreadsheets
from spreadsheets import DATE, DURATION, MOMENT, TIME, error, styled, xlsx

ROWS = {1: ["a", "b", "kind"], 2: [1, 0.5, "x"], 3: [2, 0.25, "y"]}


def changes(remark):
    return [dict(remedy.changes) for remedy in remark.remedies]


def test_a_sheet_is_a_table(grid, notices):
    found = grid(xlsx({"Data": ROWS}), "book.xlsx")
    assert found.names == ("a", "b", "kind")
    assert found.columns == (["1", "2"], ["0.5", "0.25"], ["x", "y"])
    assert found.lines.tolist() == [2, 3]
    layout = found.layout
    assert (layout.sheet, layout.sheets, layout.separator, layout.encoding) == ("Data", ("Data",), "", "")
    assert notices(found) == []


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12.0, "12"),
        (-3, "-3"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (123456789012345.0, "123456789012345"),
        (1e300, "1e+300"),
        (True, "TRUE"),
        (False, "FALSE"),
        ("  1,5 ", "1,5"),
        ("007", "007"),
        (styled(45293, DATE), "2024-01-02"),
        (styled(45293.5, MOMENT), "2024-01-02 12:00:00"),
        (styled(0.5, TIME), "12:00:00"),
        (styled(1.5, DURATION), "36:00:00"),
        (error("#N/A"), ""),
        (error("#DIV/0!"), ""),
    ],
)
def test_cells_become_texts_as_tables_have_them(grid, cell, text):
    found = grid(xlsx({"Data": {1: ["a", "b"], 2: [cell, "x"], 3: [5, "y"]}}), "book.xlsx")
    assert found.columns[0] == [text, "5"]


def test_numbers_of_a_first_row_are_an_example(grid):
    assert grid(xlsx({"Data": {1: [0.5, "x"], 2: [1.5, "y"]}}), "book.xlsx").lines.tolist() == [1, 2]


def test_a_table_may_begin_anywhere_in_its_sheet(grid, notices):
    rows = {number + 4: [None, None, *cells] for number, cells in ROWS.items()}
    found = grid(xlsx({"Data": rows}), "book.xlsx")
    assert (found.names, found.lines.tolist()) == (("a", "b", "kind"), [6, 7])
    assert notices(found) == []


def test_an_empty_row_inside_is_said(grid, notices):
    found = grid(xlsx({"Data": {**ROWS, 6: [3, 0.75, "x"]}}), "book.xlsx")
    assert found.lines.tolist() == [2, 3, 6]
    assert notices(found) == ["empty rows were left out: lines 4, 5"]


def test_a_title_above_the_table_is_named_with_its_row(grid, only_error):
    rows = {1: ["My report"], **{number + 2: cells for number, cells in ROWS.items()}}
    text = only_error(grid(xlsx({"Data": rows}), "book.xlsx")).text
    assert text.startswith('line 1, "My report", does not hold the names') and "in line 3:" in text


def test_the_first_sheet_with_something_in_it_is_read_and_others_are_said(grid, notices):
    book = xlsx({"Empty": {}, "Data": ROWS, "More": {1: ["x"]}})
    found = grid(book, "book.xlsx")
    assert (found.layout.sheet, found.layout.sheets) == ("Data", ("Empty", "Data", "More"))
    assert notices(found) == ['sheet "Data" was read; there is something in "More" too']
    assert changes(found.remarks[0]) == [{"data.sheet": "More"}]


def test_a_hidden_sheet_is_read_only_where_it_is_asked_for(grid):
    book = xlsx({"Lists": {1: ["x", "y"], 2: [1, 2]}, "Data": ROWS}, hidden={"Lists"})
    assert grid(book, "book.xlsx").layout.sheet == "Data"
    assert grid(book, "book.xlsx", sheet="Lists").names == ("x", "y")


@pytest.mark.parametrize("wanted", ["Results", "results", " Results "])
def test_the_sheet_can_be_chosen(grid, notices, wanted):
    found = grid(xlsx({"Other": {1: ["x"]}, "Results": ROWS}), "book.xlsx", sheet=wanted)
    assert (found.layout.sheet, found.names, notices(found)) == ("Results", ("a", "b", "kind"), [])


def test_a_sheet_that_is_not_there_is_an_error_with_those_that_are(grid, only_error):
    found = grid(xlsx({"Other": ROWS, "Results": ROWS}), "book.xlsx", sheet="Result")
    remark = only_error(found)
    assert remark.text == 'there is no sheet "Result" (did you mean "Results"?); allowed: "Other", "Results"'
    assert remark.key == "data.sheet"
    assert changes(remark) == [{"data.sheet": "Other"}, {"data.sheet": "Results"}]


def test_an_empty_sheet_and_an_empty_workbook_are_called_so(refused):
    book = xlsx({"Data": ROWS, "Nothing": {}})
    assert refused(book, key="data.sheet", name="book.xlsx", sheet="Nothing") == (
        'sheet "Nothing" is empty; allowed: one with a table'
    )
    assert refused(xlsx({"Nothing": {}}), name="book.xlsx") == (
        "is a workbook without anything in it; allowed: a sheet with a table"
    )


def test_a_workbook_under_another_name_is_read_and_said(grid, notices):
    found = grid(xlsx({"Data": ROWS}), "table.csv")
    assert found.names == ("a", "b", "kind")
    assert notices(found) == ['it is a workbook, though its name does not say so: sheet "Data" was read']


def test_a_workbook_of_libreoffice_is_read(grid, notices):
    found = grid(spreadsheets.ods("Blatt 1", ROWS.values()), "book.ods")
    assert (found.names, found.columns[1], found.layout.sheet) == (
        ("a", "b", "kind"),
        ["0.5", "0.25"],
        "Blatt 1",
    )
    assert notices(found) == []


def test_a_workbook_of_old_excel_is_read(grid, notices):
    content = (pathlib.Path(__file__).parent / "data" / "dates.xls").read_bytes()
    found = grid(content, "dates.xls")
    assert (found.names, notices(found)) == (("a", "b", "d"), [])
    assert found.columns == (["1", "2", "3"], ["0.5", "TRUE", "1e+20"], ["2024-01-02", "", "x"])


def _flipped(content, begin, end):
    return content[:begin] + bytes(byte ^ 0x55 for byte in content[begin:end]) + content[end:]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7])
def test_a_workbook_that_is_cut_off_or_damaged_is_called_so(refused, share):
    book = xlsx({"Data": ROWS})
    place = int(len(book) * share)
    for damaged in (book[:place], _flipped(book, 40, place)):
        assert "damaged workbook" in refused(damaged, name="book.xlsx")


def test_an_old_workbook_that_is_damaged_is_called_so(refused):
    content = (pathlib.Path(__file__).parent / "data" / "dates.xls").read_bytes()
    assert "damaged workbook" in refused(_flipped(content, 600, 2200), name="book.xls")
    assert "damaged workbook" in refused(content[:3000], name="book.xls")


def test_an_old_workbook_whose_sectors_follow_each_other_in_a_circle_is_called_damaged(refused):
    content = bytearray((pathlib.Path(__file__).parent / "data" / "dates.xls").read_bytes())
    table = 512 * (1 + int.from_bytes(content[76:80], "little"))
    first = int.from_bytes(content[48:52], "little")  # the sector where the list of parts begins
    content[table + 4 * first : table + 4 * first + 4] = first.to_bytes(4, "little")
    assert "damaged workbook" in refused(bytes(content), name="book.xls")


def test_a_value_very_far_from_the_table_is_refused_and_a_format_there_does_not_matter(grid, refused):
    far = {**ROWS, 1_048_576: [spreadsheets.Raw('<c at="XFD1048576"><v>1</v></c>')]}
    assert refused(xlsx({"Data": far}), name="book.xlsx") == (
        "is a workbook with a sheet of 1048576 rows and 16384 columns; allowed: up to 30000000 cells, "
        "so delete what stands far from the table"
    )
    formatted = {**ROWS, 1_048_576: [spreadsheets.Raw('<c at="XFD1048576" s="1"/>')]}
    assert grid(xlsx({"Data": formatted}), "book.xlsx").lines.tolist() == [2, 3]


def test_a_workbook_with_a_password_is_called_so(refused):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le")
    assert refused(content, name="book.xlsx") == (
        "is a workbook or document with a password, not a table: open it, and save it without the password"
    )


def test_a_small_archive_that_unpacks_to_a_huge_workbook_is_not_unpacked(refused, monkeypatch):
    monkeypatch.setattr("gradlab.tables.workbook_checks.MOST_UNPACKED", 1000)
    assert "allowed: up to 0 MB" in refused(xlsx({"Data": ROWS}), name="book.xlsx")


def test_a_workbook_whose_parts_are_no_xml_is_called_damaged_at_once(refused):
    whole = spreadsheets.ods("Blatt 1", ROWS.values())
    spoilt = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive, zipfile.ZipFile(spoilt, "w") as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name).replace(b"</table:table>", b"</tet>"))
    assert "damaged workbook" in refused(spoilt.getvalue(), name="book.ods")
