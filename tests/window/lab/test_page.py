from dataclasses import replace

import pytest
from hands import choose, deliver, panel_of
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gradlab.experiment.schema import Experiment
from gradlab.instruments.records import Frame, Notice, Progress, Snapshot, State
from gradlab.runs.speed import Speed
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
    assert not trainer.free.is_set()
    qtbot.waitUntil(trainer.free.is_set)


def test_only_panels_in_sight_are_watched_and_fed(lab, trainer):
    assert {lane: names_of(kinds) for lane, kinds in lab.watch_list.parts().items()} == {
        "": {"loss", "gradients", "confusion"}
    }
    lab.panels.docks["gradients"].close()
    watched, of_lanes = trainer.named("watch")[-1]
    assert (names_of(watched), of_lanes) == ({"loss", "confusion"}, {})
    deliver(lab, trainer, BEGUN)
    assert panel_of(lab, "gradients").frames == []


def test_a_panel_that_comes_into_sight_gets_the_latest_frame(lab, trainer):
    deliver(lab, trainer, BEGUN)
    lab.panels.docks["data"].toggleViewAction().trigger()
    assert panel_of(lab, "data").frames == [BEGUN]
    assert "data" in names_of(trainer.named("watch")[-1][0])


def test_data_that_can_be_drawn_is_shown(lab):
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
    ]
    assert not any(dock.isFloating() for dock in docks.values())
    assert docks["experiment"].x() < docks["loss"].x() < docks["confusion"].x()
    assert docks["gradients"].y() > docks["loss"].y()


def test_a_saved_layout_comes_back(lab, qtbot, trainer, make_panels):
    lab.panels.docks["loss"].close()
    again = LabPage(trainer, make_panels())
    qtbot.addWidget(again)
    assert again.panels.layouts.restore(lab.panels.layouts.free())
    assert again.panels.docks["loss"].isHidden()
    assert not again.panels.docks["gradients"].isHidden()


def test_a_notice_about_a_field_stands_beside_it(lab, trainer):
    deliver(
        lab,
        trainer,
        Snapshot(Frame(state=State.FAILED), notice=Notice("error", "no such file", "data.source")),
    )
    assert lab.form.fields["data.source"].message == "no such file"
    assert not lab.message.isVisible()


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
