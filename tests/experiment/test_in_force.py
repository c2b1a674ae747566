"""What a changed setting means for a run, without any window."""

import pytest

from gradlab.datasets.base import SOURCES
from gradlab.errors import InputError
from gradlab.experiment.in_force import Effect, SettingsInForce
from gradlab.experiment.schema import Experiment
from gradlab.experiment.sections.data import Data


def in_force(*, has_begun=True, **values):
    settings = SettingsInForce(Experiment().model_copy(update=values))
    settings.load()
    settings.note_run(has_begun=has_begun, is_over=False)
    return settings


def test_nothing_is_pending_before_the_first_run():
    settings = SettingsInForce()
    assert settings.take("data.source", "moons") is not Effect.LIVE
    assert settings.loaded is None
    assert not settings.is_pending


@pytest.mark.parametrize(
    ("key", "value"), [("optimizer.lr", 0.02), ("gradients.zero", "never"), ("name", "x")]
)
@pytest.mark.parametrize("has_begun", [False, True])
def test_a_live_setting_reaches_the_run_at_any_time(key, value, has_begun):
    settings = in_force(has_begun=has_begun)
    assert settings.take(key, value) is Effect.LIVE
    assert settings.loaded == settings.shown == Experiment().with_value(key, value)
    assert not settings.is_pending


def test_any_other_setting_waits_for_a_reset_once_the_run_has_begun():
    settings = in_force()
    assert settings.take("data.source", "moons") is Effect.PENDING
    assert settings.loaded == Experiment()
    assert settings.is_pending
    assert settings.load() == settings.shown
    assert not settings.is_pending


def test_before_the_first_phase_the_run_is_built_again_with_it():
    assert in_force(has_begun=False).take("data.source", "moons") is Effect.RELOAD


def test_taking_a_waiting_change_back_leaves_nothing_pending():
    settings = in_force()
    settings.take("data.source", "moons")
    settings.take("data.source", "digits")
    assert not settings.is_pending


def test_a_live_change_leaves_waiting_ones_waiting():
    settings = in_force()
    settings.take("data.source", "moons")
    assert settings.take("gradients.zero", "never") is Effect.LIVE
    assert (settings.loaded.data.source, settings.loaded.gradients.zero) == ("digits", "never")
    assert settings.is_pending


def test_a_live_change_that_fits_only_what_waits_for_a_reset_waits_with_it():
    settings = in_force(data=Experiment().data.model_copy(update={"validation": 0.0}))
    settings.take("data.validation", 0.2)
    assert settings.take("training.patience", 5) is Effect.PENDING
    assert settings.loaded.training.patience == 0


def test_the_same_value_again_changes_nothing():
    assert in_force().take("optimizer.lr", Experiment().optimizer.lr) is None


def test_a_value_that_does_not_fit_is_refused_and_nothing_changes():
    settings = in_force()
    with pytest.raises(InputError, match="allowed"):
        settings.take("training.epochs", -1)
    assert settings == in_force()


def test_a_change_after_the_end_is_pending_until_the_run_goes_on():
    settings = in_force()
    assert settings.note_run(has_begun=True, is_over=True)
    assert not settings.note_run(has_begun=True, is_over=True)
    assert not settings.is_pending
    settings.take("name", "Tuesday")
    assert not settings.is_pending
    assert settings.take("gradients.zero", "never") is Effect.LIVE
    assert settings.is_pending
    assert settings.note_run(has_begun=True, is_over=False)
    assert not settings.is_pending


def test_a_run_is_made_again_with_the_settings_that_are_shown_but_for_the_zeroing():
    settings = in_force()
    settings.show(Experiment().with_value("seed", 7))
    settings.show_again(Experiment(), "never")
    assert settings.shown == Experiment().with_value("seed", 7).with_value("gradients.zero", "never")
    assert settings.is_pending


def test_one_run_of_a_race_is_made_again_alone():
    settings = SettingsInForce()
    settings.show(Experiment(variants=({"name": "a"}, {"name": "b"})))
    settings.show_again(Experiment(name="b"), "never")
    assert settings.shown == Experiment(name="b").with_value("gradients.zero", "never")


def test_a_reset_after_the_end_leaves_nothing_pending():
    settings = in_force()
    settings.note_run(has_begun=True, is_over=True)
    settings.take("gradients.zero", "never")
    settings.load()
    assert not settings.is_pending


def test_another_threshold_takes_effect_on_a_run_that_is_over():
    settings = in_force()
    settings.note_run(has_begun=True, is_over=True)
    assert settings.take("training.threshold", 0.3) is Effect.LIVE
    assert not settings.is_pending
    settings.take("optimizer.lr", 0.02)
    assert settings.is_pending


def test_what_a_choice_suggests_goes_again_with_it_unless_it_was_changed():
    settings = SettingsInForce()
    settings.take("data.source", "fraud")
    assert settings.shown.data.samples == SOURCES["fraud"].suggests["data.samples"]
    settings.take("data.source", "fraud")
    assert settings.shown.data.samples == SOURCES["fraud"].suggests["data.samples"]
    settings.take("data.source", "moons")
    assert settings.shown.data.samples == Data().samples
    settings.take("data.samples", 321)
    settings.take("data.source", "fraud")
    assert settings.shown.data.samples == 321
