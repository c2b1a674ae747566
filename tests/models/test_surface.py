"""A point on a surface goes where the textbook's gradient descent takes it."""

import numpy as np
import pytest
import torch
from plain_pytorch import batches, experiment

from gradlab.errors import InputError
from gradlab.training.events import Updated
from gradlab.training.loop import train
from gradlab.training.run import TrainingRun

SLOPES = {
    "saddle": lambda x, y: (2 * x, 2 * y**3 - 2 * y),
    "bowl": lambda x, y: (2 * x, y / 2),
    "plateau": lambda x, y: (2 * x * np.exp(-(x**2) - y**2), 2 * y * np.exp(-(x**2) - y**2)),
}
HEIGHTS = {
    "saddle": lambda x, y: x**2 - y**2 + y**4 / 2 + 0.5,
    "bowl": lambda x, y: x**2 + y**2 / 4,
    "plateau": lambda x, y: 1 - np.exp(-(x**2) - y**2),
}
STARTS = {"saddle": (1, 0), "bowl": (1, 1), "plateau": (2.5, 0)}


def surface(noise=0.0, kind="saddle", **settings):
    return experiment(
        **{
            "data": {"source": "surface", "samples": 100, "noise": noise, "validation": 0.0},
            "model": {"kind": "surface", "surface": kind},
            "optimizer": {"kind": "by_hand", "lr": 0.1},
            "training": {"epochs": 4, "batch_size": 1, "device": "cpu"},
            **settings,
        }
    )


@pytest.mark.parametrize("noise", [0.0, 0.1])
@pytest.mark.parametrize("kind", SLOPES)
def test_each_step_goes_down_the_slope_of_the_surface_as_its_row_tilts_it(kind, noise):
    run = TrainingRun(surface(noise, kind))
    plain = batches(run, 4, 1)
    place = np.array(STARTS[kind], dtype=float)
    for event in train(run):
        if isinstance(event, Updated):
            tilt = next(plain)[0][0].double().numpy()
            assert event.loss == pytest.approx(HEIGHTS[kind](*place) + tilt @ place, abs=1e-4)
            place = place - 0.1 * (SLOPES[kind](*place) + tilt)
            np.testing.assert_allclose(run.model.point.weight.detach().numpy()[0], place, atol=2e-4)


@pytest.mark.parametrize("seed", range(8))
def test_the_point_is_stuck_on_the_saddle_and_a_little_noise_frees_it(seed):
    stuck, freed = (TrainingRun(surface(noise, seed=seed)) for noise in (0.0, 1e-3))
    left = 0
    for run in (stuck, freed):
        for event in train(run):
            if run is freed and not left and abs(float(run.parameters.flat[1])) > 0.5:
                left = getattr(event, "update", 0)
    x, y = stuck.parameters.flat.tolist()
    assert 0 <= x < 1e-30
    assert y == 0
    assert 25 < left < 90
    x, y = freed.parameters.flat.tolist()
    assert (abs(x), abs(y)) == pytest.approx((0, 1), abs=0.01)


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"model": {"kind": "mlp"}}, "model.kind"),
        ({"data": {"source": "digits"}}, "model.kind"),
        ({"training": {"loss": "mse"}}, "training.loss"),
        ({"training": {"loss": "cross_entropy"}}, "training.loss"),
        ({"training": {"class_weights": "balanced"}}, "training.class_weights"),
        ({"model": {"kind": "surface", "freeze": ["point"]}}, "model.freeze"),
        ({"data": {"source": "surface", "label_noise": 0.1}}, "data.label_noise"),
    ],
)
def test_what_does_not_go_with_a_surface_is_refused_in_one_line(settings, key):
    with pytest.raises(InputError) as error:
        TrainingRun(surface(**settings))
    assert error.value.key == key
    assert "allowed" in str(error.value)
    assert "\n" not in str(error.value)


def test_validation_rows_are_other_tilts():
    run = TrainingRun(surface(0.1, data={"source": "surface", "noise": 0.1, "validation": 0.25}))
    [ended, *_] = [event for event in train(run) if hasattr(event, "val_loss")]
    x, y = STARTS["saddle"]
    tilt = run.evaluation.rows[0].mean(dim=0)
    assert ended.val_loss == pytest.approx(HEIGHTS["saddle"](x, y) + float(tilt @ torch.tensor([1.0, 0.0])))
    assert ended.counts is None
