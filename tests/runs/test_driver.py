"""What the window asks for is carried out in every state of a race, also while there is none."""

import pytest
from plain_pytorch import experiment

from gradlab.errors import InputError
from gradlab.instruments.records import BufferState, Curves, Landscape, State
from gradlab.runs import driver as driver_module
from gradlab.runs.drawing_turn import DrawingTurn
from gradlab.runs.driver import Driver
from gradlab.runs.pacer import Goal, Pacer

ONE_EPOCH = {"epochs": 1, "batch_size": 512, "device": "cpu"}


@pytest.fixture
def driver():
    made = Driver(Pacer(DrawingTurn()))
    yield made
    made.close()


def test_settings_that_change_before_anything_is_loaded_are_those_of_the_first_run(driver):
    driver.change(experiment(optimizer={"lr": 0.05}))
    shown = driver.snapshot()
    assert shown.state is State.READY
    assert shown.shown.experiment.optimizer.lr == 0.05
    assert shown.shown.progress.update == 0


def test_more_epochs_let_a_finished_run_go_on(driver):
    driver.load(experiment(training=ONE_EPOCH))
    driver.pursue(Goal.RUN)
    while not driver.pacer.at_rest:
        driver.train()
    assert driver.snapshot().state is State.FINISHED
    driver.pursue(Goal.RUN)
    assert driver.state is State.FINISHED  # there is nothing left to train
    driver.change(experiment(training={**ONE_EPOCH, "epochs": 2}))
    assert driver.snapshot().state is State.PAUSED
    driver.pursue(Goal.EPOCH)
    while not driver.pacer.at_rest:
        driver.train()
    assert driver.snapshot().shown.progress.epoch == 2
    assert driver.state is State.FINISHED


def test_another_change_leaves_a_finished_run_finished(driver):
    driver.load(experiment(training=ONE_EPOCH))
    driver.pursue(Goal.RUN)
    while not driver.pacer.at_rest:
        driver.train()
    driver.change(experiment(training=ONE_EPOCH, optimizer={"lr": 0.01}))
    assert driver.snapshot().state is State.FINISHED


def test_what_panels_ask_for_without_a_run_is_no_news(driver):
    assert driver.snapshot().state is State.LOADING
    driver.show_lane("one")
    driver.ask(Landscape, "something", "")
    assert not driver.has_news
    driver.load(experiment(variants=[{"name": "other"}, {"name": "one"}]))
    driver.snapshot()
    driver.show_lane("one")
    assert driver.has_news
    assert driver.snapshot().shown.experiment.name == "one"


def test_what_is_watched_before_there_is_a_run_is_watched_in_it(driver):
    driver.watch(frozenset({Curves, BufferState}), {})
    driver.load(experiment())
    driver.pursue(Goal.UPDATE)
    driver.train()
    assert driver.snapshot().shown.get(BufferState).update == 1


def test_a_run_that_cannot_be_built_is_told_whatever_went_wrong(driver, monkeypatch):
    def no_race(*_):
        raise ValueError("no room for the data")

    monkeypatch.setattr(driver_module, "Race", no_race)
    driver.load(experiment())
    told = driver.snapshot()
    assert told.state is State.FAILED
    assert told.notice.level == "error"
    assert told.notice.text == "This cannot be trained: no room for the data"


def test_a_run_that_failed_trains_no_further_and_says_why(driver):
    driver.load(experiment())
    driver.pursue(Goal.RUN)
    driver.fail(InputError("the machine is on fire", "training.device"))
    driver.pursue(Goal.RUN)
    told = driver.snapshot()
    assert (told.state, told.notice.text, told.notice.key) == (
        State.FAILED,
        "the machine is on fire",
        "training.device",
    )
    assert driver.pacer.at_rest
    assert driver.race is None


def table(tmp_path, columns, rows):
    path = tmp_path / "table.csv"
    path.write_text("\n".join((columns, *rows)))
    return experiment(data={"source": "csv", "path": str(path)}, training=ONE_EPOCH)


def test_what_there_is_to_say_of_the_data_is_told_when_they_are_loaded(driver, tmp_path):
    rows = [f"{n}.5,{'rare' if n % 4 == 0 else 'usual'}" for n in range(40)]
    driver.load(table(tmp_path, "x,kind", rows))
    shown = driver.snapshot()
    assert (shown.notice.level, shown.notice.key) == ("info", "data.positive_class")
    assert '"rare"' in shown.notice.text
    assert shown.shown.positive_class == "rare"
    driver.pursue(Goal.UPDATE)
    driver.train()
    assert driver.snapshot().notice == shown.notice


def test_of_several_things_to_say_the_first_is_told_and_the_others_are_counted(driver, tmp_path):
    rows = [f"{n},${n + 800},{'rare' if n % 4 == 0 else 'usual'}" for n in range(40)]
    driver.load(table(tmp_path, ",price,kind", rows))
    notices = driver.race.lanes.shown.run.split.dataset.notices
    assert len(notices) > 1
    more = len(notices) - 1
    assert driver.snapshot().notice.text == (
        f"{notices[0].text} (and {more} more note{'s' if more > 1 else ''})"
    )


def test_of_data_that_need_no_words_nothing_is_said_and_of_three_classes_none_is_positive(driver):
    driver.load(experiment(data={"source": "iris"}, training=ONE_EPOCH))
    assert driver.snapshot().notice is None
    assert driver.snapshot().shown.positive_class == ""
