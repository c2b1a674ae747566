import pytest
from eyes import heard
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key
from gradlab.window.lab.fields import TYPING_PAUSE_MS, make_field
from gradlab.window.lab.step_box import number_text, parse_number, step_number

SETTINGS = by_key(Experiment)
NUMBERS = [setting for setting in SETTINGS.values() if setting.kind in ("number", "integer")]


def shown(qtbot, key):
    """A field in a window that also has another place for the keyboard."""
    window = QWidget()
    column = QVBoxLayout(window)
    field = make_field(SETTINGS[key])
    other = make_field(SETTINGS["name"])
    column.addWidget(field)
    column.addWidget(other)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    other.editor.setFocus()
    field.window_kept = window
    field.other = other.editor
    return field


def turn_wheel(widget, notches):
    at = QPointF(5, 5)
    event = QWheelEvent(
        at,
        widget.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize(
    ("text", "value"), [("0.003", 0.003), ("1e-3", 1e-3), ("0,5", 0.5), (" 2 ", 2.0), ("1E-05", 1e-5)]
)
def test_a_learning_rate_is_read_as_people_write_it(text, value):
    assert parse_number(SETTINGS["optimizer.lr"], text) == value


@pytest.mark.parametrize("text", ["", "abc", "nan", "inf", "1..2", "0.1.2"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError):
        parse_number(SETTINGS["optimizer.lr"], text)


def test_a_whole_number_takes_no_fraction():
    with pytest.raises(ValueError):
        parse_number(SETTINGS["training.epochs"], "2.5")


@given(st.floats(0, 1000))
def test_a_shown_number_reads_back_nearly_exactly(value):
    assert parse_number(SETTINGS["optimizer.lr"], number_text(value)) == pytest.approx(value, rel=1e-11)


def test_the_learning_rate_steps_along_one_three_ten():
    setting = SETTINGS["optimizer.lr"]
    ups = [0.01]
    for _ in range(4):
        ups.append(step_number(setting, ups[-1], 1))
    assert ups == pytest.approx([0.01, 0.03, 0.1, 0.3, 1.0])
    assert [step_number(setting, value, -1) for value in ups[1:]] == pytest.approx(ups[:-1])


@given(st.sampled_from(NUMBERS), st.data(), st.sampled_from([1, -1]))
def test_a_step_goes_the_right_way_and_stays_in_range(setting, data, direction):
    low, high = setting.minimum or 0, min(setting.maximum, 1e5)
    if setting.kind == "integer":
        value = data.draw(st.integers(int(low), int(high)))
    else:
        value = data.draw(st.floats(low, high).filter(lambda v: v == 0 or v > 1e-7))
    stepped = step_number(setting, value, direction)
    assert setting.minimum <= stepped <= setting.maximum
    assert (stepped - value) * direction >= 0
    if low < value < high:
        assert stepped != value


@pytest.mark.parametrize("value", [0.0, 1e-6, 1e-4, 0.02, 0.03, 50])
@pytest.mark.parametrize("direction", [1, -1])
def test_below_zero_the_steps_are_those_above_it_mirrored(value, direction):
    setting = SETTINGS["model.bias"]
    stepped = step_number(setting, -value, direction)
    assert stepped == -step_number(setting, value, -direction)
    assert (stepped - -value) * direction > 0
    assert number_text(stepped) != "-0"


@pytest.mark.parametrize("key", SETTINGS)
def test_every_editor_is_named_and_explained(qtbot, key):
    field = make_field(SETTINGS[key])
    qtbot.addWidget(field)
    assert field.editor.accessibleName() == SETTINGS[key].label
    assert field.editor.accessibleDescription() == SETTINGS[key].help
    assert key in field.toolTip()


@pytest.mark.parametrize("key", SETTINGS)
def test_showing_a_value_tells_nobody(qtbot, key):
    field = make_field(SETTINGS[key])
    qtbot.addWidget(field)
    told = heard(field.edited)
    value = getattr(Experiment(), key, None) if "." not in key else None
    section, _, name = key.rpartition(".")
    value = getattr(getattr(Experiment(), section), name) if section else value
    field.show_value(value)
    field.flush()
    assert told == []


def test_enter_takes_over_what_was_typed(qtbot):
    field = shown(qtbot, "optimizer.lr")
    told = heard(field.edited)
    field.show_value(0.1)
    field.editor.setFocus()
    field.editor.selectAll()
    qtbot.keyClicks(field.editor, "3e-2")
    assert told == []
    qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    assert told == [0.03]


def test_leaving_the_field_takes_over_what_was_typed(qtbot):
    field = shown(qtbot, "training.epochs")
    told = heard(field.edited)
    field.show_value(20)
    field.editor.setFocus()
    field.editor.selectAll()
    qtbot.keyClicks(field.editor, "7")
    field.other.setFocus()
    assert told == [7]


def test_a_pause_in_typing_takes_over_what_was_typed(qtbot):
    field = shown(qtbot, "model.hidden")
    field.show_value((32,))
    with qtbot.waitSignal(field.edited, timeout=TYPING_PAUSE_MS * 5) as waiting:
        field.editor.setText("64, 32 16")
    assert waiting.args == [(64, 32, 16)]


def test_a_list_of_names_is_typed_with_commas(qtbot):
    field = shown(qtbot, "model.freeze")
    told = heard(field.edited)
    field.show_value(("hidden1", "output"))
    assert field.line.text() == "hidden1, output"
    field.line.setText(" hidden2 ,output ")
    field.flush()
    field.line.setText("")
    field.flush()
    assert told == [("hidden2", "output"), ()]


def test_arrow_keys_step(qtbot):
    field = shown(qtbot, "optimizer.lr")
    told = heard(field.edited)
    field.show_value(0.1)
    field.editor.setFocus()
    qtbot.keyClick(field.editor, Qt.Key.Key_Up)
    qtbot.keyClick(field.editor, Qt.Key.Key_Down)
    qtbot.keyClick(field.editor, Qt.Key.Key_Down)
    assert told == pytest.approx([0.3, 0.1, 0.03])


def test_a_screen_reader_reads_and_sets_the_number(qtbot):
    field = make_field(SETTINGS["training.epochs"])
    qtbot.addWidget(field)
    told = heard(field.edited)
    field.show_value(20)
    assert field.box.property("value") == 20
    assert (field.box.property("minimum"), field.box.property("maximum")) == (1, 1_000_000)
    field.box.setProperty("value", 7.0)
    assert told == [7]


@pytest.mark.parametrize(("key", "value"), [("optimizer.lr", 0.1), ("optimizer.kind", "sgd")])
def test_the_wheel_changes_only_the_field_in_use(qtbot, key, value):
    field = shown(qtbot, key)
    told = heard(field.edited)
    field.show_value(value)
    turn_wheel(field.editor, -1)
    assert told == []
    field.editor.setFocus()
    turn_wheel(field.editor, -1)
    assert len(told) == 1


def test_a_text_that_is_no_number_is_told_in_one_line(qtbot):
    field = make_field(SETTINGS["optimizer.lr"])
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.failed) as waiting:
        field.editor.lineEdit().setText("fast")
        field.flush()
    (line,) = waiting.args
    assert "fast" in line
    assert "from 0 to 1000" in line
    assert "\n" not in line


def test_a_choice_shows_labels_and_explains_the_chosen_one(qtbot):
    field = make_field(SETTINGS["gradients.zero"])
    qtbot.addWidget(field)
    field.show_value("never")
    assert field.combo.currentText() == "Never"
    assert any("pile" in label.text() for label in field.findChildren(QLabel))
    tips = [field.combo.itemData(row, Qt.ItemDataRole.ToolTipRole) for row in range(field.combo.count())]
    assert all(tips)


def test_offering_fewer_values_keeps_the_chosen_one(qtbot):
    field = make_field(SETTINGS["training.device"])
    qtbot.addWidget(field)
    told = heard(field.edited)
    field.show_value("cuda")
    field.offer(("auto", "cpu"))
    offered = [field.combo.itemData(row) for row in range(field.combo.count())]
    assert offered == ["auto", "cpu", "cuda"]
    assert field.combo.currentData() == "cuda"
    assert told == []


def test_browsing_tells_the_chosen_folder(qtbot, monkeypatch):
    field = make_field(SETTINGS["data.path"])
    qtbot.addWidget(field)
    field.take_folder(True)
    told = heard(field.picked)
    monkeypatch.setattr(
        "gradlab.window.lab.fields.QFileDialog.getExistingDirectory", lambda *_: "/data/my pictures"
    )
    field.browse.click()
    assert told == ["/data/my pictures"]
