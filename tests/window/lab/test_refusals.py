"""What happens where a field shows a value that is not possible."""

from dataclasses import replace

import pytest
from hands import choose, deliver
from PySide6.QtCore import Qt

from gradlab.errors import InputError
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key
from gradlab.instruments.records import Frame, Notice, Progress, Snapshot, State
from gradlab.language import LANGUAGES, tr
from gradlab.window.lab.refusals import allowed_in_words, in_words, notice_in_words, told_alone, why_refused
from gradlab.window.shell.speech import speak

SETTINGS = by_key(Experiment)
READY = Frame(run=1, state=State.READY)
NONSENSE = [("optimizer.lr", "-1"), ("model.hidden", "5000, 5000"), ("training.epochs", "many")]
TRAINS = {"run", "phase", "update", "epoch"}


@pytest.fixture
def lab(lab, trainer):
    lab.addActions(list(lab.commands.all()))
    lab.form.body.unfold(True)
    deliver(lab, trainer, READY)
    trainer.asked.clear()
    return lab


@pytest.fixture
def type_into(qtbot, lab):
    """Type over what a field shows."""

    def type_into(key, text):
        editor = lab.form.fields[key].editor
        lab.form.body.bring(lab.form.fields[key])
        editor.setFocus()
        qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClicks(editor, text)
        return editor

    return type_into


def asked_to_train(trainer):
    return [name for name, *_ in trainer.asked if name in TRAINS]


@pytest.mark.parametrize("wrong", NONSENSE)
def test_run_starts_nothing_while_a_field_shows_what_is_not_possible(lab, trainer, type_into, click, wrong):
    key, text = wrong
    type_into(key, text)
    click(lab.transport.buttons["run"])
    assert asked_to_train(trainer) == []
    field = lab.form.fields[key]
    assert field.shown == text
    assert text in field.message
    assert lab.message.isVisible()
    assert text in lab.message.text.text()
    assert field.setting.label in lab.message.text.text()


@pytest.mark.parametrize("pressed", [Qt.Key.Key_Space, Qt.Key.Key_P, Qt.Key.Key_B, Qt.Key.Key_E])
def test_no_key_starts_anything_while_a_field_shows_what_is_not_possible(
    lab, trainer, qtbot, type_into, pressed
):
    type_into("optimizer.lr", "-1")
    lab.setFocus()
    qtbot.keyClick(lab, pressed)
    assert asked_to_train(trainer) == []
    assert lab.form.fields["optimizer.lr"].editor.hasFocus()


@pytest.mark.parametrize("wrong", NONSENSE)
def test_escape_shows_the_value_in_force_again_and_run_starts(lab, qtbot, type_into, click, wrong):
    (key, text), trainer = wrong, lab.trainer
    field = lab.form.fields[key]
    before = field.shown
    editor = type_into(key, text)
    click(lab.transport.buttons["run"])
    assert before in field.message
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert (field.shown, field.message) == (before, "")
    assert not lab.message.isVisible()
    click(lab.transport.buttons["run"])
    assert asked_to_train(trainer) == ["run"]
    assert trainer.named("load") == trainer.named("change") == []


def test_escape_takes_half_typed_text_back(lab, trainer, qtbot, type_into):
    field = lab.form.fields["training.epochs"]
    editor = type_into("training.epochs", "7")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    lab.form.flush()
    assert field.shown == "20"
    assert trainer.named("change") == []


def test_a_possible_value_takes_the_message_away_and_run_starts(lab, trainer, qtbot, type_into, click):
    type_into("optimizer.lr", "-1")
    click(lab.transport.buttons["run"])
    editor = type_into("optimizer.lr", "0.5")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert not lab.message.isVisible()
    click(lab.transport.buttons["run"])
    assert asked_to_train(trainer) == ["run"]


def test_reset_puts_the_value_in_force_back(lab, trainer, qtbot, type_into, click):
    deliver(lab, trainer, replace(READY, state=State.PAUSED, progress=Progress(epoch=1, epochs=20, update=9)))
    type_into("model.hidden", "")
    qtbot.keyClick(lab.form.fields["model.hidden"].editor, Qt.Key.Key_X)
    click(lab.transport.buttons["reset"])
    field = lab.form.fields["model.hidden"]
    assert field.message == ""
    (loaded,) = trainer.named("load")[-1]
    assert field.shown == ", ".join(map(str, loaded.model.hidden))


def test_pause_is_obeyed_whatever_the_fields_show(lab, trainer, type_into, click):
    deliver(lab, trainer, replace(READY, state=State.RUNNING))
    type_into("optimizer.lr", "-1")
    click(lab.transport.buttons["run"])
    assert [name for name, *_ in trainer.asked] == ["rest"]


def test_what_nobody_sees_any_more_is_put_back(lab, trainer, type_into, click):
    type_into("model.hidden", "5000")
    lab.form.flush()
    assert lab.form.refused
    choose(lab.form, "model.kind", "linear")
    assert not lab.form.refused
    click(lab.transport.buttons["run"])
    assert asked_to_train(trainer) == ["run"]


def test_an_empty_field_says_so(lab, qtbot, type_into):
    field = lab.form.fields["training.epochs"]
    editor = type_into("training.epochs", "1")
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    lab.form.flush()
    assert field.message.startswith("This cannot stay empty. Allowed: a whole number from 1 to 1,000,000.")


@pytest.mark.parametrize(("key", "text"), [("optimizer.lr", "1e99"), ("model.hidden", "5000, 6000")])
def test_a_refusal_quotes_what_was_typed_and_names_no_key(lab, type_into, key, text):
    type_into(key, text)
    lab.form.flush()
    message = lab.form.fields[key].message
    assert f"“{text}”" in message
    assert not any(part in message for part in (key, "at place", "more)", "1e+99"))


@pytest.mark.parametrize(
    ("key", "allowed"),
    [
        ("optimizer.lr", "a number from 0 to 1000"),
        ("training.epochs", "a whole number from 1 to 1,000,000"),
        ("training.patience", "a whole number from 0 to 1,000,000 (epochs)"),
        ("model.hidden", "up to 64 whole numbers from 1 to 4096, with commas between them (units)"),
        ("model.freeze", "names with commas between them"),
    ],
)
def test_what_is_allowed_has_limits_and_units(key, allowed):
    assert allowed_in_words(SETTINGS[key]) == allowed


@pytest.mark.parametrize(
    ("line", "key", "told"),
    [
        ("experiment: optimizer.lr = 5; allowed: x", "", "Learning rate: 5; allowed: x"),
        (
            "model.kind = cnn needs pictures, and this data set has rows of numbers; allowed here: linear, mlp",
            "model.kind",
            "Model: CNN (convolutional) needs pictures, and this data set has rows of numbers; "
            "allowed here: Linear, MLP (fully connected)",
        ),
        (
            "optimizer.nesterov = true needs momentum; allowed: false, or optimizer.momentum above 0",
            "optimizer.nesterov",
            "Nesterov: on needs momentum; allowed: off, or Momentum above 0",
        ),
        (
            "gradients.accumulate = 4 with tail = drop: an epoch has only 3 batches",
            "gradients.accumulate",
            "Accumulate batches: 4 with Last batches: Leave out: an epoch has only 3 batches",
        ),
        ("experiment: variants.name and optimizer.lr", "", "variants.name and Learning rate"),
    ],
)
def test_a_line_names_settings_and_values_as_the_form_does(line, key, told):
    assert notice_in_words(line, key) == told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("experiment: optimizer.lr = -1", "学习率: -1"),
        ("experiment: 需要optimizer.lr大于 0", "需要学习率大于 0"),
        ("experiment: variants.name and name", "variants.name and 名称"),
    ],
)
def test_a_key_is_told_by_its_label_wherever_it_stands_in_a_line(line, told):
    named = {
        "optimizer.lr": replace(SETTINGS["optimizer.lr"], english_label="学习率"),
        "name": replace(SETTINGS["name"], english_label="名称"),
    }
    assert in_words(line, named) == told


def test_an_error_about_another_setting_is_told_as_it_is():
    error = InputError("data.validation = 0 holds out nothing", "data.validation", of_value=True)
    assert "Validation share: 0" in why_refused(error, SETTINGS["training.patience"], "5")


def test_a_notice_above_the_panels_names_no_key(lab, trainer):
    notice = Notice("error", "training.device = cuda: this machine has no such device", "training.nothing")
    deliver(lab, trainer, Snapshot(replace(READY, state=State.FAILED), notice=notice))
    assert lab.message.text.text().startswith("Device: ")


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (
            'line 9: "1O.5" is no number; allowed: numbers, or data.ignore = ["x"]',
            'line 9: "1O.5" is no number',
        ),
        ("is empty; allowed here: a table; not this", "is empty"),
        ('"b" is the positive class; data.positive_class chooses', '"b" is the positive class'),
        ('"p2" is predicted; data.target = "label" predicts the other', '"p2" is predicted'),
        ("lines 3; 5 are empty", "lines 3; 5 are empty"),
    ],
)
def test_beside_buttons_a_line_does_without_what_is_allowed(line, left):
    assert told_alone(line) == left


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_in_every_language_the_same_word_stands_before_what_is_allowed(language, qapp):
    english = "training.patience = {given} needs a validation set; allowed: 0, or data.validation above 0"
    speak(language)
    line = tr(english)
    assert line != english
    assert len(told_alone(line)) < len(line)
