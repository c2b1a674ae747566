"""Which column is predicted, and whether it holds classes or numbers."""

import pytest
from own_tables import errors, notices, table

from gradlab.tables.kinds import Role


def target(columns, **settings):
    """Return the name of the column that is predicted."""
    found = table(columns, **settings)
    return next((column.name for column in found.columns if column.role is Role.TARGET), None)


def predicting(values, **settings):
    values = list(map(str, values))
    return table({"x": [place % 7 + 0.5 for place in range(len(values))], "y": values}, **settings)


AB = ["a", "b", "a", "b"]


def test_the_last_column_is_predicted_unless_another_one_is_named():
    columns = {"a": [1, 2, 3, 5], "b": AB, "c": AB}
    assert target(columns) == "c"
    assert target(columns, target="b") == "b"
    assert target(columns, target=" b ") == "b"


def test_a_column_that_does_not_exist_is_not_predicted():
    found = table({"Größe": [1, 2, 3, 5], "Art": AB}, target="art")
    assert errors(found) == ['there is no column "art" to predict (did you mean "Art"?); allowed: Größe, Art']
    assert found.remarks[0].remedies[0].changes == {"data.target": "Art"}
    assert (found.target, found.targets.task) == (None, "")


def test_a_column_cannot_be_predicted_and_left_out():
    found = table({"a": [1, 2, 3, 5], "b": AB}, target="b", ignore=["b"])
    assert found.remarks[0].key == "data.ignore"
    assert errors(found)[0].startswith('column "b" is to be predicted, and left out by data.ignore')
    assert found.remarks[0].remedies[0].changes == {"data.ignore": ()}


def test_where_the_last_column_is_left_out_the_one_before_it_is_predicted_and_that_is_said():
    columns = {"a": [1, 2, 3, 5], "b": AB, "junk": [7, 8, 7, 8]}
    assert target(columns, ignore=["junk"]) == "b"
    assert '"b" is predicted: the last column that is not left out' in notices(
        table(columns, ignore=["junk"])
    )


def test_every_column_cannot_be_left_out():
    found = table({"a": [1, 2], "b": [1, 2]}, ignore=["a", "b"])
    assert errors(found)[0].startswith("every column is left out by data.ignore")


@pytest.mark.parametrize(
    "name", ["label", "Class", "TARGET", "species", "Klasse", "diagnosis", "标签", "लेबल", "y"]
)
def test_a_column_that_is_called_like_one_to_predict_is_named(name):
    found = table({name: AB, "p": [0, 1, 0, 1], "q": [0, 1, 0, 1]})
    said = next(remark for remark in found.remarks if remark.key == "data.target")
    assert said.text == f'"q" is predicted, the last column; data.target = "{name}" predicts the other one'
    assert said.remedies[0].changes == {"data.target": name}
    assert not any(
        "is predicted" in text for text in notices(table({name: AB, "q": [0, 1, 0, 1]}, target="q"))
    )
    assert not any("is predicted" in text for text in notices(table({"q": [0, 1, 0, 1], name: AB})))


def test_a_y_beside_an_x_is_a_place():
    assert not any(
        "is predicted" in text for text in notices(table({"x": [1, 3] * 2, "y": [1, 5] * 2, "c": AB}))
    )


def test_errors_about_the_last_column_name_the_likelier_one():
    found = table({"label": AB, "p": [0, 0, 0, 0]})
    assert errors(found)[0].endswith('; data.target = "label" predicts another column')
    assert found.remarks[0].remedies[0].changes == {"data.target": "label"}


@pytest.mark.parametrize(
    ("values", "task", "class_names"),
    [
        (["b", "a", "b", "a"], "classification", ("a", "b")),
        (["10", "9", "10", "9"], "classification", ("9", "10")),
        (["1.0", "-2", "1", "-2.0"], "classification", ("-2", "1")),
        (["-0", "0", "+1", "1"], "classification", ("0", "1")),
        (["1e3", "1000", "5", "5.00"], "classification", ("5", "1000")),
        (["0.5", "1", "1", "0.5"], "regression", ()),
        ([*range(20)] * 2, "classification", tuple(map(str, range(20)))),
        ([*range(21)] * 2, "regression", ()),
        (
            ["9007199254740992", "9007199254740993"] * 2,
            "classification",
            ("9007199254740992", "9007199254740993"),
        ),
        (["3 kg", "5 kg"] * 2, "classification", ("3", "5")),
        (["TRUE", "FALSE"] * 2, "classification", ("FALSE", "TRUE")),
    ],
)
def test_the_task_follows_from_the_values(values, task, class_names):
    found = predicting(values).targets
    assert (found.task, found.class_names) == (task, class_names)


def test_each_row_has_its_class():
    found = predicting(["10", "9", "10.0", "9", "-1", "-1"]).targets
    assert found.classes.tolist() == [2, 1, 2, 1, 0, 0]


def test_numbers_can_be_classes_and_classes_numbers():
    assert predicting([0, 1.5] * 3, task="classification").targets.class_names == ("0", "1.5")
    assert predicting([0, 1] * 3, task="regression").targets.task == "regression"
    assert predicting([0, 1] * 3, categories=["y"]).targets.class_names == ("0", "1")


@pytest.mark.parametrize(
    ("values", "notice", "task"),
    [
        (
            [*range(7)] * 2,
            'the 7 different numbers of column "y" are taken as classes; data.task = "regression" predicts a '
            "number",
            "regression",
        ),
        (
            [*range(60)] * 2,
            'the 60 different whole numbers of column "y" are predicted as numbers; data.task = "classification" '
            "takes them as classes",
            "classification",
        ),
    ],
)
def test_where_whole_numbers_can_be_both_the_other_way_is_named(values, notice, task):
    found = predicting(values)
    assert notice in notices(found)
    said = next(remark for remark in found.remarks if remark.key == "data.task")
    assert said.remedies[0].changes == {"data.task": task}
    assert not any("data.task" in text for text in notices(predicting(values, task=task)))


@pytest.mark.parametrize("values", [[*range(6)] * 2, [*range(100, 160)], [0.5, *range(60)] * 2])
def test_where_the_task_is_plain_nothing_is_said(values):
    assert not any("data.task" in text for text in notices(predicting(values)))


def test_words_cannot_be_predicted_as_a_number():
    found = predicting(["low", "high"] * 2, task="regression")
    assert errors(found)[0].startswith(
        'column "y" is not numbers only ("low" in line 2), so no number can be'
    )
    assert found.remarks[0].remedies[0].changes == {"data.task": "classification"}


def test_a_few_wrong_numbers_do_not_make_classes():
    found = predicting([*range(30), "many"])
    assert found.targets.task == "regression"
    assert errors(found)[0].startswith('line 32: "many" is no number')
    assert "leave" not in " ".join(remedy.label.lower() for remedy in found.remarks[0].remedies)


def test_dates_cannot_be_predicted():
    found = predicting(["12.06.2019", "13.06.2019"] * 3)
    assert errors(found)[0].startswith(
        'column "y" holds dates or times ("12.06.2019" in line 2), which cannot be'
    )
    assert predicting(["12.06.2019", "13.06.2019"] * 3, categories=["y"]).targets.task == "classification"


def test_a_single_class_is_refused():
    assert errors(predicting(["a", "a"])) == [
        'column "y" has only one class, "a", so there is nothing to tell apart; allowed: two classes or more'
    ]
    assert errors(predicting([3, 3]))[0].endswith(', or data.task = "regression"')


def test_a_class_with_one_row_is_named_with_its_line_unless_nothing_is_held_out():
    assert errors(predicting(["a", "a", "b"]))[0].startswith('class "b" has a single row, in line 4, which')
    assert "in line 2 (and 2 more classes)" in errors(predicting(["a", "b", "c"]))[0]
    assert errors(predicting(["a", "a", "b"], validation=0.0)) == []
    assert errors(predicting(["a", "a", "b"], validation=0.0, validation_rows=1)) != []
    assert 'data.task = "regression"' in errors(predicting([1, 1, 2]))[0]
    assert "regression" not in errors(predicting(["a", "a", "b"]))[0]


def test_classes_that_differ_only_in_capitals_or_blanks_are_named():
    found = predicting(["Yes", "yes", "no", "YES"] * 2)
    assert 'column "y" has classes that differ only in capitals or blanks: "YES", "Yes", "yes"' in notices(
        found
    )
