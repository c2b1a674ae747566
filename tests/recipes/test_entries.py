"""A data set, a model, an optimizer and the like are added with one file: *Where do I add …* in CONTRIBUTING."""

import csv
from contextlib import contextmanager

import pytest
import torch
from plain_pytorch import drain
from toy_entries import (
    ACTIVATION,
    INITIALISATION,
    LOSS,
    MATRIX_OPTIMIZER,
    OPTIMIZER,
    SCHEDULE,
    SOURCE,
    WATCHING_SCHEDULE,
    ZEROING,
    added,
)
from trained_by_code import check_code

from gradlab.cli.main import main
from gradlab.errors import InputError
from gradlab.experiment import files
from gradlab.experiment.relevance import means_something
from gradlab.experiment.schema import Experiment
from gradlab.experiment.settings import by_key, value_of
from gradlab.export.loop_code import lines_for, text_of
from gradlab.instruments.activations import ActivationRecorder
from gradlab.instruments.stages import stages_of
from gradlab.training import checkpoint
from gradlab.training.events import Updated, Zeroed
from gradlab.training.run import TrainingRun
from gradlab.training.stack import fits


@pytest.fixture
def with_file(tmp_path):
    """Return a context in which a toy's file is there."""

    @contextmanager
    def with_file(toy):
        with added(toy, tmp_path) as entry:
            yield entry

    return with_file


def test_the_menus_offer_it_with_its_label_and_help(toy):
    (choice,) = [choice for choice in by_key(Experiment)[toy.key].choices if choice.value == toy.name]
    assert choice.label == toy.label
    assert choice.help


def test_a_file_names_it_and_comes_back_the_same(toy):
    assert files.loads(files.dumps(toy.experiment)) == toy.experiment
    assert value_of(toy.experiment, toy.key) == toy.name


def test_the_error_line_for_another_name_lists_it(toy):
    with pytest.raises(InputError, match=rf"{toy.key} = \"nonsense\"; allowed: one of .*{toy.name}"):
        files.change(Experiment(), toy.key, "nonsense")


def test_the_form_shows_what_it_uses(toy):
    assert all(means_something(toy.experiment, key) for key in (toy.key, *toy.shown))
    assert not any(means_something(toy.experiment, key) for key in toy.hidden)


def test_the_command_line_trains_with_it(toy, tmp_path, capsys):
    (tmp_path / "toy.toml").write_text(files.dumps(toy.experiment), encoding="utf-8")
    assert main(["run", str(tmp_path / "toy.toml"), "--out", str(tmp_path / "run")]) == 0
    with (tmp_path / "run" / "updates.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    assert files.load(tmp_path / "run" / "experiment.toml") == toy.experiment


def test_a_run_with_it_goes_on_from_a_checkpoint_as_if_never_stopped(toy, tmp_path):
    whole, half = TrainingRun(toy.experiment), TrainingRun(toy.experiment)
    drain(whole)
    half.change(half.experiment.with_value("training.epochs", 1))
    drain(half)
    checkpoint.save(half, tmp_path / "half.safetensors")
    resumed, _ = checkpoint.load(tmp_path / "half.safetensors")
    resumed.change(toy.experiment)
    drain(resumed)
    assert torch.equal(resumed.parameters.flat, whole.parameters.flat)


def test_without_its_file_it_is_unknown(with_file):
    with with_file(OPTIMIZER):
        spec = OPTIMIZER.experiment
    with pytest.raises(InputError, match="toy_signs"):
        files.loads(files.dumps(spec))


@pytest.mark.parametrize(
    "toy", [OPTIMIZER, MATRIX_OPTIMIZER, SCHEDULE, ZEROING], ids=lambda toy: toy.name, indirect=True
)
def test_the_exported_code_has_its_lines_and_trains_as_the_run_does(toy):
    check_code(toy.experiment)


def test_the_exported_code_says_what_a_zeroing_mode_has_to_say(with_file):
    with with_file(ZEROING):
        text = text_of(lines_for(ZEROING.experiment))
    assert "# emptied now and then\n" in text
    assert "            optimizer.zero_grad()\n" in text


def test_the_exported_code_lets_a_schedule_that_watches_losses_step_after_an_epoch(with_file):
    with with_file(WATCHING_SCHEDULE):
        text = text_of(lines_for(WATCHING_SCHEDULE.experiment))
    assert "scheduler = Cooling(optimizer)\n" in text
    assert text.endswith("    scheduler.step(validation_loss(model))\n")


def test_a_drawn_data_set_says_so(with_file):
    with with_file(SOURCE) as entry:
        assert entry.drawn
        assert not entry.folder


def test_an_optimizer_gets_matrices_also_where_replicas_are_trained_as_one(with_file):
    from gradlab.training.stack import Stack

    with with_file(MATRIX_OPTIMIZER):
        alone, stacked = TrainingRun(MATRIX_OPTIMIZER.experiment), TrainingRun(MATRIX_OPTIMIZER.experiment)
        other = TrainingRun(MATRIX_OPTIMIZER.experiment.with_value("seed", 1))
        assert fits(stacked) == fits(other) is not None
        stack = Stack([stacked, other])
        drain(stack)
        stack.dissolve()
        drain(alone)
    torch.testing.assert_close(stacked.parameters.flat, alone.parameters.flat)


def test_a_schedule_that_watches_losses_changes_the_learning_rate_after_each_epoch(with_file):
    with with_file(WATCHING_SCHEDULE):
        rates = [e.lr for e in drain(TrainingRun(WATCHING_SCHEDULE.experiment)) if isinstance(e, Updated)]
    assert rates == pytest.approx([0.05] * 3 + [0.045] * 3 + [0.0405] * 3)


def test_a_zeroing_mode_decides_at_its_moments(with_file):
    with with_file(ZEROING):
        events = [type(event) for event in drain(TrainingRun(ZEROING.experiment))]
    assert [kind for kind in events if kind in (Zeroed, Updated)] == [Zeroed, Updated, Updated] * 4 + [
        Zeroed,
        Updated,
    ]


def test_a_loss_is_refused_where_it_does_not_suit_the_data_and_never_stacked(with_file):
    with with_file(LOSS):
        assert fits(TrainingRun(LOSS.experiment)) is None
        with pytest.raises(InputError, match="needs classes, and this data set predicts a number"):
            TrainingRun(LOSS.experiment.with_value("data.source", "line"))


def test_the_layers_are_told_by_the_activation_function_and_what_can_become_of_them(with_file):
    with with_file(ACTIVATION):
        run = TrainingRun(ACTIVATION.experiment)
        assert [stage.bend for stage in stages_of(run.model)] == ["toy_softsign", ""]
        hidden, _ = ActivationRecorder(run).record(at_rest=True).layers
        assert hidden.trouble == "saturated"
        assert hidden.troubled.all()
        assert fits(run) is None  # it has no passes for replicas


def test_an_initialisation_draws_all_matrices(with_file):
    with with_file(INITIALISATION):
        run = TrainingRun(INITIALISATION.experiment)
    for name, parameter in run.model.named_parameters():
        assert torch.equal(parameter, torch.full_like(parameter, 0.1 if name.endswith("weight") else 0.0))
