import pytest
from eyes import heard
from hands import choose
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from gradlab.datasets.base import SOURCES
from gradlab.experiment.in_force import Effect, SettingsInForce
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data
from gradlab.experiment.settings import by_key, value_of
from gradlab.instruments.records import Frame, Notice
from gradlab.models.base import MODELS
from gradlab.window.lab.field_list import GROUPS, group_of
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


@pytest.fixture
def search(form, qtbot):
    """Type into the line that searches the settings."""
    form.find_setting()

    def search(words):
        form.body.search.line.selectAll()
        qtbot.keyClicks(form.body.search.line, words)

    return search


def headings(form):
    return [each.text() for each in form.findChildren(QLabel, "section") if each.isVisible()]


def test_under_more_the_settings_stand_in_groups_with_headings(form):
    form.body.more.click()
    assert headings(form) == [
        "DATA",
        "MODEL",
        "TRAINING",
        "GRADIENTS",
        "OPTIMIZER",
        "EARLY STOPPING",
        "RUNS",
    ]
    assert set(GROUPS) == {group_of(setting) for setting in SETTINGS.values()}


def test_early_stopping_is_a_group_of_its_own(form, search):
    write(form, "training.patience", "3")
    search("EARLY stop")
    assert headings(form) == ["EARLY STOPPING"]
    assert visible_labels(form) == {"Patience", "Smallest gain", "Restore the best"}


@pytest.mark.parametrize(
    ("words", "label"),
    [("dropout", "Dropout"), ("data.leak", "Leakage"), ("held out never", "Validation share")],
)
def test_a_setting_is_found_by_its_label_its_key_and_its_explanation(form, search, words, label):
    search(words)
    assert visible_labels(form) == {label}


def test_a_search_finds_the_settings_that_matter_most_too_and_says_where_there_is_none(form, search):
    search("learning rate")
    assert "Learning rate" in visible_labels(form)
    search("elephants")
    assert not visible_labels(form)
    assert any("elephants" in each.text() for each in form.findChildren(QLabel, "hint") if each.isVisible())


def test_escape_empties_the_search_and_then_leaves_it(form, search, qtbot):
    search("dropout")
    qtbot.keyClick(form.body.search.line, Qt.Key.Key_Escape)
    assert visible_labels(form) > SIX
    qtbot.keyClick(form.body.search.line, Qt.Key.Key_Escape)
    assert visible_labels(form) == SIX


def test_the_way_to_a_field_ends_a_search_that_hides_it(form, search):
    search("dropout")
    form.lead_to("training.loss")
    assert form.fields["training.loss"].isVisible()


def test_a_newly_opened_experiment_is_seen_from_the_top_with_more_folded(form, qtbot):
    form.resize(form.width(), 300)
    form.body.more.click()
    bar = form.body.area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500)
    bar.setValue(500)
    form.begin_with(Experiment())
    assert not form.body.unfolded
    assert bar.value() == 0


def offered(form, key):
    """Return the values that can be chosen, and by value what is said of the others."""
    combo = form.fields[key].combo
    rows = range(combo.count())
    can = {combo.itemData(row) for row in rows if combo.model().item(row).isEnabled()}
    return can, {combo.itemData(row): combo.itemText(row) for row in rows if combo.itemData(row) not in can}


def test_models_that_cannot_work_with_the_data_are_greyed_out_with_the_reason(form):
    choose(form, "data.source", "iris")
    can, cannot = offered(form, "model.kind")
    assert can == {"linear", "mlp", "two_heads"}
    assert cannot["cnn"] == "CNN (convolutional) – Needs pictures; this data set has rows of numbers."
    choose(form, "data.source", "digits")
    assert "cnn" in offered(form, "model.kind")[0]


def test_the_pattern_of_sequences_decides_with_them(form):
    choose(form, "data.source", "sequence")
    assert offered(form, "model.kind")[0] == {"linear", "mlp", "rnn", "gru", "lstm", "two_heads"}
    form.set_value("data.pattern", "chirp")
    assert offered(form, "model.kind")[0] == {"rnn", "gru", "lstm"}


def test_a_chosen_model_that_cannot_work_stays_and_says_why(form):
    choose(form, "model.kind", "cnn")
    choose(form, "data.source", "iris")
    field = form.fields["model.kind"]
    assert field.combo.currentText() == "CNN (convolutional)"
    assert field.message == "Needs pictures; this data set has rows of numbers."
    form.show_notice(Notice("error", "something else", "model.kind"))
    form.show_notice(None)
    assert field.message.startswith("Needs pictures")
    choose(form, "data.source", "digits")
    assert field.message == ""


def test_the_keyboard_passes_over_a_model_that_cannot_work(form, qtbot):
    choose(form, "data.source", "iris")
    combo = form.fields["model.kind"].combo
    for _ in range(combo.count()):
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert form.settings.shown.model.kind == "two_heads"


def test_a_learning_rate_of_zero_is_remarked_on_and_taken(form):
    write(form, "optimizer.lr", "0")
    field = form.fields["optimizer.lr"]
    assert form.settings.shown.optimizer.lr == 0
    assert field.message == "Nothing will be learned: every step is zero."
    assert not field.editor.property("wrong")
    write(form, "optimizer.lr", "0.1")
    assert field.message == ""


def test_fraud_brings_enough_rows_with_it_and_takes_them_along_again(form):
    choose(form, "data.source", "fraud")
    assert form.settings.shown.data.samples == 5000
    assert form.fields["data.samples"].editor.text() == "5000"
    choose(form, "data.source", "moons")
    assert form.settings.shown.data.samples == Data().samples
    write(form, "data.samples", "700")
    choose(form, "data.source", "fraud")
    assert form.settings.shown.data.samples == 700


def test_every_field_shows_its_visible_name(form):
    form.body.more.click()
    texts = {label.text() for label in form.findChildren(QLabel) if label.isVisible()}
    for field in form.fields.values():
        if field.isVisible() and field.setting.kind != "switch":
            assert field.setting.label in texts


@pytest.mark.parametrize("source", SOURCES.names())
def test_only_settings_that_the_source_uses_are_shown(form, source):
    form.body.more.click()
    form.show_experiment(Experiment().with_value("data.source", source))
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


def browse(form, monkeypatch, source):
    dialogs = "gradlab.window.lab.fields.QFileDialog"
    monkeypatch.setattr(f"{dialogs}.getExistingDirectory", lambda *_: "/data/pictures")
    monkeypatch.setattr(f"{dialogs}.getOpenFileName", lambda *_: ("/data/table.csv", ""))
    form.show_experiment(Experiment().with_value("data.source", source))
    form.fields["data.path"].browse.click()


@pytest.mark.parametrize(
    ("source", "path", "words"),
    [("csv", "/data/table.csv", "Look at the table…"), ("images", "/data/pictures", "Look at the pictures…")],
)
def test_own_data_that_were_looked_for_are_shown_before_they_are_used(form, monkeypatch, source, path, words):
    picked = heard(form.path_picked)
    browse(form, monkeypatch, source)
    assert picked == [path]
    assert form.settings.shown.data.path == ""
    assert form.fields["data.path"].look.text() == words


@pytest.mark.parametrize("source", ["csv", "images"])
def test_own_data_are_asked_for_before_anything_changes(form, source):
    wanted = heard(form.own_data_wanted)
    before = form.settings.shown
    choose(form, "data.source", source)
    assert wanted == [source]
    assert form.settings.shown == before
    assert form.fields["data.source"].combo.currentData() == before.data.source


def test_the_path_of_another_source_is_taken_as_it_is(form):
    form.fields["data.path"].picked.emit("/data/film.mp4")
    assert form.settings.shown.data.path == "/data/film.mp4"


def test_the_file_of_own_data_is_seen_without_unfolding_anything(form):
    form.show_experiment(Experiment().with_value("data.source", "csv"))
    assert not form.body.unfolded
    assert form.fields["data.path"].isVisible()


def test_the_rarer_class_is_named_where_the_positive_one_can_be_chosen(form):
    form.show_experiment(Experiment().with_value("data.source", "csv"))
    line = form.fields["data.positive_class"].line
    form.show_frame(Frame(positive_class="cancer"))
    assert line.placeholderText() == "the rarer one: cancer"
    form.show_frame(Frame())
    assert line.placeholderText() == ""


def test_only_devices_that_exist_are_offered(form):
    combo = form.fields["training.device"].combo
    form.set_devices(("cpu", "mps"))
    assert [combo.itemData(row) for row in range(combo.count())] == ["auto", "cpu", "mps"]


def test_a_notice_stands_beside_its_field_which_stays_folded_until_somebody_goes_there(form):
    assert form.show_notice(Notice("error", "training.loss does not fit", "training.loss"))
    assert form.fields["training.loss"].message == "Loss does not fit"
    assert not form.body.unfolded
    form.lead_to("training.loss")
    assert form.body.unfolded
    assert form.fields["training.loss"].editor.hasFocus()


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
