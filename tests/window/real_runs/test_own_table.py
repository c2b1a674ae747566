"""A table of somebody's own, from the file to the end of a run; and what a wrong one looks like."""

import pytest
from hands import panel_of, wait_for, wait_until

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import State
from gradlab.window.lab.table_import.choices import on_table
from gradlab.window.lab.table_import.dialog import TableImport

ROWS = "".join(f"{n}.5,{n % 3},{'cancer' if n % 5 == 0 else 'healthy'}\n" for n in range(60))
GOOD, WRONG = "size,site,finding\n" + ROWS, "size,site,finding\n" + ROWS.replace("\n7.5,", "\n7.S,")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "findings.csv"
    path.write_text(GOOD)
    return path


@pytest.fixture
def use_table(lab, qtbot, click):
    """Look at a table and use it."""

    def use_table(path):
        page = lab.own_data.open(path, Experiment().with_value("training.epochs", 2))
        wait_until(qtbot, page.use.isEnabled)
        click(page.use)

    return use_table


def test_a_table_that_is_used_is_trained_on_and_its_positive_class_is_named(
    lab, qtbot, click, table, use_table
):
    use_table(table)
    wait_for(qtbot, lab, State.READY)
    field = lab.form.fields["data.positive_class"]
    wait_until(qtbot, lambda: field.line.placeholderText() == "the rarer one: cancer")
    assert lab.message.notice is not None
    assert "cancer" in lab.message.text.text()
    assert lab.message.way.text() == "Look at the table…"
    click(lab.transport.buttons["run"])
    wait_for(qtbot, lab, State.FINISHED)
    confusion = panel_of(lab, "confusion")
    assert "cancer" in confusion.page.totals.text()
    assert lab.frame.progress.epoch == 2


def test_what_is_said_of_a_table_is_said_once_per_load(lab, qtbot, table, use_table):
    use_table(table)
    wait_for(qtbot, lab, State.READY)
    wait_until(qtbot, lab.message.isVisible)
    lab.message.clear()
    lab.transport.buttons["step_batch"].click()
    wait_for(qtbot, lab, State.PAUSED)
    assert not lab.message.isVisible()


def test_a_wrong_table_is_told_where_people_look_and_mended_from_there(lab, qtbot, click, table):
    table.write_text(WRONG)
    lab.open(on_table(Experiment().with_value("training.epochs", 2), table))
    wait_for(qtbot, lab, State.FAILED)
    assert not lab.form.body.unfolded
    assert lab.message.isVisible()
    assert "7.S" in lab.message.text.text()
    assert "findings.csv" in lab.message.text.text()
    assert str(table.parent) not in lab.message.text.text()
    assert "\n" not in lab.message.text.text()
    assert panel_of(lab, "loss").hint.text().startswith("Nothing to show")
    click(lab.message.way)
    wait_until(qtbot, lambda: bool(lab.findChildren(TableImport)))
    (page,) = lab.findChildren(TableImport)
    wait_until(qtbot, lambda: any(row.buttons for row in page.remarks.rows))
    wait_until(qtbot, page.remarks.rows[0].buttons[0].isVisible)
    click(page.remarks.rows[0].buttons[0])
    wait_until(qtbot, lambda: page.use.isEnabled() or page.in_the_way[0].key == "data.missing")
    if not page.use.isEnabled():  # a missing value has to be settled, too
        wait_until(qtbot, page.remarks.rows[0].buttons[0].isVisible)
        click(page.remarks.rows[0].buttons[0])
        wait_until(qtbot, page.use.isEnabled)
    click(page.use)
    wait_for(qtbot, lab, State.READY)
    click(lab.transport.buttons["run"])
    wait_for(qtbot, lab, State.FINISHED)
    assert not lab.form.fields["data.path"].message
