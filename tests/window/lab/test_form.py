import pytest
from hands import choose
from PySide6.QtWidgets import QLabel, QPushButton

from gradlab.datasets.base import SOURCES
from gradlab.experiment.in_force import Effect, SettingsInForce
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key, value_of
from gradlab.instruments.records import Frame, Notice
from gradlab.models.base import MODELS
from gradlab.window.lab.form import ExperimentForm

SETTINGS = by_key(Experiment)
SIX = {"Dataset", "Model", "Learning rate", "Zero gradients", "Accumulate batches", "Epochs"}


@pytest.fixture
def form(show_widget, theme):
    return show_widget(ExperimentForm(SettingsInForce()))


def visible_labels(form):
    return {field.setting.label for field in form.fields.values() if field.isVisible()}


def write(form, key, text):
    field = form.fields[key]
    (field.editor.lineEdit() if hasattr(field.editor, "lineEdit") else field.editor).setText(text)
    field.flush()


def test_there_is_a_field_for_every_setting(form):
    assert list(form.fields) == list(SETTINGS)


def test_it_begins_with_the_six_settings_that_matter_most(form):
    assert visible_labels(form) == SIX


def test_more_unfolds_the_rest_and_less_folds_it(form):
    form.body.more.click()
    assert visible_labels(form) > SIX
    assert form.body.more.accessibleName() == form.body.more.text() == "Less"
    form.body.more.click()
    assert visible_labels(form) == SIX
    assert form.body.more.accessibleName() == form.body.more.text() == "More"


def test_every_field_shows_its_visible_name(form):
    form.body.more.click()
    texts = {label.text() for label in form.findChildren(QLabel) if label.isVisible()}
    for field in form.fields.values():
        if field.isVisible() and field.setting.kind != "switch":
            assert field.setting.label in texts


@pytest.mark.parametrize("source", SOURCES.names())
def test_only_settings_that_the_source_uses_are_shown(form, source):
    form.body.more.click()
    choose(form, "data.source", source)
    claimed = {key for entry in SOURCES for key in entry.uses}
    for name in claimed - {"standardize_target"}:
        assert form.fields[f"data.{name}"].isVisible() == (name in SOURCES[source].uses), name


@pytest.mark.parametrize("kind", MODELS.names())
def test_only_settings_that_the_model_uses_are_shown(form, kind):
    form.body.more.click()
    choose(form, "model.kind", kind)
    claimed = {key for entry in MODELS for key in entry.uses}
    for name in claimed:
        assert form.fields[f"model.{name}"].isVisible() == (name in MODELS[kind].uses), name


def test_settings_for_classes_vanish_where_a_number_is_predicted(form):
    form.body.more.click()
    form.show_frame(Frame(task="regression"))
    assert not form.fields["training.threshold"].isVisible()
    assert form.fields["data.standardize_target"].isVisible()
    form.show_frame(Frame(task="classification"))
    assert form.fields["training.threshold"].isVisible()
    assert not form.fields["data.standardize_target"].isVisible()


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [("optimizer.lr", "1e-3", 1e-3), ("training.epochs", "3", 3), ("model.hidden", "8, 4", (8, 4))],
)
def test_a_good_value_changes_the_experiment(form, qtbot, key, text, value):
    with qtbot.waitSignal(form.changed) as waiting:
        write(form, key, text)
    assert waiting.args == [key, Effect.RELOAD]
    assert value_of(form.settings.shown, key) == value


@pytest.mark.parametrize("text", ["fast", "-1", "5000", ""])
def test_a_bad_value_is_told_beneath_its_field_and_changes_nothing(form, qtbot, text):
    before = form.settings.shown
    with qtbot.assertNotEmitted(form.changed):
        write(form, "optimizer.lr", text)
    message = form.fields["optimizer.lr"].message
    assert "from 0 to 1000" in message
    assert "optimizer.lr" not in message
    assert "\n" not in message
    assert form.settings.shown == before


def test_a_good_value_takes_the_message_away(form):
    write(form, "optimizer.lr", "fast")
    write(form, "optimizer.lr", "0.2")
    assert form.fields["optimizer.lr"].message == ""


def test_a_value_that_did_not_fit_is_taken_once_it_fits(form):
    write(form, "data.validation", "0")
    write(form, "training.patience", "5")
    assert "Validation share" in form.fields["training.patience"].message
    assert form.settings.shown.training.patience == 0
    write(form, "data.validation", "0.3")
    assert form.fields["training.patience"].message == ""
    assert form.settings.shown.training.patience == 5


def test_showing_an_experiment_fills_every_field_and_tells_nobody(form, qtbot):
    other = Experiment().with_value("optimizer.lr", 0.7).with_value("gradients.zero", "never")
    write(form, "training.epochs", "oops")
    with qtbot.assertNotEmitted(form.changed, wait=50):
        form.show_experiment(other)
        form.flush()
    assert form.settings.shown == other
    assert form.fields["optimizer.lr"].editor.text() == "0.7"
    assert form.fields["gradients.zero"].combo.currentText() == "Never"
    assert form.fields["training.epochs"].message == ""


def test_pictures_are_looked_for_as_a_folder_and_tables_as_a_file(form, monkeypatch):
    dialogs = "gradlab.window.lab.fields.QFileDialog"
    monkeypatch.setattr(f"{dialogs}.getExistingDirectory", lambda *_: "/data/pictures")
    monkeypatch.setattr(f"{dialogs}.getOpenFileName", lambda *_: ("/data/table.csv", ""))
    for source, path in (("images", "/data/pictures"), ("csv", "/data/table.csv")):
        choose(form, "data.source", source)
        form.fields["data.path"].browse.click()
        assert form.settings.shown.data.path == path


def test_only_devices_that_exist_are_offered(form):
    combo = form.fields["training.device"].combo
    form.set_devices(("cpu", "mps"))
    assert [combo.itemData(row) for row in range(combo.count())] == ["auto", "cpu", "mps"]


def test_a_notice_stands_beside_its_field_even_when_that_is_folded_away(form):
    assert form.show_notice(Notice("error", "training.loss does not fit", "training.loss"))
    assert form.fields["training.loss"].message == "Loss does not fit"
    assert form.fields["training.loss"].isVisible()
    assert form.body.unfolded


@pytest.mark.parametrize("key", ["", "no.such", "data.target"])
def test_a_notice_without_a_field_in_use_is_left_to_others(form, key):
    assert not form.show_notice(Notice("error", "out of memory", key))


def test_the_next_notice_replaces_the_one_before(form):
    form.show_notice(Notice("error", "no", "data.source"))
    form.show_notice(None)
    assert form.fields["data.source"].message == ""


def test_the_reset_bar_comes_and_goes_and_asks_for_a_reset(form, qtbot):
    assert not form.reset_bar.isVisible()
    form.settings.load()
    form.settings.note_run(has_begun=True, is_over=False)
    choose(form, "data.source", "moons")
    form.show_pending()
    assert form.reset_bar.isVisible()
    (button,) = [each for each in form.findChildren(QPushButton) if each.text() == "Reset now"]
    assert button.accessibleName() == "Reset now"
    with qtbot.waitSignal(form.wants_reset):
        button.click()
    form.settings.load()
    form.show_pending()
    assert not form.reset_bar.isVisible()


def test_nothing_is_cut_off_sideways(form):
    form.body.more.click()
    form.resize(form.minimumWidth(), 900)
    for key in SETTINGS:
        field = form.fields[key]
        if field.isVisible():
            assert field.minimumSizeHint().width() <= field.width(), key
