"""What the import page shows of a table."""

import pytest
from own_tables import written

from gradlab.errors import InputError
from gradlab.experiment.sections.data import Data
from gradlab.tables import survey as module
from gradlab.tables.remarks import Level
from gradlab.tables.survey import Kind, Role, survey

COLUMNS = {
    "id": range(1, 9),
    "size": ["1,5", "2,25", "", "1.234,5", "8,125", "3,5", "4,5", "1,5"],
    "colour": ["red", "blue", "red", "red", "green", "blue", "white", "red"],
    "when": [f"{day}.06.2019" for day in range(10, 18)],
    "kind": ["sick", "well", "well", "well"] * 2,
}


@pytest.fixture
def look(tmp_path):
    """Return a function that writes a table and looks at it."""

    def at(columns=COLUMNS, separator=";", **settings):
        path = tmp_path / "table.csv"
        path.write_text(written(columns, separator), encoding="utf-8")
        return survey(Data(source="csv", path=str(path), **settings))

    return at


def test_every_column_has_its_role_kind_gaps_values_and_an_example(look):
    found = look(ignore=["when"])
    assert [(c.name, c.role, c.kind, c.gaps, c.different, c.example) for c in found.columns] == [
        ("id", Role.INPUT, Kind.NUMBER, 0, 8, "1 – 8"),
        ("size", Role.INPUT, Kind.NUMBER, 1, 6, "1.5 – 1234.5"),
        ("colour", Role.INPUT, Kind.CATEGORY, 0, 4, "blue, green, red …"),
        ("when", Role.LEFT_OUT, Kind.DATE, 0, 8, "10.06.2019, 11.06.2019, 12.06.2019 …"),
        ("kind", Role.TARGET, Kind.CATEGORY, 0, 2, "sick, well"),
    ]


def test_the_signs_the_task_and_the_classes_are_there_also_where_something_is_wrong(look):
    found = look()
    assert (found.decimal, found.thousands) == (",", ".")
    assert (found.task, found.classes) == ("classification", ("well", "sick"))
    assert [remark.level for remark in found.remarks] == sorted(
        (remark.level for remark in found.remarks), key=lambda level: level is not Level.ERROR
    )
    assert {remark.column for remark in found.remarks if remark.level is Level.ERROR} == {"when", "size"}


def test_remedies_settle_a_table(look):
    settings, rounds = {}, 0
    while errors := [remark for remark in look(**settings).remarks if remark.level is Level.ERROR]:
        changes = errors[0].remedies[0].changes
        settings.update({key.removeprefix("data."): value for key, value in changes.items()})
        rounds += 1
        assert rounds < 5
    assert settings == {"ignore": ("when",), "missing": "drop_rows"}
    assert (look(**settings).rows, look(**settings).left_out) == (7, 1)


def test_rows_are_not_left_out_unless_the_experiment_says_so(look):
    assert (look().rows, look().left_out) == (8, 0)
    assert (look(missing="drop_rows").rows, look(missing="drop_rows").left_out) == (7, 1)


def test_the_first_rows_are_shown_as_they_are_written(look):
    found = look()
    assert found.preview[0] == ("1", "1,5", "red", "10.06.2019", "sick")
    assert found.preview_lines[:3] == (2, 3, 4)
    assert len(found.preview) == len(found.preview_lines) == 8


def test_only_the_first_rows_are_shown(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(written({"x": range(200), "y": ["a", "b"] * 100}), encoding="utf-8")
    assert len(survey(Data(path=str(path))).preview) == 50
    assert len(survey(Data(path=str(path)), preview_rows=3).preview) == 3


def test_the_positive_class_is_the_second_of_two(look):
    assert look(positive_class="well").classes == ("sick", "well")
    wrong = look(positive_class="Well")
    assert any(remark.key == "data.positive_class" for remark in wrong.remarks)


@pytest.mark.parametrize(
    ("values", "example"),
    [
        ([1700000000000, 1700000000500], "1700000000000 – 1700000000500"),
        ([0.25, 0.123456], "0.1235 – 0.25"),
        ([7, 7], "7"),
        ([1e20, 5e-7], "5e-07 – 1e+20"),
        ([-1234.56789, 2], "-1234.5679 – 2"),
    ],
)
def test_a_range_is_short_and_not_rounded_to_nothing(look, values, example):
    found = look({"x": [*map(repr, values)] * 2, "y": ["a", "b"] * 2}, ",")
    assert found.columns[0].example == example


def test_a_file_is_read_again_only_when_it_has_changed(look, monkeypatch):
    read = []
    real = module.read_grid
    monkeypatch.setattr(module, "read_grid", lambda data: read.append(data) or real(data))
    look()
    for settings in ({"ignore": ["when"]}, {"target": "colour"}, {"missing": "fill"}, {"gaps": ["7"]}):
        survey(Data(source="csv", path=read[0].path, **settings))
    assert len(read) == 1
    look({"a": [1, 2, 3], "b": ["u", "v", "u"]})
    assert len(read) == 2
    survey(Data(source="csv", path=read[0].path, header="no"))
    assert len(read) == 3


def test_a_file_that_is_no_table_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        survey(Data(source="csv", path=str(tmp_path / "missing.csv")))
