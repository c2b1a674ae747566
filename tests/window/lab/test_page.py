from dataclasses import replace

import pytest
from hands import choose, deliver, panel_of
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame, Notice, Progress, Snapshot, State
from gradlab.runs.speed import FASTEST, WATCH, Speed
from gradlab.window.lab.page import LabPage

BEGUN = Frame(run=1, state=State.PAUSED, progress=Progress(epoch=1, epochs=20, update=40))


def names_of(kinds):
    return {kind.__name__ for kind in kinds}


def test_opening_loads_the_experiment(lab, trainer):
    other = Experiment().with_value("optimizer.lr", 0.5)
    lab.open(other)
    assert trainer.named("load") == [(other,)]
    assert lab.experiment == other


def test_buttons_ask_the_trainer(lab, trainer):
    deliver(lab, trainer, BEGUN)
    lab.transport.buttons["run"].click()
    lab.transport.buttons["step_phase"].click()
    lab.transport.buttons["step_batch"].click()
    lab.transport.buttons["step_epoch"].click()
    lab.transport.buttons["reset"].click()
    asked = [name for name, *_ in trainer.asked if name != "watch"]
    assert asked == ["run", "phase", "update", "epoch", "load"]


def test_the_speed_reaches_the_trainer(lab, trainer):
    lab.transport.speed.setCurrentIndex(0)
    assert trainer.named("set_speed") == [(Speed(1, by_phase=True),)]


def test_what_is_typed_counts_when_run_is_pressed(lab, trainer):
    deliver(lab, trainer, Frame(state=State.READY))
    lab.form.fields["optimizer.lr"].editor.lineEdit().setText("0.02")
    lab.transport.buttons["run"].click()
    assert [asked[0] for asked in trainer.asked] == ["change", "run"]
    assert trainer.named("change")[0][0].optimizer.lr == 0.02


def test_live_settings_are_sent_at_once(lab, trainer):
    deliver(lab, trainer, BEGUN)
    choose(lab.form, "gradients.zero", "never")
    (changed,) = trainer.named("change")[0]
    assert changed.gradients.zero == "never"
    assert not lab.form.reset_bar.isVisible()
    assert trainer.named("load") == []


def test_other_data_reload_silently_before_the_first_update(lab, trainer):
    deliver(lab, trainer, Frame(state=State.READY))
    choose(lab.form, "data.source", "moons")
    (loaded,) = trainer.named("load")[0]
    assert loaded.data.source == "moons"
    assert not lab.form.reset_bar.isVisible()


def test_a_run_begins_with_its_first_phase(lab, trainer):
    progress = Progress(epochs=20, phase="zeroed", by_phase=True)
    deliver(lab, trainer, Frame(state=State.PAUSED, progress=progress))
    assert lab.transport.buttons["reset"].isEnabled()
    choose(lab.form, "data.source", "moons")
    assert trainer.named("load") == []
    assert lab.form.reset_bar.isVisible()


def test_other_data_ask_for_a_reset_once_a_run_has_begun(lab, trainer):
    deliver(lab, trainer, BEGUN)
    choose(lab.form, "data.source", "moons")
    assert trainer.named("load") == []
    assert lab.form.reset_bar.isVisible()
    lab.form.wants_reset.emit()
    (loaded,) = trainer.named("load")[0]
    assert loaded.data.source == "moons"
    assert not lab.form.reset_bar.isVisible()


def test_taking_a_change_back_needs_no_reset(lab, trainer):
    deliver(lab, trainer, BEGUN)
    choose(lab.form, "data.source", "moons")
    choose(lab.form, "data.source", "digits")
    assert not lab.form.reset_bar.isVisible()


def test_a_live_change_leaves_waiting_changes_waiting(lab, trainer):
    deliver(lab, trainer, BEGUN)
    choose(lab.form, "data.source", "moons")
    choose(lab.form, "gradients.zero", "never")
    (changed,) = trainer.named("change")[0]
    assert (changed.data.source, changed.gradients.zero) == ("digits", "never")
    assert lab.form.reset_bar.isVisible()


def test_a_change_after_the_end_needs_a_reset_until_the_run_goes_on(lab, trainer):
    deliver(lab, trainer, replace(BEGUN, state=State.FINISHED))
    assert not lab.form.reset_bar.isVisible()
    lab.form.fields["name"].editor.setText("Tuesday")
    lab.form.flush()
    assert not lab.form.reset_bar.isVisible()
    choose(lab.form, "gradients.zero", "never")
    assert lab.form.reset_bar.isVisible()
    deliver(lab, trainer, replace(BEGUN))  # there are more epochs now: the next update uses it
    assert not lab.form.reset_bar.isVisible()


def test_a_new_name_needs_no_reset(lab, trainer):
    deliver(lab, trainer, BEGUN)
    lab.form.fields["name"].editor.setText("Tuesday")
    lab.form.flush()
    assert not lab.form.reset_bar.isVisible()
    assert trainer.named("load") == []


def test_a_frame_fills_numbers_buttons_and_panels(lab, trainer):
    deliver(lab, trainer, BEGUN)
    assert lab.readouts.tiles["Update"].value.text() == "40"
    assert lab.transport.buttons["step_batch"].isEnabled()
    assert panel_of(lab, "loss").frames == [BEGUN]


def test_the_frames_are_looked_for_while_the_page_is_shown(lab, trainer, qtbot):
    trainer.slot.append(BEGUN)
    qtbot.waitUntil(lambda: panel_of(lab, "loss").frames == [BEGUN])
    lab.hide()
    trainer.slot.append(BEGUN)
    qtbot.wait(120)
    assert list(trainer.slot) == [BEGUN]


def test_the_trainer_makes_room_exactly_while_a_frame_is_drawn(lab, trainer, qtbot):
    lab.polling.stop()
    deliver(lab, trainer, BEGUN)
    assert not trainer.turn.is_free
    qtbot.waitUntil(lambda: trainer.turn.is_free)


def test_only_panels_in_sight_are_watched_and_fed(lab, trainer):
    assert {lane: names_of(kinds) for lane, kinds in lab.watch_list.parts().items()} == {
        "": {"loss", "gradients", "confusion", "data"}
    }
    lab.panels.docks["gradients"].close()
    watched, of_lanes = trainer.named("watch")[-1]
    assert (names_of(watched), of_lanes) == ({"loss", "confusion", "data"}, {})
    deliver(lab, trainer, BEGUN)
    assert panel_of(lab, "gradients").frames == []


def test_a_panel_that_comes_into_sight_gets_the_latest_frame(lab, trainer):
    lab.panels.docks["data"].close()
    deliver(lab, trainer, BEGUN)
    lab.panels.docks["data"].toggleViewAction().trigger()
    assert panel_of(lab, "data").frames == [BEGUN]
    assert "data" in names_of(trainer.named("watch")[-1][0])


def test_data_that_can_be_drawn_is_shown(lab):
    lab.open(Experiment().with_value("data.source", "iris"))
    assert not lab.panels.docks["data"].isVisible()
    lab.open(Experiment().with_value("data.source", "moons"))
    assert lab.panels.docks["data"].isVisible()


def test_data_that_can_be_drawn_is_shown_when_it_is_chosen_in_the_form(lab, trainer):
    deliver(lab, trainer, Frame(state=State.READY))
    choose(lab.form, "data.source", "sequence")
    assert lab.panels.docks["data"].isVisible()
    lab.panels.docks["data"].close()
    choose(lab.form, "model.kind", "gru")
    assert not lab.panels.docks["data"].isVisible()  # closing it is respected


def test_the_layout_can_be_put_back(lab, qtbot):
    lab.panels.docks["loss"].close()
    lab.panels.docks["confusion"].setFloating(True)
    lab.panels.reset_layout()
    docks = lab.panels.docks
    assert [name for name, dock in docks.items() if dock.isVisible()] == [
        "experiment",
        "loss",
        "gradients",
        "confusion",
        "data",
    ]
    assert not any(dock.isFloating() for dock in docks.values())
    assert docks["experiment"].x() < docks["loss"].x() < docks["confusion"].x()
    assert docks["gradients"].y() > docks["loss"].y()


MOONS, LINE, IRIS = (Experiment().with_value("data.source", name) for name in ("moons", "line", "iris"))


def shown(lab):
    return {name for name, dock in lab.panels.docks.items() if not dock.isHidden()} - {"experiment"}


@pytest.mark.parametrize(
    ("experiment", "panels"),
    [
        (Experiment(), {"loss", "gradients", "confusion", "data"}),
        (IRIS, {"loss", "gradients", "confusion"}),
        (LINE, {"loss", "gradients", "data"}),
        (Experiment().with_value("replicas", 2), {"loss", "gradients", "confusion", "compare"}),
    ],
)
def test_an_experiment_opens_with_its_own_panels_and_reset_layout_brings_them_back(lab, experiment, panels):
    lab.open(experiment)
    assert shown(lab) == panels
    lab.panels.docks["loss"].close()
    lab.panels.show_panel("code")
    lab.panels.reset_layout()
    assert shown(lab) == panels


def test_the_panel_that_compares_runs_is_in_front_of_the_matrix_of_one(lab, qtbot):
    lab.open(Experiment().with_value("replicas", 2))
    lab.panels.docks["confusion"].raise_()
    qtbot.waitUntil(lambda: not lab.panels.docks["compare"].in_sight)
    lab.panels.reset_layout()
    qtbot.waitUntil(lambda: lab.panels.docks["compare"].in_sight)


def test_a_layout_that_people_made_is_kept_while_experiments_need_the_same_panels(lab):
    lab.panels.docks["loss"].close()
    lab.open(MOONS)
    assert "loss" not in shown(lab)
    lab.open(LINE)
    assert "loss" in shown(lab)


def test_reset_layout_follows_the_data_that_was_chosen_in_the_form(lab, trainer):
    deliver(lab, trainer, Frame(state=State.READY))
    choose(lab.form, "data.source", "line")
    lab.panels.reset_layout()
    assert shown(lab) == {"loss", "gradients", "data"}


NUMBERS = Frame(state=State.READY, task="regression")
CLASSES = Frame(state=State.READY)


def test_the_matrix_is_left_out_while_numbers_are_predicted_and_comes_back_with_classes(lab, trainer):
    deliver(lab, trainer, CLASSES)
    choose(lab.form, "data.source", "line")
    deliver(lab, trainer, NUMBERS)
    assert shown(lab) == {"loss", "gradients", "data"}
    choose(lab.form, "data.source", "moons")
    deliver(lab, trainer, CLASSES)
    assert "confusion" in shown(lab)


def test_the_matrix_comes_with_classes_where_the_lab_was_opened_for_numbers(lab, trainer):
    lab.open(LINE)
    deliver(lab, trainer, NUMBERS)
    assert "confusion" not in shown(lab)
    choose(lab.form, "data.source", "moons")
    deliver(lab, trainer, CLASSES)
    assert "confusion" in shown(lab)


def test_a_matrix_that_people_closed_or_opened_themselves_stays_so(lab, trainer):
    deliver(lab, trainer, CLASSES)
    lab.panels.docks["confusion"].close()
    for source, frame in (("line", NUMBERS), ("moons", CLASSES)):
        choose(lab.form, "data.source", source)
        deliver(lab, trainer, frame)
        assert "confusion" not in shown(lab)
    choose(lab.form, "data.source", "line")
    deliver(lab, trainer, NUMBERS)
    lab.panels.show_panel("confusion")
    deliver(lab, trainer, NUMBERS)
    assert "confusion" in shown(lab)  # it says there why it is empty


def test_a_layout_that_people_made_is_the_same_after_numbers_and_back(lab, trainer, qtbot):
    area = lab.panels
    deliver(lab, trainer, CLASSES)
    docks = [area.docks[name] for name in ("loss", "data", "confusion")]
    area.show_panel("data")
    area.layouts.is_by_hand = True
    area.resizeDocks(docks, [500, 240, 300], Qt.Orientation.Horizontal)
    qtbot.wait(20)
    before = {name: dock.geometry() for name, dock in area.docks.items() if dock.isVisible()}
    deliver(lab, trainer, NUMBERS)
    qtbot.wait(20)
    assert docks[0].width() + docks[1].width() > 900
    deliver(lab, trainer, CLASSES)
    qtbot.wait(20)
    assert {name: dock.geometry() for name, dock in area.docks.items() if dock.isVisible()} == before


def test_reset_layout_leaves_out_what_means_nothing(lab, trainer):
    lab.open(Experiment().with_value("data.source", "csv"))  # only its rows tell
    deliver(lab, trainer, NUMBERS)
    lab.panels.reset_layout()
    assert "confusion" not in shown(lab)


def test_a_lesson_shows_what_it_wants_whatever_the_data(lab, trainer):
    deliver(lab, trainer, CLASSES)
    lab.offers.guided = True
    deliver(lab, trainer, NUMBERS)
    assert "confusion" in shown(lab)


def test_a_saved_layout_is_that_of_the_experiment_it_was_made_for(lab, qtbot, trainer, make_panels):
    lab.open(LINE)
    again = LabPage(trainer, make_panels())
    qtbot.addWidget(again)
    again.panels.layouts.restore(lab.panels.layouts.free())
    again.open(MOONS)
    assert not again.panels.docks["confusion"].isHidden()


def test_a_saved_layout_comes_back(lab, qtbot, trainer, make_panels):
    lab.panels.docks["loss"].close()
    again = LabPage(trainer, make_panels())
    qtbot.addWidget(again)
    assert again.panels.layouts.restore(lab.panels.layouts.free())
    assert again.panels.docks["loss"].isHidden()
    assert not again.panels.docks["gradients"].isHidden()


FAILED = Frame(state=State.FAILED)


def test_a_notice_about_a_field_stands_beside_it_and_above_the_panels_with_a_way_there(lab, trainer, click):
    notice = Notice("error", "training.loss does not fit", "training.loss")
    deliver(lab, trainer, Snapshot(FAILED, notice=notice))
    field = lab.form.fields["training.loss"]
    assert (lab.message.text.text(), lab.message.way.text()) == ("Loss does not fit", "Show the setting")
    assert field.message == "Loss does not fit"
    assert not field.isVisible()
    click(lab.message.way)
    assert field.editor.hasFocus()
    assert field.isVisible()


def test_a_notice_about_nothing_in_particular_leads_nowhere(lab, trainer):
    deliver(lab, trainer, Snapshot(FAILED, notice=Notice("error", "out of memory")))
    assert not lab.message.way.isVisible()


def test_a_line_about_a_file_does_without_the_folders_around_it(lab, trainer, tmp_path):
    table = tmp_path / "leaves.csv"
    lab.open(Experiment().with_value("data.source", "csv").with_value("data.path", str(table)))
    notice = Notice("error", f"{table}: line 9 is wrong", "data.path")
    deliver(lab, trainer, Snapshot(replace(FAILED, run=2), notice=notice))
    assert lab.message.text.text() == "leaves.csv: line 9 is wrong"
    assert lab.message.way.text() == "Look at the table…"
    assert lab.form.fields["data.path"].message == "leaves.csv: line 9 is wrong"


def test_any_other_notice_stands_above_the_panels_until_it_is_gone(lab, trainer):
    deliver(lab, trainer, Snapshot(Frame(state=State.FAILED), notice=Notice("error", "out of memory")))
    assert lab.message.isVisible()
    assert lab.message.text.text() == "out of memory"
    deliver(lab, trainer, Frame(state=State.READY))
    assert not lab.message.isVisible()


def test_a_dismissed_message_stays_away(lab, trainer):
    snapshot = Snapshot(Frame(state=State.FAILED), notice=Notice("warning", "careful"))
    deliver(lab, trainer, snapshot)
    lab.message.clear()
    deliver(lab, trainer, snapshot)
    assert not lab.message.isVisible()


ENDED = replace(BEGUN, state=State.FINISHED, progress=Progress(epoch=20, epochs=20, update=800))


def test_the_end_of_a_run_says_what_came_out_and_offers_the_ways_on(lab, trainer):
    deliver(lab, trainer, BEGUN)
    assert not lab.end_bar.isVisible()
    deliver(lab, trainer, ENDED)
    assert lab.end_bar.isVisible()
    assert lab.end_bar.text.text() == "20 epochs are done."
    assert [button.text() for button in lab.end_bar.buttons.values() if button.isVisible()] == [
        "Train on",
        "Run again without zeroing",
        "Reset",
    ]
    deliver(lab, trainer, replace(BEGUN, state=State.RUNNING))
    assert not lab.end_bar.isVisible()


def test_what_there_would_be_to_see_makes_room_for_what_came_out(lab, trainer):
    lab.open(Experiment(), "Press Run and watch")
    deliver(lab, trainer, BEGUN)
    assert lab.message.isVisible()
    deliver(lab, trainer, ENDED)
    assert lab.end_bar.isVisible()
    assert not lab.message.isVisible()


def test_an_end_that_was_dismissed_is_not_told_again(lab, trainer):
    deliver(lab, trainer, ENDED)
    lab.end_bar.hide()
    deliver(lab, trainer, ENDED)
    assert not lab.end_bar.isVisible()
    deliver(lab, trainer, replace(ENDED, run=2))
    assert lab.end_bar.isVisible()


def test_a_lesson_says_itself_how_to_go_on(lab, trainer):
    lab.offers.guided = True
    deliver(lab, trainer, ENDED)
    assert not lab.end_bar.isVisible()


def test_training_on_raises_the_epochs_in_the_form_and_runs(lab, trainer, click):
    deliver(lab, trainer, ENDED)
    trainer.asked.clear()
    click(lab.end_bar.buttons["train_on"])
    assert lab.form.fields["training.epochs"].box.value == 40
    assert [name for name, *_ in trainer.asked] == ["change", "run"]
    assert trainer.named("change")[0][0].training.epochs == 40
    assert not lab.form.reset_bar.isVisible()


def test_training_on_counts_from_what_is_done(lab, trainer, click):
    deliver(lab, trainer, ENDED)
    lab.form.set_value("training.epochs", 8)
    click(lab.end_bar.buttons["train_on"])
    assert lab.experiment.training.epochs == 40


def test_after_a_failure_it_says_what_to_do_next_unless_the_message_leads_there(lab, trainer):
    notice = Notice("error", "no such file", "data.source")
    deliver(lab, trainer, Snapshot(FAILED, notice=notice))
    assert not lab.end_bar.isVisible()
    deliver(lab, trainer, Snapshot(replace(FAILED, run=2), notice=Notice("error", "memory")))
    assert "Reset begins anew" in lab.end_bar.text.text()
    assert [name for name, button in lab.end_bar.buttons.items() if button.isVisible()] == ["reset"]


def test_a_pause_is_announced_at_once(lab, trainer):
    running = replace(BEGUN, state=State.RUNNING)
    deliver(lab, trainer, running)
    lab.transport.buttons["run"].click()
    assert trainer.asked[-1] == ("rest",)
    assert lab.transport.status.text() == "Pausing…"
    deliver(lab, trainer, running)
    assert lab.transport.status.text() == "Pausing…"
    deliver(lab, trainer, BEGUN)
    assert lab.transport.status.text() == "Paused"


def test_whoever_pauses_says_so_and_whoever_runs_on_takes_it_back(lab, trainer):
    deliver(lab, trainer, replace(BEGUN, state=State.RUNNING))
    lab.pause()
    assert lab.transport.status.text() == "Pausing…"
    lab.control.run_on()
    assert lab.transport.status.text() == "Running"
    assert lab.transport.buttons["run"].isEnabled()


def test_the_devices_of_the_machine_are_offered(lab, trainer):
    deliver(lab, trainer, Snapshot(devices=("cpu", "cuda")))
    combo = lab.form.fields["training.device"].combo
    assert combo.findData("cuda") >= 0


def test_space_runs_and_letters_step(lab, trainer, qtbot):
    deliver(lab, trainer, BEGUN)
    lab.addActions(list(lab.commands.all()))
    lab.setFocus()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_P, Qt.Key.Key_B, Qt.Key.Key_E):
        qtbot.keyClick(lab, key)
    asked = [name for name, *_ in trainer.asked if name != "watch"]
    assert asked == ["run", "phase", "update", "epoch"]


def test_a_key_hurries_and_another_trains_on(unhurried, lab, trainer, qtbot):
    deliver(lab, trainer, ENDED)
    lab.addActions(list(lab.commands.all()))
    lab.setFocus()
    for key in (Qt.Key.Key_F, Qt.Key.Key_F, Qt.Key.Key_T):
        qtbot.keyClick(lab, key)
    assert trainer.named("set_speed") == [(FASTEST,), (WATCH,)]
    assert trainer.named("run") == [()]
    assert lab.experiment.training.epochs == 40


@pytest.mark.parametrize("key", ["optimizer.lr", "gradients.zero", "name"])
def test_a_control_in_use_keeps_its_keys(lab, trainer, qtbot, key):
    deliver(lab, trainer, BEGUN)
    lab.addActions(list(lab.commands.all()))
    lab.form.body.unfold(True)
    editor = lab.form.fields[key].editor
    editor.setFocus()
    for pressed in (Qt.Key.Key_P, Qt.Key.Key_B, Qt.Key.Key_E, Qt.Key.Key_Space):
        qtbot.keyClick(editor, pressed)
    if key == "gradients.zero":
        editor.hidePopup()
    assert {asked[0] for asked in trainer.asked} <= {"change"}


def test_space_presses_a_focused_button_instead_of_running(lab, trainer, qtbot):
    deliver(lab, trainer, BEGUN)
    lab.addActions(list(lab.commands.all()))
    lab.form.body.more.setFocus()
    qtbot.keyClick(lab.form.body.more, Qt.Key.Key_Space)
    assert lab.form.body.unfolded
    assert trainer.asked == []


def test_a_panel_explains_itself(lab, qtbot):
    dock = lab.panels.docks["loss"]
    dock.explain()
    popup = lab.findChild(QWidget, "helpPopup")
    assert popup.isVisible()
    assert dock.words in [label.text() for label in popup.findChildren(QLabel)]
    popup.close()


def test_title_buttons_are_named(lab):
    for dock in lab.panels.docks.values():
        title = dock.titleBarWidget()
        for button in (title.help, title.float, title.close_button):
            assert dock.panel.title in button.accessibleName()
            assert button.toolTip()


def test_another_theme_reaches_every_panel(lab, wear):
    dark = wear("dark")
    panels = [dock.panel for name, dock in lab.panels.docks.items() if name != "experiment"]
    assert all(panel.worn is dark for panel in panels)


def numbers_of(lab):
    return {tile.value.text() for tile in lab.readouts.tiles.values()}


@pytest.mark.parametrize("other", [Experiment(), Experiment().with_value("data.source", "diabetes")])
def test_a_run_that_is_built_anew_shows_nothing_of_the_one_before(lab, trainer, other):
    deliver(lab, trainer, replace(BEGUN, train_loss=0.3, val_loss=0.4))
    lab.open(other)
    assert numbers_of(lab) <= {"–", "0"}
    assert lab.transport.status.text() == "Loading…"
    assert panel_of(lab, "loss").frames[-1] == Frame(experiment=other)


def test_what_comes_of_a_run_that_makes_way_is_not_shown(lab, trainer):
    deliver(lab, trainer, Snapshot(BEGUN, order=trainer.orders))
    lab.open(Experiment().with_value("data.source", "moons"))
    deliver(lab, trainer, Snapshot(BEGUN, order=trainer.orders - 1))
    assert lab.state is State.LOADING
    deliver(lab, trainer, Snapshot(replace(BEGUN, run=2, state=State.READY), order=trainer.orders))
    assert (lab.state, lab.frame.run) == (State.READY, 2)


def test_run_waits_for_the_run_that_is_built(lab, trainer, qtbot):
    deliver(lab, trainer, Frame(run=1, state=State.READY))
    editor = lab.form.fields["model.hidden"].editor
    lab.form.body.unfold(True)
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(editor, "8")
    # The first half of the click leaves the field, which builds the run again.
    qtbot.mousePress(lab.transport.buttons["run"], Qt.MouseButton.LeftButton)
    lab.setFocus()
    assert lab.state is State.LOADING
    qtbot.mouseRelease(lab.transport.buttons["run"], Qt.MouseButton.LeftButton)
    assert [name for name, *_ in trainer.asked] == ["load", "run"]
