"""Whatever is in a table: it is understood or refused in one line, and each remedy can be applied."""

from hypothesis import given
from hypothesis import strategies as st
from own_tables import grid

from gradlab.datasets.csv_file import dataset_of
from gradlab.experiment.sections.data import Data
from gradlab.tables.remarks import Level
from gradlab.tables.table import understand

CELLS = st.one_of(
    st.sampled_from(
        [
            "1",
            "2.5",
            "3,5",
            "4.026",
            "4,026",
            "1.234,5",
            "1'000",
            "12 kg",
            "7 g",
            "$5",
            "(3)",
            "-1",
            "inf",
            "1e400",
        ]
    ),
    st.sampled_from(
        ["0012", "－３", "1 2", "9007199254740993", "1e-320", "1e5 kg", "5 %", "∞", "1e999999", "1O.5"]
    ),
    st.sampled_from(
        ["", "NA", "-", "?", "None", "red", "Red", "12.06.2019", "13:45", "TRUE", "no", "%", "e5"]
    ),
    st.sampled_from(list(".,'(−")),
    st.text(max_size=5).map(str.strip),
)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "missing": st.sampled_from(["refuse", "drop_rows", "fill"]),
        "decimal": st.sampled_from(["auto", ".", ","]),
        "thousands": st.sampled_from(["auto", "none", ",", ".", " ", "'"]),
        "task": st.sampled_from(["auto", "classification", "regression"]),
        "target": st.sampled_from(["", "a", "c", "A"]),
        "ignore": st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=2).map(tuple),
        "categories": st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=2).map(tuple),
        "gaps": st.lists(CELLS, max_size=2).map(tuple),
        "positive_class": st.sampled_from(["", "red", "1"]),
    },
)


def tables():
    def columns(rows):
        return st.fixed_dictionaries({name: st.lists(CELLS, min_size=rows, max_size=rows) for name in "abc"})

    return st.integers(1, 12).flatmap(columns)


@given(columns=tables(), separator=st.sampled_from([",", ";", "tab", ""]), settings=SETTINGS)
def test_nothing_raises_and_what_has_no_error_is_finite(columns, separator, settings):
    data = Data(source="csv", path="t.csv", **settings)
    table = understand(grid(columns, separator), data)
    assert not any("\n" in remark.text for remark in table.remarks)
    if not any(remark.level is Level.ERROR for remark in table.remarks):
        dataset = dataset_of(table)
        assert len(dataset.inputs) == len(dataset.targets) == len(columns["a"]) - dataset.left_out
        assert len(dataset.input_names) == dataset.inputs.shape[1]
        assert data.missing == "fill" or not (dataset.inputs != dataset.inputs).any()


@given(columns=tables(), separator=st.sampled_from([",", ";", "tab", ""]), settings=SETTINGS)
def test_every_remedy_can_be_applied(columns, separator, settings):
    data = Data(source="csv", path="t.csv", **settings)
    for remark in understand(grid(columns, separator), data).remarks:
        for remedy in remark.remedies:
            changes = {key.removeprefix("data."): value for key, value in remedy.changes.items()}
            understand(grid(columns, separator), Data.model_validate({**data.model_dump(), **changes}))
